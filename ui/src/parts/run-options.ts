/** How the snapshots of a received share are taken from this window; kept in its own storage, share by share. */
import { useSyncExternalStore } from "react";

import type { RunOptions } from "~/backend/bindings/commands";

export type RunChoice = { mirror: boolean; verify: boolean; handOver: boolean };

const USUAL: RunChoice = { mirror: false, verify: false, handOver: false };
const listeners = new Set<() => void>();
const key = (received: string) => `datashare.run-options.${received}`;

export function setRunChoice(received: string, choice: RunChoice): void {
  window.localStorage.setItem(key(received), JSON.stringify(choice));
  for (const listener of listeners) listener();
}

export function useRunChoice(received: string): RunChoice {
  const kept = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => window.localStorage.getItem(key(received)),
  );
  return kept === null ? USUAL : { ...USUAL, ...(JSON.parse(kept) as Partial<RunChoice>) };
}

/** As the application is asked. Deleting much is confirmed by a person, run by run, so it is never a choice that is kept. */
export function optionsOf({ mirror, verify, handOver }: RunChoice): RunOptions {
  return { limit: null, mirror: mirror ? "on" : "off", verify, hand_over: handOver };
}
