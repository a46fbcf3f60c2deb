/** Byte counts in units people read: `1.4 MB`, decimal like the file managers of macOS and Linux and the Azure portal. */

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

export function formatBytes(bytes: number, locale = "en"): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);
  return `${number}\u00a0${UNITS[unit] ?? "B"}`;
}

export function formatCount(count: number, locale = "en"): string {
  return new Intl.NumberFormat(locale).format(count);
}

/** `12.3 MB/s` */
export function formatRate(bytesPerSecond: number, locale = "en"): string {
  return `${formatBytes(bytesPerSecond, locale)}/s`;
}

/** Share of the whole between 0 and 1; `undefined` when the whole is not known. */
export function fraction(done: number, total: number | null): number | undefined {
  if (total === null) return undefined;
  if (total === 0) return 1;
  return Math.min(1, Math.max(0, done / total));
}
