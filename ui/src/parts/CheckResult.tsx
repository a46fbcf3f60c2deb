import { MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";

import type { ConnectionCheck, MailCheck } from "~/backend/bindings/commands";
import { useText } from "~/text";

/** What a test of a connection found. */
export function CheckResult({ check }: { check: ConnectionCheck }) {
  const text = useText().connections;
  return <CheckMessage check={check} good={text.testOk} bad={text.testFailed} testId="connection-check" />;
}

type CheckMessageProps = { check: ConnectionCheck | MailCheck; good: string; bad: string; testId: string };

/** Whether something works as it is set, and if not, why. */
export function CheckMessage({ check, good, bad, testId }: CheckMessageProps) {
  return (
    <MessageBar intent={check.ok ? "success" : "error"} layout="multiline" data-testid={testId} data-ok={check.ok} data-code={check.code ?? ""} role="status">
      <MessageBarBody>
        <MessageBarTitle>{check.ok ? good : bad}</MessageBarTitle> {check.message} {check.hint}
      </MessageBarBody>
    </MessageBar>
  );
}
