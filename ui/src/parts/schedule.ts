/** A schedule while a person writes it, and its words. */
import type { Day, Recurrence, Schedule, ScheduleWish } from "~/backend/bindings/commands";
import type { Text } from "~/text";

export const KINDS = ["hour", "hours", "day", "week", "cron"] as const;
export type Kind = (typeof KINDS)[number];
export const DAYS: readonly Day[] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
/** Seconds over which the starts are spread. */
export const SPREADS = { none: 0, five: 300, fifteen: 900, hour: 3600 } as const;
export type Spread = keyof typeof SPREADS;

export type ScheduleDraft = { kind: Kind; hours: string; at: string; days: Day[]; cron: string; zone: string; spread: number };

const MOST_HOURS = 168;

/** The zone of this computer. */
export function ownZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

/** All zones that this computer knows, its own first. */
export function allZones(): string[] {
  const known = typeof Intl.supportedValuesOf === "function" ? Intl.supportedValuesOf("timeZone") : [];
  return [...new Set([ownZone(), "UTC", ...known])];
}

export function emptySchedule(): ScheduleDraft {
  return { kind: "day", hours: "6", at: "02:30", days: ["monday"], cron: "0 6 1 * *", zone: ownZone(), spread: 0 };
}

export function draftOf({ recurrence, at, time_zone: zone, jitter_seconds: spread }: Schedule): ScheduleDraft {
  const empty: ScheduleDraft = { ...emptySchedule(), at: at ?? "02:30", zone, spread };
  switch (recurrence.every) {
    case "hours":
      return { ...empty, kind: recurrence.hours === 1 ? "hour" : "hours", hours: String(recurrence.hours) };
    case "week":
      return { ...empty, kind: "week", days: recurrence.days };
    case "cron":
      return { ...empty, kind: "cron", cron: recurrence.expression };
    default:
      return { ...empty, kind: "day" };
  }
}

/** What is asked for; `null` while it is not written to its end. */
export function wishOf(draft: ScheduleDraft): ScheduleWish | null {
  const recurrence = recurrenceOf(draft);
  const cron = draft.kind === "cron";
  if (recurrence === null || draft.zone.trim() === "" || (!cron && !/^\d{2}:\d{2}$/.test(draft.at))) return null;
  return { recurrence, at: cron ? null : draft.at, time_zone: draft.zone.trim(), jitter_seconds: draft.spread };
}

function recurrenceOf({ kind, hours, days, cron }: ScheduleDraft): Recurrence | null {
  switch (kind) {
    case "hour":
      return { every: "hours", hours: 1 };
    case "hours":
      return isHours(hours) ? { every: "hours", hours: Number(hours) } : null;
    case "day":
      return { every: "day" };
    case "week":
      return days.length > 0 ? { every: "week", days: DAYS.filter((day) => days.includes(day)) } : null;
    case "cron":
      return cron.trim().split(/\s+/).length === 5 ? { every: "cron", expression: cron.trim().split(/\s+/).join(" ") } : null;
  }
}

export function isHours(text: string): boolean {
  const hours = Number(text);
  return Number.isInteger(hours) && hours >= 1 && hours <= MOST_HOURS;
}

/** `Every Monday and Thursday at 06:00 (Europe/Berlin)` */
export function scheduleWords({ recurrence, at, time_zone: zone }: Pick<Schedule, "recurrence" | "at" | "time_zone">, { schedule: text, common }: Text): string {
  const { words, dayNames } = text;
  switch (recurrence.every) {
    case "hours":
      return words.hours(recurrence.hours, at ?? "", zone);
    case "day":
      return words.day(at ?? "", zone);
    case "week":
      return words.week(new Intl.ListFormat(common.locale).format(recurrence.days.map((day) => dayNames[day])), at ?? "", zone);
    case "cron":
      return words.cron(recurrence.expression, zone);
    case "unknown":
      return words.unknown;
  }
}

/** `Sun, Nov 22, 2026, 2:30 AM`, as the clock of a zone shows it. */
export function runTime(iso: string, zone: string, locale: string): string {
  const form = { weekday: "short", year: "numeric", month: "short", day: "numeric", hour: "numeric", minute: "2-digit" } as const;
  try {
    return new Intl.DateTimeFormat(locale, { ...form, timeZone: zone }).format(new Date(iso));
  } catch {
    // A zone that this window does not know.
    return new Intl.DateTimeFormat(locale, { ...form, timeZone: "UTC", timeZoneName: "short" }).format(new Date(iso));
  }
}
