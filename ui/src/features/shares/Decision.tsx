import { Button, MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";

import { useChange } from "~/api/mutations";
import type { Recipient, ShareDetails } from "~/backend/bindings/commands";
import { ErrorPanel } from "~/components/ErrorPanel";
import { SafetyCode } from "~/components/SafetyCode";
import { Bullets, Card, Muted, Row } from "~/components/layout";
import { CompareButton } from "~/parts/SafetyCompare";
import { useNotify } from "~/parts/notify";
import { useText } from "~/text";

type DecisionProps = { share: ShareDetails; recipient: Recipient; onDecline: () => void };

/** Somebody accepted and may be let in, after the two people compared the safety code. */
export function Decision({ share, recipient, onDecline }: DecisionProps) {
  const text = useText().recipients;
  const approve = useChange("recipient_approve");
  const notify = useNotify();
  const name = recipient.name ?? recipient.email;
  const run = () => approve.mutate({ share: share.id, recipient: recipient.recipient_id }, { onSuccess: () => notify(text.approved(name)) });
  return (
    <Card title={text.waitingTitle(name)}>
      <Muted>{[recipient.organisation, recipient.accepted_email ?? recipient.email].filter(Boolean).join(", ")}</Muted>
      {recipient.findings.length > 0 && (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>
            <MessageBarTitle>{text.findings}</MessageBarTitle>
            <Bullets items={recipient.findings} />
          </MessageBarBody>
        </MessageBar>
      )}
      <p>{text.waitingBody}</p>
      {recipient.safety_code && <SafetyCode code={recipient.safety_code} testId="recipient-safety-code" />}
      {recipient.safety_code && <CompareButton other={{ name, organisation: recipient.organisation, code: recipient.safety_code, side: "recipient" }} />}
      {approve.error && <ErrorPanel error={approve.error} onRetry={run} />}
      <Row>
        <Button appearance="primary" disabled={approve.isPending} onClick={run} data-testid="recipient-approve">
          {text.approve}
        </Button>
        <Button onClick={onDecline} data-testid="recipient-decline">
          {text.decline}
        </Button>
      </Row>
    </Card>
  );
}
