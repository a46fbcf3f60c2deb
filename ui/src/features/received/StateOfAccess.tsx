import { MessageBar, MessageBarBody, Spinner } from "@fluentui/react-components";

import { useRead } from "~/api/queries";
import type { ReceivedDetails, SubscriptionStatus } from "~/backend/bindings/commands";
import { SafetyCode } from "~/components/SafetyCode";
import { Card, Muted, Row } from "~/components/layout";
import { useText } from "~/text";

const INTENT: Partial<Record<SubscriptionStatus, "warning" | "error" | "info">> = {
  Revoking: "warning", Revoked: "error", SourceDeleted: "warning", Expired: "warning", Refused: "error", Left: "info",
};

/** What the status means, wherever it is not simply active. */
export function StateOfAccess({ details: { summary, terms_to_accept: changed } }: { details: ReceivedDetails }) {
  const { received: text } = useText();
  const status = useRead("workspace_status", {});
  const words = summary.status_message ?? text.statusWords[summary.status];
  if (summary.status === "WaitingForProvider") {
    const code = status.data?.card?.safety_code;
    return (
      <Card>
        <Row>
          <Spinner size="tiny" aria-label={words} data-stays />
          <span role="status">{words}</span>
        </Row>
        {code && (
          <>
            <Muted>{text.waitingCode}</Muted>
            <SafetyCode code={code} />
          </>
        )}
      </Card>
    );
  }
  const intent = INTENT[summary.status];
  // Changed terms have a card of their own with the same words.
  if (words === "" || changed) return null;
  return (
    <MessageBar intent={intent ?? "info"} layout="multiline" data-testid="received-status-words">
      <MessageBarBody>{words}</MessageBarBody>
    </MessageBar>
  );
}
