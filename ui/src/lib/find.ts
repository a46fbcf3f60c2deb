/** Finds by words as people type them: any order, any case, with or without accents. */

export function plain(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/** How well a text fits what was typed: 0 not at all, more where a word begins or the whole begins with it. */
export function fit(typed: string, text: string): number {
  const [wanted, place] = [plain(typed).trim(), plain(text)];
  if (wanted === "") return 1;
  const words = wanted.split(/\s+/);
  if (!words.every((word) => place.includes(word))) return 0;
  if (place.startsWith(wanted)) return 3;
  return words.every((word) => place.startsWith(word) || new RegExp(`[^\\p{L}\\p{N}]${escape(word)}`, "u").test(place)) ? 2 : 1;
}

function escape(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Those that fit, the best first; equals keep their order. */
export function found<T>(typed: string, all: readonly T[], textOf: (one: T) => string): T[] {
  return all
    .map((one) => ({ one, points: fit(typed, textOf(one)) }))
    .filter(({ points }) => points > 0)
    .toSorted((left, right) => right.points - left.points)
    .map(({ one }) => one);
}
