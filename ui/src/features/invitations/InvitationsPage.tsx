import { Button, Link } from "@fluentui/react-components";
import { MailInboxRegular } from "@fluentui/react-icons";
import { useQueries } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { useBackend } from "~/api/context";
import { useRead } from "~/api/queries";
import type { Invitation, ReceivedSummary, ShareSummary } from "~/backend/bindings/commands";
import { type Column, DataTable } from "~/components/DataTable";
import { Loaded } from "~/components/Loading";
import { Page } from "~/components/Page";
import { InvitationBadge } from "~/components/StatusBadge";
import { DateOnly, Time } from "~/components/Time";
import { Card, Muted, Row, Truncate } from "~/components/layout";
import { useText } from "~/text";

export function InvitationsPage() {
  const { invitationsPage: text } = useText();
  const navigate = useNavigate();
  const shares = useRead("share_list", {});
  const received = useRead("received_list", {});
  return (
    <Page
      title={text.title}
      lead={text.lead}
      commands={
        <Button appearance="primary" icon={<MailInboxRegular />} onClick={() => void navigate({ to: "/invitations/open" })} data-testid="invitations-open">
          {text.open}
        </Button>
      }
    >
      <Card title={text.sent}>
        <Loaded query={shares}>{(list) => <Sent shares={list.filter(({ pending, waiting }) => pending + waiting > 0)} />}</Loaded>
      </Card>
      <Approvals />
      <Card title={text.waiting}>
        <Loaded query={received}>{(list) => <Waiting received={list.filter(({ status }) => status === "WaitingForProvider")} />}</Loaded>
      </Card>
    </Page>
  );
}

/** What waits for a second person; nothing where nothing does. */
function Approvals() {
  const { approvals: text } = useText();
  const navigate = useNavigate();
  const waiting = (useRead("approval_list", {}).data ?? []).filter(({ status }) => status === "waiting" || status === "approved");
  if (waiting.length === 0) return null;
  return (
    <Card
      title={text.title}
      actions={
        <Button size="small" onClick={() => void navigate({ to: "/approvals" })} data-testid="invitations-approvals">
          {text.yours}
        </Button>
      }
    >
      <Muted>{text.next}</Muted>
    </Card>
  );
}

type SentRow = { share: ShareSummary; invitation: Invitation };

function Sent({ shares }: { shares: ShareSummary[] }) {
  const { invitationsPage: text, nav } = useText();
  const backend = useBackend();
  const navigate = useNavigate();
  const lists = useQueries({
    queries: shares.map(({ id }) => ({ queryKey: ["invitation_list", { share: id }], queryFn: () => backend.call("invitation_list", { share: id }) })),
  });
  const rows: SentRow[] = shares.flatMap((share, index) =>
    (lists[index]?.data ?? []).filter(({ status }) => status === "Pending" || status === "WaitingForProvider").map((invitation) => ({ share, invitation })),
  );
  const open = ({ share }: SentRow) => void navigate({ to: "/sent/$share", params: { share: share.id }, search: { tab: "recipients" } });
  if (rows.length === 0) {
    return (
      <Row spread>
        <Muted>{`${text.sentEmpty} ${text.sentEmptyBody}`}</Muted>
        <Button size="small" onClick={() => void navigate({ to: "/sent" })} data-testid="invitations-to-sent">
          {nav.sent}
        </Button>
      </Row>
    );
  }
  const columns: Column<SentRow>[] = [
    {
      key: "to", header: text.to, width: "minmax(0, 1.4fr)",
      cell: (row) => (
        <Link as="button" onClick={() => open(row)} style={{ maxWidth: "100%" }}>
          <Truncate>{row.invitation.email}</Truncate>
        </Link>
      ),
    },
    { key: "share", header: text.share, width: "minmax(0, 1fr)", priority: "middle", cell: ({ share }) => <Truncate>{share.name}</Truncate> },
    { key: "state", header: text.state, width: "148px", cell: ({ invitation }) => <InvitationBadge status={invitation.status} /> },
    { key: "until", header: text.until, width: "112px", priority: "low", cell: ({ invitation }) => <DateOnly at={invitation.expires_at} /> },
  ];
  return <DataTable name={text.sent} rows={rows} columns={columns} rowKey={({ invitation }) => invitation.invitation_id} onOpen={open} testId="invitations-sent" />;
}

function Waiting({ received }: { received: ReceivedSummary[] }) {
  const { invitationsPage: text, nav } = useText();
  const navigate = useNavigate();
  const open = ({ id }: ReceivedSummary) => void navigate({ to: "/received/$received", params: { received: id } });
  if (received.length === 0) {
    return (
      <Row spread>
        <Muted>{text.waitingEmpty}</Muted>
        <Button size="small" onClick={() => void navigate({ to: "/received" })} data-testid="invitations-to-received">
          {nav.received}
        </Button>
      </Row>
    );
  }
  const columns: Column<ReceivedSummary>[] = [
    {
      key: "share", header: text.share, width: "minmax(0, 1.4fr)",
      cell: (row) => (
        <Link as="button" onClick={() => open(row)} style={{ maxWidth: "100%" }}>
          <Truncate>{row.name}</Truncate>
        </Link>
      ),
    },
    { key: "from", header: text.from, width: "minmax(0, 1fr)", cell: ({ provider }) => <Truncate>{`${provider.name}, ${provider.organisation}`}</Truncate> },
    { key: "accepted", header: text.accepted, width: "120px", priority: "middle", cell: ({ accepted_at: at }) => <Time at={at} /> },
  ];
  return <DataTable name={text.waiting} rows={received} columns={columns} rowKey={({ id }) => id} onOpen={open} testId="invitations-waiting" />;
}
