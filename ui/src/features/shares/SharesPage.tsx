import { Button, Link, SearchBox } from "@fluentui/react-components";
import { AddRegular, SendRegular } from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { useRead } from "~/api/queries";
import type { ShareSummary } from "~/backend/bindings/commands";
import { type Column, DataTable } from "~/components/DataTable";
import { Loaded } from "~/components/Loading";
import { Page } from "~/components/Page";
import { DateOnly, Time } from "~/components/Time";
import { EmptyState, Muted, Truncate } from "~/components/layout";
import { useText } from "~/text";

/** From how many rows on a search helps more than it costs room. */
const SEARCH_FROM = 8;

export function SharesPage() {
  const { shares: text, common } = useText();
  const navigate = useNavigate();
  const list = useRead("share_list", {});
  const [search, setSearch] = useState("");
  const open = ({ id }: ShareSummary) => void navigate({ to: "/sent/$share", params: { share: id } });
  const create = (
    <Button appearance="primary" icon={<AddRegular />} onClick={() => void navigate({ to: "/sent/new" })} data-testid="share-new">
      {text.create}
    </Button>
  );
  const columns: Column<ShareSummary>[] = [
    {
      key: "name", header: text.name, width: "minmax(0, 2fr)",
      cell: (share) => (
        <>
          <Link as="button" onClick={() => open(share)} style={{ maxWidth: "100%" }}>
            <Truncate>{share.name}</Truncate>
          </Link>
          <Muted small>
            <Truncate>{share.description || text.noDescription}</Truncate>
          </Muted>
        </>
      ),
    },
    { key: "recipients", header: text.recipients, width: "minmax(0, 1.1fr)", cell: (share) => <Recipients share={share} /> },
    { key: "datasets", header: text.datasets, width: "80px", priority: "low", align: "end", cell: (share) => share.datasets },
    { key: "snapshot", header: text.lastSnapshot, width: "120px", priority: "middle", cell: (share) => <Time at={share.last_snapshot_at} otherwise={common.never} /> },
    { key: "created", header: text.created, width: "104px", priority: "low", cell: (share) => <DateOnly at={share.created_at} /> },
  ];
  const shares = list.data ?? [];
  const shown = shares.filter((share) => `${share.name} ${share.description}`.toLowerCase().includes(search.trim().toLowerCase()));
  const commands = shares.length > 0 && (
    <>
      {create}
      {shares.length >= SEARCH_FROM && <SearchBox placeholder={text.search} aria-label={text.search} value={search} onChange={(_, { value }) => setSearch(value)} />}
    </>
  );
  return (
    <Page title={text.title} lead={text.lead} commands={commands}>
      <Loaded query={list}>
        {() =>
          shares.length === 0 ? (
            <EmptyState icon={<SendRegular />} title={text.emptyTitle} body={text.emptyBody}>
              {create}
            </EmptyState>
          ) : shown.length === 0 ? (
            <Muted>{text.noMatch}</Muted>
          ) : (
            <DataTable name={text.title} rows={shown} columns={columns} rowKey={({ id }) => id} onOpen={open} testId="share-list" />
          )
        }
      </Loaded>
    </Page>
  );
}

function Recipients({ share }: { share: ShareSummary }) {
  const text = useText().shares;
  const notes = [share.waiting > 0 && text.waiting(share.waiting), share.pending > 0 && text.pending(share.pending)].filter((note) => note !== false);
  return (
    <>
      {share.recipients}
      {notes.length > 0 && (
        <Muted small>
          <Truncate>{notes.join(", ")}</Truncate>
        </Muted>
      )}
    </>
  );
}
