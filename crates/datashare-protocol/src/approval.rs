//! Approval by a second person: what somebody wants to do, signed by whoever asks; and the answer to exactly that, signed by
//! somebody else. One file carries both and verifies by itself. An answer never says more than the request it names.

use chrono::{DateTime, Utc};
use datashare_domain::{
    AcceptanceMode, ApprovalId, DatasetId, DatasetKind, Delivery, MailboxId, terms_sha256,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::document::{self, DocumentError, PartError};
use crate::envelope::is_canonical;
use crate::{
    APPROVAL_ANSWER_TYPE, APPROVAL_REQUEST_TYPE, Card, EnvelopeError, IdentityKeys, OfferedTerms, PublicKeys,
    ShareHeading, sha256_hex, sign_envelope,
};

const FORMAT: &str = "datashare/approval/v1";
/// Longest file that is looked at, bytes: two envelopes.
const LONGEST_APPROVAL: usize = 16 << 20;

/// Somebody asks that a second person approves a change of a share.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApprovalRequest {
    pub request_id: ApprovalId,
    /// Who asks.
    pub by: Card,
    /// Fingerprints of those who may answer.
    pub approvers: Vec<String>,
    #[serde(deserialize_with = "crate::moment::read")]
    pub asked_at: DateTime<Utc>,
    /// No answer counts after this.
    #[serde(deserialize_with = "crate::moment::read")]
    pub expires_at: DateTime<Utc>,
    /// The share as it is now.
    pub heading: ShareHeading,
    pub change: ProposedChange,
}

/// What is to be done once it is approved: this, and nothing else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProposedChange {
    Invitation(Box<ProposedInvitation>),
    Dataset(Box<ProposedDataset>),
}

/// Invitations that are to go out, with all that their holders are offered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProposedInvitation {
    pub recipients: Vec<ProposedRecipient>,
    pub acceptance: AcceptanceMode,
    /// End of the invitations.
    #[serde(deserialize_with = "crate::moment::read")]
    pub expires_at: DateTime<Utc>,
    /// Days an access lasts from its acceptance on; `None` without an end.
    pub access_days: Option<u32>,
    pub terms: Option<OfferedTerms>,
    pub datasets: Vec<ProposedDataset>,
}

/// The id of an invitation can be used once, so an approval is used up by what it allows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProposedRecipient {
    pub mailbox_id: MailboxId,
    pub email: String,
}

/// A dataset and where it lies. Recipients are never told the latter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProposedDataset {
    pub dataset_id: DatasetId,
    pub name: String,
    pub dataset_kind: DatasetKind,
    pub delivery: Delivery,
    /// Name of the connection.
    pub connection: String,
    /// What the connection reaches, in words.
    pub place: String,
    pub path: String,
    /// As counted when it was asked.
    pub files: Option<u64>,
    pub bytes: Option<u64>,
    pub sensitive: bool,
}

/// A second person's answer to one request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApprovalAnswer {
    pub request_id: ApprovalId,
    /// Hex SHA-256 of the request's envelope.
    pub request_sha256: String,
    /// Who answers.
    pub by: Card,
    #[serde(deserialize_with = "crate::moment::read")]
    pub at: DateTime<Utc>,
    pub decision: ApprovalDecision,
    /// Why it was refused.
    pub reason: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ApprovalDecision {
    Approved,
    Refused,
}

/// A request that verifies, and its answer when there is one.
#[derive(Clone, Debug, PartialEq)]
pub struct Approval {
    pub request: ApprovalRequest,
    /// The envelopes as they were signed.
    pub request_envelope: Vec<u8>,
    pub answer: Option<(ApprovalAnswer, Vec<u8>)>,
}

