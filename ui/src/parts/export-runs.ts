import type { FileFailure, Snapshot } from "~/backend/bindings/commands";
import type { ExportTable } from "~/lib/table";

/** Names of columns are for programs: the same in every language, as the command line writes them. */
export function runsTable(runs: readonly Snapshot[]): ExportTable {
  return {
    columns: ["snapshot_id", "share", "recipient", "mode", "status", "started_at", "ended_at", "duration_ms", "files_total", "files_written", "files_skipped", "files_deleted", "files_failed", "bytes_total", "bytes_written", "message"],
    rows: runs.map((run) => [
      run.snapshot_id, run.share, run.recipient, run.mode, run.status, run.started_at, run.ended_at, run.duration_ms, run.files_total, run.files_written, run.files_skipped,
      run.files_deleted, run.files_failed, run.bytes_total, run.bytes_written, run.message,
    ]),
  };
}

/** One row for each dataset, then one for each file that did not arrive. */
export function reportTable(run: Snapshot): ExportTable {
  const failure = ({ dataset, path, code, message, hint }: FileFailure) => ["file", dataset, path, "Failed", null, null, null, null, code, `${message} ${hint}`];
  return {
    columns: ["kind", "dataset", "path", "status", "files_written", "files_skipped", "files_failed", "bytes_written", "code", "message"],
    rows: [
      ...run.datasets.map((one) => ["dataset", one.name, null, one.status, one.files_written, one.files_skipped, one.files_failed, one.bytes_written, null, one.message]),
      ...run.failures.map(failure),
    ],
  };
}
