//! History and the signed logs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Time;

#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct HistoryRequest {
    /// Name or id of a share or a received share.
    pub name: String,
    pub since: Option<Time>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct AuditRequest {
    /// Name or id of a share or a received share.
    pub name: String,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct AuditRecord {
    /// Which log: the share's, or the mailbox of a recipient and the direction.
    pub log: String,
    pub sequence: u64,
    pub kind: String,
    pub at: Time,
    /// One line in words.
    pub summary: String,
    pub sha256: String,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct AuditFinding {
    pub log: String,
    pub sequence: u64,
    pub kind: String,
    pub message: String,
}

/// A finding with the share it is about.
#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct NamedFinding {
    /// Name of the share or the received share.
    pub name: String,
    pub finding: AuditFinding,
}

/// What the local copies of all logs look like.
#[derive(Clone, Debug, Default, Serialize, JsonSchema, TS)]
pub struct AuditCheck {
    /// How many records were verified.
    pub records: u64,
    pub findings: Vec<NamedFinding>,
}

/// The form of an exported table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ExportFormat {
    Json,
    Csv,
}

/// Writes the log of a share or a received share, or the register of a share's grants, into a file.
#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct Export {
    /// Name or id of a share or a received share.
    pub name: String,
    pub format: ExportFormat,
    /// The file to write; an older one is replaced.
    pub path: String,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct Exported {
    pub path: String,
    /// Records or tokens in the file.
    pub rows: u64,
    /// Findings, which are in the file too.
    pub findings: u64,
}

/// One access token that was issued. Joined with the storage's own logs by the hash of its signature.
#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct IssuedToken {
    /// Id of the grant, and the number of the token in it.
    pub token_id: String,
    pub recipient_id: String,
    pub email: String,
    /// Name of the dataset; `None` for the mailbox, the notice and the share's area.
    pub dataset: Option<String>,
    /// Container, object, or how many files of a folder.
    pub scope: String,
    /// Name of the access policy; empty for a token without one, which cannot be ended before its time.
    pub policy: String,
    /// Hex SHA-256 of the signature, as storage logs have it. For a list of files, of the list. Empty on a folder.
    pub signature_sha256: String,
    pub issued_at: Time,
    pub expires_at: Time,
    /// When it was taken back.
    pub ended_at: Option<Time>,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct AuditLog {
    pub records: Vec<AuditRecord>,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct AuditReport {
    /// How many records were verified.
    pub records: u64,
    pub findings: Vec<AuditFinding>,
}
