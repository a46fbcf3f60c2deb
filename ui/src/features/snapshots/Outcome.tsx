import { MessageBar, MessageBarBody } from "@fluentui/react-components";

import type { Snapshot, SnapshotDataset, SnapshotStatus } from "~/backend/bindings/commands";
import { ApplicationWords } from "~/components/ApplicationWords";
import { type Column, DataTable } from "~/components/DataTable";
import { SnapshotBadge } from "~/components/StatusBadge";
import { Time } from "~/components/Time";
import { Card, Facts, Muted, Truncate } from "~/components/layout";
import { formatBytes } from "~/lib/bytes";
import { formatDuration } from "~/lib/duration";
import { useText } from "~/text";

const INTENT: Partial<Record<SnapshotStatus, "success" | "warning" | "error">> = { Succeeded: "success", PartlySucceeded: "warning", NeedsAttention: "warning", Failed: "error" };

/** How a run ended, as a whole and for each dataset. */
export function Outcome({ run }: { run: Snapshot }) {
  const { snapshots: text, common, runOptions: words } = useText();
  const { mirror, verify, hand_over: handOver } = run.options;
  const chosen = [mirror === "off" ? null : words.mirrored, verify ? words.verified : null, handOver ? words.handedOver : null].filter((one) => one !== null);
  const how = chosen.length === 0 ? [words.plain] : chosen;
  return (
    <>
      <MessageBar intent={INTENT[run.status] ?? "info"} layout="multiline" role="status" data-testid="snapshot-outcome">
        <MessageBarBody>
          {text.endWords[run.status]} {run.message && <ApplicationWords>{run.message}</ApplicationWords>}
        </MessageBarBody>
      </MessageBar>
      <Card>
        <Facts
          facts={[
            { label: text.written, value: <span data-testid="snapshot-files">{`${common.files(run.files_written)}, ${formatBytes(run.bytes_written, common.locale)}`}</span> },
            { label: text.skipped, value: common.files(run.files_skipped), hidden: run.files_skipped === 0 },
            { label: text.deleted, value: common.files(run.files_deleted), hidden: run.files_deleted === 0 && mirror === "off" },
            { label: text.failed, value: common.files(run.files_failed), hidden: run.files_failed === 0 },
            { label: words.summary, value: <span data-testid="snapshot-options">{how.join(". ")}</span>, hidden: run.recipient !== null },
            { label: text.started, value: <Time at={run.started_at} /> },
            { label: text.took, value: run.duration_ms === null ? "–" : formatDuration(run.duration_ms, common.locale) },
          ]}
        />
      </Card>
      {run.datasets.length > 0 && <Datasets rows={run.datasets} />}
    </>
  );
}

function Datasets({ rows }: { rows: SnapshotDataset[] }) {
  const { snapshots: text, common } = useText();
  const columns: Column<SnapshotDataset>[] = [
    {
      key: "name", header: text.dataset, width: "minmax(0, 2fr)",
      cell: (row) => (
        <>
          <Truncate>{row.name}</Truncate>
          {row.message && (
            <Muted small>
              <Truncate>{row.message}</Truncate>
            </Muted>
          )}
        </>
      ),
    },
    { key: "state", header: text.state, width: "150px", cell: (row) => row.status && <SnapshotBadge status={row.status} /> },
    { key: "written", header: text.written, width: "96px", align: "end", priority: "middle", cell: (row) => common.files(row.files_written) },
    { key: "size", header: text.bytes, width: "80px", align: "end", priority: "middle", cell: (row) => formatBytes(row.bytes_written, common.locale) },
    { key: "skipped", header: text.skipped, width: "96px", align: "end", priority: "low", cell: (row) => common.files(row.files_skipped) },
    { key: "failed", header: text.failed, width: "72px", align: "end", priority: "low", cell: (row) => common.files(row.files_failed) },
    { key: "took", header: text.took, width: "96px", align: "end", priority: "low", cell: (row) => formatDuration(row.duration_ms, common.locale) },
  ];
  return <DataTable name={text.datasets} rows={rows} columns={columns} rowKey={({ name }) => name} testId="snapshot-datasets" />;
}
