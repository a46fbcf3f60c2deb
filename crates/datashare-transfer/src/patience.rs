//! Trying again: how often, and after how long.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use datashare_storage::{ErrorKind, Retry, StoreError};
use tokio::time::Instant;

use crate::progress::Meter;

/// Tries of one thing, the first included, while other things work.
const TRIES: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How long a run that had begun waits for the network to come back.
const OUTAGE: Duration = Duration::from_secs(60 * 60);
/// How long it waits for a store that is out of order.
const OUT_OF_ORDER: Duration = Duration::from_secs(5 * 60);

/// Counts the tries of one thing.
#[derive(Debug, Default)]
pub(crate) struct Patience {
    tries: u32,
    /// Tries that failed while other things worked.
    failed_alone: u32,
    since: Option<Instant>,
    /// What the run had achieved at the last failure.
    achieved: Option<u64>,
}

impl Patience {
    /// Pauses before the next try; gives the error back when another try is not worth it.
    pub(crate) async fn pause(&mut self, error: StoreError, meter: &Meter) -> Result<(), StoreError> {
        self.tries += 1;
        let Retry::Later(asked) = error.retry else { return Err(error) };
        if !self.is_outage(error.kind, meter) {
            self.failed_alone += 1;
        }
        if self.failed_alone >= TRIES {
            return Err(error);
        }
        let pause = asked.unwrap_or(FIRST_PAUSE * 2u32.pow(self.tries.min(6) - 1)).min(LONGEST_PAUSE);
        meter.note(format!("Trying again in a moment: {}", error.message));
        tokio::time::sleep(pause + jitter(pause)).await;
        Ok(())
    }

    /// Nothing at all was achieved since the last failure, and both ends had been reached before: the network is down, or a
    /// store is. That passes.
    fn is_outage(&mut self, kind: ErrorKind, meter: &Meter) -> bool {
        let since = self.since.get_or_insert_with(Instant::now).elapsed();
        let achieved = meter.achieved();
        let nothing_since = self.achieved.replace(achieved) == Some(achieved);
        let longest = match kind {
            ErrorKind::Unreachable | ErrorKind::Interrupted => OUTAGE,
            ErrorKind::Busy => OUT_OF_ORDER,
            _ => return false,
        };
        nothing_since && achieved > 0 && since < longest
    }

    /// It worked; the next failure is a first one again.
    pub(crate) fn renew(&mut self) {
        *self = Self::default();
    }
}

/// Up to half of the pause, so that many files do not come back at the same moment.
fn jitter(pause: Duration) -> Duration {
    let random = RandomState::new().hash_one(0) % 1000;
    pause.mul_f64(random as f64 / 2000.0)
}
