/** Moving a workspace, and the passphrase of its vault file, in memory. */
import type { Handlers } from "./handlers";
import { CARD } from "./samples";
import { fill } from "./scenario";
import { changed, failure } from "./world";

export const movingHandlers = {
  vault_change_passphrase: (world, { old, new: next }) => {
    if (world.status.vault.kind !== "file") throw failure("invalid-request", "The secrets are not in a file, so there is no passphrase to change.");
    if (old.includes("wrong")) throw failure("wrong-passphrase", "The passphrase does not open the file.", "Check capital letters and the keyboard layout, then try again.");
    if (next.length < 8) throw failure("invalid-request", "The passphrase is too short.", "Use at least 8 characters.");
    changed(world, "workspace");
    return world.status;
  },
  workspace_export: (world, { path }) => {
    if (!world.status.vault.ready) throw failure("vault-locked", "The secrets of this workspace are locked.", "Unlock them first.");
    return { path, bytes: 4_210_000 };
  },
  workspace_import: (world, { passphrase }) => {
    if (world.status.card) throw failure("invalid-request", "There is a workspace here already.", "Import into another data directory.");
    if (passphrase.includes("wrong")) throw failure("wrong-passphrase", "The passphrase does not open this file.", "Check capital letters and the keyboard layout, then try again.");
    fill(world);
    world.status = { ...world.status, card: CARD };
    changed(world, "workspace", "connections", "shares", "received", "snapshots");
    return world.status;
  },
} satisfies Partial<Handlers>;
