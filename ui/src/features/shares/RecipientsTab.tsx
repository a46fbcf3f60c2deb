import { Button, SearchBox } from "@fluentui/react-components";
import { PeopleRegular, PersonAddRegular } from "@fluentui/react-icons";
import { useMemo, useState } from "react";

import type { Recipient, ShareDetails } from "~/backend/bindings/commands";
import { type Column, DataTable } from "~/components/DataTable";
import { SnapshotBadge } from "~/components/StatusBadge";
import { DateOnly, Time } from "~/components/Time";
import { EmptyState, Muted, Truncate } from "~/components/layout";
import { found } from "~/lib/find";
import { useText } from "~/text";

import { Decision } from "./Decision";
import { PublicationAsked } from "./PublicationAsked";
import { RecipientActions } from "./RecipientActions";
import { RecipientBadge } from "./RecipientBadge";
import { type RecipientDialogName, RecipientDialogs } from "./RecipientDialogs";

/** As many decisions are asked at once; the next follow as these are made. */
const DECISIONS = 5;
const SEARCH_FROM = 20;

type RecipientsTabProps = { share: ShareDetails; onInvite: () => void };

export function RecipientsTab({ share, onInvite }: RecipientsTabProps) {
  const { recipients: text, common } = useText();
  const [dialog, setDialog] = useState<{ name: RecipientDialogName; recipient: Recipient }>();
  const [words, setWords] = useState("");
  const shown = useMemo(() => (words.trim() === "" ? share.recipients : found(words, share.recipients, ({ name, organisation, email }) => `${name ?? ""} ${email} ${organisation ?? ""}`)), [share.recipients, words]);
  const waiting = share.recipients.filter(({ invitation_status: status }) => status === "WaitingForProvider");
  const asking = share.recipients.filter(({ publication_asked_at: at }) => at !== undefined);
  if (share.recipients.length === 0) {
    return (
      <EmptyState icon={<PeopleRegular />} title={text.emptyTitle} body={text.emptyBody}>
        <Button appearance="primary" icon={<PersonAddRegular />} onClick={onInvite}>
          {text.invite}
        </Button>
      </EmptyState>
    );
  }
  const columns: Column<Recipient>[] = [
    { key: "person", header: text.person, width: "minmax(0, 1.8fr)", cell: (one) => <Person recipient={one} /> },
    { key: "state", header: text.state, width: "148px", cell: (one) => <RecipientBadge recipient={one} /> },
    { key: "terms", header: text.termsVersion, width: "80px", priority: "low", cell: (one) => (one.terms_version === null ? "" : text.version(one.terms_version)) },
    {
      key: "snapshot", header: text.lastSnapshot, width: "150px", priority: "middle",
      cell: (one) => (one.last_snapshot_status ? <SnapshotBadge status={one.last_snapshot_status} /> : <Time at={one.last_snapshot_at} otherwise={common.never} />),
    },
    { key: "until", header: text.until, width: "104px", priority: "low", cell: (one) => <DateOnly at={one.expires_at} otherwise={common.noEnd} /> },
    {
      key: "actions", header: common.edit, width: "32px", hideHeader: true, align: "end",
      cell: (one) => <RecipientActions share={share} recipient={one} onAsk={(name) => setDialog({ name, recipient: one })} />,
    },
  ];
  return (
    <>
      {waiting.slice(0, DECISIONS).map((one) => (
        <Decision key={one.recipient_id} share={share} recipient={one} onDecline={() => setDialog({ name: "decline", recipient: one })} />
      ))}
      {waiting.length > DECISIONS && <Muted>{text.waitingMore(waiting.length - DECISIONS)}</Muted>}
      {asking.slice(0, DECISIONS).map((one) => (
        <PublicationAsked key={one.recipient_id} share={share} recipient={one} />
      ))}
      {share.recipients.length > SEARCH_FROM && (
        <SearchBox placeholder={text.search} aria-label={text.search} value={words} onChange={(_, { value }) => setWords(value)} data-testid="recipient-search" />
      )}
      <DataTable name={text.person} rows={shown} columns={columns} rowKey={({ recipient_id: id }) => id} testId="recipient-list" />
      {dialog && <RecipientDialogs share={share} recipient={dialog.recipient} name={dialog.name} onClose={() => setDialog(undefined)} />}
    </>
  );
}

function Person({ recipient }: { recipient: Recipient }) {
  const text = useText().recipients;
  const { name, organisation, email, accepted_email: accepted, revoked_at: revoked } = recipient;
  const other = accepted !== null && accepted !== email ? text.acceptedAs(accepted) : null;
  const second = name === null ? null : [organisation, email, other].filter(Boolean).join(", ");
  return (
    <>
      <Truncate>{name ?? email}</Truncate>
      {second && (
        <Muted small>
          <Truncate>{second}</Truncate>
        </Muted>
      )}
      {revoked && (
        <Muted small>
          {text.revokedOn} <Time at={revoked} />
        </Muted>
      )}
    </>
  );
}
