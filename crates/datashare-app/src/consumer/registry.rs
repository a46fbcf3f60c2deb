//! The runs of this process: waited for, told of news, and left when the process ends.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use datashare_transfer::RunControl;
use tokio::sync::{Notify, watch};

/// The runs of this process.
#[derive(Debug, Default)]
pub(crate) struct RunRegistry(Mutex<Runs>);

#[derive(Debug, Default)]
struct Runs {
    running: HashMap<String, RunningSnapshot>,
    /// The process ends: what is started now is left at once.
    leaving: bool,
}

#[derive(Clone, Debug)]
pub(super) struct RunningSnapshot {
    pub(super) control: RunControl,
    /// Told when there is news for the run in the database.
    pub(super) steered: Arc<Notify>,
    pub(super) ended: watch::Receiver<bool>,
}

impl RunningSnapshot {
    async fn ended(mut self) {
        // The sender goes away with the run: that is an end too.
        let _ = self.ended.wait_for(|ended| *ended).await;
    }
}

impl RunRegistry {
    fn runs(&self) -> MutexGuard<'_, Runs> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, snapshot: &str, run: RunningSnapshot) {
        let mut runs = self.runs();
        if runs.leaving {
            run.control.leave();
        }
        runs.running.insert(snapshot.to_owned(), run);
    }

    pub(super) fn remove(&self, snapshot: &str) {
        self.runs().running.remove(snapshot);
    }

    /// Has all runs, also those to come, stop so that the next process goes on from there; waits for those that run.
    pub(crate) async fn leave(&self) {
        let running: Vec<RunningSnapshot> = {
            let mut runs = self.runs();
            runs.leaving = true;
            runs.running.values().cloned().collect()
        };
        running.iter().for_each(|run| run.control.leave());
        for run in running {
            run.ended().await;
        }
    }

    /// Has a run of this process look at once at what was asked of it.
    pub(crate) fn look(&self, snapshot: &str) {
        if let Some(run) = self.runs().running.get(snapshot) {
            run.steered.notify_one();
        }
    }

    /// Waits for the end of a run of this process; whether there is one.
    pub(crate) async fn wait(&self, snapshot: &str) -> bool {
        let run = self.runs().running.get(snapshot).cloned();
        let Some(run) = run else { return false };
        run.ended().await;
        true
    }
}
