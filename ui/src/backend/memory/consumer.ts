/** The consumer's side in memory: invitations, received shares, mappings. */
import type { InvitationPreview, Mapping, MappingPreview, MappingTarget, ReceivedDetails } from "../bindings/commands";
import type { Handlers } from "./handlers";
import { offered, triggerOf } from "./schedules";
import { type Offer, type ReceivedShare, type World, ago, changed, failure, findConnection, findReceived, findShare, me, newId } from "./world";

const STATUS_WORDS: Partial<Record<Offer["invitation"]["status"], string>> = {
  Withdrawn: "The provider took this invitation back before it was accepted.",
  Expired: "The date until which this invitation could be accepted has passed.",
  Refused: "Somebody else accepted this invitation already. An invitation can be accepted once.",
  Rejected: "You rejected this invitation.",
  WaitingForProvider: "You accepted. The provider's Datashare has not answered yet.",
};

function offerOf(world: World, text: string, folder: string | null): Offer {
  const ticket = /#1\.([a-z0-9-]+)\./i.exec(text)?.[1];
  const offer = world.offers.find((one) => one.ticket === ticket);
  if (!offer) throw failure("bad-invitation", "This is no whole invitation: a part of it is missing or was changed on the way.", "Copy the whole link again, or open the .datashare file.");
  if (offer.needsFolder && folder === null) {
    throw failure("no-such-container", "This invitation leads to the folder /mnt/shared/exchange, which does not exist on this computer.", "Say where that folder is on this computer.");
  }
  return offer;
}

function preview(world: World, offer: Offer): InvitationPreview {
  const { invitation } = offer;
  const received = world.received.find((one) => one.offer === offer);
  const schedule = offer.shareId === null ? offer.schedule : findShare(world, offer.shareId).schedule;
  return {
    invitation_id: invitation.invitation_id, share: { name: invitation.share, description: offer.description, kind: offer.kind },
    provider: offer.provider, email: invitation.email, datasets: offer.datasets, terms: offer.terms?.text ?? null,
    terms_sha256: offer.terms?.sha256 ?? null, schedule: schedule?.in_words ?? null, snapshot_schedule: schedule, expires_at: invitation.expires_at, status: invitation.status,
    status_message: STATUS_WORDS[invitation.status] ?? (received ? "You accepted this invitation." : null), received: received?.summary.name ?? null,
  };
}

function details(world: World, received: ReceivedShare): ReceivedDetails {
  const { summary, mappings, termsToAccept, agreedTerms, expiresAt, publication } = received;
  const schedule = offered(world, received);
  const refreshed = { ...summary, mapped: mappings.filter(({ status }) => status === "Ok").length, datasets: mappings.length };
  return structuredClone({
    summary: refreshed, mappings, terms: agreedTerms?.text ?? null, terms_sha256: agreedTerms?.sha256 ?? null,
    terms_to_accept: termsToAccept, schedule: schedule?.in_words ?? null, snapshot_schedule: schedule, trigger: triggerOf(world, received), publication, expires_at: expiresAt,
  });
}

function accept(world: World, offer: Offer, name: string | null): ReceivedShare {
  const taken = (candidate: string) => world.received.some(({ summary }) => summary.name === candidate);
  const wanted = name ?? offer.invitation.share;
  if (taken(wanted) && name !== null) throw failure("invalid-request", `You have a received share named “${wanted}” already.`, "Choose another name.");
  const ask = offer.invitation.acceptance === "ask";
  const mappings: Mapping[] = offer.datasets.map((one) => ({ dataset: one.name, dataset_id: newId("dat"), kind: one.kind, files: one.files, bytes: one.bytes, status: "Unmapped", connection: null, path: null, message: null }));
  return {
    offer, mappings, termsToAccept: null, agreedTerms: offer.terms, expiresAt: offer.invitation.expires_at, trigger: null, lastTick: null, publication: null,
    summary: {
      id: newId("rcv"), name: taken(wanted) ? `${wanted}-2` : wanted, share: { name: offer.invitation.share, description: offer.description, kind: offer.kind },
      provider: offer.provider, status: ask ? "WaitingForProvider" : "Active",
      status_message: ask ? `Accepted. ${offer.provider.name} checks each acceptance and has to let you in.` : null,
      datasets: mappings.length, mapped: 0, last_snapshot_at: null, last_snapshot_status: null, accepted_at: ago(0), running_snapshot: null,
    },
  };
}

