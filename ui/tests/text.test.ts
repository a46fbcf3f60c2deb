/** Every error code of the application has words. The codes are read from where they are made. */
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { ERROR_WORDS, errorWords } from "~/text/errors";
import { en } from "~/text/en";

const ROOT = join(import.meta.dirname, "..", "..");
const source = readFileSync(join(ROOT, "crates/datashare-app/src/error.rs"), "utf8");

function codesOf(function_: string): string[] {
  const body = new RegExp(`fn ${function_}\\b[\\s\\S]*?\\n(?:    )?}\\n`).exec(source)?.[0] ?? "";
  return [...body.matchAll(/=> "([a-z-]+)"/g)].map((match) => match[1] ?? "");
}

describe("error codes", () => {
  const codes = [...codesOf("as_str"), ...codesOf("store_code")];

  test("are found in the source", () => {
    expect(codes).toContain("internal");
    expect(codes).toContain("store-error");
    expect(codes.length).toBeGreaterThan(35);
  });

  test.each(codes)("%s has words", (code) => {
    expect(Object.keys(ERROR_WORDS)).toContain(code);
    expect(errorWords(code).title).not.toBe("");
  });

  test("there are no words for codes that no longer exist", () => {
    expect(Object.keys(ERROR_WORDS).filter((code) => !codes.includes(code))).toEqual([]);
  });

  test("a way out has a button, and a button a way", () => {
    for (const { way, button } of Object.values(ERROR_WORDS)) expect(way === "none").toBe(button === null);
  });
});

/** All plain strings of the text, with their place. */
function strings(value: unknown, path: string): [string, string][] {
  if (typeof value === "string") return [[path, value]];
  if (Array.isArray(value)) return value.flatMap((one, index) => strings(one, `${path}.${index}`));
  if (typeof value === "object" && value !== null) return Object.entries(value).flatMap(([key, one]) => strings(one, `${path}.${key}`));
  return [];
}

describe("the words", () => {
  test("do not shout and name nothing from behind the scenes", () => {
    for (const [path, words] of strings(en, "en")) {
      expect(words, path).not.toMatch(/!(?!\[)/);
      expect(words, path).not.toMatch(/\b(null|undefined|backend|mutation|mailbox)\b/i);
    }
  });
});

/** Text between tags, or in an attribute that people read. */
const STRAY = [/>\s*([A-Z][a-z]+(?: [a-z]+)+)\s*</, /(?:label|title|placeholder|hint|aria-label)="([A-Z][^"]*)"/];

function sources(directory: string): string[] {
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name);
    return statSync(path).isDirectory() ? sources(path) : path.endsWith(".tsx") ? [path] : [];
  });
}

test("no component speaks past the text", () => {
  const found = sources(join(ROOT, "ui/src")).flatMap((path) =>
    STRAY.flatMap((pattern) => {
      const match = pattern.exec(readFileSync(path, "utf8"));
      return match ? [`${path}: ${match[1]}`] : [];
    }),
  );
  expect(found).toEqual([]);
});
