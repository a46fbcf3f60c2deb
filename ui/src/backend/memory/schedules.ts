/** Schedules, triggers and requests for a fresh publication in memory. */
import type { Schedule, ScheduleView, ShareSchedule, Trigger } from "../bindings/commands";
import type { Handlers } from "./handlers";
import { nextTicks, often, viewOf, wished } from "./ticks";
import { type ReceivedShare, type World, ago, changed, failure, findRecipient, findReceived, findShare } from "./world";

/** What the provider of a received share offers now. */
export function offered(world: World, { offer }: ReceivedShare): ScheduleView | null {
  const own = offer.shareId === null ? null : world.shares.find(({ id }) => id === offer.shareId);
  return own ? own.schedule : offer.schedule;
}

export function triggerOf(world: World, received: ReceivedShare): Trigger {
  const { summary, trigger, lastTick } = received;
  const schedule = offered(world, received);
  const base = { received: summary.name, mode: trigger?.mode ?? null, own: trigger?.own ?? null, last: lastTick, message: null, next: [] };
  if (trigger === null) return { ...base, status: "Inactive" };
  if (schedule === null) {
    return { ...base, status: "SourceScheduleDeleted", message: `${summary.provider.name} took the schedule away. Nothing is received by itself until there is one again.` };
  }
  const followed: Schedule = trigger.own?.schedule ?? schedule.schedule;
  return { ...base, status: "Active", next: nextTicks(followed, Date.now()) };
}

function shareSchedule(world: World, name: string): ShareSchedule {
  const share = findShare(world, name);
  return { share: share.name, schedule: share.schedule, last: null };
}

export const scheduleHandlers = {
  schedule_show: (world, { share }) => shareSchedule(world, share),
  schedule_preview: (_, wish) => viewOf(wished(wish), null),
  schedule_set: (world, { share, schedule }) => {
    findShare(world, share).schedule = viewOf(wished(schedule), ago(0));
    changed(world, "shares", "received");
    return shareSchedule(world, share);
  },
  schedule_clear: (world, { share }) => {
    findShare(world, share).schedule = null;
    changed(world, "shares", "received");
    return shareSchedule(world, share);
  },
  publication_answer: (world, { share, recipient }) => {
    const one = findRecipient(world, share, recipient);
    delete one.publication_asked_at;
    changed(world, "shares");
    return one;
  },
  trigger_show: (world, { received }) => triggerOf(world, findReceived(world, received)),
  trigger_enable: (world, { received, mode, own }) => {
    const found = findReceived(world, received);
    const schedule = offered(world, found);
    if (schedule === null) throw failure("invalid-request", `${found.summary.provider.name} offers no schedule for this share.`, "Take snapshots by hand, or ask the provider to set a schedule.");
    const wish = own ? viewOf(wished(own), ago(0)) : null;
    if (wish && often(wish.schedule) > often(schedule.schedule) + 1) {
      throw failure("invalid-request", `A snapshot ${wish.in_words} would be more often than the provider allows: ${schedule.in_words}.`, "Choose a rarer schedule, or follow the provider's.");
    }
    found.trigger = { mode, own: wish };
    changed(world, "received");
    return triggerOf(world, found);
  },
  trigger_disable: (world, { received }) => {
    const found = findReceived(world, received);
    found.trigger = null;
    changed(world, "received");
    return triggerOf(world, found);
  },
} satisfies Partial<Handlers>;
