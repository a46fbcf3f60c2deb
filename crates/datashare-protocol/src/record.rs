//! Records: what each party says to the other, one signed message at a time.

use chrono::{DateTime, Utc};
use datashare_domain::{
    AcceptanceMode, ApprovalId, DatasetId, DatasetKind, Delivery, MailboxId, PublicationId, Schedule,
    ShareId, ShareKind, SnapshotId, SnapshotMode, SnapshotStatus,
};
use serde::{Deserialize, Serialize};

use crate::{Card, EnvelopeError, IdentityKeys, RECORD_TYPE, SealedGrant, sign_envelope};

/// Chain of a share: what is true for all recipients.
pub fn share_chain(share: &ShareId) -> String {
    format!("share:{share}")
}

/// Chain of a mailbox from provider to recipient.
pub fn mailbox_out(mailbox: &MailboxId) -> String {
    format!("mailbox:{mailbox}:out")
}

/// Chain of a mailbox from recipient to provider.
pub fn mailbox_in(mailbox: &MailboxId) -> String {
    format!("mailbox:{mailbox}:in")
}

/// One message. Its place in its chain is part of what is signed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub chain: String,
    /// From 1, without gaps.
    pub sequence: u64,
    /// SHA-256 (hex) of the previous envelope's bytes; `None` in the first record.
    pub previous: Option<String>,
    #[serde(deserialize_with = "crate::moment::read")]
    pub at: DateTime<Utc>,
    #[serde(flatten)]
    pub body: Body,
}

/// What a record says. `kind` in JSON is the variant's name in kebab-case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Body {
    // Share chain.
    ShareCreated {
        heading: ShareHeading,
        provider: Card,
    },
    ShareDescribed {
        heading: ShareHeading,
    },
    DatasetsChanged {
        datasets: Vec<DatasetSummary>,
    },
    TermsPublished {
        terms: OfferedTerms,
    },
    Published {
        manifest_version: u64,
        manifest_sha256: String,
        datasets: Vec<PublishedSummary>,
    },
    Approved(Box<Approved>),
    // Share chain and mailboxes.
    ShareDeleted {},
    ScheduleChanged {
        /// `None` when there is none any more.
        schedule: Option<Schedule>,
    },
    // Provider to recipient.
    Offer(Box<Offer>),
    Welcome(Box<Welcome>),
    Refused {
        reason: String,
    },
    Withdrawn {},
    Grant(Box<Grant>),
    TermsChanged {
        terms: OfferedTerms,
    },
    Revoked {
        by: String,
    },
    Reinstated(Box<Welcome>),
    ExpiryChanged {
        #[serde(default, deserialize_with = "crate::moment::read_if_any")]
        expires_at: Option<DateTime<Utc>>,
    },
    PublicationAnswered {
        /// Sequence of the `publication-asked`.
        asked: u64,
        /// Why nothing was published for it, in a sentence; `None` when the datasets were published.
        refusal: Option<String>,
        /// The manifest in which they are; `None` when there is none.
        manifest_version: Option<u64>,
    },
    // Recipient to provider.
    Claim(Box<Claim>),
    Rejection {
        mac: String,
        by: Card,
    },
    Acknowledged {},
    TermsAgreed {
        version: u32,
        sha256: String,
    },
    SnapshotStarted {
        snapshot_id: SnapshotId,
        mode: SnapshotMode,
    },
    SnapshotFinished(Box<SnapshotFinished>),
    PublicationAsked {},
    Left {},
    /// A kind of a later version. It keeps its place in the chain and is shown as what it is.
    #[serde(skip)]
    Unknown {
        kind: String,
    },
}

/// The names of all kinds that this version knows.
const KINDS: [&str; 26] = [
    "share-created",
    "share-described",
    "datasets-changed",
    "terms-published",
    "published",
    "approved",
    "share-deleted",
    "schedule-changed",
    "offer",
    "welcome",
    "refused",
    "withdrawn",
    "grant",
    "terms-changed",
    "revoked",
    "reinstated",
    "expiry-changed",
    "publication-answered",
    "claim",
    "rejection",
    "acknowledged",
    "terms-agreed",
    "snapshot-started",
    "snapshot-finished",
    "publication-asked",
    "left",
];

impl Body {
    /// Whether this version knows what a record of this kind has to say.
    pub(crate) fn knows(kind: &str) -> bool {
        KINDS.contains(&kind)
    }

