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
    failed: u32,
    /// When it failed first, and what the run had done by then.
    since: Option<(Instant, (u64, u64))>,
}

impl Patience {
    /// Pauses before the next try; gives the error back when another try is not worth it.
    pub(crate) async fn pause(&mut self, error: StoreError, meter: &Meter) -> Result<(), StoreError> {
        self.failed += 1;
        let since = *self.since.get_or_insert_with(|| (Instant::now(), meter.work_done()));
        let Retry::Later(asked) = error.retry else { return Err(error) };
        if self.failed >= TRIES && !is_outage(error.kind, since, meter) {
            return Err(error);
        }
        let pause = asked.unwrap_or(FIRST_PAUSE * 2u32.pow(self.failed.min(6) - 1)).min(LONGEST_PAUSE);
        meter.note(format!("Trying again in a moment: {}", error.message));
        tokio::time::sleep(pause + jitter(pause)).await;
        Ok(())
    }

    /// It worked; the next failure is a first one again.
    pub(crate) fn renew(&mut self) {
        *self = Self::default();
    }
}

/// Nothing at all has worked since, and both ends had been reached before: the network is down, or a store is. That passes.
fn is_outage(kind: ErrorKind, (since, done): (Instant, (u64, u64)), meter: &Meter) -> bool {
    let longest = match kind {
        ErrorKind::Unreachable | ErrorKind::Interrupted => OUTAGE,
        ErrorKind::Busy => OUT_OF_ORDER,
        _ => return false,
    };
    meter.has_begun() && meter.work_done() == done && since.elapsed() < longest
}

/// Up to half of the pause, so that many files do not come back at the same moment.
fn jitter(pause: Duration) -> Duration {
    let random = RandomState::new().hash_one(0) % 1000;
    pause.mul_f64(random as f64 / 2000.0)
}
