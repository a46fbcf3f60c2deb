/** Proof in memory: receipts, findings, exports, the register of access, the difference between terms. */
import type { AuditRecord, IssuedToken, ReceiptFacts, ShareDetails, TermsLine, TermsVersion } from "../bindings/commands";
import type { Handlers } from "./handlers";
import { CARD, FABRIKAM, terms } from "./samples";
import { type World, ago, ahead, failure, findReceived, findShare } from "./world";

/** The first words of every receipt's file. */
const FORMAT = "datashare/receipt/v1";

/** What a receipt of the sample share proves. */
export function receiptFacts(over: Partial<ReceiptFacts> = {}): ReceiptFacts {
  const { version, sha256, text } = terms(1);
  return {
    invitation_id: "rec-ben", share: "retail-sales", share_id: "shr-sales", provider: CARD, invited: FABRIKAM.email, recipient: FABRIKAM,
    accepted_at: ago(60 * 24 * 12), confirmed_at: ago(60 * 24 * 12 - 3),
    acceptance_sha256: "9af15b336e6a9619928537df30b2e6a2376569fcf9d7e773eccede65606529a0",
    terms: { version, sha256, text, agreed_at: ago(60 * 24 * 12) }, later_terms: null, snapshot: null, ...over,
  };
}

export function sampleReceipt(facts: ReceiptFacts = receiptFacts()): string {
  return JSON.stringify({ facts, receipt: FORMAT });
}

function recordsOf(world: World, name: string): AuditRecord[] {
  const id = world.shares.find((share) => share.id === name || share.name === name)?.id ?? findReceived(world, name).summary.id;
  return world.audit.get(id) ?? [];
}

function findingsOf(world: World, name: string) {
  const [first] = recordsOf(world, name);
  return world.scenario === "errors" && first
    ? [{ log: first.log, sequence: 2, kind: "gap", message: "Record 2 is missing: record 3 names a predecessor that is not there." }] : [];
}

function tokensOf(share: ShareDetails): IssuedToken[] {
  const active = share.recipients.filter(({ subscription_status: state }) => state === "Active" || state === "Revoked");
  return active.flatMap((one, person) =>
    share.datasets.map((dataset, index) => ({
      token_id: `grt-${person}-${index}`, recipient_id: one.recipient_id, email: one.email, dataset: dataset.name,
      scope: dataset.kind === "container" ? dataset.path : `${dataset.files ?? 0} files of ${dataset.path}`,
      policy: dataset.delivery === "direct" ? `ds-${one.recipient_id.slice(-4)}-${index}` : "", signature_sha256: `${person}${index}c1d90e8b7f6a5544332211ffeeddccbbaa99887766554433221100ffeeddcc`,
      issued_at: one.accepted_at ?? ago(60), expires_at: one.expires_at ?? ahead(30), ended_at: one.revoked_at,
    })),
  );
}

function factsFor(world: World, name: string, recipient: string | null, snapshotId: string | null): ReceiptFacts {
  const runs = [...world.snapshots, ...[...world.history.values()].flat()];
  const run = snapshotId === null ? undefined : runs.find(({ snapshot_id: id }) => id === snapshotId);
  if (snapshotId !== null && !run) throw failure("not-found", `No record of this recipient says that snapshot '${snapshotId}' ended.`);
  const snapshot = run ? {
    snapshot_id: run.snapshot_id, mode: run.mode, status: run.status, started_at: run.started_at, ended_at: run.ended_at ?? ago(0), files_total: run.files_total, files_written: run.files_written,
    files_skipped: run.files_skipped, files_failed: run.files_failed, bytes_total: run.bytes_total, bytes_written: run.bytes_written, manifest_version: 4, manifest_sha256: "ab4f63f9ac65", manifest_confirmed: recipient !== null,
  } : null;
  if (recipient === null) {
    const { summary } = findReceived(world, name);
    return receiptFacts({ share: summary.share.name, provider: summary.provider, recipient: CARD, invited: CARD.email, snapshot });
  }
  const share = findShare(world, name);
  const one = share.recipients.find(({ recipient_id: id, email }) => id === recipient || email === recipient);
  if (!one?.name) throw failure("invalid-request", "This invitation was not accepted; there is nothing to prove.");
  return receiptFacts({ share: share.name, invited: one.email, recipient: { ...FABRIKAM, name: one.name, organisation: one.organisation ?? "", email: one.accepted_email ?? one.email, safety_code: one.safety_code ?? "" }, snapshot });
}

