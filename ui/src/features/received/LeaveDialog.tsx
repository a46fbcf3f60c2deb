import { useNavigate } from "@tanstack/react-router";

import { useChange } from "~/api/mutations";
import type { ReceivedSummary } from "~/backend/bindings/commands";
import { ConfirmDialog } from "~/components/ConfirmDialog";
import { useNotify } from "~/parts/notify";
import { useText } from "~/text";

export function LeaveDialog({ summary, onClose }: { summary: ReceivedSummary; onClose: () => void }) {
  const { received: text } = useText();
  const navigate = useNavigate();
  const notify = useNotify();
  const leave = useChange("received_leave");
  const run = () =>
    leave.mutate(
      { received: summary.id },
      {
        onSuccess: () => {
          notify(text.left(summary.name));
          void navigate({ to: "/received", replace: true });
        },
      },
    );
  return (
    <ConfirmDialog
      title={text.leaveTitle(summary.name)} does={text.leaveDoes} doesNot={text.leaveDoesNot} confirm={text.leave}
      busy={leave.isPending} error={leave.error} onConfirm={run} onClose={onClose} testId="received-leave-dialog"
    />
  );
}
