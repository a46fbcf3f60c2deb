//! Runs: requests, rows, progress, plans.

use datashare_domain::{SnapshotMode, SnapshotStatus};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{PathProblem, Time};

#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct SnapshotStart {
    pub received: String,
    pub mode: SnapshotMode,
    /// All mapped datasets when empty.
    pub datasets: Vec<String>,
    #[serde(default)]
    #[ts(optional, as = "Option<RunOptions>")]
    pub options: RunOptions,
}

/// How a run is done, where it is other than usual.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(default)]
pub struct RunOptions {
    /// Bytes a second at most.
    pub limit: Option<u64>,
    /// What was received once and is gone at the source is deleted at the target.
    pub mirror: Mirror,
    /// Everything written is read back and compared.
    pub verify: bool,
    /// Large files are copied by the storage itself where both ends allow it, also while this computer sleeps.
    pub hand_over: bool,
}

/// Whether a run deletes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Mirror {
    #[default]
    Off,
    /// Asks first when it would delete a suspiciously large share of what was received.
    On,
    /// Deletes however much it is.
    Confirmed,
}

/// A limit for a run that goes on.
#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct SnapshotLimit {
    pub snapshot_id: String,
    /// None lifts it.
    pub bytes_per_second: Option<u64>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct SnapshotId {
    pub snapshot_id: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct SnapshotDataset {
    pub name: String,
    pub status: Option<SnapshotStatus>,
    pub files_read: u64,
    pub files_written: u64,
    pub files_skipped: u64,
    pub files_failed: u64,
    pub bytes_read: u64,
    pub bytes_written: u64,
    pub rows_copied: Option<u64>,
    pub duration_ms: u64,
    pub message: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct FileFailure {
    pub dataset: String,
    pub path: String,
    pub code: String,
    pub message: String,
    pub hint: String,
    /// Whether trying again can help.
    pub retry: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
pub struct Snapshot {
    pub snapshot_id: String,
    /// Name of the received share (or, in a provider's history, of the share).
    pub share: String,
    /// In a provider's history: who took it.
    pub recipient: Option<String>,
    pub mode: SnapshotMode,
    /// As it was asked for; of reported runs nobody knows, and they have the usual ones.
    #[serde(default)]
    pub options: RunOptions,
    /// Datasets that were asked for; all mapped ones when empty.
    #[serde(default)]
    pub chosen: Vec<String>,
    /// The first of the runs whose work this one brings to its end.
    #[serde(default)]
    pub goes_on_from: Option<String>,
    pub status: SnapshotStatus,
    pub started_at: Time,
    pub ended_at: Option<Time>,
    pub duration_ms: Option<u64>,
    pub files_total: u64,
    pub files_written: u64,
    pub files_skipped: u64,
    pub files_deleted: u64,
    pub files_failed: u64,
    pub bytes_total: u64,
    pub bytes_written: u64,
    pub message: Option<String>,
    pub datasets: Vec<SnapshotDataset>,
    pub failures: Vec<FileFailure>,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct FileCount {
    pub files: u64,
    pub bytes: u64,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct OnlyFiles {
    pub files: u64,
}

/// What a run would do.
#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct SnapshotPlan {
    pub to_write: FileCount,
    pub unchanged: OnlyFiles,
    pub to_delete: OnlyFiles,
    pub conflicts: Vec<PathProblem>,
    /// The first files to write and to delete.
    pub files: Vec<PlannedFile>,
}

/// One file of a plan.
#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct PlannedFile {
    pub path: String,
    pub size: u64,
    /// Why it is to be written: `full`, `new`, `changed`, `missing` at the target; null when it is to be deleted.
    pub reason: Option<String>,
}

/// One end of a transfer without a share.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct TransferPlace {
    /// Name or id of the connection.
    pub connection: String,
    /// Container, folder or file; empty for all of a folder connection.
    #[serde(default)]
    pub path: String,
}

/// A transfer without a share: of the command line and the API, so not in the command table.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct TransferStart {
    pub source: TransferPlace,
    /// Receives; made when missing.
    pub target: TransferPlace,
    #[serde(default)]
    pub mode: SnapshotMode,
    #[serde(default)]
    pub options: RunOptions,
}

/// Where a run is, a few times a second; the last one counts.
#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct SnapshotProgress {
    pub snapshot_id: String,
    pub received: String,
    pub status: SnapshotStatus,
    /// `planning`, `running`, `finishing`
    pub phase: String,
    pub files_done: u64,
    pub files_total: Option<u64>,
    pub bytes_done: u64,
    pub bytes_total: Option<u64>,
    pub bytes_per_second: u64,
    /// Low and high, seconds.
    pub eta_seconds: Option<(u64, u64)>,
    pub note: Option<String>,
    /// A few of the files in flight.
    pub current: Vec<String>,
}
