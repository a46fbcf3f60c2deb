import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, Field, Textarea } from "@fluentui/react-components";
import { CheckmarkRegular, DismissRegular } from "@fluentui/react-icons";
import { useState } from "react";

import { useBackend } from "~/api/context";
import { useChange } from "~/api/mutations";
import { toErrorDto } from "~/backend/backend";
import type { Approval, ApprovalChoice, ErrorDto } from "~/backend/bindings/commands";
import { Sentences } from "~/components/ConfirmDialog";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Card, Muted, Row, Stack } from "~/components/layout";
import { folderName } from "~/lib/paths";
import { useNotify } from "~/parts/notify";
import { useText } from "~/text";

type AnswerRequestProps = { file: string; approval: Approval; onDone: () => void };

/** Yes or no, signed, into a file for whoever asked. */
export function AnswerRequest(props: AnswerRequestProps) {
  const { approvals: text } = useText();
  const [refusing, setRefusing] = useState(false);
  const answer = useAnswer(props);
  const approve = () => answer.give("approve", null);
  return (
    <Card>
      <Muted>{text.approveHint}</Muted>
      {answer.error && <ErrorPanel error={answer.error} onRetry={approve} />}
      <Row>
        <Button appearance="primary" icon={<CheckmarkRegular />} disabled={answer.busy} onClick={approve} data-testid="approval-grant">
          {text.approve}
        </Button>
        <Button icon={<DismissRegular />} onClick={() => setRefusing(true)} data-testid="approval-refuse">
          {text.refuse}
        </Button>
      </Row>
      {refusing && <RefuseDialog {...props} onClose={() => setRefusing(false)} />}
    </Card>
  );
}

/** Signs the answer to what was read here, asks where its file goes, and says so. Nothing is kept of one that is not saved. */
function useAnswer({ file, approval, onDone }: AnswerRequestProps) {
  const { approvals: text } = useText();
  const backend = useBackend();
  const notify = useNotify();
  const answer = useChange("approval_answer");
  const [error, setError] = useState<ErrorDto | null>(null);
  const sign = async (decision: ApprovalChoice, reason: string | null) => {
    const { text: signed } = await answer.mutateAsync({ text: file, decision, reason });
    const path = await backend.saveText(`${folderName(text.answerName(approval.share))}.datashare-approval`, signed);
    if (path === null) return;
    notify(text.answered(path));
    onDone();
  };
  const give = (decision: ApprovalChoice, reason: string | null) => {
    setError(null);
    sign(decision, reason).catch((problem: unknown) => setError(toErrorDto(problem)));
  };
  return { give, error, busy: answer.isPending };
}

function RefuseDialog({ onClose, ...props }: AnswerRequestProps & { onClose: () => void }) {
  const { approvals: text, common } = useText();
  const [reason, setReason] = useState("");
  const answer = useAnswer(props);
  const refuse = () => answer.give("refuse", reason);
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
              {answer.error && <ErrorPanel error={answer.error} onRetry={refuse} />}
            </Stack>
          </DialogContent>
          <DialogActions fluid>
            <Button onClick={onClose}>{common.cancel}</Button>
            <Button appearance="primary" disabled={answer.busy} onClick={refuse} data-testid="approval-refuse-save">
              {text.refuse}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
