/** What is told where: an address with “wrong” in it is refused. */
import type { EventKind, NotificationRule, NotificationTarget } from "../bindings/commands";
import type { Handlers } from "./handlers";
import { type World, ago, changed, failure, newId } from "./world";

const KINDS: EventKind[] = [
  "invitation-accepted", "invitation-rejected", "terms-agreed", "recipient-left", "recipient-snapshot-succeeded", "recipient-snapshot-failed", "access-granted", "access-refused", "snapshot-succeeded",
  "snapshot-failed", "snapshot-needs-attention", "terms-changed", "revoked", "reinstated", "share-deleted", "new-publication", "schedule-changed", "expiry-soon", "access-expired",
];
const QUIET: EventKind[] = ["recipient-snapshot-succeeded", "new-publication"];

export type Notifications = { rules: NotificationRule[]; emailTo: string | null; targets: NotificationTarget[]; dead: boolean };

export function noNotifications(dead: boolean): Notifications {
  const targets: NotificationTarget[] = dead ? [{ target_id: "ntf-ops", name: "Operations", kind: "webhook", host: "https://hooks.contoso.example" }] : [];
  return { rules: KINDS.map((kind) => ({ kind, channels: QUIET.includes(kind) ? [] : ["desktop"] })), emailTo: null, targets, dead };
}

function show(world: World) {
  const { rules, emailTo, targets, dead } = world.notifications;
  return { rules, email_to: emailTo, mail_ready: world.mail !== null, targets, dead: dead ? 1 : 0 };
}

function named(world: World, name: string): NotificationTarget {
  const target = world.notifications.targets.find((one) => one.target_id === name || one.name === name);
  if (!target) throw failure("not-found", `There is no target “${name}” for notifications.`);
  return target;
}

export const notificationHandlers = {
  notification_show: show,
  notification_rules_set: (world, { rules, email_to: emailTo }) => {
    const known = world.notifications;
    known.rules = known.rules.map((rule) => rules.find(({ kind }) => kind === rule.kind) ?? rule);
    known.emailTo = emailTo;
    changed(world, "workspace");
    return show(world);
  },
  notification_target_set: (world, { name, kind, address, secret }) => {
    if (!address.startsWith("https://")) throw failure("invalid-request", "The address begins with http: what is sent there could be read on the way. Use https.", "Copy the whole address from the receiver.");
    const target = { target_id: newId("ntf"), name, kind, host: new URL(address).origin };
    world.notifications.targets = [...world.notifications.targets.filter((one) => one.name !== name), target];
    changed(world, "workspace");
    return { target, signing_secret: kind === "teams" || secret ? null : "whsec_4yZ0q7Jm1Vt3Kp9Xc2Rb6Ns8Wd5Lf0Hg1Aj4Qe7Uo=" };
  },
  notification_target_remove: (world, { target }) => {
    const { target_id: id } = named(world, target);
    world.notifications.targets = world.notifications.targets.filter((one) => one.target_id !== id);
    changed(world, "workspace");
    return show(world);
  },
  notification_test: (world, { target }) => {
    const host = target === "email" ? (world.mail?.server ?? "") : named(world, target).host;
    if (host.includes("wrong")) return { ok: false, message: `The receiver ${host} answered 404.`, hint: "Check at the receiver whether the address is still valid." };
    return { ok: true, message: `The test was taken for ${target}. See whether it arrives.`, hint: null };
  },
  notification_dead: (world) =>
    world.notifications.dead
      ? [{
          event: { event_id: "evt-1", kind: "snapshot-failed", at: ago(1500), side: "received", share: "orders", who: null, ends_at: null, detail: null, snapshot_id: "snp-1" },
          target: "Operations", tries: 8, problem: "The receiver https://hooks.contoso.example cannot be reached. Check the network connection, and whether the receiver is at work.",
        }]
      : [],
  notification_resend: (world) => {
    const deliveries = world.notifications.dead ? 1 : 0;
    world.notifications.dead = false;
    changed(world, "workspace");
    return { deliveries };
  },
} satisfies Partial<Handlers>;
