/** A second person's approval in memory: requests and answers are files of this world, both sides played by one window. */
import type { Approval, ApprovalDocument, DatasetAdd, Invite, ProposedDataset, WantedChange } from "../bindings/commands";
import type { Handlers } from "./handlers";
import { makeDataset, makeInvitations } from "./provider";
import { FABRIKAM, NORTHWIND } from "./samples";
import { type World, ago, ahead, changed, failure, findConnection, findShare, me, newId } from "./world";

const FORMAT = "datashare/approval/v1";
const DOWNLOADS = "/home/ana/Downloads";

export type ApprovalFileName = "request" | "answer" | "refusal";

/** Files that somebody gave to this workspace, by their short name. */
export const APPROVAL_FILES: Record<ApprovalFileName, string> = { request: `${DOWNLOADS}/request.datashare-approval`, answer: `${DOWNLOADS}/answer.datashare-approval`, refusal: `${DOWNLOADS}/refusal.datashare-approval` };

function fileOf(approval: Approval): string {
  return JSON.stringify({ approval: FORMAT, content: approval });
}

function contentOf(text: string): Approval | undefined {
  try {
    return (JSON.parse(text) as { content?: Approval }).content;
  } catch {
    return undefined;
  }
}

function read(world: World, text: string): Approval {
  const content = contentOf(text);
  if (!content) throw failure("not-genuine", "This is no approval file of Datashare, or a part of it is missing.", "Nothing was done by it. Ask whoever gave it to you for the original file.");
  const done = world.approvals.some(({ request_id: id, status }) => id === content.request_id && status === "done");
  return done ? { ...content, status: "done" } : content;
}

function proposed(world: World, { connection, path, name, sensitive = false }: DatasetAdd): ProposedDataset {
  const { name: connectionName, address } = findConnection(world, connection);
  return { name: name ?? path, kind: "folder", delivery: "published", connection: connectionName, place: address, path, files: 128, bytes: 412_000_000, sensitive };
}

function asked(world: World, change: WantedChange, over: Partial<Approval> = {}): Approval {
  const invite = "invitation" in change ? change.invitation : null;
  const add = "dataset" in change ? change.dataset : null;
  const share = findShare(world, (invite ?? add)?.share ?? "");
  const [terms] = share.terms;
  const invitation = invite && {
    emails: invite.emails, acceptance: invite.acceptance, expires_at: invite.expires_at ?? ahead(30), access_days: world.policy.longest_access_days,
    terms_version: terms?.version ?? null, terms_sha256: terms?.sha256 ?? null, terms_text: terms?.text ?? null,
    datasets: share.datasets.map((one) => ({ ...proposed(world, { share: share.id, connection: one.connection, path: one.path, name: one.name }), kind: one.kind, delivery: one.delivery, files: one.files, bytes: one.bytes, sensitive: one.sensitive })),
  };
  return {
    request_id: newId("apr"), status: "waiting", share: share.name, share_id: share.id, share_description: share.description, asked_by: me(world), asked_at: ago(0), expires_at: ahead(14),
    approvers: world.policy.approvers.map(({ fingerprint }) => fingerprint), invitation, dataset: add && proposed(world, add), answered_by: null, answered_at: null, reason: null,
    asked_here: true, may_be_answered_here: false, ...over,
  };
}

/** A request that somebody gave to this workspace, and the answers to two of its own. */
export function fillApprovals(world: World): void {
  const invite = (emails: string[]): WantedChange => ({ invitation: { share: "shr-sales", emails, expires_at: ahead(20), acceptance: "ask" } satisfies Invite });
  const add: WantedChange = { dataset: { share: "shr-weather", connection: "con-reports", path: "exports/staff-2026", name: "staff-2026", sensitive: true } };
  world.files.set(APPROVAL_FILES.request, fileOf(asked(world, invite(["hana@fabrikam.example", "ivo@fabrikam.example"]), { asked_by: FABRIKAM, asked_here: false, may_be_answered_here: true, asked_at: ago(200) })));
  const mine = asked(world, invite(["hana@fabrikam.example"]), { request_id: "apr-hana", asked_at: ago(300) });
  const refused = asked(world, add, { request_id: "apr-staff", asked_at: ago(900) });
  world.approvals.push(mine, refused);
  world.files.set(APPROVAL_FILES.answer, fileOf({ ...mine, status: "approved", answered_by: NORTHWIND, answered_at: ago(30) }));
  world.files.set(APPROVAL_FILES.refusal, fileOf({ ...refused, status: "refused", answered_by: NORTHWIND, answered_at: ago(30), reason: "Names of staff do not leave the house." }));
}

function answered(world: World, text: string, answer: Pick<Approval, "status" | "reason">): ApprovalDocument {
  const request = read(world, text);
  if (!request.may_be_answered_here) throw failure("not-allowed", "The request names others.", "Somebody else has to answer: one of those whom the request names.");
  const approval: Approval = { ...request, ...answer, answered_by: me(world), answered_at: ago(0), may_be_answered_here: false };
  return { approval, text: fileOf(approval) };
}

export const approvalHandlers = {
  approval_list: (world) => world.approvals,
  approval_read: (world, { text }) => read(world, text),
  approval_ask: (world, { change, path }) => {
    const approval = asked(world, change);
    world.approvals.unshift(approval);
    world.files.set(path, fileOf(approval));
    changed(world, "shares");
    return approval;
  },
  approval_answer: (world, { text, decision, reason }) =>
    answered(world, text, decision === "approve" ? { status: "approved", reason: null } : { status: "refused", reason: reason || null }),
  approval_use: (world, { text }) => {
    const answer = read(world, text);
    const kept = world.approvals.find(({ request_id: id }) => id === answer.request_id);
    if (!kept) throw failure("not-allowed", "This workspace did not ask for this approval.", "Import the answer in the workspace that wrote the request.");
    if (answer.status === "waiting") throw failure("invalid-request", "This is the request; nobody has answered it yet.", "Give it to one of the approvers, and import the file that they write.");
    if (kept.status === "done") throw failure("not-allowed", "This approval has been used already; it serves once.", "Ask anew if it is wanted once more.");
    Object.assign(kept, answer, { status: answer.status === "approved" ? "done" : "refused" });
    const { invitation, dataset, share_id: share } = answer;
    const approved = answer.status === "approved";
    const links = approved && invitation ? makeInvitations(world, { share, emails: invitation.emails, expires_at: invitation.expires_at, acceptance: invitation.acceptance }) : [];
    const added = approved && dataset ? makeDataset(world, { share, connection: dataset.connection, path: dataset.path, name: dataset.name, sensitive: dataset.sensitive }) : null;
    changed(world, "shares", "connections");
    return { approval: { ...kept }, links, dataset: added };
  },
} satisfies Partial<Handlers>;
