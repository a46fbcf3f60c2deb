//! The workspace and its vault.

use datashare_secret::Secret;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Time;

/// Where secrets are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum VaultKind {
    /// The keyring of the operating system.
    Keyring,
    /// A file encrypted with a passphrase, in the workspace.
    File,
    /// Memory, until the application ends.
    Session,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct VaultStatus {
    pub kind: VaultKind,
    /// Secrets can be read and written now.
    pub ready: bool,
    /// Why not, and what can be done, in words.
    pub message: Option<String>,
    /// The vault file exists and waits for its passphrase (as opposed to: choose a new one).
    pub passphrase_needed: bool,
}

/// Who this workspace is to others.
#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct IdentityCard {
    pub name: String,
    pub organisation: String,
    pub email: String,
    pub fingerprint: String,
    /// Six words that two people can compare by telephone.
    pub safety_code: String,
    pub created_at: Time,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct WorkspaceStatus {
    /// `None` before the first start is finished.
    pub card: Option<IdentityCard>,
    pub vault: VaultStatus,
    /// The data directory.
    pub home: String,
    pub version: String,
    /// The sample shares of "Try it on this computer" are here.
    pub demo: bool,
}

#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct WorkspaceInitialise {
    pub name: String,
    pub organisation: String,
    pub email: String,
}

/// Writes the whole workspace into one file under a passphrase, to move it to another computer.
#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct WorkspaceExport {
    /// The file to write; an older one is replaced.
    pub path: String,
    #[ts(type = "string")]
    pub passphrase: Secret,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct WorkspaceExported {
    pub path: String,
    /// Size of the file.
    pub bytes: u64,
}

/// Takes over an exported workspace; only where none was set up yet.
#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct WorkspaceImport {
    pub path: String,
    #[ts(type = "string")]
    pub passphrase: Secret,
}

/// Another passphrase for the vault file.
#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct VaultPassphrase {
    #[ts(type = "string")]
    pub old: Secret,
    #[ts(type = "string")]
    pub new: Secret,
}

#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct VaultChoose {
    pub kind: VaultKind,
    #[ts(type = "string | null")]
    pub passphrase: Option<Secret>,
}
