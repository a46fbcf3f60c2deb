//! What crosses the edge of the application: requests and answers of the command table, for the window (as generated
//! TypeScript) and for the command line (as JSON). Field names are a contract; additions are welcome.
//!
//! Times are RFC 3339 in UTC, sizes are bytes, ids are strings. Secrets only ever come in, as [`Secret`].

use chrono::{DateTime, Utc};
use datashare_domain::{
    AcceptanceMode, DatasetKind, Delivery, InvitationStatus, ShareKind, SnapshotMode, SnapshotStatus, SubscriptionStatus,
};
use datashare_secret::Secret;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

type Time = DateTime<Utc>;

// ---- workspace -----------------------------------------------------------------------------------------------------

/// Where secrets are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum VaultKind {
    /// The keyring of the operating system.
    Keyring,
    /// A file encrypted with a passphrase, in the workspace.
    File,
    /// Memory, until the application ends.
    Session,
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct VaultStatus {
    pub kind: VaultKind,
    /// Secrets can be read and written now.
    pub ready: bool,
    /// Why not, and what can be done, in words.
    pub message: Option<String>,
    /// The vault file exists and waits for its passphrase (as opposed to: choose a new one).
    pub passphrase_needed: bool,
}

/// Who this workspace is to others.
#[derive(Clone, Debug, Serialize, TS)]
pub struct IdentityCard {
    pub name: String,
    pub organisation: String,
    pub email: String,
    pub fingerprint: String,
    /// Six words that two people can compare by telephone.
    pub safety_code: String,
    pub created_at: Time,
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct WorkspaceStatus {
    /// `None` before the first start is finished.
    pub card: Option<IdentityCard>,
    pub vault: VaultStatus,
    /// The data directory.
    pub home: String,
    pub version: String,
    /// The sample shares of "Try it on this computer" are here.
    pub demo: bool,
}

#[derive(Clone, Debug, Deserialize, TS)]
pub struct WorkspaceInitialise {
    pub name: String,
    pub organisation: String,
    pub email: String,
}

#[derive(Clone, Debug, Deserialize, TS)]
pub struct VaultChoose {
    pub kind: VaultKind,
    #[ts(type = "string | null")]
    pub passphrase: Option<Secret>,
}

// ---- connections ---------------------------------------------------------------------------------------------------

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ConnectionSettings {
    Folder {
        path: String,
    },
    AzureBlob {
        account: String,
        /// For other clouds, private endpoints and emulators; the public cloud's when `None`.
        endpoint: Option<String>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialKind {
    None,
    AccountKey,
    Sas,
    ConnectionString,
}

#[derive(Clone, Debug, Deserialize, TS)]
#[serde(tag = "kind", content = "secret", rename_all = "kebab-case")]
pub enum Credential {
    None,
    AccountKey(#[ts(type = "string")] Secret),
    Sas(#[ts(type = "string")] Secret),
    ConnectionString(#[ts(type = "string")] Secret),
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct Connection {
    pub id: String,
    pub name: String,
    pub settings: ConnectionSettings,
    pub credential: CredentialKind,
    /// One line for people: the folder, or the account and its address.
    pub address: String,
    pub created_at: Time,
    /// Names of shares and received shares that use it.
    pub used_by: Vec<String>,
}

#[derive(Clone, Debug, Deserialize, TS)]
pub struct ConnectionAdd {
    pub name: String,
    pub settings: ConnectionSettings,
    pub credential: Credential,
}

#[derive(Clone, Debug, Deserialize, TS)]
pub struct ConnectionName {
    pub connection: String,
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct ConnectionCheck {
    pub ok: bool,
    /// What was found, or what is wrong, in words.
    pub message: String,
    /// `bad-credential`, `no-such-account`, `firewall` …; `None` when ok.
    pub code: Option<String>,
    pub hint: Option<String>,
}

#[derive(Clone, Debug, Deserialize, TS)]
pub struct ConnectionBrowse {
    pub connection: String,
    /// Empty for the top.
    pub path: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    Container,
    Folder,
    File,
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct BrowseEntry {
    pub name: String,
    pub path: String,
    pub kind: EntryKind,
    pub size: Option<u64>,
    pub modified: Option<Time>,
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct BrowseLevel {
    pub path: String,
    pub entries: Vec<BrowseEntry>,
    /// There are more entries than are listed here.
    pub truncated: bool,
}

// ---- shares --------------------------------------------------------------------------------------------------------

#[derive(Clone, Debug, Deserialize, TS)]
pub struct ShareCreate {
    pub name: String,
    pub description: String,
    /// Markdown; `None` or blank for a share without terms.
    pub terms: Option<String>,
    pub kind: ShareKind,
    /// The connection where the two parties meet.
    pub exchange: String,
    /// Folder (on a folder connection) for the exchange; empty for the top.
    pub exchange_prefix: String,
}

#[derive(Clone, Debug, Deserialize, TS)]
pub struct ShareUpdate {
    pub share: String,
    pub description: Option<String>,
    /// A new version when it differs; recipients see it.
    pub terms: Option<String>,
    /// Subscribers must agree to the new version before their next snapshot.
    pub terms_must_be_accepted_again: bool,
}

#[derive(Clone, Debug, Deserialize, TS)]
pub struct ShareName {
    pub share: String,
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct TermsVersion {
    pub version: u32,
    pub sha256: String,
    pub text: String,
    pub created_at: Time,
    pub must_be_accepted_again: bool,
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct ShareSummary {
    pub id: String,
    pub name: String,
    pub description: String,
    pub kind: ShareKind,
    pub datasets: usize,
    pub recipients: usize,
    /// Invitations that wait for the recipient.
    pub pending: usize,
    /// Acceptances that wait for a decision here.
    pub waiting: usize,
    pub last_snapshot_at: Option<Time>,
    pub created_at: Time,
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct ShareDetails {
    pub id: String,
    pub name: String,
    pub description: String,
    pub kind: ShareKind,
    pub exchange: String,
    pub exchange_prefix: String,
    /// One line: where the exchange is.
    pub exchange_address: String,
    /// Newest first.
    pub terms: Vec<TermsVersion>,
    pub datasets: Vec<Dataset>,
    pub recipients: Vec<Recipient>,
    pub created_at: Time,
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct ShareDeleted {
    /// What happened, in sentences for the person who asked.
    pub statement: Vec<String>,
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct Dataset {
    pub id: String,
    pub name: String,
    pub kind: DatasetKind,
    pub delivery: Delivery,
    pub connection: String,
    pub path: String,
    /// As last counted; `None` before that.
    pub files: Option<u64>,
    pub bytes: Option<u64>,
    /// When it was last published, for datasets that are.
    pub published_at: Option<Time>,
}

#[derive(Clone, Debug, Deserialize, TS)]
pub struct DatasetAdd {
    pub share: String,
    pub connection: String,
    pub path: String,
    /// The last segment of the path when `None`.
    pub name: Option<String>,
}

#[derive(Clone, Debug, Deserialize, TS)]
pub struct DatasetRemove {
    pub share: String,
    pub dataset: String,
}

#[derive(Clone, Debug, Deserialize, TS)]
pub struct Publish {
    pub share: String,
    /// All datasets when `None`.
    pub dataset: Option<String>,
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct PublishedDataset {
    pub name: String,
    pub delivery: Delivery,
    /// Anything new at all.
    pub changed: bool,
    pub files: u64,
    pub bytes: u64,
    pub added: u64,
    pub updated: u64,
    pub removed: u64,
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct PublishResult {
    pub share: String,
    pub datasets: Vec<PublishedDataset>,
}

// ---- invitations and recipients, the provider's side ---------------------------------------------------------------

#[derive(Clone, Debug, Deserialize, TS)]
pub struct Invite {
    pub share: String,
    pub emails: Vec<String>,
    /// 30 days from now when `None`.
    pub expires_at: Option<Time>,
    pub acceptance: AcceptanceMode,
}

/// An invitation ready to be sent. Link and file text open it: whoever holds them can answer.
#[derive(Clone, Debug, Serialize, TS)]
pub struct InvitationLink {
    pub invitation_id: String,
    pub email: String,
    /// `datashare://invitation#…`
    pub link: String,
    /// Where the `.datashare` file was written, if one was.
    pub file: Option<String>,
    pub expires_at: Time,
    /// Subject and text for the mail, with the link in it.
    pub mail_subject: String,
    pub mail_text: String,
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct Invitation {
    pub invitation_id: String,
    pub share: String,
    pub email: String,
    pub status: InvitationStatus,
    pub acceptance: AcceptanceMode,
    pub created_at: Time,
    pub expires_at: Time,
    pub answered_at: Option<Time>,
}

#[derive(Clone, Debug, Deserialize, TS)]
pub struct InvitationId {
    pub invitation_id: String,
}

/// Writes the invitation as a `.datashare` file.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct InvitationSave {
    pub invitation_id: String,
    pub path: String,
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct Recipient {
    pub recipient_id: String,
    /// As invited.
    pub email: String,
    /// As the recipient named itself when accepting.
    pub name: Option<String>,
    pub organisation: Option<String>,
    pub accepted_email: Option<String>,
    pub safety_code: Option<String>,
    pub invitation_status: InvitationStatus,
    pub subscription_status: Option<SubscriptionStatus>,
    pub acceptance: AcceptanceMode,
    pub terms_sha256: Option<String>,
    pub terms_version: Option<u32>,
    pub invited_at: Time,
    pub accepted_at: Option<Time>,
    pub revoked_at: Option<Time>,
    pub last_snapshot_at: Option<Time>,
    pub last_snapshot_status: Option<SnapshotStatus>,
    pub expires_at: Option<Time>,
    /// What the person should know: the claim names another e-mail address, the log has a gap …
    pub findings: Vec<String>,
}

#[derive(Clone, Debug, Deserialize, TS)]
pub struct RecipientName {
    pub share: String,
    /// Id or e-mail address.
    pub recipient: String,
}

#[derive(Clone, Debug, Deserialize, TS)]
pub struct RecipientExpiry {
    pub share: String,
    pub recipient: String,
    pub expires_at: Time,
}

// ---- the consumer's side -------------------------------------------------------------------------------------------

/// An invitation as it arrived: a link, the text of a `.datashare` file, or the bare ticket.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct InvitationSource {
    #[ts(type = "string")]
    pub invitation: Secret,
    /// Where a folder exchange is on this computer, when not where the provider sees it.
    pub exchange_folder: Option<String>,
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct OfferedShare {
    pub name: String,
    pub description: String,
    pub kind: ShareKind,
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct Party {
    pub name: String,
    pub organisation: String,
    pub email: String,
    pub fingerprint: String,
    pub safety_code: String,
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct OfferedDataset {
    pub name: String,
    pub kind: DatasetKind,
    pub files: Option<u64>,
    pub bytes: Option<u64>,
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct InvitationPreview {
    pub invitation_id: String,
    pub share: OfferedShare,
    pub provider: Party,
    /// The address the invitation was made out to.
    pub email: String,
    pub datasets: Vec<OfferedDataset>,
    /// Markdown.
    pub terms: Option<String>,
    pub terms_sha256: Option<String>,
    pub schedule: Option<String>,
    pub expires_at: Time,
    pub status: InvitationStatus,
    /// What the status means for the reader, in words; `None` while it is simply open.
    pub status_message: Option<String>,
    /// The received share this workspace already has from it.
    pub received: Option<String>,
}

#[derive(Clone, Debug, Deserialize, TS)]
pub struct InvitationAccept {
    #[ts(type = "string")]
    pub invitation: Secret,
    pub exchange_folder: Option<String>,
    /// The SHA-256 of the terms that were read; required when there are terms.
    pub agree_terms_sha256: Option<String>,
    /// Name of the received share; made from the share's name when `None`.
    pub name: Option<String>,
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct InvitationAccepted {
    /// Name of the received share.
    pub received: String,
    pub status: SubscriptionStatus,
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct InvitationRejected {
    pub invitation_id: String,
    pub status: InvitationStatus,
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct ReceivedSummary {
    pub id: String,
    pub name: String,
    pub share: OfferedShare,
    pub provider: Party,
    pub status: SubscriptionStatus,
    /// What the status means and what to do, in words; `None` when all is well.
    pub status_message: Option<String>,
    pub datasets: usize,
    pub mapped: usize,
    pub last_snapshot_at: Option<Time>,
    pub last_snapshot_status: Option<SnapshotStatus>,
    pub accepted_at: Time,
    /// A run that goes on right now.
    pub running_snapshot: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub enum MappingStatus {
    Ok,
    /// Not mapped yet.
    Unmapped,
    /// The connection or the dataset is gone.
    Broken,
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct Mapping {
    pub dataset: String,
    pub dataset_id: String,
    pub kind: DatasetKind,
    pub files: Option<u64>,
    pub bytes: Option<u64>,
    pub status: MappingStatus,
    pub connection: Option<String>,
    pub path: Option<String>,
    pub message: Option<String>,
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct ReceivedDetails {
    pub summary: ReceivedSummary,
    pub mappings: Vec<Mapping>,
    pub terms: Option<String>,
    pub terms_sha256: Option<String>,
    /// The provider changed the terms and asks for agreement before the next snapshot.
    pub terms_to_accept: Option<TermsVersion>,
    pub schedule: Option<String>,
    pub expires_at: Option<Time>,
}

#[derive(Clone, Debug, Deserialize, TS)]
pub struct ReceivedName {
    pub received: String,
}

#[derive(Clone, Debug, Deserialize, TS)]
pub struct AgreeTerms {
    pub received: String,
    pub terms_sha256: String,
}

#[derive(Clone, Debug, Deserialize, TS)]
pub struct MappingTarget {
    pub dataset: String,
    pub connection: String,
    /// Folder, or container and folder, that receives the dataset's files.
    pub path: String,
}

#[derive(Clone, Debug, Deserialize, TS)]
pub struct MappingSet {
    pub received: String,
    pub targets: Vec<MappingTarget>,
}

#[derive(Clone, Debug, Deserialize, TS)]
pub struct MappingClear {
    pub received: String,
    pub dataset: String,
}

/// Where files would land, before anything is written.
#[derive(Clone, Debug, Serialize, TS)]
pub struct MappingPreview {
    pub dataset: String,
    /// The first few source paths with the path each gets.
    pub examples: Vec<PathExample>,
    /// Paths the target cannot hold, with the reason; also two datasets that would write the same file.
    pub problems: Vec<PathProblem>,
    /// The preview needs access that is not there yet (waiting for the provider); only names are checked then.
    pub partial: bool,
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct PathExample {
    pub source: String,
    pub target: String,
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct PathProblem {
    pub path: String,
    pub reason: String,
}

// ---- snapshots -----------------------------------------------------------------------------------------------------

#[derive(Clone, Debug, Deserialize, TS)]
pub struct SnapshotStart {
    pub received: String,
    pub mode: SnapshotMode,
    /// All mapped datasets when empty.
    pub datasets: Vec<String>,
}

#[derive(Clone, Debug, Deserialize, TS)]
pub struct SnapshotId {
    pub snapshot_id: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct SnapshotDataset {
    pub name: String,
    pub status: Option<SnapshotStatus>,
    pub files_read: u64,
    pub files_written: u64,
    pub files_skipped: u64,
    pub files_failed: u64,
    pub bytes_read: u64,
    pub bytes_written: u64,
    pub rows_copied: Option<u64>,
    pub duration_ms: u64,
    pub message: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct FileFailure {
    pub dataset: String,
    pub path: String,
    pub code: String,
    pub message: String,
    pub hint: String,
    /// Whether trying again can help.
    pub retry: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Snapshot {
    pub snapshot_id: String,
    /// Name of the received share (or, in a provider's history, of the share).
    pub share: String,
    /// In a provider's history: who took it.
    pub recipient: Option<String>,
    pub mode: SnapshotMode,
    pub status: SnapshotStatus,
    pub started_at: Time,
    pub ended_at: Option<Time>,
    pub duration_ms: Option<u64>,
    pub files_total: u64,
    pub files_written: u64,
    pub files_skipped: u64,
    pub files_deleted: u64,
    pub files_failed: u64,
    pub bytes_total: u64,
    pub bytes_written: u64,
    pub message: Option<String>,
    pub datasets: Vec<SnapshotDataset>,
    pub failures: Vec<FileFailure>,
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct FileCount {
    pub files: u64,
    pub bytes: u64,
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct OnlyFiles {
    pub files: u64,
}

/// What a run would do.
#[derive(Clone, Debug, Serialize, TS)]
pub struct SnapshotPlan {
    pub to_write: FileCount,
    pub unchanged: OnlyFiles,
    pub to_delete: OnlyFiles,
    pub conflicts: Vec<PathProblem>,
}

/// One end of a transfer without a share.
#[derive(Clone, Debug)]
pub struct TransferPlace {
    /// Name or id of the connection.
    pub connection: String,
    /// Container, folder or file; empty for all of a folder connection.
    pub path: String,
}

/// A transfer without a share: of the command line only, so not in the command table.
#[derive(Clone, Debug)]
pub struct TransferStart {
    pub source: TransferPlace,
    /// Receives; made when missing.
    pub target: TransferPlace,
    pub mode: SnapshotMode,
}

/// Where a run is, a few times a second; the last one counts.
#[derive(Clone, Debug, Serialize, TS)]
pub struct SnapshotProgress {
    pub snapshot_id: String,
    pub received: String,
    pub status: SnapshotStatus,
    /// `planning`, `running`, `finishing`
    pub phase: String,
    pub files_done: u64,
    pub files_total: Option<u64>,
    pub bytes_done: u64,
    pub bytes_total: Option<u64>,
    pub bytes_per_second: u64,
    /// Low and high, seconds.
    pub eta_seconds: Option<(u64, u64)>,
    pub note: Option<String>,
    /// A few of the files in flight.
    pub current: Vec<String>,
}

// ---- history and audit ---------------------------------------------------------------------------------------------

#[derive(Clone, Debug, Deserialize, TS)]
pub struct HistoryRequest {
    /// Name or id of a share or a received share.
    pub name: String,
    pub since: Option<Time>,
}

#[derive(Clone, Debug, Deserialize, TS)]
pub struct AuditRequest {
    /// Name or id of a share or a received share.
    pub name: String,
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct AuditRecord {
    /// Which log: the share's, or the mailbox of a recipient and the direction.
    pub log: String,
    pub sequence: u64,
    pub kind: String,
    pub at: Time,
    /// One line in words.
    pub summary: String,
    pub sha256: String,
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct AuditFinding {
    pub log: String,
    pub sequence: u64,
    pub kind: String,
    pub message: String,
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct AuditLog {
    pub records: Vec<AuditRecord>,
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct AuditReport {
    /// How many records were verified.
    pub records: u64,
    pub findings: Vec<AuditFinding>,
}

// ---- the agent, the demo, events -----------------------------------------------------------------------------------

/// What one round of work for the shares found and did.
#[derive(Clone, Debug, Default, Serialize, TS)]
pub struct AgentRound {
    pub accepted: Vec<String>,
    pub refreshed: Vec<String>,
    pub problems: Vec<String>,
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct Demo {
    /// Name of the sample share.
    pub share: String,
    pub invitation: InvitationLink,
    /// Folder connection in which the received files may go.
    pub target_connection: String,
    pub target_path: String,
}

/// What an answer is made of and what a change makes stale: the window reloads by these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Tag {
    Workspace,
    Connections,
    Shares,
    Received,
    Snapshots,
}

/// What the application tells the window, over one channel, numbered without gaps.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum AppEvent {
    Changed { tags: Vec<Tag> },
    Progress { progress: SnapshotProgress },
    /// A link or file was opened: show this invitation. Only shows; acts on nothing.
    OpenInvitation { invitation: String },
    /// The window should say this.
    Notice { message: String },
}

#[derive(Clone, Debug, Default, Deserialize, Serialize, TS)]
pub struct Nothing {}

// ---- errors --------------------------------------------------------------------------------------------------------

/// The one error form at the edge: what happened and why, what to do next.
#[derive(Clone, Debug, Serialize, TS)]
pub struct ErrorDto {
    /// Stable, kebab-case; the exit code and the window's buttons follow it.
    pub code: String,
    pub message: String,
    pub hint: Option<String>,
    /// Doing the same again can succeed.
    pub retry: bool,
}
