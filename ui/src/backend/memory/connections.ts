/** Connections and browsing in memory. */
import type { BrowseEntry, BrowseLevel, Connection, ConnectionAdd, ConnectionBrowse, ConnectionCheck } from "../bindings/commands";
import type { Handlers } from "./handlers";
import { ago, changed, failure, findConnection, fits, newId } from "./world";

const TREE: Record<string, BrowseEntry[]> = {
  "": [folder("exports"), folder("archive"), file("readme.md", 2_311), file("stores.csv", 48_200)],
  exports: [folder("exports/pos-2026"), folder("exports/pos-2025"), file("exports/stores.csv", 48_200), file("exports/prices.parquet", 9_120_400)],
  "exports/pos-2026": [folder("exports/pos-2026/01"), folder("exports/pos-2026/02"), file("exports/pos-2026/totals.csv", 190_310)],
  archive: [],
};

const CONTAINERS = [container("shelf-images"), container("sensor-readings"), container("received")];

function folder(path: string): BrowseEntry {
  return { name: path.split("/").at(-1) ?? path, path, kind: "folder", size: null, modified: null };
}

function file(path: string, size: number): BrowseEntry {
  return { name: path.split("/").at(-1) ?? path, path, kind: "file", size, modified: ago(size % 9_000) };
}

function container(name: string): BrowseEntry {
  return { name, path: name, kind: "container", size: null, modified: null };
}

function level(connection: Connection, path: string): BrowseLevel {
  if (connection.settings.kind === "azure-blob" && path === "") return { path, entries: CONTAINERS, next: null };
  const known = TREE[path];
  if (known) return { path, entries: known, next: null };
  const files = Array.from({ length: 12 }, (_, index) => file(`${path}/part-${String(index + 1).padStart(4, "0")}.parquet`, 1_200_000 + index * 81_113));
  return { path, entries: files, next: null };
}

const MILLION = 1_000_000;
/** A search looks at so many with one question. */
const SEARCHED = 200_000;

/** A folder of a million files. */
function million({ path, limit, next, find }: ConnectionBrowse): BrowseLevel {
  const from = Number(next ?? 0);
  const one = (index: number) => file(`${path}/row-${String(index + 1).padStart(7, "0")}.csv`, 1000 + index);
  if (find === null) {
    const to = Math.min(from + (limit ?? 1000), MILLION);
    return { path, entries: Array.from({ length: to - from }, (_, index) => one(from + index)), next: to < MILLION ? String(to) : null };
  }
  const entries: BrowseEntry[] = [];
  let index = from;
  for (; index < Math.min(from + SEARCHED, MILLION) && entries.length < (limit ?? 1000); index += 1) if (fits(find, one(index).name)) entries.push(one(index));
  return { path, entries, next: index < MILLION ? String(index) : null };
}

function check(request: ConnectionAdd): ConnectionCheck {
  if (request.settings.kind === "folder") {
    if (request.settings.path.includes("missing")) {
      return { ok: false, message: `The folder ${request.settings.path} does not exist.`, code: "no-such-container", hint: "Check the path, or choose the folder with Browse." };
    }
    return { ok: true, message: "The folder can be read and written.", code: null, hint: null };
  }
  if (request.credential.kind !== "none" && request.credential.secret.includes("wrong")) {
    return { ok: false, message: `The account ${request.settings.account} refused the key: it does not belong to this account.`, code: "bad-credential", hint: "Copy the key again from the storage account (Access keys), and paste it whole." };
  }
  return { ok: true, message: `${request.settings.account || "The account"} answers, and its 3 containers can be listed.`, code: null, hint: null };
}

export const connectionHandlers = {
  // An answer that nobody planned for.
  connection_list: (world) => (world.scenario === "crash" ? (null as never) : world.connections),
  connection_try: (_world, request) => check(request),
  connection_test: (world, { connection }) => {
    const found = findConnection(world, connection);
    if (world.scenario === "errors") {
      return { ok: false, message: `${found.address} accepts no connection from here: its network rules do not allow this computer's address (203.0.113.17).`, code: "firewall", hint: "Ask the owner of the account to allow this computer's address in its network rules." };
    }
    return check({ name: found.name, settings: found.settings, credential: { kind: "none" } });
  },
  connection_browse: (world, request) => {
    const { connection, path, find } = request;
    if (world.scenario === "huge" && path === "archive") return million(request);
    if (world.scenario === "errors") throw failure("firewall", "The account accepts no connection from here: its network rules do not allow this computer's address.", "Ask the owner of the account to allow this computer's address in its network rules.", true);
    const whole = level(findConnection(world, connection), path);
    return find === null ? whole : { ...whole, entries: whole.entries.filter(({ name }) => fits(find, name)) };
  },
  connection_preview: (_world, { path }) => {
    if (path.endsWith("readme.md")) return { problem: "other-kind", columns: [], rows: [], more: false };
    const rows = Array.from({ length: 50 }, (_, index) => [`store-${String(401 + index)}`, ["Köln", "Essen", "Malmö", "Porto"][index % 4] ?? "", ["2026-11-20", "2026-11-19"][index % 2] ?? "", String(12_480 + index * 37)]);
    return { problem: null, columns: ["store", "city", "opened", "revenue"], rows, more: true };
  },
  connection_add: (world, request) => {
    if (world.connections.some(({ name }) => name === request.name)) {
      throw failure("invalid-request", `A connection named “${request.name}” exists already.`, "Choose another name.");
    }
    const settings = request.settings;
    const address = settings.kind === "folder" ? settings.path : (settings.endpoint ?? `${settings.account}.blob.core.windows.net`);
    const connection: Connection = { id: newId("con"), name: request.name, settings, credential: request.credential.kind, address, created_at: ago(0), used_by: [] };
    world.connections.push(connection);
    changed(world, "connections");
    return connection;
  },
  connection_remove: (world, { connection }) => {
    const found = findConnection(world, connection);
    if (found.used_by.length > 0) throw failure("invalid-request", `“${found.name}” is used by ${found.used_by.join(", ")}.`, "Remove it there first.");
    world.connections = world.connections.filter((one) => one !== found);
    changed(world, "connections");
    return {};
  },
} satisfies Partial<Handlers>;
