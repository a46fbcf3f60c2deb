/** The state of the backend in memory: what a workspace holds, in the form of the answers. */
import type {
  AppEvent, Approval, AuditRecord, Connection, Dataset, ErrorDto, Invitation, MailSettings, Mapping, OfferedDataset, Party, PublicationRequest,
  ReceivedSummary, Recipient, ScheduleView, ShareDetails, Snapshot, SnapshotMode, SnapshotProgress, Tag, TermsVersion, Tick, WorkspacePolicy, WorkspaceStatus,
} from "../bindings/commands";

/** An invitation that can be opened here, by its ticket. */
export type Offer = {
  ticket: string;
  invitation: Invitation;
  provider: Party;
  description: string;
  kind: ShareDetails["kind"];
  datasets: OfferedDataset[];
  terms: TermsVersion | null;
  schedule: ScheduleView | null;
  /** Set when the share is one of this workspace, so that both sides can be played. */
  shareId: string | null;
  /** The exchange is a folder that this computer sees elsewhere. */
  needsFolder: boolean;
};

export type ReceivedShare = {
  summary: ReceivedSummary;
  offer: Offer;
  mappings: Mapping[];
  termsToAccept: TermsVersion | null;
  agreedTerms: TermsVersion | null;
  expiresAt: string | null;
  /** Null while it is off. */
  trigger: { mode: SnapshotMode; own: ScheduleView | null } | null;
  lastTick: Tick | null;
  publication: PublicationRequest | null;
};

export type World = {
  scenario: Scenario;
  /** Milliseconds between two steps of a run. */
  tick: number;
  status: WorkspaceStatus;
  policy: WorkspacePolicy;
  /** What this workspace asked a second person for, newest first. */
  approvals: Approval[];
  connections: Connection[];
  shares: ShareDetails[];
  offers: Offer[];
  received: ReceivedShare[];
  /** Runs of this workspace as a consumer. */
  snapshots: Snapshot[];
  /** What recipients reported: share id -> runs. */
  history: Map<string, Snapshot[]>;
  audit: Map<string, AuditRecord[]>;
  /** What was written, by path. */
  files: Map<string, string>;
  /** The mail server, if one was named. */
  mail: MailSettings | null;
  running: Map<string, { progress: SnapshotProgress; stop: () => void }>;
  emit: (event: AppEvent) => void;
};

export const SCENARIOS = [
  "normal", "empty", "first-start", "keyring-locked", "keyring-locked-later", "passphrase", "long-names", "errors", "running", "many", "huge", "damaged", "crash",
] as const;
export type Scenario = (typeof SCENARIOS)[number];

export function failure(code: string, message: string, hint: string | null = null, retry = false): ErrorDto {
  return { code, message, hint, retry };
}

export function changed(world: World, ...tags: Tag[]): void {
  world.emit({ event: "changed", tags });
}

let counter = 0;
/** Ids that differ, in the shape of the real ones. */
export function newId(prefix: string): string {
  counter += 1;
  return `${prefix}-${counter.toString(36).padStart(4, "0")}`;
}

export function ago(minutes: number): string {
  return new Date(Date.now() - minutes * 60_000).toISOString();
}

export function ahead(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString();
}

export function findShare(world: World, name: string): ShareDetails {
  const share = world.shares.find((one) => one.id === name || one.name === name);
  if (!share) throw failure("not-found", `There is no share named “${name}”.`);
  return share;
}

export function findReceived(world: World, name: string): ReceivedShare {
  const received = world.received.find(({ summary }) => summary.id === name || summary.name === name);
  if (!received) throw failure("not-found", `There is no received share named “${name}”.`);
  return received;
}

export function findConnection(world: World, name: string): Connection {
  const connection = world.connections.find((one) => one.id === name || one.name === name);
  if (!connection) throw failure("not-found", `There is no connection named “${name}”.`);
  return connection;
}

export function findRecipient(world: World, share: string, recipient: string): Recipient {
  const found = findShare(world, share).recipients.find((one) => one.recipient_id === recipient || one.email === recipient);
  if (!found) throw failure("not-found", `“${recipient}” is no recipient of this share.`);
  return found;
}

export function offeredDatasets(datasets: Dataset[]): OfferedDataset[] {
  return datasets.map(({ name, kind, files, bytes }) => ({ name, kind, files, bytes }));
}

export function me(world: World): Party {
  const card = world.status.card;
  if (!card) throw failure("not-initialised", "There is no workspace yet.");
  const { name, organisation, email, fingerprint, safety_code } = card;
  return { name, organisation, email, fingerprint, safety_code };
}

/** Whether all words are in the text, whatever their case. */
export function fits(words: string, text: string): boolean {
  const place = text.toLowerCase();
  return words.toLowerCase().split(/\s+/).every((word) => place.includes(word));
}
