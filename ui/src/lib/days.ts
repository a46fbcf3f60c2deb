/** Sums by day, in the zone of the reader. */

export type Day = { date: Date; value: number };

/** One entry for each of the last days up to today, also for those without anything. */
export function perDay<T>(items: readonly T[], at: (item: T) => string, value: (item: T) => number, days: number, now: Date): Day[] {
  const start = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
  const key = (date: Date) => `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
  const sums = new Map<string, number>();
  for (const item of items) {
    const day = key(new Date(at(item)));
    sums.set(day, (sums.get(day) ?? 0) + value(item));
  }
  return Array.from({ length: days }, (_, index) => {
    const date = start(now);
    date.setDate(date.getDate() - (days - 1 - index));
    return { date, value: sums.get(key(date)) ?? 0 };
  });
}
