//! How much is under way at once, requests and bytes: found by trying, so that nobody has to set a number.
//!
//! While more brings more throughput, more is let out; when it brings nothing, the last step is taken back and tried again
//! later; when a store asks to slow down, half of it is.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crate::allowance::{Allowance, Share};
use crate::progress::Meter;

pub(crate) const LEAST: usize = 4;
const FIRST: usize = 16;
pub(crate) const MOST: usize = 128;
/// Parts of one file that may be under way: this share of the level. A few connections fill a short link best.
const ONE_FILE: usize = 4;
/// Bytes of parts that may be in memory: so many, and so many for each request that may be under way. 108 MiB at most, for a
/// very fast and very long link.
const MEMORY: usize = 12 << 20;
const MEMORY_EACH: usize = 3 << 18;
const LEAST_MEMORY: usize = 16 << 20;
/// How long one level is measured.
const STEP: Duration = Duration::from_millis(500);
/// A level must bring so much more than the one before to be kept.
const GAIN: f64 = 1.1;
/// Steps before the first level is measured: connections are made first.
const WARM_UP: u32 = 1;
/// Steps until a level that brought nothing is tried again.
const REST: u32 = 12;
/// Steps after a store asked to slow down.
const LONG_REST: u32 = 40;
/// A file is worth so many bytes: many small files are work too.
const FILE_WORTH: f64 = 64.0 * 1024.0;

/// Lets requests out, and bytes into memory.
#[derive(Debug)]
pub(crate) struct Pace {
    slots: Allowance,
    /// For what was read: it waits behind no reading.
    writes: Allowance,
    memory: Allowance,
    level: AtomicUsize,
    /// A file had more parts than may be under way.
    short: AtomicBool,
    busy: AtomicBool,
}

impl Default for Pace {
    fn default() -> Self {
        let [slots, writes, memory] = [FIRST, FIRST, memory_of(FIRST)].map(Allowance::new);
        let [short, busy] = [(); 2].map(|()| AtomicBool::default());
        Self { slots, writes, memory, level: AtomicUsize::new(FIRST), short, busy }
    }
}

/// Bytes at this level.
fn memory_of(level: usize) -> usize {
    (MEMORY + level * MEMORY_EACH).max(LEAST_MEMORY)
}

impl Pace {
    /// Held for one request, and never while waiting for anything else.
    pub(crate) async fn slot(&self) -> Share {
        self.slots.take(1).await
    }

    /// As [`Self::slot`], for writing what was read.
    pub(crate) async fn write_slot(&self) -> Share {
        self.writes.take(1).await
    }

    /// Held for as long as so many bytes are in memory.
    pub(crate) async fn memory(&self, bytes: u64) -> Share {
        self.memory.take(bytes.clamp(1, LEAST_MEMORY as u64) as u32).await
    }

    /// Whether another part of a file may be under way beside so many of the same.
    pub(crate) fn allows_another(&self, parts: usize) -> bool {
        let allowed = parts < (self.level.load(Ordering::Relaxed) / ONE_FILE).max(1);
        if !allowed {
            self.short.store(true, Ordering::Relaxed);
        }
        allowed
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
            let level = climb.level;
            let next = climb.step(score, self.demand());
            self.slots.change(level, next);
            self.writes.change(level, next);
            self.memory.change(memory_of(level), memory_of(next));
            self.level.store(next, Ordering::Relaxed);
        }
    }

    fn demand(&self) -> Demand {
        let short = self.short.swap(false, Ordering::Relaxed);
        if self.busy.swap(false, Ordering::Relaxed) {
            return Demand::TooMuch;
        }
        let slots = self.slots.left().min(self.writes.left());
        let full = short || slots == 0 || self.memory.left() < LEAST_MEMORY / 2;
        if full { Demand::Full } else { Demand::Less }
    }
}

/// What a step saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Demand {
    /// All that may be under way was.
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
        Self { level, base: None, rest: WARM_UP }
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
    use std::sync::Arc;

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

    /// Of a link that one connection does not fill: most parts of one file that were under way, where each brings as much.
    #[tokio::test(start_paused = true)]
    async fn one_file_alone_fills_a_long_link() {
        let (pace, meter) = (Pace::default(), Arc::new(Meter::default()));
        let file = async {
            let moved = meter.attempt();
            loop {
                let parts = (1..).find(|parts| !pace.allows_another(*parts)).unwrap_or(MOST);
                moved.wrote(parts as u64 * 1000);
                if parts == MOST / ONE_FILE {
                    return parts;
                }
                tokio::time::sleep(STEP / 10).await;
            }
        };
        let never = pace.find_level(&meter);
        let found = tokio::time::timeout(40 * STEP, async {
            tokio::select! { parts = file => parts, never = never => match never {} }
        });
        assert_eq!(found.await, Ok(MOST / ONE_FILE));
    }

    #[test]
    fn a_file_that_has_all_the_parts_it_wants_asks_for_no_more() {
        let pace = Pace::default();
        assert!(pace.allows_another(FIRST / ONE_FILE - 1));
        assert_eq!(pace.demand(), Demand::Less);
        assert!(!pace.allows_another(FIRST / ONE_FILE));
        assert_eq!((pace.demand(), pace.demand()), (Demand::Full, Demand::Less));
    }

    #[test]
    fn what_is_not_asked_for_is_not_raised() {
        let mut climb = Climb::new(FIRST);
        assert!((0..50).all(|_| climb.step(1.0, Demand::Less) == FIRST));
    }
}
