import { Button } from "@fluentui/react-components";
import { DeleteRegular, EditRegular, PersonAddRegular } from "@fluentui/react-icons";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";

import { useRead } from "~/api/queries";
import type { ShareDetails } from "~/backend/bindings/commands";
import { Loaded } from "~/components/Loading";
import { Page } from "~/components/Page";
import { Tabs } from "~/components/Tabs";
import { useWayOut } from "~/parts/way-out";
import { useText } from "~/text";

import { AuditTab } from "./AuditTab";
import { DatasetsTab } from "./DatasetsTab";
import { DescriptionDialog } from "./DescriptionDialog";
import { DeleteShare } from "./DeleteShare";
import { HistoryTab } from "./HistoryTab";
import { InviteDialog } from "./InviteDialog";
import { OverviewTab } from "./OverviewTab";
import { RecipientsTab } from "./RecipientsTab";
import { ScheduleTab } from "./ScheduleTab";
import { TermsTab } from "./TermsTab";

const TABS = ["overview", "datasets", "recipients", "schedule", "history", "terms", "audit"] as const;
type TabName = (typeof TABS)[number];

export function SharePage() {
  const { share } = useParams({ from: "/sent/$share" });
  const { shares: text } = useText();
  const navigate = useNavigate();
  const leave = useWayOut();
  const details = useRead("share_show", { share });
  const back = { label: text.title, onBack: () => void navigate({ to: "/sent" }) };
  if (details.data) return <Opened share={details.data} back={back} />;
  return (
    <Page title={text.title} back={back}>
      <Loaded query={details} onLeave={leave}>
        {() => null}
      </Loaded>
    </Page>
  );
}

type OpenedProps = { share: ShareDetails; back: { label: string; onBack: () => void } };

function Opened({ share, back }: OpenedProps) {
  const { shares: text, recipients } = useText();
  const navigate = useNavigate();
  const search = useSearch({ from: "/sent/$share" });
  const [describing, setDescribing] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const [inviting, setInviting] = useState(false);
  const tab: TabName = TABS.find((one) => one === search.tab) ?? "overview";
  const go = (name: TabName) => void navigate({ to: "/sent/$share", params: { share: share.id }, search: { tab: name }, replace: true });
  const invite = () => setInviting(true);
  const commands = (
    <>
      <Button appearance="primary" icon={<PersonAddRegular />} onClick={invite} data-testid="share-invite">
        {recipients.invite}
      </Button>
      <Button icon={<EditRegular />} onClick={() => setDescribing(true)} data-testid="share-describe">
        {text.editDescription}
      </Button>
      <Button icon={<DeleteRegular />} onClick={() => setDeleting(true)} data-testid="share-delete">
        {text.deleteAction}
      </Button>
    </>
  );
  return (
    <Page title={share.name} lead={share.description || undefined} back={back} commands={commands}>
      <Tabs name={share.name} tabs={TABS} labels={text.tabs} selected={tab} onSelect={go} />
      {tab === "overview" && <OverviewTab share={share} onGo={go} onInvite={invite} />}
      {tab === "datasets" && <DatasetsTab share={share} />}
      {tab === "recipients" && <RecipientsTab share={share} onInvite={invite} />}
      {tab === "schedule" && <ScheduleTab share={share} />}
      {tab === "history" && <HistoryTab share={share} />}
      {tab === "terms" && <TermsTab share={share} />}
      {tab === "audit" && <AuditTab share={share} />}
      {inviting && <InviteDialog share={share} onClose={() => setInviting(false)} />}
      {describing && <DescriptionDialog share={share} onClose={() => setDescribing(false)} />}
      {deleting && <DeleteShare share={share} onClose={() => setDeleting(false)} />}
    </Page>
  );
}
