/** Realistic things to fill the backend in memory with. */
import type {
  Connection, Dataset, IdentityCard, Invitation, Party, Recipient, Schedule, ShareDetails, Snapshot, TermsVersion, WorkspaceStatus,
} from "../bindings/commands";
import { ago, ahead } from "./world";

export const CARD: IdentityCard = {
  name: "Ana Lindqvist",
  organisation: "Contoso",
  email: "ana@contoso.example",
  fingerprint: "7f3a 91c2 5be0 44d8 a61f 0c97 e2b5 3d18",
  safety_code: "harbour violin maple comet anchor quiet",
  created_at: ago(60 * 24 * 90),
};

export const FABRIKAM: Party = {
  name: "Ben Okafor",
  organisation: "Fabrikam",
  email: "ben@fabrikam.example",
  fingerprint: "c104 77ab 92ef 6d35 118e b0f4 29d6 8a7c",
  safety_code: "meadow copper lantern river tulip seven",
};

export const NORTHWIND: Party = {
  name: "Mira Castellanos",
  organisation: "Northwind Traders",
  email: "mira@northwind.example",
  fingerprint: "09d1 5a33 bc7e 81f2 60a4 f93b 4e72 d5c8",
  safety_code: "orbit cedar falcon pebble sunday glass",
};

export const TERMS_TEXT = `# Terms of use

These terms apply to the data of this share and to every copy of it.

## What you may do

- Use the data **inside your organisation** for analysis and reporting.
- Publish results that do not allow conclusions about single persons or stores.

## What you may not do

1. Pass the data on to others, in whole or in part.
2. Use the data to train models that are offered to the public.
3. Combine the data with other data in order to identify persons.

## Keeping and deleting

Delete all copies within **30 days** after the access has ended, and confirm the deletion on request.

## Contact

Questions go to the data office, see [the data office's page](https://contoso.example/data-office).
The data is provided as it is, without a promise that it is complete.
`;

/** What a provider asks for a year later. */
export const NEWER_TERMS_TEXT = TERMS_TEXT.replace("2. Use the data to train models that are offered to the public.\n3. Combine", "2. Combine")
  .replace("within **30 days**", "within **14 days**")
  .replace("## Contact", "## Security\n\nKeep the data encrypted wherever it lies.\n\n## Contact");

export function terms(version: number, text = TERMS_TEXT, minutesAgo = 60 * 24 * 20): TermsVersion {
  return {
    version,
    sha256: `${version}b1946ac92492d2347c6235b4d2611184c5f1a9e0d73b8426fa09c${version}e5d7`,
    text,
    created_at: ago(minutesAgo),
    must_be_accepted_again: version > 1,
  };
}

export function status(over: Partial<WorkspaceStatus> = {}): WorkspaceStatus {
  return {
    card: CARD,
    vault: { kind: "keyring", ready: true, message: null, passphrase_needed: false },
    home: "/home/ana/.local/share/datashare",
    version: "0.1.0",
    demo: false,
    ...over,
  };
}

export function folderConnection(id: string, name: string, path: string, usedBy: string[] = []): Connection {
  return { id, name, settings: { kind: "folder", path }, credential: "none", address: path, created_at: ago(60 * 24 * 40), used_by: usedBy };
}

export function blobConnection(id: string, name: string, account: string, usedBy: string[] = []): Connection {
  return {
    id, name,
    settings: { kind: "azure-blob", account, endpoint: null },
    credential: "account-key",
    address: `${account}.blob.core.windows.net`,
    created_at: ago(60 * 24 * 30),
    used_by: usedBy,
  };
}

export function dataset(id: string, name: string, over: Partial<Dataset> = {}): Dataset {
  return {
    id, name, kind: "folder", delivery: "published", connection: "Reports", path: `exports/${name}`,
    sensitive: false, files: 128, bytes: 412_000_000, published_at: ago(190), ...over,
  };
}

export function recipient(id: string, email: string, over: Partial<Recipient> = {}): Recipient {
  return {
    recipient_id: id, email, name: null, organisation: null, accepted_email: null, safety_code: null,
    invitation_status: "Pending", subscription_status: null, acceptance: "automatic", terms_sha256: null, terms_version: null,
    invited_at: ago(60 * 24 * 3), accepted_at: null, revoked_at: null, last_snapshot_at: null, last_snapshot_status: null,
    expires_at: ahead(27), findings: [], ...over,
  };
}

export function invitationOf(shareName: string, one: Recipient): Invitation {
  return {
    invitation_id: one.recipient_id, share: shareName, email: one.email, status: one.invitation_status, acceptance: one.acceptance,
    created_at: one.invited_at, expires_at: one.expires_at ?? ahead(30), answered_at: one.accepted_at,
  };
}

export function share(id: string, name: string, over: Partial<ShareDetails> = {}): ShareDetails {
  return {
    id, name, description: "Point of sale data of all stores, one file for each store and day.", kind: "snapshot",
    exchange: "Meeting point", exchange_prefix: "", exchange_address: "contosoexchange.blob.core.windows.net",
    terms: [terms(1)], datasets: [], recipients: [], schedule: null, created_at: ago(60 * 24 * 30), ...over,
  };
}

export const NIGHTLY: Schedule = { recurrence: { every: "day" }, at: "02:30", start: ago(60 * 24 * 30), time_zone: "Europe/Berlin", jitter_seconds: 300 };

export function snapshot(id: string, over: Partial<Snapshot> = {}): Snapshot {
  return {
    snapshot_id: id, share: "northwind-orders", recipient: null, mode: "full", options: { limit: null, mirror: "off", verify: false, hand_over: false }, chosen: [], goes_on_from: null, status: "Succeeded",
    started_at: ago(1450), ended_at: ago(1447), duration_ms: 184_000,
    files_total: 1240, files_written: 1240, files_skipped: 0, files_deleted: 0, files_failed: 0,
    bytes_total: 8_730_000_000, bytes_written: 8_730_000_000, message: null,
    datasets: [
      { name: "orders", status: "Succeeded", files_read: 1200, files_written: 1200, files_skipped: 0, files_failed: 0, bytes_read: 8_600_000_000, bytes_written: 8_600_000_000, rows_copied: null, duration_ms: 171_000, message: null },
      { name: "customers", status: "Succeeded", files_read: 40, files_written: 40, files_skipped: 0, files_failed: 0, bytes_read: 130_000_000, bytes_written: 130_000_000, rows_copied: null, duration_ms: 13_000, message: null },
    ],
    failures: [], ...over,
  };
}
