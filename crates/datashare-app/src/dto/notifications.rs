//! What people may want to hear of, and where they hear it.

use datashare_secret::Secret;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Time;

/// What happened: first to shares that were sent, then to shares that were received, last on either side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum EventKind {
    /// A recipient accepted; where that is wished, it waits for a person's decision.
    InvitationAccepted,
    InvitationRejected,
    /// A recipient agreed to changed terms.
    TermsAgreed,
    RecipientLeft,
    /// A recipient's snapshot ended well.
    RecipientSnapshotSucceeded,
    /// A recipient's snapshot ended without everything.
    RecipientSnapshotFailed,
    /// The provider answered an acceptance: there is access now.
    AccessGranted,
    /// The provider did not accept the acceptance, or withdrew the invitation.
    AccessRefused,
    SnapshotSucceeded,
    /// A snapshot ended without everything.
    SnapshotFailed,
    /// A snapshot waits for a person.
    SnapshotNeedsAttention,
    TermsChanged,
    Revoked,
    Reinstated,
    ShareDeleted,
    NewPublication,
    ScheduleChanged,
    /// An access ends within a week, on either side.
    ExpirySoon,
    /// An access ended by its date, on either side.
    AccessExpired,
}

impl EventKind {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 19] = [
        Self::InvitationAccepted,
        Self::InvitationRejected,
        Self::TermsAgreed,
        Self::RecipientLeft,
        Self::RecipientSnapshotSucceeded,
        Self::RecipientSnapshotFailed,
        Self::AccessGranted,
        Self::AccessRefused,
        Self::SnapshotSucceeded,
        Self::SnapshotFailed,
        Self::SnapshotNeedsAttention,
        Self::TermsChanged,
        Self::Revoked,
        Self::Reinstated,
        Self::ShareDeleted,
        Self::NewPublication,
        Self::ScheduleChanged,
        Self::ExpirySoon,
        Self::AccessExpired,
    ];
}

/// Which side of a share something happened on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ShareSide {
    Sent,
    Received,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct HappenedEvent {
    pub event_id: String,
    pub kind: EventKind,
    pub at: Time,
    pub side: ShareSide,
    /// Name of the share or received share.
    pub share: String,
    /// E-mail address of the recipient, or name and organisation of the provider.
    pub who: Option<String>,
    /// When an access ends or ended.
    pub ends_at: Option<Time>,
    /// What else there is to say, in whole sentences.
    pub detail: Option<String>,
    pub snapshot_id: Option<String>,
}

/// Where events are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// By the window, while it runs.
    Desktop,
    /// By the workspace's mail server.
    Email,
    /// Webhooks, as CloudEvents.
    Webhook,
    /// Workflows of Microsoft Teams.
    Teams,
}

/// Where one kind of event is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct NotificationRule {
    pub kind: EventKind,
    pub channels: Vec<Channel>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum TargetKind {
    Webhook,
    Teams,
}

/// A webhook or a workflow. Its address is kept with the secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct NotificationTarget {
    pub target_id: String,
    pub name: String,
    pub kind: TargetKind,
    /// Scheme and host of the address.
    pub host: String,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct NotificationStatus {
    /// One for every kind of event.
    pub rules: Vec<NotificationRule>,
    /// Whom mails go to; `None` for the workspace's own address.
    pub email_to: Option<String>,
    /// A mail server is named.
    pub mail_ready: bool,
    pub targets: Vec<NotificationTarget>,
    /// Deliveries that were given up.
    pub dead: u32,
}

/// What is said about a kind that is left out stays as it is.
#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct NotificationRulesSet {
    pub rules: Vec<NotificationRule>,
    pub email_to: Option<String>,
}

/// A new target, or other settings for the one of this name.
#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct NotificationTargetSet {
    pub name: String,
    pub kind: TargetKind,
    #[ts(type = "string")]
    pub address: Secret,
    /// Of a webhook: what signs the posts (`whsec_…`); a new one is made when `None`.
    #[ts(type = "string | null")]
    pub secret: Option<Secret>,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct NotificationTargetSaved {
    pub target: NotificationTarget,
    /// What signs the posts, to be given to the receiver, when it was made here. Told now and not again; `None` for
    /// Teams.
    pub signing_secret: Option<String>,
}

/// By name or id.
#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct NotificationTargetName {
    pub target: String,
}

/// Where a test goes: `email`, or a target by name or id.
#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct NotificationTest {
    pub target: String,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct NotificationCheck {
    pub ok: bool,
    /// What was done, or what is wrong, in words.
    pub message: String,
    pub hint: Option<String>,
}

/// A delivery that was given up.
#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct DeadLetter {
    pub event: HappenedEvent,
    /// Name of the target, or `email`.
    pub target: String,
    pub tries: u32,
    pub problem: String,
}

/// Sends dead letters again.
#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct NotificationResend {
    /// All of them when `None`.
    pub event_id: Option<String>,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct NotificationResent {
    pub deliveries: u32,
}
