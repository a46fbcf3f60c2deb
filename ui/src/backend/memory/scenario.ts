/** The worlds that can be asked for by `?scenario=`. */
import type { AuditRecord, Mapping, Snapshot } from "../bindings/commands";
import { fillApprovals } from "./approvals";
import { NO_RULES } from "./policy";
import {
  CARD, FABRIKAM, NEWER_TERMS_TEXT, NIGHTLY, NORTHWIND, blobConnection, dataset, folderConnection, invitationOf, recipient, share, snapshot, status, terms,
} from "./samples";
import { viewOf } from "./ticks";
import { type Offer, type ReceivedShare, type Scenario, type World, ago, ahead, offeredDatasets } from "./world";

const LONG = "Quarterly-consolidated-point-of-sale-and-inventory-movements-of-all-European-subsidiaries-including-franchise-partners";

export function buildWorld(scenario: Scenario, tick: number): World {
  const world: World = {
    scenario, tick, status: status(), policy: NO_RULES, approvals: [], connections: [], shares: [], offers: [], received: [], snapshots: [],
    history: new Map(), audit: new Map(), files: new Map(), running: new Map(), mail: null, emit: () => undefined,
  };
  const lockedMessage = "The keyring of this computer is locked or not running, so Datashare cannot keep secrets in it.";
  switch (scenario) {
    case "first-start":
      world.status = status({ card: null });
      break;
    case "keyring-locked":
      world.status = status({ card: null, vault: { kind: "keyring", ready: false, message: lockedMessage, passphrase_needed: false } });
      break;
    case "keyring-locked-later":
      fill(world);
      world.status = status({ vault: { kind: "keyring", ready: false, message: lockedMessage, passphrase_needed: false } });
      break;
    case "passphrase":
      fill(world);
      world.status = status({ vault: { kind: "file", ready: false, message: "The file with your secrets waits for its passphrase.", passphrase_needed: true } });
      break;
    case "empty":
      break;
    default:
      fill(world);
  }
  if (world.shares.length > 0) fillApprovals(world);
  if (scenario === "long-names") lengthen(world);
  if (scenario === "many" || scenario === "huge") multiply(world);
  if (scenario === "huge") multiplyMore(world);
  if (scenario === "errors") damage(world);
  return world;
}

/** A workspace of somebody who has worked with it for a while. */
export function fill(world: World): void {
  world.connections = [
    folderConnection("con-reports", "Reports", "/srv/reports", ["retail-sales"]),
    blobConnection("con-meeting", "Meeting point", "contosoexchange", ["retail-sales", "weather-observations"]),
    blobConnection("con-lake", "Analysis lake", "contosolake", ["northwind-orders"]),
    folderConnection("con-downloads", "Received data", "/home/ana/Received"),
  ];
  fillSent(world);
  fillReceived(world);
}

