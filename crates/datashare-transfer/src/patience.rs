//! Trying again: how often, and after how long.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use datashare_storage::{Retry, StoreError};

use crate::progress::Meter;

/// Tries of one thing, the first included.
const TRIES: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// Counts the tries of one thing.
#[derive(Debug, Default)]
pub(crate) struct Patience {
    failed: u32,
}

impl Patience {
    /// Pauses before the next try; gives the error back when another try is not worth it.
    pub(crate) async fn pause(&mut self, error: StoreError, meter: &Meter) -> Result<(), StoreError> {
        self.failed += 1;
        let Retry::Later(asked) = error.retry else { return Err(error) };
        if self.failed >= TRIES {
            return Err(error);
        }
        let pause = asked.unwrap_or(FIRST_PAUSE * 2u32.pow(self.failed - 1));
        meter.note(format!("Trying again in a moment: {}", error.message));
        tokio::time::sleep(pause + jitter(pause)).await;
        Ok(())
    }

    /// It worked; the next failure is a first one again.
    pub(crate) fn renew(&mut self) {
        self.failed = 0;
    }
}

/// Up to half of the pause, so that many files do not come back at the same moment.
fn jitter(pause: Duration) -> Duration {
    let random = RandomState::new().hash_one(0) % 1000;
    pause.mul_f64(random as f64 / 2000.0)
}
