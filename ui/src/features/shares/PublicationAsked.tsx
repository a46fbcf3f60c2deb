import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, Field, Textarea } from "@fluentui/react-components";
import { useState } from "react";

import { useChange } from "~/api/mutations";
import type { Recipient, ShareDetails } from "~/backend/bindings/commands";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Time } from "~/components/Time";
import { Card, Muted, Row, Stack } from "~/components/layout";
import { useNotify } from "~/parts/notify";
import { useText } from "~/text";

type AskedProps = { share: ShareDetails; recipient: Recipient };

/** A recipient asks for a fresh publication: give it, or say why not. */
export function PublicationAsked({ share, recipient }: AskedProps) {
  const { publication: text } = useText();
  const [refusing, setRefusing] = useState(false);
  const answer = useChange("publication_answer");
  const notify = useNotify();
  const name = recipient.name ?? recipient.email;
  const give = () => answer.mutate({ share: share.id, recipient: recipient.recipient_id, refusal: null }, { onSuccess: () => notify(text.given(name)) });
  return (
    <Card title={text.asks(name)}>
      <Muted>
        {text.since} <Time at={recipient.publication_asked_at ?? null} />
      </Muted>
      <p>{text.body}</p>
      {answer.error && <ErrorPanel error={answer.error} onRetry={give} />}
      <Row>
        <Button appearance="primary" disabled={answer.isPending} onClick={give} data-testid="publication-give">
          {text.give}
        </Button>
        <Button onClick={() => setRefusing(true)} data-testid="publication-refuse">
          {text.refuse}
        </Button>
      </Row>
      {refusing && <Refusal share={share} recipient={recipient} onClose={() => setRefusing(false)} />}
    </Card>
  );
}

function Refusal({ share, recipient, onClose }: AskedProps & { onClose: () => void }) {
  const { publication: text, common } = useText();
  const [reason, setReason] = useState("");
  const answer = useChange("publication_answer");
  const notify = useNotify();
  const name = recipient.name ?? recipient.email;
  const refuse = () =>
    answer.mutate(
      { share: share.id, recipient: recipient.recipient_id, refusal: reason.trim() },
      {
        onSuccess: () => {
          notify(text.refusedNow(name));
          onClose();
        },
      },
    );
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && onClose()}>
      <DialogSurface data-testid="publication-refusal">
        <DialogBody>
          <DialogTitle>{text.refuseTitle(name)}</DialogTitle>
          <DialogContent>
            <Stack gap={12}>
              <Field label={text.reason} hint={text.reasonHint} required>
                <Textarea value={reason} onChange={(_, { value }) => setReason(value)} rows={3} resize="vertical" data-testid="publication-reason" />
              </Field>
              {answer.error && <ErrorPanel error={answer.error} onRetry={refuse} />}
            </Stack>
          </DialogContent>
          <DialogActions fluid>
            <Button onClick={onClose}>{common.cancel}</Button>
            <Button appearance="primary" disabled={reason.trim() === "" || answer.isPending} onClick={refuse} data-testid="publication-refuse-send">
              {text.refuse}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
