/** Lengths of time for people. */

/** `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(milliseconds: number, locale = "en"): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 9.95) return `${(Math.round(seconds * 10) / 10).toLocaleString(locale)}\u00a0s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole}\u00a0s`;
  if (whole < 3600) return pair(Math.floor(whole / 60), "min", whole % 60, "s");
  const minutes = Math.round(whole / 60);
  return pair(Math.floor(minutes / 60), "h", minutes % 60, "min");
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  const first = `${large}\u00a0${largeUnit}`;
  return small === 0 ? first : `${first} ${small}\u00a0${smallUnit}`;
}

/** A range that does not pretend precision: `2 to 3 min`. Seconds in; `range` has the words between the two ends. */
export function formatRange([low, high]: [number, number], range: (from: string, to: string) => string): string {
  const unit = high < 90 ? { size: 1, name: "s", step: 5 } : high < 5400 ? { size: 60, name: "min", step: 1 } : { size: 3600, name: "h", step: 1 };
  const round = (seconds: number) => Math.max(unit.step, Math.ceil(seconds / unit.size / unit.step) * unit.step);
  const [from, to] = [round(low), round(high)];
  return from === to ? `${to}\u00a0${unit.name}` : range(String(from), `${to}\u00a0${unit.name}`);
}
