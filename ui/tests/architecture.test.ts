/** Who may know whom. The table is in README.md. */
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";

import { describe, expect, test } from "vitest";

const SOURCE = join(import.meta.dirname, "..", "src");

function files(directory: string): string[] {
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name);
    return statSync(path).isDirectory() ? files(path) : /\.tsx?$/.test(name) ? [relative(SOURCE, path)] : [];
  });
}

const imports = files(SOURCE).flatMap((file) =>
  [...readFileSync(join(SOURCE, file), "utf8").matchAll(/(?:from|import\()\s*"([^"]+)"/g)].map((match) => ({ file, target: match[1] ?? "" })),
);

/** Which folders a folder must not reach. */
const FORBIDDEN: Record<string, RegExp> = {
  lib: /^~\//,
  text: /^~\/(?!backend\/bindings|text)/,
  backend: /^~\/(?!backend)/,
  api: /^~\/(components|parts|features|shell|text)/,
  components: /^~\/(api|parts|features|shell)/,
  parts: /^~\/(features|shell)/,
  features: /^~\/(shell)/,
};

describe("imports", () => {
  test("were found", () => expect(imports.length).toBeGreaterThan(200));

  test("one file knows Tauri", () => {
    expect([...new Set(imports.filter(({ target }) => target.startsWith("@tauri-apps/")).map(({ file }) => file))]).toEqual([join("backend", "tauri.ts")]);
  });

  test.each(Object.entries(FORBIDDEN))("%s stays on its floor", (folder, forbidden) => {
    const found = imports.filter(({ file, target }) => file.startsWith(`${folder}/`) && forbidden.test(target));
    expect(found).toEqual([]);
  });

  test("a feature does not know another", () => {
    const found = imports.filter(({ file, target }) => {
      const own = /^features\/([^/]+)\//.exec(file)?.[1];
      const other = /^~\/features\/([^/]+)\//.exec(target)?.[1];
      return own !== undefined && other !== undefined && own !== other;
    });
    expect(found).toEqual([]);
  });
});
