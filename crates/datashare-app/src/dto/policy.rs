//! Rules of the workspace for those who share from it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Somebody who may approve what this workspace wants to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct Approver {
    /// As people here call them.
    pub name: String,
    /// Of their own workspace: 64 hexadecimal digits, as its card shows them.
    pub fingerprint: String,
}

/// Which datasets a second person has to approve.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum DatasetApproval {
    #[default]
    None,
    Sensitive,
    Every,
}

/// What invitations and access from this workspace must keep to. Without rules everything is allowed. They hold for what
/// is done from now on; what was granted before stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields, default)]
pub struct WorkspacePolicy {
    /// Recipients' addresses must be of one of these domains (`fabrikam.example`); any when empty.
    pub recipient_domains: Vec<String>,
    /// Days an invitation may be open.
    pub longest_invitation_days: Option<u32>,
    /// Days an access may last: every acceptance gets this end date, and no date may be set later than so many days from
    /// when it is set.
    pub longest_access_days: Option<u32>,
    /// A share without terms cannot be offered.
    pub terms_required: bool,
    /// No invitation whose holder may start before the acceptance was verified.
    pub right_away_forbidden: bool,
    /// Any one of these approves where an approval is needed. Never this workspace itself.
    pub approvers: Vec<Approver>,
    /// Invitations go out only after a second person approved them.
    pub invitations_need_approval: bool,
    /// Datasets that are added only after a second person approved it.
    pub datasets_need_approval: DatasetApproval,
}
