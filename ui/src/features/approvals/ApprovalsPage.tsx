import { DocumentArrowUpRegular, PersonAvailableRegular } from "@fluentui/react-icons";
import { useEffect } from "react";

import { setFileText, useFileText } from "~/api/dropped";
import { useRead } from "~/api/queries";
import type { Approval } from "~/backend/bindings/commands";
import { type Column, DataTable } from "~/components/DataTable";
import { Loaded } from "~/components/Loading";
import { Page } from "~/components/Page";
import { ApprovalBadge } from "~/components/StatusBadge";
import { DateOnly, Time } from "~/components/Time";
import { EmptyState, Muted, Truncate } from "~/components/layout";
import { ChooseFile } from "~/parts/ChooseFile";
import { approverNames } from "~/parts/approval";
import { useRules } from "~/parts/rules";
import { type Text, useText } from "~/text";

import { OpenedApproval } from "./OpenedApproval";

/** What waits for a second person, and the file of a request or an answer. */
export function ApprovalsPage() {
  const { approvals: text } = useText();
  const file = useFileText("approval");
  const close = () => setFileText("approval", null);
  useEffect(() => () => setFileText("approval", null), []);
  const choose = <ChooseFile kind="approval" label={text.open} title={text.openHint} icon={<DocumentArrowUpRegular />} accept=".datashare-approval" primary={file === null} />;
  return (
    <Page title={text.title} lead={text.lead} commands={choose}>
      {file === null ? <Asked /> : <OpenedApproval key={file} file={file} onClose={close} />}
    </Page>
  );
}

/** What is asked for, in one line. */
export function wantedWords({ invitation, dataset, share }: Approval, { approvals: text, common }: Text): string {
  return invitation ? text.invites(common.addresses(invitation.emails.length), share) : text.adds(dataset?.name ?? "", share);
}

function Asked() {
  const words = useText();
  const { approvals: text } = words;
  const rules = useRules();
  const list = useRead("approval_list", {});
  const columns: Column<Approval>[] = [
    {
      key: "what", header: text.yours, width: "minmax(0, 2fr)",
      cell: (one) => (
        <>
          <Truncate>{wantedWords(one, words)}</Truncate>
          <Muted small>
            <Truncate>{one.answered_by ? `${text.answeredBy} ${one.answered_by.name}${one.reason ? `: ${one.reason}` : ""}` : text.waitsFor(approverNames(rules, words, one.approvers))}</Truncate>
          </Muted>
        </>
      ),
    },
    { key: "state", header: words.shares.name, width: "132px", hideHeader: true, cell: ({ status }) => <ApprovalBadge status={status} /> },
    { key: "asked", header: text.askedAt, width: "112px", priority: "middle", cell: ({ asked_at: at }) => <Time at={at} /> },
    { key: "until", header: text.until, width: "128px", priority: "low", cell: ({ expires_at: at }) => <DateOnly at={at} /> },
  ];
  return (
    <Loaded query={list}>
      {(rows) =>
        rows.length === 0 ? (
          <EmptyState icon={<PersonAvailableRegular />} title={text.emptyTitle} body={text.emptyBody} />
        ) : (
          <>
            <DataTable name={text.yours} rows={rows} columns={columns} rowKey={({ request_id: id }) => id} testId="approval-list" />
            {rows.some(({ status }) => status === "waiting") && <Muted>{text.next}</Muted>}
          </>
        )
      }
    </Loaded>
  );
}
