/** Both languages are complete, and every error code of the application has words; the codes are read from where they are made. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { type Text, localeFor } from "~/text";
import { de } from "~/text/de";
import { en } from "~/text/en";
import { type ErrorCode, WAYS, errorWords } from "~/text/errors";

const ROOT = join(import.meta.dirname, "..", "..");
const source = readFileSync(join(ROOT, "crates/datashare-app/src/error.rs"), "utf8");

function codesOf(function_: string): string[] {
  const body = new RegExp(`fn ${function_}\\b[\\s\\S]*?\\n(?:    )?}\\n`).exec(source)?.[0] ?? "";
  return [...body.matchAll(/=> "([a-z-]+)"/g)].map((match) => match[1] ?? "");
}

describe("error codes", () => {
  const codes = [...codesOf("as_str"), ...codesOf("store_code"), ...codesOf("mail_code")];

  test("are found in the source", () => {
    expect(codes).toContain("internal");
    expect(codes).toContain("store-error");
    expect(codes.length).toBeGreaterThan(35);
  });

  test.each(codes)("%s has words", (code) => {
    expect(Object.keys(WAYS)).toContain(code);
    expect(errorWords(en, code).title).not.toBe("");
  });

  test("there are no words for codes that no longer exist", () => {
    expect(Object.keys(WAYS).filter((code) => !codes.includes(code))).toEqual([]);
  });

  test("a way out has a button, and a button a way", () => {
    for (const language of [en, de])
      for (const [code, way] of Object.entries(WAYS)) expect(language.errors[code as ErrorCode].button === null, code).toBe(way === "none");
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
  test.each(["en", "de"] as const)("in %s do not shout and name nothing from behind the scenes", (language) => {
    for (const [path, words] of strings({ en, de }[language], language)) {
      expect(words, path).not.toMatch(/!(?!\[)/);
      expect(words, path).not.toMatch(/\b(null|undefined|backend|mutation|mailbox)\b/i);
    }
  });

  test("are in both languages", () => {
    const places = (text: Text) => strings(text, "").map(([path]) => path).toSorted();
    expect(places(de)).toEqual(places(en));
  });

  test("are translated where they are sentences", () => {
    const german = new Map(strings(de, ""));
    const sentences = strings(en, "").filter(([, words]) => /[a-z] [a-z]+ [a-z]/.test(words));
    expect(sentences.length).toBeGreaterThan(250);
    expect(sentences.filter(([path, words]) => german.get(path) === words)).toEqual([]);
  });

  test("that take a number or a name keep it", () => {
    const made = (value: unknown): [string, unknown][] => (typeof value === "object" && value !== null ? Object.entries(value).flatMap(([key, one]) => made(one).map(([path, function_]) => [`${key}.${path}`, function_] as [string, unknown])) : [["", value]]);
    const functions = (text: Text) => made(text).filter((pair): pair is [string, (...values: unknown[]) => unknown] => typeof pair[1] === "function");
    const german = new Map(functions(de));
    for (const [path, say] of functions(en)) {
      const values = Array.from({ length: say.length }, (_, index) => 41 + index);
      const kept = (words: unknown) => values.filter((value) => JSON.stringify(words).includes(String(value)));
      expect(kept(german.get(path)?.(...values)), path).toEqual(kept(say(...values)));
    }
  });
});

describe("the language", () => {
  test.each([
    [null, ["de-AT", "en"], "de", "de-AT"],
    [null, ["fr-FR", "en-GB"], "en", "en-GB"],
    [null, ["fr-FR"], "en", "en"],
    ["de", ["en-US"], "de", "de"],
    ["en", ["de-DE", "en-GB"], "en", "en-GB"],
  ] as const)("wanted %s, read %s: %s, as in %s", (wanted, read, language, locale) => {
    expect(localeFor(wanted, read)).toEqual({ language, locale });
  });
});
