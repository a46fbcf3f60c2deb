import { Button, Spinner } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";

import { useChange } from "~/api/mutations";
import type { Approval, ApprovalImported } from "~/backend/bindings/commands";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Card, Muted, Row } from "~/components/layout";
import { useNotify } from "~/parts/notify";
import { useText } from "~/text";

type DoApprovedProps = { file: string; approval: Approval; onDone: () => void };

/** Takes the answer in and does what was approved, exactly that. */
export function DoApproved({ file, approval, onDone }: DoApprovedProps) {
  const { approvals: text } = useText();
  const navigate = useNavigate();
  const notify = useNotify();
  const take = useChange("approval_use");
  const share = approval.share_id;
  const goOn = ({ links, dataset }: ApprovalImported) => {
    if (dataset) notify(text.added(dataset.name));
    if (links.length > 0) void navigate({ to: "/sent/$share/invitations", params: { share }, search: { ids: links.map(({ invitation_id: id }) => id).join(",") } });
    else if (dataset) void navigate({ to: "/sent/$share", params: { share }, search: { tab: "datasets" } });
    else onDone();
  };
  const run = () => take.mutate({ text: file }, { onSuccess: goOn });
  return (
    <Card>
      <Muted>{approval.invitation ? text.doInvitation : text.doDataset}</Muted>
      {take.error && <ErrorPanel error={take.error} onRetry={run} />}
      <Row>
        <Button appearance="primary" icon={take.isPending ? <Spinner size="tiny" /> : undefined} disabled={take.isPending} onClick={run} data-testid="approval-do">
          {text.do}
        </Button>
      </Row>
    </Card>
  );
}
