import { Button, MessageBar, MessageBarBody } from "@fluentui/react-components";

import type { VaultStatus } from "~/backend/bindings/commands";
import { Stack } from "~/components/layout";
import { VaultForm } from "~/parts/VaultForm";
import { useText } from "~/text";

import styles from "./FirstStart.module.css";

/** The workspace is here, its secrets are not. Looking around stays possible. */
export function Locked({ vault, onLookAround }: { vault: VaultStatus; onLookAround: () => void }) {
  const text = useText().vault;
  return (
    <main className={styles.page}>
      <div className={styles.panel}>
        <Stack gap={8}>
          <h1 className={styles.title}>{text.lockedTitle}</h1>
          <p>{text.lockedLead}</p>
        </Stack>
        {vault.message && (
          <MessageBar intent="warning" layout="multiline" data-testid="vault-trouble">
            <MessageBarBody>{vault.message}</MessageBarBody>
          </MessageBar>
        )}
        <VaultForm status={vault} />
        <Button appearance="subtle" onClick={onLookAround} data-testid="vault-look-around">
          {text.lookAround}
        </Button>
      </div>
    </main>
  );
}
