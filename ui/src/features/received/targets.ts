/** What the person says about targets, and what is sent for it. */
import type { Connection, Mapping, MappingTarget } from "~/backend/bindings/commands";
import { folderName, joinPath } from "~/lib/paths";

export type Place = { connection: Connection | undefined; path: string };

/** Where a share goes when nothing else was said. A storage account needs a container in front. */
export function defaultPath(connection: Connection, received: string): string {
  return connection.settings.kind === "folder" ? folderName(received) : joinPath("received", folderName(received));
}

/** A place that can be looked at: in a storage account it begins with a container. */
export function isUsable({ connection, path }: Place): boolean {
  if (!connection) return false;
  return connection.settings.kind === "folder" || path.replace(/^\/+/, "").trim() !== "";
}

/** One place for all: each folder and container gets a folder of its own in it, single files lie in it. */
export function together(mappings: readonly Mapping[], { connection, path }: Place): MappingTarget[] {
  if (!connection) return [];
  return mappings.map(({ dataset, kind }) => ({
    dataset,
    connection: connection.id,
    path: kind === "file" ? path.trim() : joinPath(path.trim(), folderName(dataset)),
  }));
}

/** A place for each; datasets without one are left out. */
export function apart(mappings: readonly Mapping[], places: ReadonlyMap<string, Place>): MappingTarget[] {
  return mappings.flatMap(({ dataset }) => {
    const place = places.get(dataset);
    return place?.connection && isUsable(place) ? [{ dataset, connection: place.connection.id, path: place.path.trim() }] : [];
  });
}

export function findConnection(connections: readonly Connection[], name: string | null): Connection | undefined {
  return connections.find((one) => one.id === name || one.name === name);
}
