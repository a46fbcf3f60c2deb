/** Snapshots that run, tick by tick. */
import type { RunOptions, Snapshot, SnapshotProgress } from "../bindings/commands";
import type { Handlers } from "./handlers";
import { type ReceivedShare, type World, ago, changed, failure, findReceived, findShare, fits, newId } from "./world";

const STEPS = 40;
/** As many of the newest runs are listed. */
const MOST_ROWS = 100_000;

function planned(received: ReceivedShare, mode: Snapshot["mode"], datasets: string[]): { files: number; bytes: number; unchanged: number } {
  const mapped = received.mappings.filter((one) => one.status === "Ok" && (datasets.length === 0 || datasets.includes(one.dataset)));
  const files = mapped.reduce((sum, one) => sum + (one.files ?? 0), 0);
  const bytes = mapped.reduce((sum, one) => sum + (one.bytes ?? 0), 0);
  if (mode === "full" || received.summary.last_snapshot_at === null) return { files, bytes, unchanged: 0 };
  const fresh = Math.ceil(files * 0.03);
  return { files: fresh, bytes: Math.ceil(bytes * 0.03), unchanged: files - fresh };
}

export const USUAL: RunOptions = { limit: null, mirror: "off", verify: false, hand_over: false };

function queued(received: ReceivedShare, mode: Snapshot["mode"], options: RunOptions, plan: ReturnType<typeof planned>): Snapshot {
  return {
    snapshot_id: newId("snp"), share: received.summary.name, recipient: null, mode, options, chosen: [], goes_on_from: null, status: "Queued", started_at: ago(0), ended_at: null, duration_ms: null,
    files_total: plan.files, files_written: 0, files_skipped: plan.unchanged, files_deleted: 0, files_failed: 0, bytes_total: plan.bytes, bytes_written: 0,
    message: null, datasets: [], failures: [],
  };
}

function progressAt(run: Snapshot, received: string, step: number): SnapshotProgress {
  const part = Math.min(1, step / STEPS);
  const rate = 42_000_000 + Math.round(Math.sin(step / 3) * 14_000_000);
  const left = (run.bytes_total * (1 - part)) / rate;
  const slow = step > STEPS * 0.4 && step < STEPS * 0.6;
  return {
    snapshot_id: run.snapshot_id, received, status: "Running", phase: step < 2 ? "planning" : step >= STEPS - 1 ? "finishing" : "running",
    files_done: Math.floor(run.files_total * part), files_total: step < 2 ? null : run.files_total,
    bytes_done: Math.floor(run.bytes_total * part), bytes_total: step < 2 ? null : run.bytes_total, bytes_per_second: slow ? 3_100_000 : rate,
    eta_seconds: step < 4 ? null : [left * 0.8, left * 1.4], note: slow ? "The target answers “busy”: it is slowing us down on purpose. Datashare sends less until it recovers." : null,
    current: step < 2 ? [] : [`2026/11/store-${String(step * 7).padStart(4, "0")}.csv`, `2026/11/store-${String(step * 7 + 1).padStart(4, "0")}.csv`],
  };
}

/** So many files are gone at the source of everything that was received. */
const GONE = 2;
const GUARD_QUESTION =
  "702 of the 1,241 files that were received are gone at the source, and mirroring would delete them here. Nothing was deleted. Look at the source; if it is right, run again and confirm the deletions.";

/** An emptied source is likelier than so much tidying. */
function asks({ share, options }: Snapshot): boolean {
  return options.mirror === "on" && share === "northwind-orders";
}

function finish(world: World, received: ReceivedShare, run: Snapshot, status: Snapshot["status"], part: number): void {
  world.running.get(run.snapshot_id)?.stop();
  world.running.delete(run.snapshot_id);
  const files = Math.floor(run.files_total * part);
  const bytes = Math.floor(run.bytes_total * part);
  Object.assign(run, {
    status, ended_at: ago(0), duration_ms: Date.now() - new Date(run.started_at).getTime(), files_written: files, bytes_written: bytes,
    files_deleted: run.options.mirror === "off" || status === "NeedsAttention" ? 0 : GONE,
    message: status === "NeedsAttention" ? GUARD_QUESTION : status === "Cancelled" ? `Cancelled. ${files} files had arrived and are complete.` : run.files_total === 0 ? "Nothing was new." : null,
    datasets: received.mappings.filter((one) => one.status === "Ok").map((one, index) => ({
      name: one.dataset, status, files_read: index === 0 ? files : 0, files_written: index === 0 ? files : 0, files_skipped: index === 0 ? run.files_skipped : 0,
      files_failed: 0, bytes_read: index === 0 ? bytes : 0, bytes_written: index === 0 ? bytes : 0, rows_copied: null, duration_ms: 800, message: null,
    })),
  });
  Object.assign(received.summary, { running_snapshot: null, last_snapshot_at: ago(0), last_snapshot_status: status });
  tellProvider(world, received, run);
  changed(world, "snapshots", "received", "shares");
}

function tellProvider(world: World, { offer }: ReceivedShare, run: Snapshot): void {
  if (offer.shareId === null || !world.shares.some(({ id }) => id === offer.shareId)) return;
  const share = findShare(world, offer.shareId);
  world.history.set(share.id, [{ ...run, share: share.name, recipient: offer.invitation.email }, ...(world.history.get(share.id) ?? [])]);
  const one = share.recipients.find(({ recipient_id: id }) => id === offer.invitation.invitation_id);
  if (one) Object.assign(one, { last_snapshot_at: run.ended_at, last_snapshot_status: run.status });
}

