import { Button } from "@fluentui/react-components";
import { FolderOpenRegular } from "@fluentui/react-icons";
import { useState } from "react";

import { useBackend } from "~/api/context";
import { useChange } from "~/api/mutations";
import { useRead } from "~/api/queries";
import type { WorkspaceStatus } from "~/backend/bindings/commands";
import { CopyButton } from "~/components/CopyButton";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Loaded } from "~/components/Loading";
import { Page } from "~/components/Page";
import { SafetyCode } from "~/components/SafetyCode";
import { DateOnly } from "~/components/Time";
import { Card, Facts, Mono, Muted, Row, Stack } from "~/components/layout";
import { SupportButton } from "~/parts/SupportButton";
import { VaultForm } from "~/parts/VaultForm";
import { useNotify } from "~/parts/notify";
import { useText } from "~/text";

import { Appearance } from "./Appearance";
import { DesktopSettings } from "./DesktopSettings";
import { MailSettings } from "./MailSettings";

export function SettingsPage() {
  const text = useText().settings;
  const status = useRead("workspace_status", {});
  return (
    <Page title={text.title}>
      <Loaded query={status}>
        {(workspace) => (
          <>
            <Identity workspace={workspace} />
            <Secrets workspace={workspace} />
            <MailSettings />
            <Appearance />
            <DesktopSettings />
            {workspace.demo && <Sample />}
            <About workspace={workspace} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Identity({ workspace: { card } }: { workspace: WorkspaceStatus }) {
  const { settings: text, first, common } = useText();
  if (!card) return null;
  return (
    <Card title={text.identity} actions={<CopyButton size="small" appearance="subtle" text={card.safety_code} label={`${common.copy}: ${text.safetyCode}`} />}>
      <Muted>{text.identityLead}</Muted>
      <Facts
        facts={[
          { label: first.name, value: card.name },
          { label: first.organisation, value: card.organisation },
          { label: first.email, value: card.email },
          { label: text.safetyCode, value: <SafetyCode code={card.safety_code} testId="settings-safety-code" /> },
          { label: text.fingerprint, value: <Mono>{card.fingerprint}</Mono> },
          { label: text.since, value: <DateOnly at={card.created_at} /> },
        ]}
      />
      <Muted small>{text.safetyCodeHint}</Muted>
    </Card>
  );
}

function Secrets({ workspace: { vault } }: { workspace: WorkspaceStatus }) {
  const { settings: text, kinds } = useText();
  const [changing, setChanging] = useState(!vault.ready);
  return (
    <Card title={text.secrets}>
      <Stack gap={4}>
        <strong>{kinds.vault[vault.kind]}</strong>
        <Muted>{vault.message ?? text.secretsReady}</Muted>
      </Stack>
      {changing ? (
        <VaultForm status={vault} onChosen={() => setChanging(false)} />
      ) : (
        <Row>
          <Button onClick={() => setChanging(true)} data-testid="vault-change">
            {text.change}
          </Button>
        </Row>
      )}
    </Card>
  );
}

function Sample() {
  const { settings: text, common } = useText();
  const remove = useChange("demo_remove");
  const notify = useNotify();
  const run = () => remove.mutate({}, { onSuccess: () => notify(common.demoRemoved) });
  return (
    <Card title={text.sample}>
      <Muted>{text.sampleBody}</Muted>
      {remove.error && <ErrorPanel error={remove.error} onRetry={run} />}
      <Row>
        <Button disabled={remove.isPending} onClick={run} data-testid="settings-demo-remove">
          {common.demoRemove}
        </Button>
      </Row>
    </Card>
  );
}

function About({ workspace: { home, version } }: { workspace: WorkspaceStatus }) {
  const { settings: text } = useText();
  const backend = useBackend();
  return (
    <Card title={text.about}>
      <Facts facts={[{ label: text.version, value: version }, { label: text.dataDirectory, value: <Mono>{home}</Mono> }]} />
      <Row>
        <Button icon={<FolderOpenRegular />} onClick={() => void backend.openFolder(home)}>
          {text.openDirectory}
        </Button>
        <SupportButton />
      </Row>
    </Card>
  );
}