/// Why a file is no valid approval. One sentence each.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ApprovalError {
    #[error("This file is not an approval of Datashare, nor a request for one.")]
    NotAnApproval,
    #[error("The approval was made by a newer version of Datashare ({0}).")]
    Newer(String),
    #[error("The approval is not as it was written: something in it was changed, added or taken out.")]
    Changed,
    #[error("The {0} is not signed by whoever it names: it was changed, or somebody else wrote it.")]
    NotSigned(&'static str),
    #[error("In the place of the {0} the approval has something else.")]
    Another(&'static str),
    #[error("The text of the terms in the request is not the one that its hash names.")]
    TermsText,
    #[error("The answer is to another request.")]
    OtherRequest,
    #[error("The answer is signed by whoever asked; nobody approves their own request.")]
    OwnAnswer,
    #[error("The answer is not by anybody whom the request names.")]
    NotNamed,
    #[error("The answer was given after the request had expired.")]
    Late,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    approval: String,
    request: String,
    answer: Option<String>,
}

const REQUEST: &str = "request";
const ANSWER: &str = "answer";

pub fn sign_approval_request(
    request: &ApprovalRequest,
    keys: &IdentityKeys,
) -> Result<Vec<u8>, EnvelopeError> {
    sign_envelope(APPROVAL_REQUEST_TYPE, request, keys)
}

pub fn sign_approval_answer(answer: &ApprovalAnswer, keys: &IdentityKeys) -> Result<Vec<u8>, EnvelopeError> {
    sign_envelope(APPROVAL_ANSWER_TYPE, answer, keys)
}

/// The file of a request, with its answer when there is one. Envelopes that are not text, which no envelope is, are
/// [`ApprovalError::Changed`].
pub fn write_approval(request: &[u8], answer: Option<&[u8]>) -> Result<Vec<u8>, ApprovalError> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).map_err(|_| ApprovalError::Changed);
    let answer = answer.map(text).transpose()?;
    let document = Document { approval: FORMAT.to_owned(), request: text(request)?, answer };
    serde_json_canonicalizer::to_vec(&document).map_err(|_| ApprovalError::Changed)
}

/// Checks everything that the file says, by itself alone. Whether whoever asked still allows the approver to answer, and
/// whether the request is one of its own, only that workspace knows.
pub fn verify_approval(bytes: &[u8]) -> Result<Approval, ApprovalError> {
    let document = read(bytes.trim_ascii())?;
    let request: ApprovalRequest =
        open(APPROVAL_REQUEST_TYPE, REQUEST, &document.request, |request: &ApprovalRequest| {
            &request.by.keys
        })?;
    if let ProposedChange::Invitation(invitation) = &request.change
        && invitation.terms.as_ref().is_some_and(|terms| terms_sha256(&terms.text) != terms.sha256)
    {
        return Err(ApprovalError::TermsText);
    }
    let answer = document.answer.map(|envelope| open_answer(&request, &document.request, envelope));
    let answer = answer.transpose()?;
    Ok(Approval { request, request_envelope: document.request.into_bytes(), answer })
}

fn open_answer(
    request: &ApprovalRequest,
    envelope_of_request: &str,
    envelope: String,
) -> Result<(ApprovalAnswer, Vec<u8>), ApprovalError> {
    let answer: ApprovalAnswer =
        open(APPROVAL_ANSWER_TYPE, ANSWER, &envelope, |answer: &ApprovalAnswer| &answer.by.keys)?;
    let to_this = answer.request_sha256 == sha256_hex(envelope_of_request.as_bytes());
    if !to_this || answer.request_id != request.request_id {
        return Err(ApprovalError::OtherRequest);
    }
    // The signing key alone: with another sealing key beside it the fingerprint would be another one.
    if answer.by.keys.signing == request.by.keys.signing {
        return Err(ApprovalError::OwnAnswer);
    }
    if !request.approvers.contains(&answer.by.keys.fingerprint()) {
        return Err(ApprovalError::NotNamed);
    }
    if answer.at > request.expires_at {
        return Err(ApprovalError::Late);
    }
    Ok((answer, envelope.into_bytes()))
}

fn read(bytes: &[u8]) -> Result<Document, ApprovalError> {
    document::read(FORMAT, LONGEST_APPROVAL, bytes).map_err(|error| match error {
        DocumentError::NotOne => ApprovalError::NotAnApproval,
        DocumentError::Newer(format) => ApprovalError::Newer(format),
        DocumentError::Changed => ApprovalError::Changed,
    })
}

/// An envelope signed by the keys that it introduces. Members that this version does not know are refused here, other than
/// in records: nobody approves what they were not shown.
fn open<T: Serialize + DeserializeOwned>(
    payload_type: &str,
    part: &'static str,
    envelope: &str,
    introduced: impl Fn(&T) -> &PublicKeys,
) -> Result<T, ApprovalError> {
    let wrong = |error| match error {
        PartError::NotSigned => ApprovalError::NotSigned(part),
        PartError::Another => ApprovalError::Another(part),
    };
    let value: T = document::introduced(envelope).map_err(wrong)?;
    let payload = document::signed(payload_type, envelope, introduced(&value)).map_err(wrong)?;
    if is_canonical(&payload, &value) { Ok(value) } else { Err(ApprovalError::Another(part)) }
}
