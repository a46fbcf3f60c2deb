//! Receipts: what they are made of, and what they prove.

use datashare_domain::{SnapshotMode, SnapshotStatus};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Party, Time};

/// Writes a receipt into a file.
#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct ReceiptSave {
    /// Name or id of a share or a received share.
    pub name: String,
    /// Id or e-mail address of the recipient; needed for a share of one's own.
    pub recipient: Option<String>,
    /// Of this snapshot; of the acceptance alone when `None`.
    pub snapshot_id: Option<String>,
    /// The file to write; an older one is replaced.
    pub path: String,
}

/// Which receipt.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct ReceiptOf {
    /// Name or id of a share or a received share.
    pub name: String,
    /// Id or e-mail address of the recipient; needed for a share of one's own.
    pub recipient: Option<String>,
    /// Of this snapshot; of the acceptance alone when `None`.
    pub snapshot_id: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct ReceiptText {
    /// What is in the receipt's file, whole.
    pub text: String,
}

/// Terms that were agreed to, whole.
#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct ReceiptTerms {
    pub version: u32,
    pub sha256: String,
    pub text: String,
    pub agreed_at: Time,
}

/// A snapshot as its recipient signed it.
#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct ReceiptSnapshot {
    pub snapshot_id: String,
    pub mode: SnapshotMode,
    pub status: SnapshotStatus,
    pub started_at: Time,
    pub ended_at: Time,
    pub files_total: u64,
    pub files_written: u64,
    pub files_skipped: u64,
    pub files_failed: u64,
    /// Bytes.
    pub bytes_total: u64,
    pub bytes_written: u64,
    /// The list of what was published that was read; `None` when all was read where it lies.
    pub manifest_version: Option<u64>,
    pub manifest_sha256: Option<String>,
    /// The receipt has the provider's own signature for that list.
    pub manifest_confirmed: bool,
}

/// What a valid receipt proves: that the holders of the two keys signed it. Whose keys they are, the safety codes tell.
#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct ReceiptFacts {
    pub invitation_id: String,
    pub share: String,
    pub share_id: String,
    pub provider: Party,
    /// The address the invitation was made out to.
    pub invited: String,
    pub recipient: Party,
    /// By the recipient's clock.
    pub accepted_at: Time,
    /// When the provider counter-signed, by its clock.
    pub confirmed_at: Time,
    /// Of the acceptance's envelope, hex.
    pub acceptance_sha256: String,
    /// `None` when the share had no terms.
    pub terms: Option<ReceiptTerms>,
    /// Newer terms that were agreed to later.
    pub later_terms: Option<ReceiptTerms>,
    pub snapshot: Option<ReceiptSnapshot>,
}
