import { Button } from "@fluentui/react-components";

import { useChange } from "~/api/mutations";
import { useRead } from "~/api/queries";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Loaded } from "~/components/Loading";
import { Time } from "~/components/Time";
import { Card, Muted, Row, Stack } from "~/components/layout";
import { useNotify } from "~/parts/notify";
import { useText } from "~/text";

/** Notifications that were given up. */
export function DeadLetters() {
  const { notifications: text } = useText();
  const dead = useRead("notification_dead", {});
  const resend = useChange("notification_resend");
  const notify = useNotify();
  const run = (event_id: string | null) => resend.mutate({ event_id }, { onSuccess: ({ deliveries }) => notify(text.resent(deliveries)) });
  return (
    <Card title={text.dead} actions={<Button size="small" disabled={resend.isPending} onClick={() => run(null)} data-testid="dead-resend-all">{text.resendAll}</Button>}>
      <Muted>{text.deadLead}</Muted>
      <Loaded query={dead}>
        {(letters) => (
          <Stack gap={12}>
            {letters.map(({ event, target, problem }) => (
              <Row key={`${event.event_id} ${target}`} spread>
                <Stack gap={4}>
                  <span data-testid="dead-letter">{text.deadRow(text.kinds[event.kind], event.share, target)}</span>
                  <Muted small>{problem}</Muted>
                  <Muted small>
                    <Time at={event.at} />
                  </Muted>
                </Stack>
                <Button size="small" disabled={resend.isPending} onClick={() => run(event.event_id)}>
                  {text.resend}
                </Button>
              </Row>
            ))}
          </Stack>
        )}
      </Loaded>
      {resend.error && <ErrorPanel error={resend.error} />}
    </Card>
  );
}
