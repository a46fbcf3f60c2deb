//! Snapshots: one run, its mode, its states and the steps between them.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum SnapshotMode {
    /// Everything is written again.
    Full,
    /// What is new or changed since this mapping last received it.
    #[default]
    Incremental,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum SnapshotStatus {
    Queued,
    Planning,
    Running,
    Pausing,
    Paused,
    Cancelling,
    Cancelled,
    Succeeded,
    /// Finished; some files could not be written, all others are there.
    PartlySucceeded,
    Failed,
    /// Cannot go on without a person: an expired credential, changed terms.
    NeedsAttention,
}

/// What can happen to a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnapshotEvent {
    PlanStarted,
    TransferStarted,
    PauseAsked,
    Paused,
    Resumed,
    CancelAsked,
    /// The last worker has stopped after a cancel.
    Stopped,
    Finished { files_written: u64, files_failed: u64 },
    Broke,
    Blocked,
}

/// A step that this state does not have. The run stays in the state it was in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a run that is {from:?} cannot take the step {event:?}")]
pub struct IllegalStep {
    pub from: SnapshotStatus,
    pub event: SnapshotEvent,
}

impl SnapshotStatus {
    /// No step leads out of it.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Cancelled | Self::Succeeded | Self::PartlySucceeded | Self::Failed)
    }

    /// The next state. Cancelled and finished are different ends: a run that was asked to stop never counts as done.
    pub fn step(self, event: SnapshotEvent) -> Result<Self, IllegalStep> {
        use SnapshotEvent as E;
        use SnapshotStatus as S;
        let next = match (self, event) {
            (S::Queued | S::NeedsAttention | S::Paused, E::PlanStarted) => S::Planning,
            (S::Planning, E::TransferStarted) => S::Running,
            (S::Planning | S::Running, E::PauseAsked) => S::Pausing,
            (S::Pausing, E::Paused) => S::Paused,
            (S::Paused, E::Resumed) => S::Planning,
            (S::Queued | S::Paused | S::NeedsAttention, E::CancelAsked) => S::Cancelled,
            (S::Planning | S::Running | S::Pausing, E::CancelAsked) => S::Cancelling,
            (S::Cancelling, E::Stopped | E::Finished { .. } | E::Broke | E::Blocked) => S::Cancelled,
            (S::Planning | S::Running | S::Pausing, E::Finished { files_written, files_failed }) => {
                match (files_written, files_failed) {
                    (_, 0) => S::Succeeded,
                    (0, _) => S::Failed,
                    _ => S::PartlySucceeded,
                }
            }
            (S::Queued | S::Planning | S::Running | S::Pausing, E::Broke) => S::Failed,
            (S::Queued | S::Planning | S::Running | S::Pausing, E::Blocked) => S::NeedsAttention,
            (from, event) => return Err(IllegalStep { from, event }),
        };
        Ok(next)
    }
}
