/** Whatever people read stands in `src/text/`. Finds words that a component writes itself. */
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";

import { parseSync } from "vite";
import { describe, expect, test } from "vitest";

const SOURCE = join(import.meta.dirname, "..", "src");

/** Attributes that are read or said aloud. */
const READ = /^(aria-(label|description|valuetext|roledescription|placeholder)|alt|title|label|labels|hint|placeholder|name|body|lead|confirm|dismiss|children|header|content|validationMessage)$/;
/** A word of a language: two letters in a row. Signs such as `–` or `%` are the same in all. */
const WORD = /\p{L}{2}/u;

type Node = { type: string; [member: string]: unknown };
const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && typeof (value as Node).type === "string";

function children(node: Node): Node[] {
  return Object.values(node).flatMap((value) => (Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : []));
}

/** The literal texts an expression can come out as. */
function literals(node: unknown): string[] {
  if (!isNode(node)) return [];
  switch (node.type) {
    case "Literal":
      return typeof node["value"] === "string" ? [node["value"]] : [];
    case "TemplateLiteral":
      return (node["quasis"] as { value: { cooked: string } }[]).map(({ value }) => value.cooked);
    case "ConditionalExpression":
      return [...literals(node["consequent"]), ...literals(node["alternate"])];
    case "LogicalExpression":
    case "BinaryExpression":
      return [...(node["operator"] === "+" || node["type"] === "LogicalExpression" ? literals(node["left"]) : []), ...(["+", "||", "&&", "??"].includes(String(node["operator"])) ? literals(node["right"]) : [])];
    case "JSXExpressionContainer":
    case "ParenthesizedExpression":
      return literals(node["expression"]);
    default:
      return [];
  }
}

function stray(node: Node): string[] {
  const own = (() => {
    if (node.type === "JSXText") return [String(node["value"])];
    if (node.type === "JSXElement" || node.type === "JSXFragment") return (node["children"] as Node[]).flatMap(literals);
    if (node.type === "JSXAttribute" && READ.test(String((node["name"] as Node)["name"]))) return literals(node["value"]);
    if (node.type === "Property" && /^(label|header|title|hint|body)$/.test(String((node["key"] as Node)["name"]))) return literals(node["value"]);
    return [];
  })();
  return [...own.filter((words) => WORD.test(words)).map((words) => words.trim()), ...children(node).flatMap(stray)];
}

function strayIn(source: string): string[] {
  const { program, errors } = parseSync("component.tsx", source);
  expect(errors).toEqual([]);
  return stray(program as unknown as Node);
}

function components(directory: string): string[] {
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name);
    return statSync(path).isDirectory() ? components(path) : path.endsWith(".tsx") ? [path] : [];
  });
}

describe("words outside the text", () => {
  test.each([
    ["<p>Hello</p>", ["Hello"]],
    ['<Field label="Name" />', ["Name"]],
    ["<Field hint={`Now ${x} left`} />", ["Now", "left"]],
    ['<b>{ok ? "Yes" : text.no}</b>', ["Yes"]],
    ['<b>{name ?? "nobody"}</b>', ["nobody"]],
    ['const columns = [{ key: "a", header: "Files" }]', ["Files"]],
    ['<a className="plain" data-testid="share-list">{text.name} – {count} %</a>', []],
    ['<Field label={text.name} appearance="primary" />', []],
  ])("are found in %s", (source, found) => {
    expect(strayIn(source)).toEqual(found);
  });

  test("are in no component", () => {
    const paths = components(SOURCE);
    expect(paths.length).toBeGreaterThan(80);
    expect(paths.flatMap((path) => strayIn(readFileSync(path, "utf8")).map((words) => `${relative(SOURCE, path)}: ${words}`))).toEqual([]);
  });
});
