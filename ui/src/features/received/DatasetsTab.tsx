import { Button } from "@fluentui/react-components";
import { FolderOpenRegular } from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";

import { useBackend } from "~/api/context";
import { useRead } from "~/api/queries";
import type { Connection, Mapping, ReceivedDetails } from "~/backend/bindings/commands";
import { type Column, DataTable } from "~/components/DataTable";
import { MappingBadge } from "~/components/StatusBadge";
import { Amount, DateOnly, Time } from "~/components/Time";
import { Card, Facts, Muted, Row, Truncate } from "~/components/layout";
import { joinPath } from "~/lib/paths";
import { CompareButton } from "~/parts/SafetyCompare";
import { useText } from "~/text";

import { TriggerCard } from "./TriggerCard";
import { SinceLast } from "./SinceLast";
import { findConnection } from "./targets";

/** The datasets and where each goes, and what a snapshot would bring. */
export function DatasetsTab({ details }: { details: ReceivedDetails }) {
  const { received: text, common, safety } = useText();
  const navigate = useNavigate();
  const connections = useRead("connection_list", {}).data ?? [];
  const { summary, mappings } = details;
  const active = summary.status === "Active" || summary.status === "WaitingForProvider";
  const unmapped = mappings.some(({ status }) => status === "Unmapped");
  const columns: Column<Mapping>[] = [
    {
      key: "dataset", header: text.dataset, width: "minmax(0, 1.4fr)",
      cell: (one) => (
        <>
          <Truncate>{one.dataset}</Truncate>
          <Muted small>
            <Amount files={one.files} bytes={one.bytes} />
          </Muted>
        </>
      ),
    },
    { key: "target", header: text.target, width: "minmax(0, 1.6fr)", priority: "middle", cell: (one) => <Target mapping={one} /> },
    { key: "state", header: text.state, width: "160px", cell: (one) => <MappingBadge status={one.status} /> },
    { key: "open", header: text.openTarget, width: "32px", hideHeader: true, align: "end", cell: (one) => <OpenTarget mapping={one} connections={connections} /> },
  ];
  return (
    <>
      {unmapped && active && (
        <Card title={text.unmappedTitle}>
          <p>{text.unmappedBody}</p>
          <Row>
            <Button appearance={summary.mapped === 0 ? "primary" : "secondary"} onClick={() => void navigate({ to: "/received/$received/targets", params: { received: summary.id } })} data-testid="mapping-choose">
              {text.choose}
            </Button>
          </Row>
        </Card>
      )}
      <DataTable name={text.tabs.datasets} rows={mappings} columns={columns} rowKey={({ dataset_id: id }) => id} testId="mapping-list" />
      {summary.status === "Active" && summary.mapped > 0 && details.terms_to_accept === null && <SinceLast received={summary.id} first={summary.last_snapshot_at === null} />}
      {active && <TriggerCard details={details} />}
      <Card>
        <Facts
          facts={[
            { label: text.from, value: `${summary.provider.name}, ${summary.provider.organisation} (${summary.provider.email})` },
            { label: text.accepted, value: <DateOnly at={summary.accepted_at} /> },
            { label: text.until, value: <DateOnly at={details.expires_at} otherwise={common.noEnd} /> },
            { label: safety.label, value: <CompareButton other={{ name: summary.provider.name, organisation: summary.provider.organisation, code: summary.provider.safety_code, side: "provider" }} /> },
            { label: text.lastSnapshot, value: <Time at={summary.last_snapshot_at} otherwise={common.never} /> },
          ]}
        />
      </Card>
    </>
  );
}

function Target({ mapping: { connection, path, message } }: { mapping: Mapping }) {
  const text = useText().received;
  if (connection === null) return <Muted>{text.notMapped}</Muted>;
  return (
    <>
      <Truncate>{`${connection}/${path ?? ""}`}</Truncate>
      {message && (
        <Muted small>
          <Truncate>{message}</Truncate>
        </Muted>
      )}
    </>
  );
}

function OpenTarget({ mapping, connections }: { mapping: Mapping; connections: readonly Connection[] }) {
  const text = useText().received;
  const backend = useBackend();
  const connection = findConnection(connections, mapping.connection);
  if (connection?.settings.kind !== "folder") return null;
  const path = joinPath(connection.settings.path, mapping.path ?? "");
  return <Button appearance="subtle" icon={<FolderOpenRegular />} aria-label={`${text.openTarget}: ${mapping.dataset}`} onClick={() => void backend.openFolder(path)} data-testid="target-open" />;
}
