import { useQueries } from "@tanstack/react-query";

import { useBackend } from "~/api/context";
import { useRead } from "~/api/queries";
import type { Snapshot } from "~/backend/bindings/commands";

/** Of so many shares the history is asked for; the ones with the latest snapshots. */
const SHARES_ASKED = 200;

/** Runs of this workspace and those that recipients reported, newest first. */
export function useActivity() {
  const backend = useBackend();
  const own = useRead("activity", {});
  const shares = (useRead("share_list", {}).data ?? [])
    .filter(({ last_snapshot_at: at }) => at !== null)
    .toSorted((left, right) => (right.last_snapshot_at ?? "").localeCompare(left.last_snapshot_at ?? ""))
    .slice(0, SHARES_ASKED);
  const reported = useQueries({
    queries: shares.map(({ id }) => ({ queryKey: ["share_history", { name: id, since: null }], queryFn: () => backend.call("share_history", { name: id, since: null }) })),
    combine: (answers) => answers.flatMap(({ data }) => data ?? []),
  });
  const runs: Snapshot[] = [...(own.data ?? []), ...reported].toSorted((left, right) => right.started_at.localeCompare(left.started_at));
  return { own, runs };
}
