//! Chains: numbered without gaps, linked by hash, each record by one signer. What does not fit is a finding.

use thiserror::Error;

use crate::envelope::peek_payload;
use crate::{Body, EnvelopeError, PublicKeys, RECORD_TYPE, Record, open_envelope, sha256_hex};

/// What is wrong with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FindingKind {
    NotReadable,
    BadSignature,
    /// Signed for another chain.
    Foreign,
    /// Signed for another place in this chain: replayed, re-ordered, or one before it was dropped.
    OutOfOrder,
    /// Does not continue the record before it: that one was changed or replaced.
    BrokenLink,
    /// The copy in the exchange is not the one that was seen before.
    Changed,
    /// A record that was seen before is gone.
    Missing,
    /// The version goes back behind what was seen.
    RolledBack,
}

impl FindingKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotReadable => "not-readable",
            Self::BadSignature => "bad-signature",
            Self::Foreign => "foreign",
            Self::OutOfOrder => "out-of-order",
            Self::BrokenLink => "broken-link",
            Self::Changed => "changed",
            Self::Missing => "missing",
            Self::RolledBack => "rolled-back",
        }
    }
}

/// Something in a log that is not as its signer left it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("Record {sequence} of {chain}: {message}")]
pub struct Finding {
    pub chain: String,
    pub sequence: u64,
    pub kind: FindingKind,
    /// A sentence.
    pub message: String,
}

/// A record whose signature, chain, place and link were checked.
#[derive(Clone, Debug, PartialEq)]
pub struct VerifiedRecord {
    pub record: Record,
    /// Hex SHA-256 of the envelope's bytes.
    pub sha256: String,
    pub envelope: Vec<u8>,
}

/// Where a chain stands: what the next record must be.
#[derive(Clone, Debug, PartialEq)]
pub struct ChainHead {
    chain: String,
    /// `None` until the first record of an unknown recipient names its key.
    signer: Option<PublicKeys>,
    next: u64,
    previous: Option<String>,
}

impl ChainHead {
    /// The start of a chain whose signer is known.
    pub fn new(chain: impl Into<String>, signer: PublicKeys) -> Self {
        Self { chain: chain.into(), signer: Some(signer), next: 1, previous: None }
    }

    /// The start of a recipient's chain: the first record (claim or rejection) brings the key it is signed with.
    pub fn of_stranger(chain: impl Into<String>) -> Self {
        Self { chain: chain.into(), signer: None, next: 1, previous: None }
    }

    /// The chain's name.
    pub fn chain(&self) -> &str {
        &self.chain
    }

    /// The sequence number that comes next.
    pub fn next(&self) -> u64 {
        self.next
    }

    /// Whose chain it is, once known.
    pub fn signer(&self) -> Option<&PublicKeys> {
        self.signer.as_ref()
    }

    /// The record that would continue this chain with a body.
    pub fn continue_with(&self, at: chrono::DateTime<chrono::Utc>, body: Body) -> Record {
        Record { chain: self.chain.clone(), sequence: self.next, previous: self.previous.clone(), at, body }
    }

    /// Checks the bytes found at the next place and moves on; the head stays where it was on a finding.
    pub fn accept(&mut self, envelope: &[u8]) -> Result<VerifiedRecord, Finding> {
        let signer = match &self.signer {
            Some(signer) => signer.clone(),
            None => introduced_key(envelope).ok_or_else(|| {
                self.finding(FindingKind::NotReadable, "it should introduce its author and does not.")
            })?,
        };
        let payload = open_envelope(RECORD_TYPE, envelope, &signer).map_err(|error| match error {
            EnvelopeError::BadSignature => self.finding(
                FindingKind::BadSignature,
                "its signature does not match: it was changed, or somebody else wrote it.",
            ),
            _ => self.finding(FindingKind::NotReadable, "it is not a readable record."),
        })?;
        let record = match parse(&payload) {
            Ok(record) => record,
            Err(NotARecord::Members(kind)) => {
                let message = format!("it is of the kind '{kind}' and does not say what such a record says.");
                return Err(self.finding(FindingKind::NotReadable, &message));
            }
            Err(NotARecord::Other) => {
                return Err(self.finding(FindingKind::NotReadable, "it is not a readable record."));
            }
        };
        self.check_place(&record)?;
        let sha256 = sha256_hex(envelope);
        self.signer = Some(signer);
        self.next += 1;
        self.previous = Some(sha256.clone());
        Ok(VerifiedRecord { record, sha256, envelope: envelope.to_vec() })
    }

    fn check_place(&self, record: &Record) -> Result<(), Finding> {
        if record.chain != self.chain {
            return Err(self.finding(FindingKind::Foreign, "it was written for another log."));
        }
        if record.sequence != self.next {
            let message = format!(
                "number {} stands here: a record was dropped, replayed or re-ordered.",
                record.sequence
            );
            return Err(self.finding(FindingKind::OutOfOrder, &message));
        }
        if record.previous != self.previous {
            return Err(self.finding(FindingKind::BrokenLink, "it does not continue the record before it."));
        }
        Ok(())
    }

    fn finding(&self, kind: FindingKind, message: &str) -> Finding {
        Finding { chain: self.chain.clone(), sequence: self.next, kind, message: message.to_owned() }
    }
}

fn introduced_key(envelope: &[u8]) -> Option<PublicKeys> {
    match parse(&peek_payload(envelope).ok()?).ok()?.body {
        Body::Claim(claim) => Some(claim.recipient.keys),
        Body::Rejection { by, .. } => Some(by.keys),
        _ => None,
    }
}

enum NotARecord {
    /// Of a kind that this version knows, without the members of that kind.
    Members(String),
    Other,
}

/// A kind of a later version keeps its place; a known one has to say what it says.
fn parse(payload: &[u8]) -> Result<Record, NotARecord> {
    #[derive(serde::Deserialize)]
    struct Place {
        chain: String,
        sequence: u64,
        previous: Option<String>,
        #[serde(deserialize_with = "crate::moment::read")]
        at: chrono::DateTime<chrono::Utc>,
        kind: String,
    }
    if let Ok(record) = serde_json::from_slice::<Record>(payload) {
        return Ok(record);
    }
    let place: Place = serde_json::from_slice(payload).map_err(|_| NotARecord::Other)?;
    if Body::knows(&place.kind) {
        return Err(NotARecord::Members(place.kind));
    }
    Ok(Record {
        chain: place.chain,
        sequence: place.sequence,
        previous: place.previous,
        at: place.at,
        body: Body::Unknown { kind: place.kind },
    })
}
