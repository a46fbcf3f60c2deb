import { Button, MessageBar, MessageBarBody, MessageBarTitle, Spinner } from "@fluentui/react-components";
import { ShieldCheckmarkRegular } from "@fluentui/react-icons";
import { useState } from "react";

import { useRead } from "~/api/queries";
import type { AuditRecord } from "~/backend/bindings/commands";
import { type Column, DataTable } from "~/components/DataTable";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Loaded } from "~/components/Loading";
import { Time } from "~/components/Time";
import { Bullets, EmptyState, Mono, Muted, Row, Stack, Truncate } from "~/components/layout";
import { useText } from "~/text";

/** The signed records of a share or received share, and whether they are whole. */
export function AuditPanel({ name }: { name: string }) {
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
        <Button icon={report.isFetching ? <Spinner size="tiny" /> : <ShieldCheckmarkRegular />} disabled={report.isFetching} onClick={verify} data-testid="audit-verify">
          {text.verify}
        </Button>
      </Row>
      {report.error && <ErrorPanel error={report.error} onRetry={() => void report.refetch()} />}
      {report.data && !report.isFetching && (
        <MessageBar intent={report.data.findings.length === 0 ? "success" : "warning"} layout="multiline" data-testid="audit-report" role="status">
          <MessageBarBody>
            {report.data.findings.length === 0 ? (
              text.verified(report.data.records)
            ) : (
              <>
                <MessageBarTitle>{text.findings(report.data.findings.length)}</MessageBarTitle>
                <Bullets items={report.data.findings.map(({ log: place, sequence, message }) => `${place}, ${sequence}: ${message}`)} />
              </>
            )}
          </MessageBarBody>
        </MessageBar>
      )}
      <Loaded query={log}>
        {({ records }) =>
          records.length === 0 ? (
            <EmptyState icon={<ShieldCheckmarkRegular />} title={text.emptyTitle} body={text.emptyBody} />
          ) : (
            <DataTable name={text.record} rows={records.toSorted((a, b) => b.at.localeCompare(a.at))} columns={columns} rowKey={({ log: place, sequence }) => `${place}/${sequence}`} testId="audit-records" />
          )
        }
      </Loaded>
    </Stack>
  );
}
