/** Reads e-mail addresses as people paste them from Outlook, Excel or a text: names, brackets, any separator. */

const ADDRESS = /^[^\s@<>",;]+@[^\s@<>",;]+\.[^\s@<>",;]+$/;

export type ParsedAddresses = {
  /** Each address once, in the order of the text. */
  valid: string[];
  /** Pieces that look as if an address was meant. */
  invalid: string[];
};

export function parseAddresses(text: string): ParsedAddresses {
  const valid = new Map<string, string>();
  const invalid: string[] = [];
  for (const piece of text.split(/[\n\r;,\t]+/)) {
    const trimmed = piece.trim();
    if (trimmed === "") continue;
    const found = addressesIn(trimmed);
    if (found.length === 0) invalid.push(trimmed);
    for (const address of found) {
      if (!valid.has(address.toLowerCase())) valid.set(address.toLowerCase(), address);
    }
  }
  return { valid: [...valid.values()], invalid };
}

function addressesIn(piece: string): string[] {
  const bracketed = /<([^<>]+)>/.exec(piece)?.[1]?.trim();
  if (bracketed !== undefined) return ADDRESS.test(bracketed) ? [bracketed] : [];
  const words = piece.split(/\s+/).map((word) => word.replace(/^["'(]+|["')]+$/g, ""));
  const addresses = words.filter((word) => ADDRESS.test(word));
  // A name in front of an address is fine; an unfinished address among good ones is not.
  return words.some((word) => word.includes("@") && !ADDRESS.test(word)) ? [] : addresses;
}
