import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, Field, Textarea } from "@fluentui/react-components";
import { CheckmarkRegular, DismissRegular } from "@fluentui/react-icons";
import { useState } from "react";

import { useBackend } from "~/api/context";
import { useChange } from "~/api/mutations";
import type { Approval } from "~/backend/bindings/commands";
import { Sentences } from "~/components/ConfirmDialog";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Card, Muted, Row, Stack } from "~/components/layout";
import { folderName } from "~/lib/paths";
import { useNotify } from "~/parts/notify";
import { useText } from "~/text";

type AnswerRequestProps = { path: string; approval: Approval; onDone: () => void };

/** Yes or no, signed, into a file for whoever asked. */
export function AnswerRequest({ path, approval, onDone }: AnswerRequestProps) {
  const { approvals: text } = useText();
  const [refusing, setRefusing] = useState(false);
  const grant = useChange("approval_grant");
  const answerFile = useAnswerFile(approval.share, onDone);
  const approve = () => answerFile((out, done) => grant.mutate({ path, out }, { onSuccess: done }));
  return (
    <Card>
      <Muted>{text.approveHint}</Muted>
      {grant.error && <ErrorPanel error={grant.error} onRetry={approve} />}
      <Row>
        <Button appearance="primary" icon={<CheckmarkRegular />} disabled={grant.isPending} onClick={approve} data-testid="approval-grant">
          {text.approve}
        </Button>
        <Button icon={<DismissRegular />} onClick={() => setRefusing(true)} data-testid="approval-refuse">
          {text.refuse}
        </Button>
      </Row>
      {refusing && <RefuseDialog path={path} approval={approval} onDone={onDone} onClose={() => setRefusing(false)} />}
    </Card>
  );
}

/** Asks where the answer goes, writes it there, and says so. */
function useAnswerFile(share: string, onDone: () => void) {
  const { approvals: text } = useText();
  const backend = useBackend();
  const notify = useNotify();
  return (write: (out: string, done: () => void) => void) => {
    void backend.pickSaveFile(`${folderName(text.answerName(share))}.datashare-approval`).then((out) => {
      if (out === null) return;
      write(out, () => {
        notify(text.answered(out));
        onDone();
      });
    });
  };
}

function RefuseDialog({ path, approval, onDone, onClose }: AnswerRequestProps & { onClose: () => void }) {
  const { approvals: text, common } = useText();
  const [reason, setReason] = useState("");
  const refuse = useChange("approval_refuse");
  const answerFile = useAnswerFile(approval.share, onDone);
  const run = () => answerFile((out, done) => refuse.mutate({ path, reason, out }, { onSuccess: done }));
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && onClose()}>
      <DialogSurface data-testid="approval-refuse-dialog">
        <DialogBody>
          <DialogTitle>{text.refuseTitle}</DialogTitle>
          <DialogContent>
            <Stack gap={16}>
              <Sentences does={text.refuseDoes} doesNot={[]} />
              <Field label={text.reason} hint={text.reasonHint}>
                <Textarea value={reason} onChange={(_, { value }) => setReason(value)} rows={3} maxLength={1000} resize="vertical" data-testid="approval-reason" />
              </Field>
              {refuse.error && <ErrorPanel error={refuse.error} onRetry={run} />}
            </Stack>
          </DialogContent>
          <DialogActions fluid>
            <Button onClick={onClose}>{common.cancel}</Button>
            <Button appearance="primary" disabled={refuse.isPending} onClick={run} data-testid="approval-refuse-save">
              {text.refuse}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