function fillSent(world: World): void {
  const active = recipient("rec-ben", "ben@fabrikam.example", {
    name: FABRIKAM.name, organisation: FABRIKAM.organisation, accepted_email: FABRIKAM.email, safety_code: FABRIKAM.safety_code,
    invitation_status: "Accepted", subscription_status: "Active", terms_sha256: terms(1).sha256, terms_version: 1,
    accepted_at: ago(60 * 24 * 12), last_snapshot_at: ago(95), last_snapshot_status: "Succeeded", expires_at: ahead(180), publication_asked_at: ago(26),
  });
  const waiting = recipient("rec-carla", "carla@tailspin.example", {
    name: "Carla Brandt", organisation: "Tailspin Toys", accepted_email: "c.brandt@tailspin.example", acceptance: "ask",
    safety_code: "winter ladder salmon piano forest amber", invitation_status: "WaitingForProvider", subscription_status: "WaitingForProvider",
    terms_sha256: terms(1).sha256, terms_version: 1, accepted_at: ago(42),
    findings: ["The acceptance names another e-mail address (c.brandt@tailspin.example) than the invitation."],
  });
  const revoked = recipient("rec-dan", "dan@adatum.example", {
    name: "Dan Park", organisation: "A. Datum", accepted_email: "dan@adatum.example", safety_code: "island thunder velvet acorn march opal",
    invitation_status: "Accepted", subscription_status: "Revoked", terms_sha256: terms(1).sha256, terms_version: 1,
    accepted_at: ago(60 * 24 * 25), revoked_at: ago(60 * 24 * 2), last_snapshot_at: ago(60 * 24 * 4), last_snapshot_status: "PartlySucceeded",
  });
  const others = [
    recipient("rec-eve", "eve@litware.example"),
    recipient("rec-finn", "finn@proseware.example", { invitation_status: "Rejected", accepted_at: null }),
    recipient("rec-gita", "gita@wingtip.example", { invitation_status: "Expired", expires_at: ago(60 * 24), invited_at: ago(60 * 24 * 31) }),
  ];
  const sales = share("shr-sales", "retail-sales", {
    datasets: [
      dataset("dat-pos", "pos-2026"),
      dataset("dat-stores", "stores.csv", { kind: "file", path: "exports/stores.csv", files: 1, bytes: 48_200 }),
      dataset("dat-images", "shelf-images", { kind: "container", delivery: "direct", connection: "Meeting point", path: "shelf-images", files: 20_431, bytes: 61_000_000_000, published_at: null }),
    ],
    recipients: [active, waiting, revoked, ...others],
    terms: [terms(2, NEWER_TERMS_TEXT, 60 * 24 * 5), terms(1)],
    schedule: viewOf(NIGHTLY, ago(60 * 24 * 6)),
  });
  const weather = share("shr-weather", "weather-observations", {
    description: "Hourly observations of 212 stations.", terms: [],
    datasets: [dataset("dat-obs", "observations", { published_at: null, files: null, bytes: null })],
    exchange: "Received data", exchange_prefix: "Exchange", exchange_address: "/home/ana/Received/Exchange",
  });
  world.shares = [sales, weather];
  world.history.set(sales.id, [
    snapshot("snp-b1", { share: sales.name, recipient: "ben@fabrikam.example", mode: "incremental", started_at: ago(98), ended_at: ago(95), files_total: 14, files_written: 14, files_skipped: 1226, bytes_total: 21_400_000, bytes_written: 21_400_000, datasets: [{ name: "pos-2026", status: "Succeeded", files_read: 14, files_written: 14, files_skipped: 1226, files_failed: 0, bytes_read: 21_400_000, bytes_written: 21_400_000, rows_copied: null, duration_ms: 9_300, message: null }] }),
    snapshot("snp-d1", { share: sales.name, recipient: "dan@adatum.example", status: "PartlySucceeded", started_at: ago(60 * 24 * 4 + 5), ended_at: ago(60 * 24 * 4), files_failed: 2, files_written: 1238, message: "2 files could not be written." }),
  ]);
  world.audit.set(sales.id, auditRecords());
  for (const one of sales.recipients.filter(({ invitation_status: state }) => state === "Pending")) {
    world.offers.push({
      ticket: `own-${one.recipient_id}`, invitation: invitationOf(sales.name, one), provider: CARD, description: sales.description,
      kind: sales.kind, datasets: offeredDatasets(sales.datasets), terms: sales.terms[0] ?? null, schedule: null, shareId: sales.id, needsFolder: false,
    });
  }
}

function auditRecords(): AuditRecord[] {
  const line = (log: string, sequence: number, kind: string, minutes: number, summary: string): AuditRecord => ({
    log, sequence, kind, at: ago(minutes), summary, sha256: `${sequence}9af15b336e6a9619928537df30b2e6a2376569fcf9d7e773eccede65606529a0`,
  });
  return [
    line("share", 1, "created", 60 * 24 * 30, "Share “retail-sales” was created."),
    line("share", 2, "dataset-added", 60 * 24 * 30, "Dataset “pos-2026” was added."),
    line("mailbox ben@fabrikam.example, out", 1, "offer", 60 * 24 * 13, "Invitation to ben@fabrikam.example, until December 13, 2026."),
    line("mailbox ben@fabrikam.example, in", 1, "claim", 60 * 24 * 12, "Ben Okafor, Fabrikam accepted and agreed to terms version 1."),
    line("mailbox ben@fabrikam.example, out", 2, "welcome", 60 * 24 * 12, "Access was granted to Ben Okafor."),
    line("mailbox dan@adatum.example, out", 4, "revoked", 60 * 24 * 2, "Access of Dan Park was revoked by Ana Lindqvist."),
    line("mailbox ben@fabrikam.example, in", 5, "snapshot-finished", 95, "Snapshot succeeded: 14 files, 21.4 MB."),
  ];
}

export const OPEN_TICKETS = ["open", "no-terms", "ask", "spent", "withdrawn", "expired", "folder"] as const;

