/** Rules of the workspace, receipts, exports and moving: what the application writes to files, told as it would be. */
import type { TermsLine, WorkspacePolicy } from "../bindings/commands";
import type { Handlers } from "./handlers";
import { failure, findShare, type World } from "./world";

const FREE: WorkspacePolicy = { recipient_domains: [], longest_invitation_days: null, longest_access_days: null, terms_required: false, right_away_forbidden: false };
const policies = new WeakMap<World, WorkspacePolicy>();

function lines(from: string | undefined, to: string): TermsLine[] {
  const [before, after] = [from?.split("\n") ?? [], to.split("\n")];
  const removed = before.filter((text) => !after.includes(text)).map((text): TermsLine => ({ change: "removed", text }));
  return [...removed, ...after.map((text): TermsLine => ({ change: before.includes(text) ? "same" : "added", text }))];
}

export const governanceHandlers = {
  policy_show: (world) => policies.get(world) ?? FREE,
  policy_set: (world, request) => {
    policies.set(world, request);
    return structuredClone(request);
  },
  vault_change_passphrase: (world, { old }) => {
    if (old.includes("wrong")) throw failure("wrong-passphrase", "This passphrase does not open the file.", "Check capital letters and the keyboard layout, then try again.");
    return world.status;
  },
  workspace_export: (_world, { path }) => ({ path, bytes: 48_312 }),
  workspace_import: (world) => world.status,
  audit_export: (world, { name, path }) => ({ path, rows: world.audit.get(findShare(world, name).id)?.length ?? 0, findings: 0 }),
  audit_check: (world) => ({ records: [...world.audit.values()].flat().length, findings: [] }),
  grant_list: () => [],
  grant_export: (_world, { path }) => ({ path, rows: 0, findings: 0 }),
  terms_compare: (world, { name, from, to }) => {
    const { terms } = findShare(world, name);
    const newest = terms.find(({ version }) => to === null || version === to);
    if (!newest) throw failure("not-found", "This share has no such version of its terms.");
    const before = terms.find(({ version }) => version === (from ?? newest.version - 1));
    const found = lines(before?.text, newest.text);
    const count = (change: TermsLine["change"]) => found.filter((line) => line.change === change).length;
    return { from: before?.version ?? null, to: newest.version, added: count("added"), removed: count("removed"), lines: found };
  },
  receipt_verify: () => {
    throw failure("invalid-request", "This file is no receipt.", "Choose a file that was saved with 'Save receipt'.");
  },
  receipt_save: () => {
    throw failure("not-found", "There is nothing to confirm yet: this invitation was not accepted.", "Save the receipt once it was.");
  },
} satisfies Partial<Handlers>;
