//! Who does the work in the background, and how it goes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Time;

/// What kind of process does the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum AgentKind {
    /// The application with its window, or in the tray.
    Window,
    /// `datashare agent run`.
    Agent,
}

/// What did not go well with a share, as long as it does not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct AgentProblem {
    /// Name of the share or received share; empty for the workspace as a whole.
    pub share: String,
    pub message: String,
    pub since: Time,
}

/// The process that does the work, as it reported last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct AgentLeader {
    pub kind: AgentKind,
    pub process: u32,
    pub version: String,
    pub since: Time,
    /// When this was reported; every few seconds.
    pub reported_at: Time,
    /// Sent and received shares that it watches.
    pub watched: u32,
    /// Looks at a share since it leads.
    pub rounds: u64,
    /// Of those, the ones that something went wrong in.
    pub rounds_failed: u64,
    /// Time spent in looks since it leads, milliseconds.
    pub busy_ms: u64,
    pub last_round_at: Option<Time>,
    pub next_round_at: Option<Time>,
    pub problems: Vec<AgentProblem>,
}

/// Numbers about the workspace, for a system that watches it.
#[derive(Clone, Debug, PartialEq)]
pub struct Metrics {
    pub status: AgentStatus,
    /// Runs of this workspace by how they stand.
    pub snapshots: Vec<SnapshotMetrics>,
    /// Notifications that still have to be told, and those that were given up.
    pub notifications_waiting: u32,
    pub notifications_dead: u32,
}

/// All runs with one status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotMetrics {
    /// As in JSON: `Succeeded`, `Failed` …
    pub status: String,
    pub ended: bool,
    pub runs: u64,
    pub files_written: u64,
    pub bytes_written: u64,
    pub files_failed: u64,
    pub duration_ms: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema, TS)]
pub struct AgentStatus {
    /// Who does the work now; `None` when nobody does.
    pub leader: Option<AgentLeader>,
    /// The last one that is known of, when nobody does.
    pub last: Option<AgentLeader>,
    /// Somebody does the work, reported it lately, and nothing is wrong.
    pub healthy: bool,
}
