/** Which safety codes somebody has compared by telephone, and when: a note of this person, kept in the window's own storage. */
import { useSyncExternalStore } from "react";

const KEY = "datashare.compared";
/** As many of the newest notes are kept. */
const KEPT = 1000;
const listeners = new Set<() => void>();

function read(): Record<string, string> {
  try {
    return JSON.parse(window.localStorage.getItem(KEY) ?? "{}") as Record<string, string>;
  } catch {
    return {};
  }
}

/** Notes that these words were the same on both sides; `null` takes the note away. */
export function noteCompared(code: string, at: string | null): void {
  const notes = Object.entries(read()).filter(([one]) => one !== code);
  if (at !== null) notes.push([code, at]);
  window.localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(notes.slice(-KEPT))));
  for (const listener of listeners) listener();
}

/** When these words were compared; `null` when they were not. */
export function useCompared(code: string | null): string | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => (code === null ? null : (read()[code] ?? null)),
  );
}
