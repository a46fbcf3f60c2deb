//! Sent shares and datasets.

use datashare_domain::{DatasetKind, Delivery, ShareKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Recipient, ScheduleView, Time};

#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct ShareCreate {
    pub name: String,
    #[serde(default)]
    pub description: String,
    /// Markdown; `None` or blank for a share without terms.
    pub terms: Option<String>,
    pub kind: ShareKind,
    /// The connection where the two parties meet.
    pub exchange: String,
    /// Folder (on a folder connection) for the exchange; empty for the top.
    #[serde(default)]
    pub exchange_prefix: String,
}

#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct ShareUpdate {
    pub share: String,
    pub description: Option<String>,
    /// A new version when it differs; recipients see it.
    pub terms: Option<String>,
    /// Subscribers must agree to the new version before their next snapshot.
    #[serde(default)]
    pub terms_must_be_accepted_again: bool,
}

#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct ShareName {
    pub share: String,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct TermsVersion {
    pub version: u32,
    pub sha256: String,
    pub text: String,
    pub created_at: Time,
    pub must_be_accepted_again: bool,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
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

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
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
    /// When snapshots are to be taken, as recipients are offered it.
    pub schedule: Option<ScheduleView>,
    pub created_at: Time,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct ShareDeleted {
    /// What happened, in sentences for the person who asked.
    pub statement: Vec<String>,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct Dataset {
    pub id: String,
    pub name: String,
    pub kind: DatasetKind,
    pub delivery: Delivery,
    pub connection: String,
    pub path: String,
    /// Marked so when it was added; the rules of the workspace may ask for a second person's approval.
    pub sensitive: bool,
    /// As last counted; `None` before that.
    pub files: Option<u64>,
    pub bytes: Option<u64>,
    /// When it was last published, for datasets that are.
    pub published_at: Option<Time>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct DatasetAdd {
    pub share: String,
    pub connection: String,
    pub path: String,
    /// The last segment of the path when `None`.
    pub name: Option<String>,
    /// Stays with the dataset as long as it is in the share.
    #[serde(default)]
    #[ts(optional, as = "Option<bool>")]
    pub sensitive: bool,
}

#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct DatasetRemove {
    pub share: String,
    pub dataset: String,
}

#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct Publish {
    pub share: String,
    /// All datasets when `None`.
    pub dataset: Option<String>,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
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

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct PublishResult {
    pub share: String,
    pub datasets: Vec<PublishedDataset>,
}