function outsideOffer(ticket: (typeof OPEN_TICKETS)[number]): Offer {
  const expired = ticket === "expired";
  const withdrawn = ticket === "withdrawn";
  return {
    ticket, shareId: null, provider: NORTHWIND, kind: "snapshot", needsFolder: ticket === "folder",
    description: "Orders and customers of the web shop, refreshed every night.",
    datasets: [
      { name: "orders", kind: "folder", files: 1200, bytes: 8_600_000_000 },
      { name: "customers", kind: "folder", files: 40, bytes: 130_000_000 },
      { name: "readme.txt", kind: "file", files: 1, bytes: 2_100 },
    ],
    terms: ticket === "no-terms" ? null : terms(1), schedule: ticket === "no-terms" ? null : viewOf(NIGHTLY, ago(60 * 24 * 30)),
    invitation: {
      invitation_id: `inv-${ticket}`, share: ticket === "open" ? "northwind-orders-2026" : "northwind-orders", email: CARD.email,
      status: expired ? "Expired" : withdrawn ? "Withdrawn" : ticket === "spent" ? "Refused" : "Pending",
      acceptance: ticket === "ask" ? "ask" : "automatic",
      created_at: ago(60 * 24 * 2), expires_at: expired ? ago(60 * 24) : ahead(28), answered_at: null,
    },
  };
}

export function mapping(name: string, over: Partial<Mapping> = {}): Mapping {
  return { dataset: name, dataset_id: `dat-${name}`, kind: "folder", files: 40, bytes: 130_000_000, status: "Ok", connection: "Analysis lake", path: `received/northwind/${name}`, message: null, ...over };
}

function receivedShare(id: string, name: string, over: Partial<ReceivedShare["summary"]>, mappings: Mapping[]): ReceivedShare {
  const offer = outsideOffer("open");
  return {
    offer, mappings, termsToAccept: null, agreedTerms: terms(1), expiresAt: ahead(200), trigger: null, lastTick: null, publication: null,
    summary: {
      id, name, share: { name: offer.invitation.share, description: offer.description, kind: "snapshot" }, provider: NORTHWIND, status: "Active",
      status_message: null, datasets: mappings.length, mapped: mappings.filter(({ status: state }) => state !== "Unmapped").length,
      last_snapshot_at: null, last_snapshot_status: null, accepted_at: ago(60 * 24 * 9), running_snapshot: null, ...over,
    },
  };
}

function fillReceived(world: World): void {
  world.offers.push(...OPEN_TICKETS.map(outsideOffer));
  world.snapshots = runs();
  const termsChanged = receivedShare("rcv-climate", "climate-grid", { status_message: "Northwind Traders changed the terms. Agree to the new version before the next snapshot." }, [mapping("grid", { files: 9_000, bytes: 44_000_000_000 })]);
  termsChanged.termsToAccept = terms(2, NEWER_TERMS_TEXT);
  const orders = receivedShare("rcv-orders", "northwind-orders", { last_snapshot_at: ago(220), last_snapshot_status: "PartlySucceeded" }, [
    mapping("orders", { files: 1200, bytes: 8_600_000_000 }),
    mapping("customers"),
    mapping("readme.txt", { kind: "file", files: 1, bytes: 2_100, status: "Unmapped", connection: null, path: null }),
  ]);
  orders.trigger = { mode: "incremental", own: null };
  orders.lastTick = { at: ago(223), status: "Done", attempt: 1, retry_at: null, snapshot_id: "snp-2", message: null };
  world.received = [
    orders,
    receivedShare("rcv-waiting", "tailspin-returns", { status: "WaitingForProvider", status_message: "Accepted. Tailspin Toys has to let you in: their Datashare does it the next time it runs." }, [mapping("returns", { status: "Unmapped", connection: null, path: null })]),
    receivedShare("rcv-revoked", "adatum-prices", { status: "Revoked", status_message: "Northwind Traders ended your access on November 18, 2026. What you received stays on your side; check the terms on whether you may keep it." }, [mapping("prices")]),
    termsChanged,
  ];
}

