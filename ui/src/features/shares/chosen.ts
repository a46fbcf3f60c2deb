/** What is ticked in the trees of the connections, before it becomes datasets. */
import type { BrowseEntry, Connection, EntryKind } from "~/backend/bindings/commands";
import { lastSegment } from "~/lib/paths";

export type Chosen = { connection: string; connectionName: string; path: string; kind: EntryKind; name: string; sensitive: boolean };

/** Ticks or unticks an entry. A ticked folder takes the place of what is ticked inside it. Names stay different. */
export function toggle(chosen: readonly Chosen[], connection: Connection, entry: Pick<BrowseEntry, "path" | "kind">, on: boolean): Chosen[] {
  const inside = entry.path === "" ? "" : `${entry.path}/`;
  const others = chosen.filter((one) => one.connection !== connection.id || (one.path !== entry.path && !(on && one.path.startsWith(inside))));
  if (!on) return others;
  const name = freeName(entry.path === "" ? connection.name : lastSegment(entry.path), others.map((one) => one.name));
  return [...others, { connection: connection.id, connectionName: connection.name, path: entry.path, kind: entry.kind, name, sensitive: false }];
}

export function freeName(wanted: string, taken: readonly string[]): string {
  const lower = new Set(taken.map((name) => name.toLowerCase()));
  if (!lower.has(wanted.toLowerCase())) return wanted;
  for (let number = 2; ; number += 1) {
    const candidate = `${wanted}-${number}`;
    if (!lower.has(candidate.toLowerCase())) return candidate;
  }
}
