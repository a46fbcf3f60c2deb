/** Reads e-mail addresses as people paste them from Outlook, Excel or a text: with names in any order, any separator. */

const ADDRESS = /^[^\s@<>",;]+@[^\s@<>",;]+\.[^\s@<>",;]+$/;
const BRACKETED = /<([^<>]*)>/;

export type AddressEntry = {
  /** As it was pasted. */
  text: string;
  address: string;
  name: string | null;
  problem: null;
} | {
  text: string;
  address: null;
  name: null;
  /** There is no address in it, or one that is not finished. */
  problem: "no-address" | "unfinished";
};

export type ParsedAddresses = {
  entries: AddressEntry[];
  /** Each address once, in the order of the text. */
  valid: string[];
  /** Pieces that look as if an address was meant. */
  invalid: string[];
  /** How many were there more than once. */
  twice: number;
};

export function parseAddresses(text: string): ParsedAddresses {
  const lines = text.split(/[\n\r]+/).filter((line) => line.trim() !== "");
  const rows = lines.flatMap((line, index) => (line.includes("\t") ? row(line, index === 0 && lines.length > 1) : list(line)));
  const known = new Set<string>();
  const entries: AddressEntry[] = [];
  let twice = 0;
  for (const entry of rows) {
    const key = entry.address?.toLowerCase();
    if (key !== undefined && known.has(key)) twice += 1;
    else entries.push(entry);
    if (key !== undefined) known.add(key);
  }
  return {
    entries,
    valid: entries.flatMap(({ address }) => address ?? []),
    invalid: entries.flatMap(({ problem, text: piece }) => (problem === null ? [] : [piece])),
    twice,
  };
}

/** A row of a spreadsheet: names and addresses in cells of their own, in any order. The first may be the heading. */
function row(line: string, first: boolean): AddressEntry[] {
  const cells = line.split("\t").map((cell) => cell.trim()).filter((cell) => cell !== "");
  if (cells.length === 0 || (first && !line.includes("@"))) return [];
  const withAddress = cells.filter((cell) => cell.includes("@"));
  if (withAddress.length === 0) return [bad(cells.join(" "))];
  const name = cells.filter((cell) => !cell.includes("@")).slice(0, 2).join(" ") || null;
  return withAddress.flatMap((cell) => list(cell)).map((entry) => (entry.problem === null && entry.name === null && withAddress.length === 1 ? { ...entry, name } : entry));
}

/** `Ben Okafor <ben@fabrikam.example>; "Castellanos, Mira" <mira@northwind.example>, c@d.example` */
function list(line: string): AddressEntry[] {
  const entries: AddressEntry[] = [];
  for (const part of line.split(";")) {
    let before = "";
    for (const piece of part.split(",")) {
      const joined = before === "" ? piece : `${before},${piece}`;
      // “Okafor, Ben <ben@…>”: what stands before the comma belongs to the name.
      if (!piece.includes("@")) {
        before = joined;
        continue;
      }
      if (before.trim() !== "" && !BRACKETED.test(piece)) entries.push(bad(before));
      entries.push(...one(BRACKETED.test(piece) ? joined : piece));
      before = "";
    }
    if (before.trim() !== "") entries.push(bad(before));
  }
  return entries;
}

function one(piece: string): AddressEntry[] {
  const text = piece.trim();
  const bracketed = BRACKETED.exec(text);
  const clean = (name: string) => name.trim().replace(/^["'(]+|["')]+$/g, "").trim() || null;
  if (bracketed) {
    const address = (bracketed[1] ?? "").trim();
    return [ADDRESS.test(address) ? { text, address, name: clean(text.slice(0, bracketed.index)), problem: null } : bad(text)];
  }
  const words = text.split(/\s+/).map((word) => word.replace(/^["'(]+|["')]+$/g, ""));
  const addresses = words.filter((word) => ADDRESS.test(word));
  // A name in front of an address is fine; an unfinished address among good ones is not.
  if (addresses.length === 0 || words.some((word) => word.includes("@") && !ADDRESS.test(word))) return [bad(text)];
  const name = addresses.length === 1 ? clean(words.filter((word) => !word.includes("@")).join(" ")) : null;
  return addresses.map((address) => ({ text, address, name, problem: null }));
}

function bad(piece: string): AddressEntry {
  const text = piece.trim();
  return { text, address: null, name: null, problem: text.includes("@") ? "unfinished" : "no-address" };
}
