/** Paths as the stores write them: segments separated by `/`, for local folders the separator of the system. */

export function lastSegment(path: string): string {
  return path.split(/[/\\]/).filter(Boolean).at(-1) ?? path;
}

/** Joins two parts with one `/`; an empty part disappears. */
export function joinPath(base: string, rest: string): string {
  return [base.replace(/\/+$/, ""), rest.replace(/^\/+/, "")].filter((part) => part !== "").join("/");
}

/** A folder name from any text: nothing that a store refuses. */
export function folderName(text: string): string {
  return text
    .trim()
    .replace(/[\\/:*?"<>|\p{Cc}]+/gu, "-")
    .replace(/\s+/g, " ")
    .replace(/[. ]+$/g, "")
    .slice(0, 80);
}
