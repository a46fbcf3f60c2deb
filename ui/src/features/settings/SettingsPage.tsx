import { Button } from "@fluentui/react-components";
import { FolderOpenRegular } from "@fluentui/react-icons";
import { useNavigate, useSearch } from "@tanstack/react-router";

import { useBackend } from "~/api/context";
import { useChange } from "~/api/mutations";
import { useRead } from "~/api/queries";
import type { WorkspaceStatus } from "~/backend/bindings/commands";
import { CopyButton } from "~/components/CopyButton";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Loaded } from "~/components/Loading";
import { Page } from "~/components/Page";
import { SafetyCode } from "~/components/SafetyCode";
import { Tabs } from "~/components/Tabs";
import { DateOnly } from "~/components/Time";
import { Card, Facts, Mono, Muted, Row } from "~/components/layout";
import { SupportButton } from "~/parts/SupportButton";
import { useNotify } from "~/parts/notify";
import { useText } from "~/text";

import { Appearance } from "./Appearance";
import { Background } from "./Background";
import { DesktopSettings } from "./DesktopSettings";
import { MailSettings } from "./MailSettings";
import { NotificationsTab } from "./NotificationsTab";
import { RulesTab } from "./RulesTab";
import { SecretsTab } from "./SecretsTab";

const TABS = ["general", "secrets", "rules", "notifications"] as const;
type TabName = (typeof TABS)[number];

export function SettingsPage() {
  const text = useText().settings;
  const navigate = useNavigate();
  const search = useSearch({ from: "/settings" });
  const status = useRead("workspace_status", {});
  const tab: TabName = TABS.find((one) => one === search.tab) ?? "general";
  return (
    <Page title={text.title}>
      <Tabs name={text.title} tabs={TABS} labels={text.tabs} selected={tab} onSelect={(name) => void navigate({ to: "/settings", search: { tab: name }, replace: true })} />
      <Loaded query={status}>
        {(workspace) => (
          <>
            {tab === "general" && <General workspace={workspace} />}
            {tab === "secrets" && <SecretsTab workspace={workspace} />}
            {tab === "rules" && <RulesTab />}
            {tab === "notifications" && <NotificationsTab />}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function General({ workspace }: { workspace: WorkspaceStatus }) {
  return (
    <>
      <Identity workspace={workspace} />
      <MailSettings />
      <Appearance />
      <DesktopSettings />
      <Background />
      {workspace.demo && <Sample />}
      <About workspace={workspace} />
    </>
  );
}

function Identity({ workspace: { card } }: { workspace: WorkspaceStatus }) {
  const { settings: text, first, common } = useText();
  if (!card) return null;
  return (
    <Card title={text.identity} actions={<CopyButton size="small" appearance="subtle" text={card.safety_code} label={text.copySafetyCode} />}>
      <Muted>{text.identityLead}</Muted>
      <Facts
        facts={[
          { label: first.name, value: card.name },
          { label: first.organisation, value: card.organisation },
          { label: first.email, value: card.email },
          { label: text.safetyCode, value: <SafetyCode code={card.safety_code} testId="settings-safety-code" /> },
          { label: text.fingerprint, value: (
              <Row>
                <Mono>{card.fingerprint}</Mono>
                <CopyButton size="small" appearance="subtle" text={card.fingerprint} label={common.copy} testId="settings-fingerprint" />
              </Row>
            ),
          },
          { label: text.since, value: <DateOnly at={card.created_at} /> },
        ]}
      />
      <Muted small>{text.safetyCodeHint}</Muted>
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