/** The other side of an acceptance, where the share is one of this workspace. */
function tellProvider(world: World, received: ReceivedShare): void {
  const { shareId, invitation, terms } = received.offer;
  if (shareId === null) return;
  const one = findShare(world, shareId).recipients.find(({ recipient_id: id }) => id === invitation.invitation_id);
  if (!one) return;
  const waiting = received.summary.status === "WaitingForProvider";
  const party = me(world);
  Object.assign(one, {
    name: party.name, organisation: party.organisation, accepted_email: party.email, safety_code: party.safety_code, accepted_at: ago(0),
    invitation_status: waiting ? "WaitingForProvider" : "Accepted", subscription_status: waiting ? "WaitingForProvider" : "Active",
    terms_sha256: terms?.sha256 ?? null, terms_version: terms?.version ?? null,
  });
}

function previewOf(world: World, mappings: Mapping[], { dataset, connection, path }: MappingTarget): MappingPreview {
  const mapping = mappings.find((one) => one.dataset === dataset || one.dataset_id === dataset);
  const target = findConnection(world, connection);
  const base = target.settings.kind === "folder" ? `${target.settings.path}/${path}` : `${target.address}/${path}`;
  const sources = mapping?.kind === "file" ? [mapping.dataset] : ["2026/01/store-0001.csv", "2026/01/store-0002.csv", "2026/02/store 0001 – north.csv"];
  const problems = path.includes("?") ? [{ path: sources[0] ?? dataset, reason: "The target cannot hold a name with “?”." }] : [];
  return { dataset, examples: sources.map((source) => ({ source, target: `${base}/${source}`.replace(/\/+/g, "/") })), problems, partial: false };
}

export const consumerHandlers = {
  invitation_show: (world, request) => preview(world, offerOf(world, request.invitation, request.exchange_folder)),
  invitation_accept: (world, request) => {
    const offer = offerOf(world, request.invitation, request.exchange_folder);
    const codes: Partial<Record<Offer["invitation"]["status"], string>> = { Withdrawn: "invitation-withdrawn", Expired: "invitation-expired", Refused: "invitation-spent" };
    const code = codes[offer.invitation.status];
    if (code) throw failure(code, STATUS_WORDS[offer.invitation.status] ?? "");
    if (offer.terms && request.agree_terms_sha256 !== offer.terms.sha256) throw failure("terms-changed", "These are not the terms of the invitation any more.", "Read the new terms and agree again.");
    const received = accept(world, offer, request.name);
    offer.invitation.status = received.summary.status === "Active" ? "Accepted" : "WaitingForProvider";
    world.received.push(received);
    tellProvider(world, received);
    changed(world, "received", "shares");
    return { received: received.summary.name, status: received.summary.status };
  },
  invitation_reject: (world, request) => {
    const { invitation, shareId } = offerOf(world, request.invitation, request.exchange_folder);
    invitation.status = "Rejected";
    if (shareId) for (const one of findShare(world, shareId).recipients) if (one.recipient_id === invitation.invitation_id) one.invitation_status = "Rejected";
    changed(world, "shares");
    return { invitation_id: invitation.invitation_id, status: invitation.status };
  },
  received_list: (world) => world.received.map((one) => details(world, one).summary),
  received_show: (world, { received }) => details(world, findReceived(world, received)),
  received_refresh: (world, { received }) => details(world, findReceived(world, received)),
  received_agree_terms: (world, request) => {
    const found = findReceived(world, request.received);
    found.agreedTerms = found.termsToAccept;
    found.termsToAccept = null;
    found.summary.status_message = null;
    changed(world, "received");
    return details(world, found);
  },
  publication_ask: (world, { received }) => {
    const found = findReceived(world, received);
    if (found.publication?.answered_at === null) throw failure("waiting-for-provider", `${found.summary.provider.name} was asked for a fresh publication already and has not answered yet.`, "Wait for the answer; it is shown with the received share.");
    found.publication = { asked_at: ago(0), answered_at: null, refusal: null };
    changed(world, "received");
    return details(world, found);
  },
  received_leave: (world, { received }) => {
    const found = findReceived(world, received);
    world.received = world.received.filter((one) => one !== found);
    changed(world, "received", "connections");
    return {};
  },
  mapping_preview: (world, { received, targets }) => {
    const { mappings } = findReceived(world, received);
    return targets.map((target) => previewOf(world, mappings, target));
  },
  mapping_set: (world, { received, targets }) => {
    const { mappings } = findReceived(world, received);
    for (const { dataset, connection, path } of targets) {
      const mapping = mappings.find((one) => one.dataset === dataset || one.dataset_id === dataset);
      if (mapping) Object.assign(mapping, { status: "Ok", connection: findConnection(world, connection).name, path, message: null });
    }
    changed(world, "received", "connections");
    return structuredClone(mappings);
  },
  mapping_clear: (world, { received, dataset }) => {
    const { mappings } = findReceived(world, received);
    for (const one of mappings) if (one.dataset === dataset || one.dataset_id === dataset) Object.assign(one, { status: "Unmapped", connection: null, path: null });
    changed(world, "received", "connections");
    return structuredClone(mappings);
  },
} satisfies Partial<Handlers>;
