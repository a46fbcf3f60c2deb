import { MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";

import type { ConnectionCheck } from "~/backend/bindings/commands";
import { useText } from "~/text";

/** What a test of a connection found. */
export function CheckResult({ check }: { check: ConnectionCheck }) {
  const text = useText().connections;
  return (
    <MessageBar intent={check.ok ? "success" : "error"} layout="multiline" data-testid="connection-check" data-ok={check.ok} data-code={check.code ?? ""} role="status">
      <MessageBarBody>
        <MessageBarTitle>{check.ok ? text.testOk : text.testFailed}</MessageBarTitle> {check.message} {check.hint}
      </MessageBarBody>
    </MessageBar>
  );
}
