import { Link } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";

import type { Snapshot } from "~/backend/bindings/commands";
import { type Column, DataTable } from "~/components/DataTable";
import { SnapshotBadge } from "~/components/StatusBadge";
import { Time } from "~/components/Time";
import { Muted, Truncate } from "~/components/layout";
import { formatBytes } from "~/lib/bytes";
import { formatDuration } from "~/lib/duration";
import { useText } from "~/text";

type SnapshotTableProps = {
  name: string;
  snapshots: readonly Snapshot[];
  /** What the first column names: the share in a list of all, the recipient in a provider's history. */
  subject: "share" | "recipient" | "mode";
  testId?: string;
};

/** Runs, newest first, each leading to its page. */
export function SnapshotTable({ name, snapshots, subject, testId }: SnapshotTableProps) {
  const text = useText();
  const navigate = useNavigate();
  const open = ({ snapshot_id: snapshot }: Snapshot) => void navigate({ to: "/activity/$snapshot", params: { snapshot } });
  const subjectOf = (run: Snapshot) => (subject === "share" ? run.share : subject === "recipient" ? (run.recipient ?? run.share) : text.snapshots.titleMode[run.mode]);
  const secondLine = (run: Snapshot) => {
    const took = run.duration_ms === null ? null : formatDuration(run.duration_ms, text.common.locale);
    return [subject === "mode" ? null : text.kinds.mode[run.mode], took, run.message].filter((part) => part !== null).join(" · ");
  };
  const columns: Column<Snapshot>[] = [
    {
      key: "subject", header: subject === "mode" ? text.snapshots.mode : text.snapshots[subject], width: "minmax(0, 2fr)",
      cell: (run) => (
        <>
          <Link as="button" onClick={() => open(run)} style={{ maxWidth: "100%" }}>
            <Truncate>{subjectOf(run)}</Truncate>
          </Link>
          <Muted small>
            <Truncate>{secondLine(run)}</Truncate>
          </Muted>
        </>
      ),
    },
    { key: "state", header: text.snapshots.state, width: "150px", cell: (run) => <SnapshotBadge status={run.status} /> },
    { key: "files", header: text.snapshots.files, width: "96px", priority: "middle", align: "end", cell: (run) => text.common.files(run.files_written) },
    { key: "bytes", header: text.snapshots.bytes, width: "80px", priority: "low", align: "end", cell: (run) => formatBytes(run.bytes_written, text.common.locale) },
    { key: "started", header: text.snapshots.started, width: "112px", priority: "middle", cell: (run) => <Time at={run.started_at} /> },
  ];
  return <DataTable name={name} rows={snapshots} columns={columns} rowKey={({ snapshot_id: id }) => id} onOpen={open} {...(testId && { testId })} />;
}
