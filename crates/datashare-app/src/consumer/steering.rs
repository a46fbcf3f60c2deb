//! Steering a run from any process: what was asked for lies in the database, where whoever runs it looks.

use std::num::NonZeroU64;

use datashare_transfer::RunControl;
use serde::{Deserialize, Serialize};

use crate::database::meta;
use crate::{App, Result};

/// What a run was asked to do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Steering {
    pub(crate) cancel: bool,
    pub(crate) pause: bool,
    /// Bytes a second.
    pub(crate) limit: Option<NonZeroU64>,
}

impl Steering {
    /// Passes on what is other than before.
    pub(crate) fn apply(&self, before: &Self, control: &RunControl) {
        if self.cancel {
            control.cancel();
        }
        match (before.pause, self.pause) {
            (false, true) => control.pause(),
            (true, false) => control.resume(),
            _ => {}
        }
        if self.limit != before.limit {
            control.limit(self.limit);
        }
    }
}

fn key(run: &str) -> String {
    format!("steering:{run}")
}

impl App {
    pub(crate) fn steering(&self, run: &str) -> Result<Steering> {
        let stored = self.database().read(|connection| meta::get(connection, &key(run)))?;
        Ok(stored.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }

    pub(crate) fn steer(&self, run: &str, change: impl FnOnce(&mut Steering)) -> Result<()> {
        let mut steering = self.steering(run)?;
        change(&mut steering);
        let text = serde_json::to_string(&steering)?;
        self.database().write(|transaction| meta::set(transaction, &key(run), &text))
    }

    /// The run is over.
    pub(crate) fn forget_steering(&self, run: &str) -> Result<()> {
        self.database().write(|transaction| meta::remove(transaction, &key(run)))
    }
}
