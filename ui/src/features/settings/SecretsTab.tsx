import { Button } from "@fluentui/react-components";
import { ArrowExportUpRegular, DocumentCheckmarkRegular } from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import type { WorkspaceStatus } from "~/backend/bindings/commands";
import { Card, Muted, Row, Stack } from "~/components/layout";
import { VaultForm } from "~/parts/VaultForm";
import { useText } from "~/text";

import { ChangePassphrase } from "./ChangePassphrase";
import { CheckAll } from "./CheckAll";
import { ExportDialog } from "./ExportDialog";

/** Where secrets are, what proves something, and how all of it moves to another computer. */
export function SecretsTab({ workspace }: { workspace: WorkspaceStatus }) {
  return (
    <>
      <Secrets workspace={workspace} />
      {workspace.card && <Moving organisation={workspace.card.organisation} />}
      <CheckAll />
      <Receipts />
    </>
  );
}

function Secrets({ workspace: { vault } }: { workspace: WorkspaceStatus }) {
  const { settings: text, kinds, moving } = useText();
  const [choosing, setChoosing] = useState(!vault.ready);
  const [changing, setChanging] = useState(false);
  return (
    <Card title={text.secrets}>
      <Stack gap={4}>
        <strong>{kinds.vault[vault.kind]}</strong>
        <Muted>{vault.message ?? text.secretsReady}</Muted>
      </Stack>
      {choosing ? (
        <VaultForm status={vault} onChosen={() => setChoosing(false)} />
      ) : (
        <Row>
          <Button onClick={() => setChoosing(true)} data-testid="vault-change">
            {text.change}
          </Button>
          {vault.kind === "file" && (
            <Button onClick={() => setChanging(true)} data-testid="vault-passphrase-change">
              {moving.changePassphrase}
            </Button>
          )}
        </Row>
      )}
      {changing && <ChangePassphrase onClose={() => setChanging(false)} />}
    </Card>
  );
}

function Moving({ organisation }: { organisation: string }) {
  const { moving: text } = useText();
  const [exporting, setExporting] = useState(false);
  return (
    <Card title={text.title}>
      <Muted>{text.lead}</Muted>
      <Row>
        <Button icon={<ArrowExportUpRegular />} onClick={() => setExporting(true)} data-testid="workspace-export">
          {text.export}
        </Button>
      </Row>
      {exporting && <ExportDialog organisation={organisation} onClose={() => setExporting(false)} />}
    </Card>
  );
}

function Receipts() {
  const { receipts: text } = useText();
  const navigate = useNavigate();
  return (
    <Card title={text.card}>
      <Muted>{text.lead}</Muted>
      <Row>
        <Button icon={<DocumentCheckmarkRegular />} onClick={() => void navigate({ to: "/receipt" })} data-testid="settings-receipt">
          {text.title}
        </Button>
      </Row>
    </Card>
  );
}