export function start(world: World, received: ReceivedShare, mode: Snapshot["mode"], datasets: string[], from = 0, options = USUAL): Snapshot {
  const { summary } = received;
  if (summary.status === "Revoked") throw failure("revoked", summary.status_message ?? "The provider ended your access.");
  if (summary.status === "WaitingForProvider") throw failure("waiting-for-provider", "The provider has not let you in yet.", "It happens by itself when the provider's Datashare runs.");
  if (received.termsToAccept) throw failure("terms-changed", "The provider changed the terms.", "Read the new version and agree to it.");
  if (summary.running_snapshot) throw failure("already-running", "A snapshot of this share is running already.");
  const run = queued(received, mode, options, planned(received, mode, datasets));
  run.status = "Running";
  summary.running_snapshot = run.snapshot_id;
  world.snapshots.unshift(run);
  let step = from;
  const advance = () => {
    if (run.status === "Paused") return;
    step += 1;
    const progress = progressAt(run, summary.name, step);
    const running = world.running.get(run.snapshot_id);
    if (running) running.progress = progress;
    world.emit({ event: "progress", progress });
    if (step >= STEPS) finish(world, received, run, asks(run) ? "NeedsAttention" : "Succeeded", 1);
  };
  // A run of the screen tests stands still, so that pictures are alike.
  const timer = world.scenario === "running" ? undefined : setInterval(advance, world.tick);
  world.running.set(run.snapshot_id, { progress: progressAt(run, summary.name, step), stop: () => clearInterval(timer) });
  for (let past = Math.max(1, from - 30); past <= from; past += 1) world.emit({ event: "progress", progress: progressAt(run, summary.name, past) });
  changed(world, "snapshots", "received");
  return structuredClone(run);
}

/** A paused run stands still until it is resumed. */
function steered(world: World, id: string, status?: "Paused" | "Running"): Snapshot {
  const run = world.snapshots.find((one) => one.snapshot_id === id);
  if (!run || !world.running.has(id)) throw failure("invalid-request", "This snapshot is over.", "Retry it: that goes on where this one ended.");
  const running = world.running.get(id);
  if (status && running) {
    run.status = status;
    running.progress = { ...running.progress, status, bytes_per_second: status === "Paused" ? 0 : running.progress.bytes_per_second };
    world.emit({ event: "progress", progress: running.progress });
  }
  changed(world, "snapshots", "received");
  return structuredClone(run);
}

export const runHandlers = {
  snapshot_plan: (world, { received, mode, datasets, options = USUAL }) => {
    const found = findReceived(world, received);
    if (world.scenario === "errors") throw failure("busy", "The store is busy and asks to be left alone for a moment.", "Try again in a moment.", true);
    const plan = planned(found, mode, datasets);
    return { to_write: { files: plan.files, bytes: plan.bytes }, unchanged: { files: plan.unchanged }, to_delete: { files: options.mirror === "off" ? 0 : GONE }, conflicts: [], files: [{ path: "orders/2026/11/21.parquet", size: 8_120_400, reason: "new" }, { path: "orders/2026/11/20.parquet", size: 7_903_112, reason: "changed" }, ...(options.mirror === "off" ? [] : [{ path: "orders/2024/01/01.parquet", size: 512_000, reason: null }])] };
  },
  snapshot_start: (world, { received, mode, datasets, options }) => start(world, findReceived(world, received), mode, datasets, 0, options),
  snapshot_retry: (world, { snapshot_id: id }) => {
    const run = world.snapshots.find((one) => one.snapshot_id === id);
    if (!run) throw failure("not-found", "There is no such snapshot.");
    return start(world, findReceived(world, run.share), run.mode, run.chosen, 0, run.options);
  },
  snapshot_cancel: (world, { snapshot_id: id }) => {
    const run = world.snapshots.find((one) => one.snapshot_id === id);
    if (!run) throw failure("not-found", "There is no such snapshot.");
    const received = findReceived(world, run.share);
    const done = world.running.get(id)?.progress.files_done ?? 0;
    finish(world, received, run, "Cancelled", run.files_total === 0 ? 0 : done / run.files_total);
    return structuredClone(run);
  },
  snapshot_pause: (world, { snapshot_id: id }) => steered(world, id, "Paused"),
  snapshot_resume: (world, { snapshot_id: id }) => steered(world, id, "Running"),
  snapshot_limit: (world, { snapshot_id: id }) => steered(world, id),
  snapshot_list: (world, { received }) => structuredClone(world.snapshots.filter(({ share }) => share === findReceived(world, received).summary.name)),
  snapshot_show: (world, { snapshot_id: id }) => {
    const all = [...world.snapshots, ...[...world.history.values()].flat()];
    const run = all.find((one) => one.snapshot_id === id);
    if (!run) throw failure("not-found", "There is no such snapshot.");
    return structuredClone(run);
  },
  activity: (world) => structuredClone(world.snapshots.slice(0, MOST_ROWS)),
  activity_find: (world, { words, most }) => {
    const all = [...world.snapshots, ...[...world.history.values()].flat()];
    return structuredClone(all.filter((run) => fits(words, `${run.share} ${run.recipient ?? ""} ${run.message ?? ""}`)).slice(0, most ?? 100));
  },
} satisfies Partial<Handlers>;
