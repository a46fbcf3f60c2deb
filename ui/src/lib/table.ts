/** Rows as text for other programs. */

export type Cell = string | number | null;
export type ExportTable = { columns: readonly string[]; rows: readonly (readonly Cell[])[] };

/** CSV as RFC 4180 has it, with the mark by which spreadsheets recognise UTF-8. */
export function toCsv({ columns, rows }: ExportTable): string {
  return `\uFEFF${[columns, ...rows].map((row) => row.map(csvCell).join(",")).join("\r\n")}\r\n`;
}

/** Text that a spreadsheet would take for a formula gets an apostrophe in front: names come from others. */
function csvCell(value: Cell): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** A list of objects, one for each row. */
export function toJson({ columns, rows }: ExportTable): string {
  return `${JSON.stringify(rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null]))), null, 2)}\n`;
}
