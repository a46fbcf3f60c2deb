/** Where the runs are. Comes several times a second, so it lives beside the query cache, not in it. */
import { useSyncExternalStore } from "react";

import type { SnapshotProgress } from "~/backend/bindings/commands";

/** As many rates as the small chart shows. */
const RATES_KEPT = 60;

export type RunProgress = SnapshotProgress & {
  /** Bytes a second, oldest first. */
  rates: number[];
  ended: boolean;
};

export type ProgressStore = {
  put: (progress: SnapshotProgress) => void;
  /** The run has ended like this. */
  end: (snapshotId: string, status: SnapshotProgress["status"]) => void;
  get: (snapshotId: string) => RunProgress | undefined;
  all: () => RunProgress[];
  subscribe: (listener: () => void) => () => void;
};

export function createProgressStore(): ProgressStore {
  const runs = new Map<string, RunProgress>();
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of listeners) listener();
  };
  return {
    put(progress) {
      const rates = [...(runs.get(progress.snapshot_id)?.rates ?? []), progress.bytes_per_second].slice(-RATES_KEPT);
      runs.set(progress.snapshot_id, { ...progress, rates, ended: false });
      tell();
    },
    end(snapshotId, status) {
      const run = runs.get(snapshotId);
      if (!run) return;
      runs.set(snapshotId, { ...run, status, ended: true });
      tell();
    },
    get: (snapshotId) => runs.get(snapshotId),
    all: () => [...runs.values()],
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export const progressStore = createProgressStore();

export function useProgress(snapshotId: string): RunProgress | undefined {
  return useSyncExternalStore(progressStore.subscribe, () => progressStore.get(snapshotId));
}
