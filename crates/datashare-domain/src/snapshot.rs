//! Snapshots: one run, its mode, its states and the steps between them.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum SnapshotMode {
    /// Everything is written again.
    Full,
    /// What is new or changed since this mapping last received it.
    #[default]
    Incremental,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    Finished {
        files_written: u64,
        files_failed: u64,
    },
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn event() -> impl Strategy<Value = SnapshotEvent> {
        use SnapshotEvent as E;
        prop_oneof![
            Just(E::PlanStarted),
            Just(E::TransferStarted),
            Just(E::PauseAsked),
            Just(E::Paused),
            Just(E::Resumed),
            Just(E::CancelAsked),
            Just(E::Stopped),
            (0u64..3, 0u64..3)
                .prop_map(|(files_written, files_failed)| E::Finished { files_written, files_failed }),
            Just(E::Broke),
            Just(E::Blocked),
        ]
    }

    proptest! {
        #[test]
        fn an_ended_run_stays_as_it_ended(events in proptest::collection::vec(event(), 0..30)) {
            let mut status = SnapshotStatus::Queued;
            for event in events {
                let before = status;
                status = status.step(event).unwrap_or(status);
                prop_assert!(!before.is_terminal() || status == before);
            }
        }

        #[test]
        fn what_was_cancelled_never_counts_as_done(events in proptest::collection::vec(event(), 0..30)) {
            let mut status = SnapshotStatus::Queued;
            let mut asked = false;
            for event in events {
                let Ok(next) = status.step(event) else { continue };
                asked |= event == SnapshotEvent::CancelAsked;
                status = next;
                let done = matches!(status, SnapshotStatus::Succeeded | SnapshotStatus::PartlySucceeded | SnapshotStatus::Failed);
                prop_assert!(!asked || !done);
            }
        }

        #[test]
        fn success_means_that_nothing_failed(files_written in 0u64..5, files_failed in 0u64..5) {
            let status = SnapshotStatus::Running.step(SnapshotEvent::Finished { files_written, files_failed });
            prop_assert_eq!(status == Ok(SnapshotStatus::Succeeded), files_failed == 0);
        }
    }
}
