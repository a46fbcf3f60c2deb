import { SearchBox, Select } from "@fluentui/react-components";
import { HistoryRegular } from "@fluentui/react-icons";
import { useMemo, useState } from "react";

import type { Snapshot } from "~/backend/bindings/commands";
import { Loaded } from "~/components/Loading";
import { Page } from "~/components/Page";
import { isRunning } from "~/components/StatusBadge";
import { EmptyState, Muted, Row } from "~/components/layout";
import { ExportMenu } from "~/parts/ExportMenu";
import { SnapshotTable } from "~/parts/SnapshotTable";
import { runsTable } from "~/parts/export-runs";
import { useText } from "~/text";

import { useActivity } from "./useActivity";

type State = "all" | "running" | "good" | "problems";
type Role = "both" | "received" | "sent";

const STATES: Record<State, (run: Snapshot) => boolean> = {
  all: () => true,
  running: ({ status }) => isRunning(status),
  good: ({ status }) => status === "Succeeded",
  problems: ({ status }) => status === "Failed" || status === "PartlySucceeded" || status === "NeedsAttention",
};

/** Who took it: this workspace, or a recipient of one of its shares. */
const ROLES: Record<Role, (run: Snapshot) => boolean> = { both: () => true, received: ({ recipient }) => recipient === null, sent: ({ recipient }) => recipient !== null };

/** Everything that runs and ran, on both sides. */
export function ActivityPage() {
  const { activity: text, history } = useText();
  const [state, setState] = useState<State>("all");
  const [role, setRole] = useState<Role>("both");
  const [search, setSearch] = useState("");
  const { own, runs, found, searching } = useActivity(search);
  const shown = useMemo(() => found.filter((run) => STATES[state](run) && ROLES[role](run)), [found, state, role]);
  const commands = runs.length > 0 && (
    <>
      <Choices name={text.role} labels={text.roles} value={role} onChange={setRole} testId="activity-role" />
      <Choices name={text.filter} labels={text.filters} value={state} onChange={setState} testId="activity-filter" />
      <SearchBox placeholder={text.search} aria-label={text.search} value={search} onChange={(_, { value }) => setSearch(value)} data-testid="activity-search" />
    </>
  );
  return (
    <Page title={text.title} lead={text.lead} commands={commands}>
      <Loaded query={own}>
        {() =>
          runs.length === 0 ? (
            <EmptyState icon={<HistoryRegular />} title={text.emptyTitle} body={text.emptyBody} />
          ) : shown.length === 0 ? (
            <Muted>{searching ? text.searching : text.noMatch}</Muted>
          ) : (
            <>
              <Row spread>
                <Muted>{history.runs(shown.length)}</Muted>
                <ExportMenu name={text.title} table={() => runsTable(shown)} />
              </Row>
              <SnapshotTable name={text.title} snapshots={shown} subject="share" testId="activity-list" />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

type ChoicesProps<V extends string> = { name: string; labels: Record<V, string>; value: V; onChange: (value: V) => void; testId: string };

function Choices<V extends string>({ name, labels, value, onChange, testId }: ChoicesProps<V>) {
  return (
    <Select aria-label={name} value={value} onChange={(_, data) => onChange(data.value as V)} data-testid={testId}>
      {Object.entries<string>(labels).map(([key, label]) => (
        <option key={key} value={key}>
          {label}
        </option>
      ))}
    </Select>
  );
}
