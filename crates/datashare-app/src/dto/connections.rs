//! Connected stores.

use datashare_secret::Secret;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Time;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ConnectionSettings {
    Folder {
        path: String,
    },
    AzureBlob {
        account: String,
        /// For other clouds, private endpoints and emulators; the public cloud's when `None`.
        endpoint: Option<String>,
    },
}

impl ConnectionSettings {
    /// One line for people: the folder, or the account and its address.
    pub(crate) fn address(&self) -> String {
        match self {
            ConnectionSettings::Folder { path } => path.clone(),
            ConnectionSettings::AzureBlob { account, endpoint: None } => {
                format!("{account} (https://{account}.blob.core.windows.net)")
            }
            ConnectionSettings::AzureBlob { account, endpoint: Some(endpoint) } => {
                format!("{account} ({endpoint})")
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialKind {
    None,
    AccountKey,
    Sas,
    ConnectionString,
}

#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
#[serde(tag = "kind", content = "secret", rename_all = "kebab-case")]
pub enum Credential {
    None,
    AccountKey(#[ts(type = "string")] Secret),
    Sas(#[ts(type = "string")] Secret),
    ConnectionString(#[ts(type = "string")] Secret),
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct Connection {
    pub id: String,
    pub name: String,
    pub settings: ConnectionSettings,
    pub credential: CredentialKind,
    /// One line for people: the folder, or the account and its address.
    pub address: String,
    pub created_at: Time,
    /// Names of shares and received shares that use it.
    pub used_by: Vec<String>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct ConnectionAdd {
    pub name: String,
    pub settings: ConnectionSettings,
    pub credential: Credential,
}

#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct ConnectionName {
    pub connection: String,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct ConnectionCheck {
    pub ok: bool,
    /// What was found, or what is wrong, in words.
    pub message: String,
    /// `bad-credential`, `no-such-account`, `firewall` …; `None` when ok.
    pub code: Option<String>,
    pub hint: Option<String>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct ConnectionBrowse {
    pub connection: String,
    /// Empty for the top.
    #[serde(default)]
    pub path: String,
    /// As many entries as are wanted at most; 1,000 when `None`, never more than 100,000.
    #[serde(default)]
    pub limit: Option<u32>,
    /// Goes on after an earlier answer, by its `next`.
    #[serde(default)]
    pub next: Option<String>,
    /// Only entries whose name has all of these words in it, whatever their case; all when `None` or blank.
    #[serde(default)]
    pub find: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    Container,
    Folder,
    File,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct BrowseEntry {
    pub name: String,
    pub path: String,
    pub kind: EntryKind,
    pub size: Option<u64>,
    pub modified: Option<Time>,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct BrowseLevel {
    pub path: String,
    pub entries: Vec<BrowseEntry>,
    /// Where to go on: there may be more entries than are listed here. `None` when this was the end.
    pub next: Option<String>,
}
