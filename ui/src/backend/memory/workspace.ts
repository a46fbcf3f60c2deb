/** The workspace, its vault, the demo. */
import type { Handlers } from "./handlers";
import { CARD, folderConnection, invitationOf, recipient, share, dataset, terms } from "./samples";
import { ago, changed, failure, offeredDatasets } from "./world";
import { linkOf } from "./provider";

const DEMO_TERMS = "# Terms of the sample\n\nThis is sample data. Do with it what you like.\n\n- It was made up for this demonstration.\n- Remove it whenever you want.\n";

export const workspaceHandlers = {
  workspace_status: (world) => {
    if (world.scenario === "damaged") throw failure("damaged-workspace", "The file /home/ana/.local/share/datashare/datashare.db is damaged: it is no database any more.", "Put back a copy of the data directory from your backup.");
    return world.status;
  },
  workspace_initialise: (world, request) => {
    if (!world.status.vault.ready) throw failure("vault-locked", "The secrets of this workspace have no place yet.", "Choose where they are kept.");
    world.status = { ...world.status, card: { ...CARD, ...request, created_at: ago(0) } };
    changed(world, "workspace");
    return world.status;
  },
  vault_choose: (world, { kind, passphrase }) => {
    const { vault } = world.status;
    if (kind === "keyring" && !vault.ready) throw failure("vault-locked", "The keyring is still locked.", "Unlock it, or choose another place for your secrets.", true);
    if (kind === "file" && (passphrase ?? "").length < 8 && !vault.passphrase_needed) throw failure("invalid-request", "The passphrase is too short.", "Use at least 8 characters.");
    if (kind === "file" && passphrase?.includes("wrong")) throw failure("wrong-passphrase", "This passphrase does not open the file.", "Check capital letters and the keyboard layout, then try again.");
    world.status = { ...world.status, vault: { kind, ready: true, message: null, passphrase_needed: false } };
    changed(world, "workspace", "connections", "shares", "received");
    return world.status;
  },
  agent_round: () => ({ accepted: [], refreshed: [], problems: [] }),
  demo_create: (world) => {
    const source = folderConnection("con-demo", "Sample data", "/home/ana/.local/share/datashare/demo/source", ["sample-weather"]);
    const exchange = folderConnection("con-demo-exchange", "Sample exchange", "/home/ana/.local/share/datashare/demo/exchange", ["sample-weather"]);
    const target = folderConnection("con-demo-target", "Sample received", "/home/ana/.local/share/datashare/demo/received");
    const one = recipient("rec-demo", CARD.email);
    const details = share("shr-demo", "sample-weather", {
      description: "A year of made-up weather of five stations, to try Datashare on this computer.",
      exchange: exchange.name, exchange_address: exchange.address, terms: [terms(1, DEMO_TERMS, 0)],
      datasets: [dataset("dat-demo", "stations", { connection: source.name, path: "stations", files: 61, bytes: 3_900_000, published_at: ago(0) })],
      recipients: [one], schedule: null, created_at: ago(0),
    });
    world.connections.push(source, exchange, target);
    world.shares.push(details);
    const invitation = invitationOf(details.name, one);
    world.offers.push({
      ticket: `own-${one.recipient_id}`, invitation, provider: world.status.card ?? CARD, description: details.description, kind: details.kind,
      datasets: offeredDatasets(details.datasets), terms: details.terms[0] ?? null, schedule: null, shareId: details.id, needsFolder: false,
    });
    world.status = { ...world.status, demo: true };
    changed(world, "workspace", "connections", "shares");
    return { share: details.name, invitation: linkOf(world, one.recipient_id), target_connection: target.name, target_path: "from-the-sample" };
  },
  demo_remove: (world) => {
    world.shares = world.shares.filter(({ id }) => id !== "shr-demo");
    world.received = world.received.filter(({ offer }) => offer.shareId !== "shr-demo");
    world.connections = world.connections.filter(({ id }) => !id.startsWith("con-demo"));
    world.status = { ...world.status, demo: false };
    changed(world, "workspace", "connections", "shares", "received", "snapshots");
    return world.status;
  },
} satisfies Partial<Handlers>;
