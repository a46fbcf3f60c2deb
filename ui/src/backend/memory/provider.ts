/** The provider's side in memory: shares, datasets, invitations, recipients, audit. */
import type { Dataset, DatasetAdd, InvitationLink, Invite, Recipient, ShareDetails, ShareSummary } from "../bindings/commands";
import type { Handlers } from "./handlers";
import { obey } from "./policy";
import { invitationOf, recipient, terms } from "./samples";
import { type World, ago, ahead, changed, failure, findConnection, findRecipient, findShare, fits, me, newId, offeredDatasets } from "./world";

function summary(share: ShareDetails): ShareSummary {
  const count = (state: Recipient["invitation_status"]) => share.recipients.filter(({ invitation_status: one }) => one === state).length;
  const times = share.recipients.flatMap(({ last_snapshot_at: at }) => (at ? [at] : []));
  return {
    id: share.id, name: share.name, description: share.description, kind: share.kind, datasets: share.datasets.length,
    recipients: count("Accepted"), pending: count("Pending"), waiting: count("WaitingForProvider"),
    last_snapshot_at: times.toSorted().at(-1) ?? null, created_at: share.created_at,
  };
}

function shareOfInvitation(world: World, id: string): [ShareDetails, Recipient] {
  for (const share of world.shares) {
    const found = share.recipients.find(({ recipient_id: one }) => one === id);
    if (found) return [share, found];
  }
  throw failure("not-found", "There is no such invitation.");
}

export function linkOf(world: World, id: string): InvitationLink {
  const [share, one] = shareOfInvitation(world, id);
  const link = `datashare://invitation#1.own-${id}.k7Qm2VdYxP0sN4eTtBz8wLr3HfUjAoCi6G9yXqZ5uKnM1bDpEhRvSgWcJlOaFI0T2x8Q4m6Z`;
  const provider = me(world);
  return {
    invitation_id: id, email: one.email, link, file: null, expires_at: one.expires_at ?? ahead(30),
    mail_subject: `${provider.organisation} shares “${share.name}” with you`,
    mail_text: `Hello,\n\n${provider.name} (${provider.organisation}) invites you to receive “${share.name}” with Datashare.\n\nOpen this link with Datashare:\n${link}\n\nCompare the safety code by telephone: ${provider.safety_code}\n`,
  };
}

/** Applies a change to a recipient and tells about it. */
function update(world: World, share: string, name: string, change: Partial<Recipient>, kind: string, words: string): Recipient {
  const one = findRecipient(world, share, name);
  Object.assign(one, change);
  const records = world.audit.get(findShare(world, share).id) ?? [];
  records.push({ log: `mailbox ${one.email}, out`, sequence: records.length + 1, kind, at: ago(0), summary: words, sha256: "ab4f63f9ac65152575886860dde480a1fb1f2e90f7" });
  world.audit.set(findShare(world, share).id, records);
  changed(world, "shares", "received");
  return { ...one };
}

function follow(world: World, share: string, change: "Active" | "Revoked" | "Refused", words: string | null): void {
  const { id } = findShare(world, share);
  for (const { offer, summary: received } of world.received) {
    if (offer.shareId === id) Object.assign(received, { status: change, status_message: words });
  }
}

function approvalNeeded(before: string) {
  return failure("approval-needed", `The rules of this workspace ask for a second person's approval before ${before}.`, "Write a request for it into a file, give it to one of the approvers, and import their answer.");
}

export function makeDataset(world: World, request: DatasetAdd): Dataset {
  const share = findShare(world, request.share);
  const connection = findConnection(world, request.connection);
  const name = request.name ?? request.path.split("/").filter(Boolean).at(-1) ?? connection.name;
  if (share.datasets.some((one) => one.name === name)) throw failure("invalid-request", `The share has a dataset named “${name}” already.`, "Give it another name.");
  const isFile = /\.[a-z0-9]{1,8}$/i.test(request.path);
  const blob = connection.settings.kind === "azure-blob";
  const added: Dataset = {
    id: newId("dat"), name, kind: isFile ? "file" : blob && !request.path.includes("/") ? "container" : "folder",
    delivery: blob ? "direct" : "published", connection: connection.name, path: request.path,
    sensitive: request.sensitive ?? false,
    files: blob ? 240 : null, bytes: blob ? 1_900_000_000 : null, published_at: null,
  };
  share.datasets.push(added);
  changed(world, "shares", "connections");
  return { ...added };
}

export function makeInvitations(world: World, request: Invite): InvitationLink[] {
  const share = findShare(world, request.share);
  const links = request.emails.map((email) => {
    const one = recipient(newId("rec"), email, { acceptance: request.acceptance, expires_at: request.expires_at ?? ahead(30), invited_at: ago(0) });
    share.recipients.push(one);
    world.offers.push({
      ticket: `own-${one.recipient_id}`, invitation: invitationOf(share.name, one), provider: me(world), description: share.description,
      kind: share.kind, datasets: offeredDatasets(share.datasets), terms: share.terms[0] ?? null, schedule: null, shareId: share.id, needsFolder: false,
    });
    return linkOf(world, one.recipient_id);
  });
  changed(world, "shares");
  return links;
}

