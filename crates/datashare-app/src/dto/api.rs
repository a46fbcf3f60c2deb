//! Tokens of the REST API.

use datashare_secret::Secret;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Time;

/// What the holder of a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ApiScope {
    /// See everything that is no secret; change nothing.
    Read,
    /// `read`, and share: shares, datasets, invitations, recipients.
    Provider,
    /// `read`, and receive: accept, map, take snapshots.
    Consumer,
    /// Everything, with connections and the rules of the workspace.
    Admin,
}

impl ApiScope {
    /// A token with this scope may do what asks for `wanted`.
    pub fn covers(self, wanted: Self) -> bool {
        self == wanted || self == Self::Admin || wanted == Self::Read
    }
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct ApiTokenCreate {
    /// Tells tokens apart: who or what uses it.
    pub name: String,
    pub scopes: Vec<ApiScope>,
    /// It can be used until revoked when `None`.
    pub expires_at: Option<Time>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct ApiTokenName {
    pub name: String,
}

/// A token as it can be shown: what it is, not what it says.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ApiToken {
    pub name: String,
    pub scopes: Vec<ApiScope>,
    pub created_at: Time,
    pub expires_at: Option<Time>,
    /// To the hour.
    pub last_used_at: Option<Time>,
}

/// A token that was just made. The only time that it can be read.
#[derive(Clone, Debug)]
pub struct ApiTokenCreated {
    pub secret: Secret,
    pub token: ApiToken,
}