function runs(): Snapshot[] {
  return [
    snapshot("snp-2", {
      mode: "incremental", status: "PartlySucceeded", started_at: ago(221), ended_at: ago(220), duration_ms: 61_400,
      files_total: 36, files_written: 33, files_skipped: 1205, files_failed: 3, bytes_total: 310_000_000, bytes_written: 282_000_000,
      message: "3 files did not arrive. The next incremental snapshot tries them again.",
      datasets: [
        { name: "orders", status: "PartlySucceeded", files_read: 36, files_written: 33, files_skipped: 1165, files_failed: 3, bytes_read: 310_000_000, bytes_written: 282_000_000, rows_copied: null, duration_ms: 60_100, message: "3 files did not arrive." },
        { name: "customers", status: "Succeeded", files_read: 0, files_written: 0, files_skipped: 40, files_failed: 0, bytes_read: 0, bytes_written: 0, rows_copied: null, duration_ms: 1_300, message: "Nothing new." },
      ],
      failures: [
        { dataset: "orders", path: "2026/11/20/store-0412.parquet", code: "changed", message: "The file changed while it was being copied. The older copy at the target is kept.", hint: "Start an incremental snapshot when the file is no longer being written.", retry: true },
        { dataset: "orders", path: "2026/11/20/stores: north.csv", code: "bad-name", message: "The target cannot hold a name with “:”.", hint: "Choose another target, or ask the provider to rename the file.", retry: false },
        { dataset: "orders", path: "2026/11/20/archive.zip", code: "no-space", message: "The target ran out of space.", hint: "Make room in the target, then start the snapshot again: what arrived is kept.", retry: true },
      ],
    }),
    snapshot("snp-1", { options: { limit: null, mirror: "on", verify: true, hand_over: false }, files_deleted: 12 }),
    snapshot("snp-guard", {
      mode: "incremental", status: "NeedsAttention", options: { limit: null, mirror: "on", verify: false, hand_over: false }, started_at: ago(60 * 24 * 2), ended_at: ago(60 * 24 * 2 - 2), files_written: 0, files_total: 0, bytes_written: 0, bytes_total: 0, files_skipped: 539, datasets: [],
      message: "702 of the 1,241 files that were received are gone at the source, and mirroring would delete them here. Nothing was deleted. Look at the source; if it is right, run again and confirm the deletions.",
    }),
    snapshot("snp-0", { share: "climate-grid", status: "Cancelled", files_written: 812, bytes_written: 3_900_000_000, files_total: 9000, bytes_total: 44_000_000_000, started_at: ago(60 * 24 * 3), ended_at: ago(60 * 24 * 3 - 4), message: "Cancelled. 812 files had arrived and are complete.", datasets: [] }),
  ];
}

function lengthen(world: World): void {
  for (const one of world.shares) Object.assign(one, { name: `${one.name}-${LONG}`, description: `${LONG} ${one.description}` });
  for (const one of world.connections) Object.assign(one, { name: `${one.name} ${LONG}`, address: `${one.address}/${LONG}` });
  for (const { datasets } of world.shares) for (const one of datasets) Object.assign(one, { name: `${one.name}-${LONG}`, path: `${one.path}/${LONG}` });
  for (const { recipients } of world.shares) for (const one of recipients) Object.assign(one, { email: `${LONG.toLowerCase().slice(0, 60)}.${one.email}` });
  for (const { summary, mappings } of world.received) {
    Object.assign(summary, { name: `${summary.name}-${LONG}` });
    for (const one of mappings) Object.assign(one, { dataset: `${one.dataset}-${LONG}`, path: one.path && `${one.path}/${LONG}`, connection: one.connection && `${one.connection} ${LONG}` });
  }
  for (const one of world.snapshots) {
    Object.assign(one, { share: `${one.share}-${LONG}` });
    for (const row of one.datasets) row.name = `${row.name}-${LONG}`;
    for (const row of one.failures) row.path = `${LONG}/${row.path}`;
  }
}

function multiply(world: World): void {
  const [first] = world.shares;
  if (!first) return;
  for (let index = 0; index < 1000; index += 1) world.shares.push({ ...first, id: `shr-${index}`, name: `region-${String(index).padStart(4, "0")}` });
  for (let index = 0; index < 5000; index += 1) world.snapshots.push(snapshot(`snp-many-${index}`, { started_at: ago(300 + index * 30), ended_at: ago(298 + index * 30) }));
}

function damage(world: World): void {
  const [orders] = world.received;
  const [first] = orders?.mappings ?? [];
  if (first) Object.assign(first, { status: "Broken", message: "The target container was deleted. Choose a new target; the next run will be a full one." });
}

/** The largest that lists have to bear: 1,000 shares, 10,000 recipients of one, 100,000 snapshots. */
function multiplyMore(world: World): void {
  const [first] = world.shares;
  if (first) first.recipients = [...first.recipients];
  for (let index = first?.recipients.length ?? 0; index < 10_000; index += 1) {
    first?.recipients.push(recipient(`rec-huge-${index}`, `person-${String(index).padStart(5, "0")}@fabrikam.example`, index % 4 === 0 ? { invitation_status: "WaitingForProvider", name: `Person ${index}`, organisation: "Fabrikam", safety_code: "winter ladder salmon piano forest amber" } : {}));
  }
  for (let index = world.snapshots.length; index < 100_000; index += 1) world.snapshots.push(snapshot(`snp-huge-${index}`, { started_at: ago(200_000 + index), ended_at: ago(199_998 + index) }));
  if (first) world.history.set(first.id, world.snapshots.map((run, index) => ({ ...run, snapshot_id: `${run.snapshot_id}-reported`, share: first.name, recipient: `person-${String(index % 10_000).padStart(5, "0")}@fabrikam.example` })));
}
