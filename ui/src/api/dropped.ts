/** A file that was dropped on the window or chosen, on its way to the page that reads it. Its text stays in memory. */
import { useSyncExternalStore } from "react";

export type FileKind = "receipt" | "approval";

/** What a file is, by its first field; `null` for what is none of ours. An invitation is told by its link. */
export function kindOfFile(text: string): FileKind | null {
  return (["receipt", "approval"] as const).find((kind) => new RegExp(`"${kind}"\\s*:\\s*"datashare/${kind}/v\\d+"`).test(text)) ?? null;
}

const texts = new Map<FileKind, string>();
const listeners = new Set<() => void>();

export function setFileText(kind: FileKind, text: string | null): void {
  if (text === null) texts.delete(kind);
  else texts.set(kind, text);
  for (const listener of listeners) listener();
}

export function useFileText(kind: FileKind): string | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => texts.get(kind) ?? null,
  );
}
