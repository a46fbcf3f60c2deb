//! History and the signed logs.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Time;

#[derive(Clone, Debug, Deserialize, TS)]
pub struct HistoryRequest {
    /// Name or id of a share or a received share.
    pub name: String,
    pub since: Option<Time>,
}

#[derive(Clone, Debug, Deserialize, TS)]
pub struct AuditRequest {
    /// Name or id of a share or a received share.
    pub name: String,
}

#[derive(Clone, Debug, Serialize, TS)]
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

#[derive(Clone, Debug, Serialize, TS)]
pub struct AuditFinding {
    pub log: String,
    pub sequence: u64,
    pub kind: String,
    pub message: String,
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct AuditLog {
    pub records: Vec<AuditRecord>,
}

#[derive(Clone, Debug, Serialize, TS)]
pub struct AuditReport {
    /// How many records were verified.
    pub records: u64,
    pub findings: Vec<AuditFinding>,
}
