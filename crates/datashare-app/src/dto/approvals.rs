//! A second person's approval: requests, answers, and what became of them.

use datashare_domain::{AcceptanceMode, DatasetKind, Delivery};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Dataset, DatasetAdd, InvitationLink, Invite, Party, Time};

/// What needs an approval: the same request that was refused with `approval-needed`.
#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum WantedChange {
    Invitation(Invite),
    Dataset(DatasetAdd),
}

/// Writes a signed request into a file (`*.datashare-approval`) for one of the approvers.
#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct ApprovalAsk {
    pub change: WantedChange,
    /// The file to write; an older one is replaced.
    pub path: String,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct ApprovalFile {
    pub path: String,
}

/// Approves what a file asks for, and writes the answer for whoever asked.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct ApprovalGrant {
    /// The request.
    pub path: String,
    /// The file of the answer; an older one is replaced.
    pub out: String,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct ApprovalRefuse {
    /// The request.
    pub path: String,
    /// Why, for whoever asked.
    pub reason: String,
    /// The file of the answer; an older one is replaced.
    pub out: String,
}

/// Asks for a request as text, for those who have no files here.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct ApprovalRequestText {
    pub change: WantedChange,
}

#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct ApprovalText {
    /// What is in the request's or the answer's file, whole.
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ApprovalChoice {
    Approve,
    Refuse,
}

#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct ApprovalAnswerText {
    /// What is in the request's file, whole.
    pub text: String,
    pub decision: ApprovalChoice,
    /// Why it is refused, for whoever asked.
    pub reason: Option<String>,
}

/// A request or an answer with the text that goes to the other person.
#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct ApprovalDocument {
    pub approval: Approval,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ApprovalStatus {
    /// Nobody has answered yet.
    Waiting,
    /// Nobody answered in time.
    Expired,
    /// It may be done, and has not been done (wholly) yet.
    Approved,
    Refused,
    /// It was approved and done. It cannot be done again.
    Done,
}

/// Invitations that are to go out.
#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct ProposedInvitation {
    pub emails: Vec<String>,
    pub acceptance: AcceptanceMode,
    /// End of the invitations.
    pub expires_at: Time,
    /// Days an access lasts from its acceptance on; `None` without an end.
    pub access_days: Option<u32>,
    pub terms_version: Option<u32>,
    pub terms_sha256: Option<String>,
    /// Markdown.
    pub terms_text: Option<String>,
    /// All that recipients are offered.
    pub datasets: Vec<ProposedDataset>,
}

/// A dataset with where it lies.
#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct ProposedDataset {
    pub name: String,
    pub kind: DatasetKind,
    pub delivery: Delivery,
    pub connection: String,
    /// What the connection reaches, in words.
    pub place: String,
    pub path: String,
    pub files: Option<u64>,
    pub bytes: Option<u64>,
    pub sensitive: bool,
}

/// A request, and its answer when there is one. Exactly one of `invitation` and `dataset` is there.
#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct Approval {
    pub request_id: String,
    pub status: ApprovalStatus,
    pub share: String,
    pub share_id: String,
    pub share_description: String,
    pub asked_by: Party,
    pub asked_at: Time,
    /// No answer counts after this.
    pub expires_at: Time,
    /// Fingerprints of those who may answer.
    pub approvers: Vec<String>,
    pub invitation: Option<ProposedInvitation>,
    pub dataset: Option<ProposedDataset>,
    pub answered_by: Option<Party>,
    pub answered_at: Option<Time>,
    /// Why it was refused.
    pub reason: Option<String>,
    /// This workspace asked.
    pub asked_here: bool,
    /// This workspace may answer, and nobody has yet.
    pub may_be_answered_here: bool,
}

/// What came of an answer: the invitations that went out, or the dataset that was added. Both are absent when the answer
/// was a refusal.
#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct ApprovalImported {
    pub approval: Approval,
    pub links: Vec<InvitationLink>,
    pub dataset: Option<Dataset>,
}
