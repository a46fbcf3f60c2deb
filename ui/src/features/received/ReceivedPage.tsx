import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";

import { useRead } from "~/api/queries";
import type { ReceivedDetails } from "~/backend/bindings/commands";
import { Loaded } from "~/components/Loading";
import { Page } from "~/components/Page";
import { Tabs } from "~/components/Tabs";
import { SubscriptionBadge } from "~/components/StatusBadge";
import { Card, Muted } from "~/components/layout";
import { OutsideMarkdown } from "~/parts/OutsideMarkdown";
import { useText } from "~/text";

import { AuditTab } from "./AuditTab";
import { DatasetsTab } from "./DatasetsTab";
import { HistoryTab } from "./HistoryTab";
import { LeaveDialog } from "./LeaveDialog";
import { ReceivedCommands } from "./ReceivedCommands";
import { StateOfAccess } from "./StateOfAccess";
import { TermsChanged } from "./TermsChanged";
import { useAwaitProvider } from "./useAwaitProvider";

const TABS = ["datasets", "history", "terms", "audit"] as const;
type TabName = (typeof TABS)[number];

export function ReceivedPage() {
  const { received } = useParams({ from: "/received/$received" });
  const { received: text } = useText();
  const navigate = useNavigate();
  const details = useRead("received_show", { received });
  useAwaitProvider(details.data);
  const back = { label: text.title, onBack: () => void navigate({ to: "/received" }) };
  if (details.data) return <Opened details={details.data} back={back} />;
  return (
    <Page title={text.title} back={back}>
      <Loaded query={details}>{() => null}</Loaded>
    </Page>
  );
}

type OpenedProps = { details: ReceivedDetails; back: { label: string; onBack: () => void } };

function Opened({ details, back }: OpenedProps) {
  const { received: text } = useText();
  const navigate = useNavigate();
  const search = useSearch({ from: "/received/$received" });
  const [leaving, setLeaving] = useState(false);
  const { summary } = details;
  const tab: TabName = TABS.find((one) => one === search.tab) ?? "datasets";
  const go = (name: TabName) => void navigate({ to: "/received/$received", params: { received: summary.id }, search: { tab: name }, replace: true });
  return (
    <Page
      title={summary.name}
      lead={summary.share.description || undefined}
      beside={<SubscriptionBadge status={summary.status} testId="received-status" />}
      back={back}
      commands={<ReceivedCommands details={details} onLeave={() => setLeaving(true)} />}
    >
      <StateOfAccess details={details} />
      {details.terms_to_accept && <TermsChanged received={summary.id} version={details.terms_to_accept} />}
      <Tabs name={summary.name} tabs={TABS} labels={text.tabs} selected={tab} onSelect={go} />
      {tab === "datasets" && <DatasetsTab details={details} />}
      {tab === "history" && <HistoryTab received={summary.id} name={summary.name} />}
      {tab === "terms" && <Card>{details.terms === null ? <Muted>{text.noTerms}</Muted> : <OutsideMarkdown>{details.terms}</OutsideMarkdown>}</Card>}
      {tab === "audit" && <AuditTab summary={summary} />}
      {leaving && <LeaveDialog summary={summary} onClose={() => setLeaving(false)} />}
    </Page>
  );
}
