/** Times and durations for people. Pure: the present comes in as an argument. */

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 365 * 86_400],
  ["month", 30 * 86_400],
  ["week", 7 * 86_400],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** `3 minutes ago`, `in 2 days`, `now`. */
export function relativeTime(iso: string, now: Date, locale = "en"): string {
  const seconds = (new Date(iso).getTime() - now.getTime()) / 1000;
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  for (const [unit, length] of STEPS) {
    if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit);
  }
  return format.format(0, "second");
}

/** Complete, in the zone of the reader: `Saturday, November 21, 2026 at 3:54:53 AM GMT+1`. */
export function absoluteTime(iso: string, locale = "en"): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "long" }).format(new Date(iso));
}

/** `Nov 21, 2026` */
export function shortDate(iso: string, locale = "en"): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium" }).format(new Date(iso));
}

/** `Nov 21, 2026, 3:54 AM` */
export function shortDateTime(iso: string, locale = "en"): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));
}

/** Value of a date field (`2026-12-21`) for an instant, in the zone of the reader. */
export function toDateField(iso: string): string {
  const date = new Date(iso);
  const pad = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

/** The end of that day in the zone of the reader, as the instant that is sent; `null` for an unreadable date. */
export function endOfDay(dateField: string): string | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(dateField);
  if (!match) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const date = new Date(year, month - 1, day, 23, 59, 59);
  if (date.getMonth() !== month - 1) return null;
  return date.toISOString();
}

export function daysFromNow(days: number, now: Date): string {
  return new Date(now.getTime() + days * 86_400_000).toISOString();
}
