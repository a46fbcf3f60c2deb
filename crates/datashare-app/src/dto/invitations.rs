//! Invitations and recipients, on the provider's side.

use datashare_domain::{AcceptanceMode, InvitationStatus, SnapshotStatus, SubscriptionStatus};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Time;

#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct Invite {
    pub share: String,
    pub emails: Vec<String>,
    /// 30 days from now when `None`.
    pub expires_at: Option<Time>,
    pub acceptance: AcceptanceMode,
}

/// An invitation ready to be sent. Link and file text open it: whoever holds them can answer.
#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
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

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
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

#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct InvitationId {
    pub invitation_id: String,
}

/// Writes the invitation as a `.datashare` file.
#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct InvitationSave {
    pub invitation_id: String,
    pub path: String,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
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
    /// The version that it has to agree to before its next snapshot.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub terms_to_accept: Option<u32>,
    pub invited_at: Time,
    pub accepted_at: Option<Time>,
    pub revoked_at: Option<Time>,
    pub last_snapshot_at: Option<Time>,
    pub last_snapshot_status: Option<SnapshotStatus>,
    pub expires_at: Option<Time>,
    /// So long, in minutes, the recipient may go on reading after a revocation: all policies of a container are taken by
    /// others, so it has tokens that end only by themselves. Absent where a revocation holds at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub revocation_delay_minutes: Option<i64>,
    /// Its newest request for a fresh publication, while that waits for an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub publication_asked_at: Option<Time>,
    /// What the person should know: the claim names another e-mail address, the log has a gap …
    pub findings: Vec<String>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct RecipientName {
    pub share: String,
    /// Id or e-mail address.
    pub recipient: String,
}

#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct RecipientExpiry {
    pub share: String,
    pub recipient: String,
    pub expires_at: Time,
}
