import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";

import { useBackend } from "~/api/context";
import { useRead } from "~/api/queries";
import type { Snapshot } from "~/backend/bindings/commands";
import { fit } from "~/lib/find";
import { useCalm } from "~/parts/calm";

/** Of so many shares the history is asked for; the ones with the latest snapshots. */
const SHARES_ASKED = 200;

/** Times in one form compare as text. */
function newestFirst(left: Snapshot, right: Snapshot): number {
  return left.started_at < right.started_at ? 1 : left.started_at > right.started_at ? -1 : 0;
}

/** The application lists as many of the newest runs of this workspace. */
const LISTED = 10_000;
/** As many of those that were found are shown. */
const MOST_FOUND = 1000;

/**
 * Runs of this workspace and those that recipients reported, newest first. What is searched for where not everything is
 * listed, the application looks for.
 */
export function useActivity(search: string) {
  const backend = useBackend();
  const own = useRead("activity", {});
  const active = (useRead("share_list", {}).data ?? []).filter(({ last_snapshot_at: at }) => at !== null);
  const shares = active.toSorted((left, right) => (right.last_snapshot_at ?? "").localeCompare(left.last_snapshot_at ?? "")).slice(0, SHARES_ASKED);
  const reported = useQueries({
    queries: shares.map(({ id }) => ({ queryKey: ["share_history", { name: id, since: null }], queryFn: () => backend.call("share_history", { name: id, since: null }) })),
    combine: (answers) => answers.flatMap(({ data }) => data ?? []),
  });
  const runs = useMemo(() => [...(own.data ?? []), ...reported].toSorted(newestFirst), [own.data, reported]);
  const whole = (own.data?.length ?? 0) < LISTED && active.length <= SHARES_ASKED;
  const words = useCalm(search.trim());
  const elsewhere = useRead("activity_find", { words, most: MOST_FOUND }, { enabled: !whole && words !== "", keepFormer: true, gcTime: 0 });
  const found = useMemo(() => {
    if (search.trim() === "") return runs;
    if (!whole) return elsewhere.data ?? [];
    return runs.filter((run) => fit(search, `${run.share} ${run.recipient ?? ""} ${run.message ?? ""}`) > 0);
  }, [runs, search, whole, elsewhere.data]);
  return { own, runs, found, searching: !whole && search.trim() !== "" && (elsewhere.isFetching || words !== search.trim()) };
}
