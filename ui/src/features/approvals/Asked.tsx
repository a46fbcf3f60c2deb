import { Badge } from "@fluentui/react-components";

import type { Approval, ProposedDataset, ProposedInvitation } from "~/backend/bindings/commands";
import { type Column, DataTable } from "~/components/DataTable";
import { SafetyCode } from "~/components/SafetyCode";
import { Amount, DateOnly, Time } from "~/components/Time";
import { Bullets, Card, Facts, Muted, Truncate } from "~/components/layout";
import { OutsideMarkdown } from "~/parts/OutsideMarkdown";
import { useText } from "~/text";

/** As many addresses are shown one by one. */
const SHOWN = 200;

/** All that a request asks for: whoever approves sees what would go out, to whom, and under which terms. */
export function Asked({ approval }: { approval: Approval }) {
  const { approvals: text, receipts } = useText();
  const { asked_by: by, invitation, dataset, answered_by: answeredBy } = approval;
  return (
    <>
      <Card title={approval.share}>
        {approval.share_description && <p>{approval.share_description}</p>}
        <Facts
          facts={[
            { label: text.askedBy, value: `${by.name}, ${by.organisation} (${by.email})` },
            { label: receipts.safetyCode, value: <SafetyCode code={by.safety_code} />, hidden: approval.asked_here },
            { label: text.askedAt, value: <Time at={approval.asked_at} /> },
            { label: text.until, value: <DateOnly at={approval.expires_at} /> },
            { label: text.answeredBy, value: answeredBy ? `${answeredBy.name}, ${answeredBy.organisation} (${answeredBy.email})` : "", hidden: answeredBy === null },
          ]}
        />
      </Card>
      {invitation && <Invitations invitation={invitation} />}
      {dataset && <Datasets title={text.dataset} datasets={[dataset]} />}
    </>
  );
}

function Invitations({ invitation }: { invitation: ProposedInvitation }) {
  const { approvals: text, common } = useText();
  const { emails, terms_text: terms, terms_version: version } = invitation;
  return (
    <>
      <Card title={text.recipients}>
        <Bullets items={[...emails.slice(0, SHOWN), ...(emails.length > SHOWN ? [common.addresses(emails.length)] : [])]} />
        <Facts
          facts={[
            { label: text.acceptance, value: text.acceptances[invitation.acceptance] },
            { label: text.invitationUntil, value: <DateOnly at={invitation.expires_at} /> },
            { label: text.accessDays, value: invitation.access_days === null ? common.noEnd : text.days(invitation.access_days) },
          ]}
        />
      </Card>
      <Datasets title={text.datasets} datasets={invitation.datasets} />
      <Card title={version === null ? text.noTerms : text.terms(version)}>{terms !== null && <OutsideMarkdown>{terms}</OutsideMarkdown>}</Card>
    </>
  );
}

function Datasets({ title, datasets }: { title: string; datasets: readonly ProposedDataset[] }) {
  const { approvals: text, datasets: words } = useText();
  const columns: Column<ProposedDataset>[] = [
    {
      key: "name", header: words.name, width: "minmax(0, 1.2fr)",
      cell: ({ name, sensitive }) => (
        <>
          <Truncate>{name}</Truncate>
          {sensitive && <Badge appearance="tint" color="warning">{text.sensitive}</Badge>}
        </>
      ),
    },
    {
      key: "place", header: text.place, width: "minmax(0, 1.8fr)",
      cell: ({ connection, place, path }) => (
        <>
          <Truncate>{`${connection}/${path}`}</Truncate>
          <Muted small>
            <Truncate>{place}</Truncate>
          </Muted>
        </>
      ),
    },
    { key: "size", header: words.size, width: "140px", priority: "middle", cell: ({ files, bytes }) => <Amount files={files} bytes={bytes} /> },
  ];
  return (
    <Card title={title}>
      <DataTable name={title} rows={datasets} columns={columns} rowKey={({ name }) => name} testId="approval-datasets" />
    </Card>
  );
}
