//! Invitations, received shares and mappings, on the consumer's side.

use datashare_domain::{DatasetKind, InvitationStatus, ShareKind, SnapshotStatus, SubscriptionStatus};
use datashare_secret::Secret;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{PublicationRequest, ScheduleView, TermsVersion, Time, Trigger};

/// An invitation as it arrived: a link, the text of a `.datashare` file, or the bare ticket.
#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct InvitationSource {
    #[ts(type = "string")]
    pub invitation: Secret,
    /// Where a folder exchange is on this computer, when not where the provider sees it.
    pub exchange_folder: Option<String>,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct OfferedShare {
    pub name: String,
    pub description: String,
    pub kind: ShareKind,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct Party {
    pub name: String,
    pub organisation: String,
    pub email: String,
    pub fingerprint: String,
    pub safety_code: String,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct OfferedDataset {
    pub name: String,
    pub kind: DatasetKind,
    pub files: Option<u64>,
    pub bytes: Option<u64>,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
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
    /// In words.
    pub schedule: Option<String>,
    pub snapshot_schedule: Option<ScheduleView>,
    pub expires_at: Time,
    pub status: InvitationStatus,
    /// What the status means for the reader, in words; `None` while it is simply open.
    pub status_message: Option<String>,
    /// The received share this workspace already has from it.
    pub received: Option<String>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct InvitationAccept {
    #[ts(type = "string")]
    pub invitation: Secret,
    pub exchange_folder: Option<String>,
    /// The SHA-256 of the terms that were read; required when there are terms.
    pub agree_terms_sha256: Option<String>,
    /// Name of the received share; made from the share's name when `None`.
    pub name: Option<String>,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct InvitationAccepted {
    /// Name of the received share.
    pub received: String,
    pub status: SubscriptionStatus,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct InvitationRejected {
    pub invitation_id: String,
    pub status: InvitationStatus,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema, TS)]
pub enum MappingStatus {
    Ok,
    /// Not mapped yet.
    Unmapped,
    /// The connection or the dataset is gone.
    Broken,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
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

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct ReceivedDetails {
    pub summary: ReceivedSummary,
    pub mappings: Vec<Mapping>,
    pub terms: Option<String>,
    pub terms_sha256: Option<String>,
    /// The provider changed the terms and asks for agreement before the next snapshot.
    pub terms_to_accept: Option<TermsVersion>,
    /// The provider's, in words.
    pub schedule: Option<String>,
    pub snapshot_schedule: Option<ScheduleView>,
    pub trigger: Trigger,
    /// The newest request for a fresh publication.
    pub publication: Option<PublicationRequest>,
    pub expires_at: Option<Time>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct ReceivedName {
    pub received: String,
}

#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct AgreeTerms {
    pub received: String,
    pub terms_sha256: String,
}

#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct MappingTarget {
    pub dataset: String,
    pub connection: String,
    /// Folder, or container and folder, that receives the dataset's files.
    pub path: String,
}

#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct MappingSet {
    pub received: String,
    pub targets: Vec<MappingTarget>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct MappingClear {
    pub received: String,
    pub dataset: String,
}

/// Where files would land, before anything is written.
#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct MappingPreview {
    pub dataset: String,
    /// The first few source paths with the path each gets.
    pub examples: Vec<PathExample>,
    /// Paths the target cannot hold, with the reason; also two datasets that would write the same file.
    pub problems: Vec<PathProblem>,
    /// The preview needs access that is not there yet (waiting for the provider); only names are checked then.
    pub partial: bool,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct PathExample {
    pub source: String,
    pub target: String,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct PathProblem {
    pub path: String,
    pub reason: String,
}
