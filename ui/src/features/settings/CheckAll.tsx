import { Button, MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle, Spinner } from "@fluentui/react-components";
import { ShieldCheckmarkRegular } from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { useRead } from "~/api/queries";
import { ApplicationWords } from "~/components/ApplicationWords";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Card, Muted, Row, Stack } from "~/components/layout";
import { useText } from "~/text";

/** Whether all signed records are whole, in every share. */
export function CheckAll() {
  const { findings: text, audit } = useText();
  const [asked, setAsked] = useState(false);
  const check = useRead("audit_check", {}, { enabled: asked, gcTime: 0 });
  const run = () => (asked ? void check.refetch() : setAsked(true));
  return (
    <Card title={text.checkAll}>
      <Muted>{text.checkLead}</Muted>
      <Row>
        <Button icon={check.isFetching ? <Spinner size="tiny" /> : <ShieldCheckmarkRegular />} disabled={check.isFetching} onClick={run} data-testid="check-all">
          {text.check}
        </Button>
      </Row>
      {check.error && <ErrorPanel error={check.error} onRetry={run} />}
      {check.data && !check.isFetching && (
        <div role="status" data-testid="check-all-report">
          {check.data.findings.length === 0 ? (
            <MessageBar intent="success">
              <MessageBarBody>{text.good(check.data.records)}</MessageBarBody>
            </MessageBar>
          ) : (
            <Stack gap={8}>
              <strong>{audit.findings(check.data.findings.length)}</strong>
              {check.data.findings.map(({ name, finding }) => (
                <NamedFinding key={`${name}/${finding.log}/${finding.sequence}`} name={name} record={text.record(finding.sequence, finding.log)} message={finding.message} />
              ))}
            </Stack>
          )}
        </div>
      )}
    </Card>
  );
}

/** A share of that name may be gone by now; then there is nothing to lead to. */
function NamedFinding({ name, record, message }: { name: string; record: string; message: string }) {
  const { findings: text } = useText();
  const navigate = useNavigate();
  const sent = useRead("share_list", {}).data?.find((share) => share.name === name);
  const received = useRead("received_list", {}).data?.find((one) => one.name === name);
  const show = () => {
    if (sent) void navigate({ to: "/sent/$share", params: { share: sent.id }, search: { tab: "audit" } });
    else if (received) void navigate({ to: "/received/$received", params: { received: received.id }, search: { tab: "audit" } });
  };
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>{`${name}: ${record}`}</MessageBarTitle> <ApplicationWords>{message}</ApplicationWords>
      </MessageBarBody>
      {(sent ?? received) && (
        <MessageBarActions>
          <Button size="small" onClick={show}>
            {text.show}
          </Button>
        </MessageBarActions>
      )}
    </MessageBar>
  );
}