    /// The name in JSON.
    pub fn kind(&self) -> &str {
        match self {
            Self::ShareCreated { .. } => "share-created",
            Self::ShareDescribed { .. } => "share-described",
            Self::DatasetsChanged { .. } => "datasets-changed",
            Self::TermsPublished { .. } => "terms-published",
            Self::Published { .. } => "published",
            Self::Approved(_) => "approved",
            Self::ShareDeleted {} => "share-deleted",
            Self::ScheduleChanged { .. } => "schedule-changed",
            Self::Offer(_) => "offer",
            Self::Welcome(_) => "welcome",
            Self::Refused { .. } => "refused",
            Self::Withdrawn {} => "withdrawn",
            Self::Grant(_) => "grant",
            Self::TermsChanged { .. } => "terms-changed",
            Self::Revoked { .. } => "revoked",
            Self::Reinstated(_) => "reinstated",
            Self::ExpiryChanged { .. } => "expiry-changed",
            Self::PublicationAnswered { .. } => "publication-answered",
            Self::Claim(_) => "claim",
            Self::Rejection { .. } => "rejection",
            Self::Acknowledged {} => "acknowledged",
            Self::TermsAgreed { .. } => "terms-agreed",
            Self::SnapshotStarted { .. } => "snapshot-started",
            Self::SnapshotFinished(_) => "snapshot-finished",
            Self::PublicationAsked {} => "publication-asked",
            Self::Left {} => "left",
            Self::Unknown { kind } => kind,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShareHeading {
    pub share_id: ShareId,
    pub name: String,
    pub description: String,
    pub share_kind: ShareKind,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DatasetSummary {
    pub dataset_id: DatasetId,
    pub name: String,
    pub dataset_kind: DatasetKind,
    pub delivery: Delivery,
    pub files: Option<u64>,
    pub bytes: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfferedTerms {
    pub version: u32,
    /// Hex SHA-256 of the text's UTF-8 bytes.
    pub sha256: String,
    pub text: String,
    pub must_be_accepted_again: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PublishedSummary {
    pub dataset_id: DatasetId,
    pub publication: PublicationId,
    pub files: u64,
    pub bytes: u64,
}

/// A second person approved a change. Recipients can read a share's log, so it names neither addresses nor the approval's
/// own text, but their hashes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Approved {
    pub request_id: ApprovalId,
    /// Hex SHA-256 of the envelopes of the request and of the answer.
    pub request_sha256: String,
    pub answer_sha256: String,
    /// Name and organisation of whoever approved, as they wrote it.
    pub by: String,
    pub fingerprint: String,
    /// When it was approved, by that person's clock.
    #[serde(deserialize_with = "crate::moment::read")]
    pub approved_at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    pub heading: ShareHeading,
    pub provider: Card,
    /// Whom the invitation is made out to.
    pub email: String,
    pub datasets: Vec<DatasetSummary>,
    pub terms: Option<OfferedTerms>,
    /// In words.
    pub schedule: Option<String>,
    /// What the words say. Absent without a schedule, and in what older versions wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot_schedule: Option<Schedule>,
    pub acceptance: AcceptanceMode,
    #[serde(deserialize_with = "crate::moment::read")]
    pub expires_at: DateTime<Utc>,
}

/// The answer to a claim: access to the mailbox and the first grant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Welcome {
    /// Hex SHA-256 of the claim's envelope, counter-signed by this record; `None` when prepared before any claim.
    pub claim_sha256: Option<String>,
    pub grant: Grant,
}

/// Access to the share's data, sealed to one recipient.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grant {
    /// Counts up with every revocation; access of an older generation has ended.
    pub generation: u64,
    pub datasets: Vec<DatasetSummary>,
    #[serde(default, deserialize_with = "crate::moment::read_if_any")]
    pub expires_at: Option<DateTime<Utc>>,
    pub sealed: SealedGrant,
}

/// Acceptance: who accepts, which terms, and the proof of having held the ticket. First in its chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    pub recipient: Card,
    /// The terms agreed to, by hash; `None` when the offer has none.
    pub terms_sha256: Option<String>,
    pub terms_version: Option<u32>,
    /// HMAC-SHA256 by the ticket's secret, hex.
    pub mac: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SnapshotFinished {
    pub snapshot_id: SnapshotId,
    pub mode: SnapshotMode,
    pub status: SnapshotStatus,
    #[serde(deserialize_with = "crate::moment::read")]
    pub started_at: DateTime<Utc>,
    #[serde(deserialize_with = "crate::moment::read")]
    pub ended_at: DateTime<Utc>,
    pub files_total: u64,
    pub files_written: u64,
    pub files_skipped: u64,
    pub files_failed: u64,
    pub bytes_total: u64,
    pub bytes_written: u64,
    pub manifest_version: Option<u64>,
    /// Hex SHA-256 of that manifest's envelope, as the recipient read it.
    pub manifest_sha256: Option<String>,
    pub datasets: Vec<DatasetCounts>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DatasetCounts {
    pub name: String,
    pub status: SnapshotStatus,
    pub files_read: u64,
    pub files_written: u64,
    pub files_skipped: u64,
    pub files_failed: u64,
    pub bytes_read: u64,
    pub bytes_written: u64,
    pub duration_ms: u64,
}

/// Signs a record; answers the bytes to store.
pub fn sign_record(record: &Record, keys: &IdentityKeys) -> Result<Vec<u8>, EnvelopeError> {
    sign_envelope(RECORD_TYPE, record, keys)
}

/// Fixed-size bytes as standard base64 text.
pub(crate) mod base64_bytes {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = STANDARD.decode(text).map_err(D::Error::custom)?;
        bytes.try_into().map_err(|_| D::Error::custom("expected 32 bytes"))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_list_of_kinds_is_that_of_the_bodies() {
        let error = serde_json::from_str::<Body>(r#"{"kind":"none"}"#).unwrap_err().to_string();
        let known: Vec<&str> = error.split('`').skip(3).step_by(2).collect();
        assert_eq!(known, KINDS);
    }
}
