import { SearchBox, Select } from "@fluentui/react-components";
import { HistoryRegular } from "@fluentui/react-icons";
import { useState } from "react";

import { useRead } from "~/api/queries";
import type { Snapshot } from "~/backend/bindings/commands";
import { Loaded } from "~/components/Loading";
import { Page } from "~/components/Page";
import { isRunning } from "~/components/StatusBadge";
import { EmptyState, Muted } from "~/components/layout";
import { SnapshotTable } from "~/parts/SnapshotTable";
import { useText } from "~/text";

type Filter = "all" | "running" | "problems";

const PASSES: Record<Filter, (run: Snapshot) => boolean> = {
  all: () => true,
  running: ({ status }) => isRunning(status),
  problems: ({ status }) => status === "Failed" || status === "PartlySucceeded" || status === "NeedsAttention",
};

export function ActivityPage() {
  const { activity: text } = useText();
  const activity = useRead("activity", {});
  const [filter, setFilter] = useState<Filter>("all");
  const [search, setSearch] = useState("");
  const runs = activity.data ?? [];
  const wanted = search.trim().toLowerCase();
  const shown = runs.filter((run) => PASSES[filter](run) && run.share.toLowerCase().includes(wanted));
  const commands = runs.length > 0 && (
    <>
      <Select aria-label={text.filter} value={filter} onChange={(_, { value }) => setFilter(value as Filter)} data-testid="activity-filter">
        {(Object.keys(text.filters) as Filter[]).map((name) => (
          <option key={name} value={name}>
            {text.filters[name]}
          </option>
        ))}
      </Select>
      <SearchBox placeholder={text.search} aria-label={text.search} value={search} onChange={(_, { value }) => setSearch(value)} />
    </>
  );
  return (
    <Page title={text.title} lead={text.lead} commands={commands}>
      <Loaded query={activity}>
        {() =>
          runs.length === 0 ? (
            <EmptyState icon={<HistoryRegular />} title={text.emptyTitle} body={text.emptyBody} />
          ) : shown.length === 0 ? (
            <Muted>{text.noMatch}</Muted>
          ) : (
            <SnapshotTable name={text.title} snapshots={shown} subject="share" testId="activity-list" />
          )
        }
      </Loaded>
    </Page>
  );
}
