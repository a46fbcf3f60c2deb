//! Shares as they should be, and what has to be done for it.

use datashare_domain::{AcceptanceMode, ShareKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{InvitationLink, ScheduleWish, Time};

/// What somebody wants to be so. What it does not name stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Desired {
    pub shares: Vec<DesiredShare>,
    /// Inside the shares that are named, what is not named goes: datasets, open invitations, access. Never a share.
    pub prune: bool,
}

#[derive(Clone, Debug)]
pub struct DesiredShare {
    pub name: String,
    /// As it is, when `None`.
    pub description: Option<String>,
    /// Markdown; as they are, when `None`.
    pub terms: Option<String>,
    /// Recipients must agree to changed terms before their next snapshot.
    pub agree_again: bool,
    /// Name of a connection, and a folder in it where there should be one: `store/meeting`.
    pub exchange: String,
    pub kind: DesiredKind,
    pub datasets: Vec<DesiredDataset>,
    /// As it is, when `None`.
    pub schedule: Option<DesiredSchedule>,
    pub recipients: Vec<DesiredRecipient>,
}

/// A share's kind, which is mostly this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct DesiredKind(pub ShareKind);

impl Default for DesiredKind {
    fn default() -> Self {
        Self(ShareKind::Snapshot)
    }
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DesiredDataset {
    pub name: String,
    /// Name of a connection. What it needs to be reached never stands here.
    pub connection: String,
    #[serde(default)]
    pub path: String,
    #[serde(default)]
    pub sensitive: bool,
}

/// Whether and by what schedule recipients can take their snapshots.
#[derive(Clone, Debug)]
pub enum DesiredSchedule {
    /// By none: the one that there is is taken away.
    None,
    /// By this one. It starts as the one that there is, or now, when it does not say.
    Offered(ScheduleWish),
}

#[derive(Clone, Debug)]
pub struct DesiredRecipient {
    pub email: String,
    /// For an invitation that is to be made.
    pub acceptance: AcceptanceMode,
    /// End of an invitation that is to be made.
    pub invitation_expires_at: Option<Time>,
    /// End of the access, once there is one; as it is, when `None`.
    pub access_expires_at: Option<Time>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ApplyAction {
    Create,
    Update,
    /// Taken away and made anew: recipients have to say anew where it goes.
    Replace,
    Remove,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ApplyKind {
    Share,
    Dataset,
    Schedule,
    Recipient,
}

/// One value that becomes another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ApplyDifference {
    pub field: String,
    pub from: Option<String>,
    pub to: Option<String>,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ApplyChange {
    pub action: ApplyAction,
    pub kind: ApplyKind,
    pub share: String,
    /// Of the dataset, or the recipient's address; the share's again for a share and its schedule.
    pub name: String,
    pub differences: Vec<ApplyDifference>,
}

/// All that has to be done, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ApplyPlan {
    pub changes: Vec<ApplyChange>,
    /// What is not as it should be, and is left to a person.
    pub notes: Vec<String>,
}

/// What was done.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Applied {
    pub changes: Vec<ApplyChange>,
    pub notes: Vec<String>,
    /// Of the invitations that were made.
    pub links: Vec<InvitationLink>,
}
