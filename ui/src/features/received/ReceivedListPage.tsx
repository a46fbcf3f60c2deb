import { Button, Link, SearchBox } from "@fluentui/react-components";
import { ArrowDownloadRegular, MailInboxRegular } from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { useRead } from "~/api/queries";
import type { ReceivedSummary } from "~/backend/bindings/commands";
import { type Column, DataTable } from "~/components/DataTable";
import { Loaded } from "~/components/Loading";
import { Page } from "~/components/Page";
import { SnapshotBadge, SubscriptionBadge } from "~/components/StatusBadge";
import { Time } from "~/components/Time";
import { EmptyState, Muted, Truncate } from "~/components/layout";
import { useText } from "~/text";

const SEARCH_FROM = 8;

export function ReceivedListPage() {
  const { received: text, common, openInvitation } = useText();
  const navigate = useNavigate();
  const list = useRead("received_list", {});
  const [search, setSearch] = useState("");
  const open = ({ id }: ReceivedSummary) => void navigate({ to: "/received/$received", params: { received: id } });
  const openButton = (
    <Button appearance="primary" icon={<MailInboxRegular />} onClick={() => void navigate({ to: "/invitations/open" })} data-testid="received-open-invitation">
      {openInvitation.title}
    </Button>
  );
  const columns: Column<ReceivedSummary>[] = [
    {
      key: "name", header: text.name, width: "minmax(0, 2fr)",
      cell: (one) => (
        <>
          <Link as="button" onClick={() => open(one)} style={{ maxWidth: "100%" }}>
            <Truncate>{one.name}</Truncate>
          </Link>
          <Muted small>
            <Truncate>{`${one.provider.name}, ${one.provider.organisation}`}</Truncate>
          </Muted>
        </>
      ),
    },
    { key: "state", header: text.state, width: "128px", cell: (one) => <SubscriptionBadge status={one.status} /> },
    {
      key: "snapshot", header: text.lastSnapshot, width: "170px", priority: "middle",
      cell: (one) => (one.last_snapshot_status ? <SnapshotBadge status={one.last_snapshot_status} /> : common.never),
    },
    { key: "when", header: text.lastSnapshot, hideHeader: true, width: "112px", priority: "low", cell: (one) => <Time at={one.last_snapshot_at} /> },
  ];
  const all = list.data ?? [];
  const shown = all.filter(({ name, provider }) => `${name} ${provider.name} ${provider.organisation}`.toLowerCase().includes(search.trim().toLowerCase()));
  const commands = all.length > 0 && (
    <>
      {openButton}
      {all.length >= SEARCH_FROM && <SearchBox placeholder={text.search} aria-label={text.search} value={search} onChange={(_, { value }) => setSearch(value)} />}
    </>
  );
  return (
    <Page title={text.title} lead={text.lead} commands={commands}>
      <Loaded query={list}>
        {() =>
          all.length === 0 ? (
            <EmptyState icon={<ArrowDownloadRegular />} title={text.emptyTitle} body={text.emptyBody}>
              {openButton}
            </EmptyState>
          ) : shown.length === 0 ? (
            <Muted>{text.noMatch}</Muted>
          ) : (
            <DataTable name={text.title} rows={shown} columns={columns} rowKey={({ id }) => id} onOpen={open} testId="received-list" />
          )
        }
      </Loaded>
    </Page>
  );
}
