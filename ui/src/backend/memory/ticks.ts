/** Next runs of a schedule, as far as the backend in memory needs them: the application itself counts them with care. */
import type { Recurrence, Schedule, ScheduleView, ScheduleWish } from "../bindings/commands";
import { failure } from "./world";

const DAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"] as const;
const HOUR = 3_600_000;

/** What the clock of a zone shows, as if it were UTC. */
function shown(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, dateStyle: "short", timeStyle: "medium" }).formatToParts(at);
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value ?? 0);
  return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"));
}

/** When the clock of a zone shows this. */
function moment(wall: number, zone: string): number {
  const guess = wall - (shown(wall, zone) - wall);
  return guess + (wall - shown(guess, zone));
}

/** The days of a calendar on which a recurrence falls. */
function falls(recurrence: Recurrence, day: Date): boolean {
  if (recurrence.every === "week") return recurrence.days.some((one) => one === DAYS[day.getUTCDay()]);
  if (recurrence.every !== "cron") return true;
  const [, , date, , weekday] = recurrence.expression.split(/\s+/);
  if (date !== "*") return day.getUTCDate() === Number(date);
  return weekday === "*" || String(day.getUTCDay()) === weekday;
}

export function nextTicks({ recurrence, at, start, time_zone: zone }: Schedule, now: number, count = 5): string[] {
  const cron = recurrence.every === "cron" ? recurrence.expression.split(/\s+/) : null;
  const [hours, minutes] = cron ? [Number(cron[1]) || 0, Number(cron[0]) || 0] : (at ?? "00:00").split(":").map(Number);
  const wall = Math.floor(shown(now, zone) / (24 * HOUR)) * 24 * HOUR + ((hours ?? 0) * 60 + (minutes ?? 0)) * 60_000;
  const ticks: number[] = [];
  for (let index = 0; ticks.length < count && index < 800; index += 1) {
    const hourly = recurrence.every === "hours";
    const tick = hourly ? moment(wall, zone) - 24 * HOUR + index * recurrence.hours * HOUR : moment(wall + index * 24 * HOUR, zone);
    const day = new Date(wall + index * 24 * HOUR);
    if (tick > now && tick >= Date.parse(start) && (hourly || falls(recurrence, day))) ticks.push(tick);
  }
  return ticks.map((tick) => new Date(tick).toISOString());
}

function words({ recurrence, at, time_zone: zone }: Schedule): string {
  switch (recurrence.every) {
    case "hours":
      return `every ${recurrence.hours} hours, counted from ${at} (${zone})`;
    case "day":
      return `every day at ${at} (${zone})`;
    case "week":
      return `every ${recurrence.days.join(", ")} at ${at} (${zone})`;
    case "cron":
      return `as the cron expression ${recurrence.expression} says (${zone})`;
    case "unknown":
      return "in a way that only a newer version of Datashare can follow";
  }
}

export function viewOf(schedule: Schedule, changedAt: string | null): ScheduleView {
  return { schedule, in_words: words(schedule), next: nextTicks(schedule, Date.now()), changed_at: changedAt, problem: null };
}

export function wished(wish: ScheduleWish): Schedule {
  const hint = "Correct the schedule, and look at its next runs before you set it.";
  if (wish.recurrence.every === "cron" && wish.recurrence.expression.trim().split(/\s+/).length !== 5) {
    throw failure("invalid-request", `'${wish.recurrence.expression}' is no cron expression: it does not have five fields. Give five fields: minute, hour, day of the month, month, day of the week.`, hint);
  }
  if (wish.recurrence.every === "week" && wish.recurrence.days.length === 0) throw failure("invalid-request", "A weekly schedule needs at least one day.", hint);
  try {
    shown(0, wish.time_zone);
  } catch {
    throw failure("invalid-request", `'${wish.time_zone}' is no time zone. Give the name of an area and a city, for example Europe/Berlin, or UTC.`, hint);
  }
  return { recurrence: wish.recurrence, at: wish.at, time_zone: wish.time_zone, start: wish.start ?? new Date().toISOString(), jitter_seconds: wish.jitter_seconds ?? 0 };
}

/** Runs in four weeks: enough to see which of two schedules comes more often. */
export function often(schedule: Schedule): number {
  const end = new Date(Date.now() + 28 * 24 * HOUR).toISOString();
  return nextTicks(schedule, Date.now(), 800).filter((tick) => tick < end).length;
}
