import { Button, MessageBar, MessageBarBody, MessageBarTitle, Spinner } from "@fluentui/react-components";
import { ShieldCheckmarkRegular } from "@fluentui/react-icons";
import { type ReactNode, useState } from "react";

import { useRead } from "~/api/queries";
import type { AuditFinding, AuditRecord } from "~/backend/bindings/commands";
import { ApplicationWords } from "~/components/ApplicationWords";
import { type Column, DataTable } from "~/components/DataTable";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Loaded } from "~/components/Loading";
import { Time } from "~/components/Time";
import { EmptyState, Mono, Muted, Row, Stack, Truncate } from "~/components/layout";
import { useText } from "~/text";

import { ExportFile } from "./ExportFile";

type AuditPanelProps = {
  /** Id of a share or a received share. */
  name: string;
  /** As people call it, for files. */
  label: string;
  commands?: ReactNode;
};

/** The signed records of a share or received share, and whether they are whole. */
export function AuditPanel({ name, label, commands }: AuditPanelProps) {
  const text = useText().audit;
  const log = useRead("audit_log", { name });
  const [asked, setAsked] = useState(false);
  const report = useRead("audit_verify", { name }, { enabled: asked, gcTime: 0 });
  const verify = () => (asked ? void report.refetch() : setAsked(true));
  const columns: Column<AuditRecord>[] = [
    {
      key: "summary", header: text.what, width: "minmax(0, 3fr)",
      cell: ({ summary, kind, sha256 }) => (
        <>
          <Truncate title={`${summary} ${sha256}`}>{summary}</Truncate>
          <Muted small>{kind}</Muted>
        </>
      ),
    },
    { key: "log", header: text.log, width: "minmax(0, 1.4fr)", priority: "low", cell: (record) => <Truncate>{record.log}</Truncate> },
    { key: "number", header: text.record, width: "64px", priority: "middle", align: "end", cell: ({ sequence }) => <Mono>{sequence}</Mono> },
    { key: "when", header: text.when, width: "112px", cell: ({ at }) => <Time at={at} /> },
  ];
  return (
    <Stack gap={16}>
      <Row spread>
        <Muted>{text.lead}</Muted>
        <Row>
          <Button icon={report.isFetching ? <Spinner size="tiny" /> : <ShieldCheckmarkRegular />} disabled={report.isFetching} onClick={verify} data-testid="audit-verify">
            {text.verify}
          </Button>
          {commands}
        </Row>
      </Row>
      {report.error && <ErrorPanel error={report.error} onRetry={() => void report.refetch()} />}
      {report.data && !report.isFetching && <Report records={report.data.records} findings={report.data.findings} />}
      <Loaded query={log}>
        {({ records }) =>
          records.length === 0 ? (
            <EmptyState icon={<ShieldCheckmarkRegular />} title={text.emptyTitle} body={text.emptyBody} />
          ) : (
            <>
              <Row spread>
                <Muted>{text.records(records.length)}</Muted>
                <ExportFile command="audit_export" name={name} fileName={`${label} ${text.title}`} />
              </Row>
              <DataTable name={text.record} rows={records.toSorted((a, b) => b.at.localeCompare(a.at))} columns={columns} rowKey={({ log: place, sequence }) => `${place}/${sequence}`} testId="audit-records" />
            </>
          )
        }
      </Loaded>
    </Stack>
  );
}

/** Whether all is well; if not, which record is not. */
function Report({ records, findings }: { records: number; findings: readonly AuditFinding[] }) {
  const { audit: text, findings: words } = useText();
  return (
    <div data-testid="audit-report" role="status">
      {findings.length === 0 ? (
        <MessageBar intent="success" layout="multiline">
          <MessageBarBody>{text.verified(records)}</MessageBarBody>
        </MessageBar>
      ) : (
        <Stack gap={8}>
          <strong>{text.findings(findings.length)}</strong>
          {findings.map(({ log, sequence, kind, message }) => (
            <MessageBar key={`${log}/${sequence}/${kind}`} intent="warning" layout="multiline">
              <MessageBarBody>
                <MessageBarTitle>{words.record(sequence, log)}</MessageBarTitle> <ApplicationWords>{message}</ApplicationWords>
              </MessageBarBody>
            </MessageBar>
          ))}
        </Stack>
      )}
    </div>
  );
}
