import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import type { Connection, Mapping } from "~/backend/bindings/commands";
import { type Chosen, toggle } from "~/features/shares/chosen";
import { apart, defaultPath, together } from "~/features/received/targets";
import { hasRows } from "~/parts/FilePreviewDialog";
import { EMPTY_DRAFT, accountIn, isTestable, toRequest } from "~/parts/connection-draft";

const folder: Connection = { id: "c1", name: "Reports", settings: { kind: "folder", path: "/srv" }, credential: "none", address: "/srv", created_at: "", used_by: [] };
const blob: Connection = { ...folder, id: "c2", name: "Lake", settings: { kind: "azure-blob", account: "lake", endpoint: null } };
const entry = (path: string) => ({ path, kind: "folder" as const });

describe("ticks", () => {
  test("a folder takes the place of what was ticked inside it", () => {
    let chosen: Chosen[] = toggle([], folder, entry("a/b"), true);
    chosen = toggle(chosen, folder, entry("ab"), true);
    chosen = toggle(chosen, folder, entry("a"), true);
    expect(chosen.map(({ path }) => path)).toEqual(["ab", "a"]);
  });
  test("everything takes the place of all of this connection only", () => {
    const chosen = toggle(toggle(toggle([], folder, entry("a"), true), blob, entry("a"), true), folder, entry(""), true);
    expect(chosen.map(({ connection, path, name }) => [connection, path, name])).toEqual([["c2", "a", "a-2"], ["c1", "", "Reports"]]);
  });
  test("names differ, also in case", () => {
    const chosen = toggle(toggle([], folder, entry("x/Data"), true), folder, entry("y/data"), true);
    expect(chosen.map(({ name }) => name)).toEqual(["Data", "data-2"]);
  });
});

test("rows are offered of every kind of file that the application reads", () => {
  const source = readFileSync(join(import.meta.dirname, "../../crates/datashare-app/src/use_cases/preview/mod.rs"), "utf8");
  const read = [...source.matchAll(/^\s*("\w+"(?: \| "\w+")*) => Some\(/gm)].flatMap(([, names = ""]) => [...names.matchAll(/\w+/g)].map(([name]) => name));
  expect(read).toContain("parquet");
  expect(read.filter((extension) => !hasRows(`exports/prices.${extension}`))).toEqual([]);
  expect(hasRows("readme.md")).toBe(false);
});

describe("targets", () => {
  const mapping = (dataset: string, kind: Mapping["kind"]): Mapping => ({ dataset, dataset_id: dataset, kind, files: null, bytes: null, status: "Unmapped", connection: null, path: null, message: null });
  const mappings = [mapping("pos", "folder"), mapping("readme.txt", "file")];
  test("together: folders get their own folder, files lie beside them", () => {
    expect(together(mappings, { connection: blob, path: "received/contoso/" })).toEqual([
      { dataset: "pos", connection: "c2", path: "received/contoso/pos" },
      { dataset: "readme.txt", connection: "c2", path: "received/contoso/" },
    ]);
  });
  test("apart: a dataset without a whole place is left out", () => {
    const places = new Map([["pos", { connection: folder, path: "" }], ["readme.txt", { connection: blob, path: " " }]]);
    expect(apart(mappings, places)).toEqual([{ dataset: "pos", connection: "c1", path: "" }]);
  });
  test("a storage account needs a container in front", () => {
    expect(defaultPath(blob, "sales")).toBe("received/sales");
    expect(defaultPath(folder, "sales")).toBe("sales");
  });
});

describe("a connection's form", () => {
  test("takes the account from a connection string", () => {
    const text = "DefaultEndpointsProtocol=https;AccountName=contoso;AccountKey=abc==;EndpointSuffix=core.windows.net";
    expect(accountIn(text)).toBe("contoso");
    const draft = { ...EMPTY_DRAFT, kind: "azure-blob", credential: "connection-string", secret: text } as const;
    expect(isTestable(draft)).toBe(true);
    expect(toRequest(draft).settings).toEqual({ kind: "azure-blob", account: "contoso", endpoint: null });
  });
  test("sends no secret for a folder, even when one was typed before", () => {
    expect(toRequest({ ...EMPTY_DRAFT, path: "/srv", secret: "typed" }).credential).toEqual({ kind: "none" });
  });
});