const shareHandlers = {
  share_list: (world) => world.shares.map(summary),
  share_show: (world, { share }) => {
    if (world.scenario === "errors") throw failure("unreachable", "The exchange of this share (contosoexchange.blob.core.windows.net) cannot be reached.", "Check the network connection and try again.", true);
    return structuredClone(findShare(world, share));
  },
  share_history: (world, { name }) => world.history.get(findShare(world, name).id) ?? [],
  share_create: (world, request) => {
    if (world.shares.some(({ name }) => name === request.name)) throw failure("invalid-request", `A share named “${request.name}” exists already.`, "Choose another name.");
    const exchange = findConnection(world, request.exchange);
    const created: ShareDetails = {
      id: newId("shr"), name: request.name, description: request.description, kind: request.kind, exchange: exchange.name,
      exchange_prefix: request.exchange_prefix, exchange_address: exchange.address,
      terms: request.terms ? [terms(1, request.terms, 0)] : [], datasets: [], recipients: [], schedule: null, created_at: ago(0),
    };
    world.shares.push(created);
    changed(world, "shares");
    return structuredClone(created);
  },
  share_update: (world, request) => {
    const share = findShare(world, request.share);
    if (request.description !== null) share.description = request.description;
    if (request.terms !== null && request.terms !== share.terms[0]?.text) {
      const version = (share.terms[0]?.version ?? 0) + 1;
      share.terms.unshift({ ...terms(version, request.terms, 0), must_be_accepted_again: request.terms_must_be_accepted_again });
    }
    changed(world, "shares");
    return structuredClone(share);
  },
  share_delete: (world, { share }) => {
    const found = findShare(world, share);
    const { name, recipients } = found;
    follow(world, name, "Revoked", "The provider deleted this share.");
    world.shares = world.shares.filter((one) => one !== found);
    changed(world, "shares", "received");
    const active = recipients.filter(({ subscription_status: state }) => state === "Active").length;
    return { statement: [`The share “${name}” is deleted.`, `${active} recipients lost their access; they were told.`, "The source data was not touched. What recipients copied stays with them."] };
  },
  dataset_add: (world, request) => {
    const { datasets_need_approval: needed } = world.policy;
    if (needed === "every" || (needed === "sensitive" && request.sensitive)) throw approvalNeeded("a dataset is added");
    return makeDataset(world, request);
  },
  dataset_remove: (world, request) => {
    const share = findShare(world, request.share);
    share.datasets = share.datasets.filter(({ id, name }) => id !== request.dataset && name !== request.dataset);
    changed(world, "shares", "connections");
    return {};
  },
  publish: (world, request) => {
    const share = findShare(world, request.share);
    const chosen = share.datasets.filter(({ id, name }) => request.dataset === null || id === request.dataset || name === request.dataset);
    const datasets = chosen.map((one) => {
      const first = one.files === null;
      if (one.delivery === "published") Object.assign(one, { files: one.files ?? 128, bytes: one.bytes ?? 412_000_000, published_at: ago(0) });
      return { name: one.name, delivery: one.delivery, changed: first, files: one.files ?? 0, bytes: one.bytes ?? 0, added: first ? (one.files ?? 0) : 0, updated: 0, removed: 0 };
    });
    changed(world, "shares");
    return { share: share.name, datasets };
  },
} satisfies Partial<Handlers>;

const recipientHandlers = {
  invitation_list: (world, { share }) => {
    const found = findShare(world, share);
    return found.recipients.map((one) => invitationOf(found.name, one));
  },
  invitation_link: (world, { invitation_id: id }) => linkOf(world, id),
  recipient_list: (world, { share }) => structuredClone(findShare(world, share).recipients),
  invite: (world, request) => {
    obey(world, findShare(world, request.share), request);
    if (world.policy.invitations_need_approval) throw approvalNeeded("invitations go out");
    return makeInvitations(world, request);
  },
  invitation_save: (world, { invitation_id: id, path }) => ({ ...linkOf(world, id), file: path }),
  invitation_withdraw: (world, { invitation_id: id }) => {
    const [share, one] = shareOfInvitation(world, id);
    one.invitation_status = "Withdrawn";
    const offer = world.offers.find(({ invitation }) => invitation.invitation_id === id);
    if (offer) offer.invitation.status = "Withdrawn";
    changed(world, "shares");
    return invitationOf(share.name, one);
  },
  recipient_approve: (world, { share, recipient: name }) => {
    follow(world, share, "Active", null);
    return update(world, share, name, { invitation_status: "Accepted", subscription_status: "Active", findings: [] }, "welcome", `Access was granted to ${name}.`);
  },
  recipient_decline: (world, { share, recipient: name }) => {
    follow(world, share, "Refused", "The provider did not let you in.");
    return update(world, share, name, { invitation_status: "Refused", subscription_status: "Refused" }, "refused", `${name} was declined.`);
  },
  recipient_revoke: (world, { share, recipient: name }) => {
    follow(world, share, "Revoked", "The provider ended your access.");
    return update(world, share, name, { subscription_status: "Revoked", revoked_at: ago(0) }, "revoked", `Access of ${name} was revoked.`);
  },
  recipient_reinstate: (world, { share, recipient: name }) => {
    follow(world, share, "Active", null);
    return update(world, share, name, { subscription_status: "Active", revoked_at: null }, "reinstated", `Access of ${name} was given back.`);
  },
  recipient_set_expiry: (world, { share, recipient: name, expires_at: at }) =>
    update(world, share, name, { expires_at: at }, "expiry-changed", `Access of ${name} ends on another date.`),
  recipient_find: (world, { words, most }) => {
    const all = world.shares.flatMap((share) => share.recipients.map((one) => ({ share_id: share.id, share: share.name, recipient_id: one.recipient_id, email: one.email, name: one.name, organisation: one.organisation })));
    return all.filter((one) => fits(words, `${one.name ?? ""} ${one.organisation ?? ""} ${one.email} ${one.share}`)).slice(0, most ?? 100);
  },
} satisfies Partial<Handlers>;

export const providerHandlers = { ...shareHandlers, ...recipientHandlers } satisfies Partial<Handlers>;
