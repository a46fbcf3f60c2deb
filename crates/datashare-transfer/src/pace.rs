//! How many requests are under way at once: found by trying, so that nobody has to set a number.
//!
//! While more requests bring more throughput, more are let out; when they bring nothing, the last step is taken back and
//! tried again later; when a store asks to slow down, half of them are.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::progress::Meter;

pub(crate) const LEAST: usize = 4;
const FIRST: usize = 16;
pub(crate) const MOST: usize = 128;
/// How long one level is measured.
const STEP: Duration = Duration::from_millis(500);
/// A level must bring so much more than the one before to be kept.
const GAIN: f64 = 1.05;
/// Steps until a level that brought nothing is tried again.
const REST: u32 = 12;
/// Steps after a store asked to slow down.
const LONG_REST: u32 = 40;
/// A file is worth so many bytes: many small files are work too.
const FILE_WORTH: f64 = 64.0 * 1024.0;

/// Lets requests out.
#[derive(Debug)]
pub(crate) struct Pace {
    slots: Arc<Semaphore>,
    /// Slots that are to go when they come back.
    debt: Arc<AtomicUsize>,
    busy: AtomicBool,
}

/// One request under way.
#[derive(Debug)]
pub(crate) struct Slot {
    permit: Option<OwnedSemaphorePermit>,
    debt: Arc<AtomicUsize>,
}

impl Drop for Slot {
    fn drop(&mut self) {
        let less = |debt: usize| debt.checked_sub(1);
        if self.debt.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
            && let Some(permit) = self.permit.take()
        {
            permit.forget();
        }
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self { slots: Arc::new(Semaphore::new(FIRST)), debt: Arc::default(), busy: AtomicBool::default() }
    }
}

impl Pace {
    /// Held for one request, and never while waiting for anything else.
    pub(crate) async fn slot(&self) -> Slot {
        // The semaphore is never closed.
        let permit = self.slots.clone().acquire_owned().await.ok();
        Slot { permit, debt: self.debt.clone() }
    }

    /// A store asked to slow down.
    pub(crate) fn slow_down(&self) {
        self.busy.store(true, Ordering::Relaxed);
    }

    /// Finds the level; ends only by being dropped.
    pub(crate) async fn find_level(&self, meter: &Meter) -> std::convert::Infallible {
        let mut climb = Climb::new(FIRST);
        let mut before = meter.work_done();
        loop {
            tokio::time::sleep(STEP).await;
            let now = meter.work_done();
            let score = (now.0 - before.0) as f64 + (now.1 - before.1) as f64 * FILE_WORTH;
            before = now;
            let demand = if self.slots.available_permits() == 0 { Demand::Full } else { Demand::Less };
            let demand = if self.busy.swap(false, Ordering::Relaxed) { Demand::TooMuch } else { demand };
            let level = climb.level;
            self.change(level, climb.step(score, demand));
        }
    }

    fn change(&self, from: usize, to: usize) {
        if to >= from {
            let owed = self.debt.swap(0, Ordering::Relaxed);
            let more = to - from;
            self.debt.fetch_add(owed.saturating_sub(more), Ordering::Relaxed);
            self.slots.add_permits(more.saturating_sub(owed));
        } else {
            let gone = self.slots.forget_permits(from - to);
            self.debt.fetch_add(from - to - gone, Ordering::Relaxed);
        }
    }
}

/// What a step saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Demand {
    /// All requests that may be under way were.
    Full,
    Less,
    /// A store asked to slow down.
    TooMuch,
}

/// The search for a level.
#[derive(Debug)]
struct Climb {
    level: usize,
    /// Level and score before the last step up.
    base: Option<(usize, f64)>,
    rest: u32,
}

impl Climb {
    fn new(level: usize) -> Self {
        Self { level, base: None, rest: 0 }
    }

    /// The next level, after one step with this score at the present one.
    fn step(&mut self, score: f64, demand: Demand) -> usize {
        if demand == Demand::TooMuch {
            (self.level, self.base, self.rest) = ((self.level / 2).max(LEAST), None, LONG_REST);
            return self.level;
        }
        if let Some((level, before)) = self.base.take()
            && score < before * GAIN
        {
            (self.level, self.rest) = (level, REST);
            return self.level;
        }
        if self.rest > 0 {
            self.rest -= 1;
        } else if demand == Demand::Full && self.level < MOST {
            self.base = Some((self.level, score));
            self.level = (self.level + self.level / 2).min(MOST);
        }
        self.level
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the search stands after `steps` on a link whose throughput grows with the requests up to `knee`.
    fn settles(knee: f64, steps: usize) -> Vec<usize> {
        let mut climb = Climb::new(FIRST);
        (0..steps).map(|_| climb.step((climb.level as f64).min(knee), Demand::Full)).collect()
    }

    #[test]
    fn a_long_link_is_filled_and_a_short_one_is_not_flooded() {
        assert!(settles(100.0, 20).iter().any(|level| *level >= 100));
        let short = settles(8.0, 200);
        let above = short.iter().filter(|level| **level > FIRST).count();
        assert!(above < 20, "it tries again now and then: {above} of 200 steps");
    }

    #[test]
    fn a_store_that_is_overrun_gets_half_and_then_time() {
        let mut climb = Climb::new(64);
        assert_eq!(climb.step(1.0, Demand::TooMuch), 32);
        for _ in 0..LONG_REST {
            assert_eq!(climb.step(1.0, Demand::Full), 32);
        }
        assert_eq!(climb.step(1.0, Demand::Full), 48);
        for _ in 0..10 {
            climb.step(1.0, Demand::TooMuch);
        }
        assert_eq!(climb.level, LEAST);
    }

    #[test]
    fn what_is_not_asked_for_is_not_raised() {
        let mut climb = Climb::new(FIRST);
        assert!((0..50).all(|_| climb.step(1.0, Demand::Less) == FIRST));
    }

    #[tokio::test]
    async fn slots_follow_the_level_also_when_all_are_out() {
        let pace = Pace::default();
        let out: Vec<Slot> = futures::future::join_all((0..FIRST).map(|_| pace.slot())).await;
        pace.change(FIRST, 6);
        drop(out);
        assert_eq!(pace.slots.available_permits(), 6);
        let out: Vec<Slot> = futures::future::join_all((0..6).map(|_| pace.slot())).await;
        pace.change(6, 4);
        pace.change(4, 9);
        drop(out);
        assert_eq!(pace.slots.available_permits(), 9);
    }
}