/** Line by line, by the longest common part. */
export function difference(from: string, to: string): TermsLine[] {
  const lines = (text: string) => (text === "" ? [] : text.replace(/\n$/, "").split("\n"));
  const [a, b] = [lines(from), lines(to)];
  const common = Array.from({ length: a.length + 1 }, () => Array.from<number>({ length: b.length + 1 }).fill(0));
  const at = (row: number, column: number) => common[row]?.[column] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1) (common[i] as number[])[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const found: TermsLine[] = [];
  let [i, j] = [0, 0];
  const add = (change: TermsLine["change"], text = "") => found.push({ change, text });
  while (i < a.length || j < b.length) {
    const same = i < a.length && j < b.length && a[i] === b[j];
    const removed = !same && i < a.length && (j >= b.length || at(i + 1, j) >= at(i, j + 1));
    if (same) add("same", a[i]);
    else if (removed) add("removed", a[i]);
    else add("added", b[j]);
    if (same || removed) i += 1;
    if (same || !removed) j += 1;
  }
  return found;
}

function versionsOf(world: World, name: string): { versions: TermsVersion[]; agreed: number | null } {
  const share = world.shares.find((one) => one.id === name || one.name === name);
  if (share) return { versions: share.terms, agreed: null };
  const { termsToAccept, agreedTerms } = findReceived(world, name);
  return { versions: [termsToAccept, agreedTerms].filter((one) => one !== null), agreed: agreedTerms?.version ?? null };
}

export const proofHandlers = {
  audit_log: (world, { name }) => ({ records: recordsOf(world, name) }),
  audit_verify: (world, { name }) => ({ records: recordsOf(world, name).length, findings: findingsOf(world, name) }),
  audit_check: (world) => ({
    records: [...world.audit.values()].reduce((sum, records) => sum + records.length, 0),
    findings: world.shares.flatMap(({ name }) => findingsOf(world, name).map((finding) => ({ name, finding }))),
  }),
  audit_export: (world, { name, path }) => {
    const findings = findingsOf(world, name).length;
    return { path, rows: recordsOf(world, name).length, findings };
  },
  grant_list: (world, { share }) => tokensOf(findShare(world, share)),
  grant_export: (world, { name, path }) => ({ path, rows: tokensOf(findShare(world, name)).length, findings: 0 }),
  receipt_verify: (_world, { text }) => {
    const read = (() => {
      try {
        return JSON.parse(text) as { receipt?: string; facts?: ReceiptFacts };
      } catch {
        return {};
      }
    })();
    if (read.receipt !== FORMAT || !read.facts) throw failure("not-genuine", "This is no receipt of Datashare, or a part of it is missing or was changed.", "It proves nothing. Ask whoever gave it to you for the original file.");
    return read.facts;
  },
  receipt_save: (world, { name, recipient, snapshot_id: snapshot, path }) => {
    const facts = factsFor(world, name, recipient, snapshot);
    world.files.set(path, sampleReceipt(facts));
    return facts;
  },
  terms_compare: (world, { name, from, to }) => {
    const { versions, agreed } = versionsOf(world, name);
    const newer = to === null ? versions[0] : versions.find(({ version }) => version === to);
    if (!newer) throw failure("not-found", "There is no such version of the terms.");
    const older = versions.find(({ version }) => version === (from ?? agreed ?? newer.version - 1));
    const lines = difference(older?.text ?? "", newer.text);
    const count = (change: TermsLine["change"]) => lines.filter((line) => line.change === change).length;
    return { from: older?.version ?? null, to: newer.version, added: count("added"), removed: count("removed"), lines };
  },
} satisfies Partial<Handlers>;
