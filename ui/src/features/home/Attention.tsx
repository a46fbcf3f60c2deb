import { Button, MessageBar, MessageBarActions, MessageBarBody } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";

import { useRead } from "~/api/queries";
import { Stack } from "~/components/layout";
import { useText } from "~/text";

/** What waits for this person, and nothing when nothing does. */
export function Attention() {
  const text = useText().home;
  const navigate = useNavigate();
  const shares = useRead("share_list", {});
  const received = useRead("received_list", {});
  const waiting = (shares.data ?? []).filter((share) => share.waiting > 0);
  const unmapped = (received.data ?? []).filter(({ status, mapped, datasets }) => status === "Active" && mapped === 0 && datasets > 0);
  if (waiting.length + unmapped.length === 0) return null;
  return (
    <Stack gap={8}>
      {waiting.map((share) => (
        <Line key={share.id} message={text.waitingRecipients(share.waiting, share.name)} action={text.look} onAct={() => void navigate({ to: "/sent/$share", params: { share: share.id }, search: { tab: "recipients" } })} />
      ))}
      {unmapped.map((one) => (
        <Line key={one.id} message={text.unmapped(one.name)} action={text.look} onAct={() => void navigate({ to: "/received/$received/targets", params: { received: one.id } })} />
      ))}
    </Stack>
  );
}

function Line({ message, action, onAct }: { message: string; action: string; onAct: () => void }) {
  return (
    <MessageBar intent="info">
      <MessageBarBody>{message}</MessageBarBody>
      <MessageBarActions>
        <Button size="small" onClick={onAct}>
          {action}
        </Button>
      </MessageBarActions>
    </MessageBar>
  );
}
