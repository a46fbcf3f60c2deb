//! Shares, invitations and subscriptions: kinds and states.

use serde::{Deserialize, Serialize};

/// How the recipients get the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ShareKind {
    /// Copies into the recipient's own stores, taken when the recipient (or the schedule) says so.
    Snapshot,
    /// Read where it lies.
    InPlace,
}

/// What a dataset points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum DatasetKind {
    Container,
    Folder,
    File,
}

/// How the bytes reach a recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Delivery {
    /// Read from the provider's store, with delegated access.
    Direct,
    /// Read from a signed publication staged in the exchange.
    Published,
}

/// What happens when a recipient accepts. Chosen per invitation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum AcceptanceMode {
    /// The provider's application verifies the acceptance and grants access by itself.
    #[default]
    Automatic,
    /// A person at the provider compares the safety code and decides.
    Ask,
    /// Access is prepared when inviting; whoever holds the link can accept. The gate is the application's alone.
    RightAway,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum InvitationStatus {
    Pending,
    /// Claimed; waits for the provider's decision (mode `Ask`) or for the provider's application to run.
    WaitingForProvider,
    Accepted,
    Rejected,
    Withdrawn,
    Expired,
    /// The provider did not accept the claim (declined, or the claim did not prove the invitation's secret).
    Refused,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum SubscriptionStatus {
    WaitingForProvider,
    Active,
    Revoking,
    Revoked,
    /// The provider deleted the share.
    SourceDeleted,
    Expired,
    /// The provider did not accept the claim.
    Refused,
    /// The recipient left.
    Left,
}

impl SubscriptionStatus {
    /// Whether data may be read now.
    pub fn is_active(self) -> bool {
        self == Self::Active
    }
}
