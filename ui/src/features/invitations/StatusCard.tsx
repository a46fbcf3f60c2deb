import { Button, MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";

import type { InvitationPreview, InvitationStatus } from "~/backend/bindings/commands";
import { useText } from "~/text";

const INTENT: Record<InvitationStatus, "info" | "success" | "warning" | "error"> = {
  Pending: "info", WaitingForProvider: "info", Accepted: "success", Rejected: "info", Withdrawn: "warning", Expired: "warning", Refused: "error",
};

/** What became of an invitation that cannot be answered any more. */
export function StatusCard({ preview: { status, status_message: message, received } }: { preview: InvitationPreview }) {
  const text = useText().invitation;
  const navigate = useNavigate();
  const shown = status === "Pending" && received !== null ? "Accepted" : status;
  return (
    <MessageBar intent={INTENT[shown]} layout="multiline" data-testid="invitation-status" data-status={status}>
      <MessageBarBody>
        <MessageBarTitle>{text.statusTitle[shown]}</MessageBarTitle> {message} {text.statusBody[shown]}
      </MessageBarBody>
      {received !== null && (
        <MessageBarActions>
          <Button size="small" onClick={() => void navigate({ to: "/received/$received", params: { received } })} data-testid="invitation-open-received">
            {text.openReceived}
          </Button>
        </MessageBarActions>
      )}
    </MessageBar>
  );
}
