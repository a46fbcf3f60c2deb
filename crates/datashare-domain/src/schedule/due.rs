//! What to do about a schedule now. Decided from what was written down, so that the same question after a crash has the
//! same answer.

use chrono::{DateTime, TimeDelta, Utc};

use super::Timeline;

/// How often a tick is tried before the next one is waited for.
pub const MOST_ATTEMPTS: u32 = 5;

/// How far the newest tick got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TickState {
    /// Written down, and not started yet. When nobody is at it, whoever was has ended in between.
    Claimed,
    /// Its run goes on.
    Started,
    /// It failed for a reason that may pass, and is tried again then.
    Waiting(DateTime<Utc>),
    /// Nothing is left to do: it ran, was skipped, or was given up.
    Done,
}

/// The newest tick that was dealt with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DealtTick {
    pub tick: DateTime<Utc>,
    pub state: TickState,
    /// From 1; 0 when the first one was left and goes on.
    pub attempt: u32,
    /// The newest tick that was passed over since, because a run went on.
    pub passed: Option<DateTime<Utc>>,
}

/// What is known when the question is asked.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    pub timeline: &'a Timeline,
    /// Ticks up to here are of no concern.
    pub since: DateTime<Utc>,
    pub last: Option<DealtTick>,
    pub now: DateTime<Utc>,
    /// A run goes on, for whatever reason it was started.
    pub running: bool,
    /// How long after a tick it is due; negative for what is to be done before.
    pub offset: TimeDelta,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing, until this moment if nothing is changed.
    NotDue(Option<DateTime<Utc>>),
    /// Start this tick. However many were missed, it is one.
    Due { tick: DateTime<Utc>, attempt: u32 },
    /// Pass this tick over: a run goes on.
    SkipBecauseRunning(DateTime<Utc>),
}

/// When a tick that failed for a reason that may pass is tried again; `None` when it is given up.
pub fn retry_after(attempt: u32, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let minutes = 4_i64.checked_pow(attempt.saturating_sub(1))?;
    (attempt < MOST_ATTEMPTS).then(|| now + TimeDelta::minutes(minutes))
}

impl Situation<'_> {
    /// Decides. The newest tick counts alone: what was missed before is made up for by its run.
    pub fn step(&self) -> Step {
        let dealt = self.last.map(|last| last.passed.map_or(last.tick, |passed| passed.max(last.tick)));
        let after = dealt.map_or(self.since, |dealt| dealt.max(self.since));
        match self.timeline.newest_between(after, self.now - self.offset) {
            Some(tick) if self.running => Step::SkipBecauseRunning(tick),
            Some(tick) => Step::Due { tick, attempt: 1 },
            None => self.again().unwrap_or(Step::NotDue(self.next(after))),
        }
    }

    /// The newest tick once more, when it did not come about.
    fn again(&self) -> Option<Step> {
        let last = self.last.filter(|last| last.tick > self.since && !self.running)?;
        self.timeline.current()?;
        let waits = match last.state {
            TickState::Claimed => true,
            TickState::Waiting(until) => until <= self.now,
            TickState::Started | TickState::Done => false,
        };
        let attempt = last.attempt + 1;
        (waits && attempt <= MOST_ATTEMPTS).then_some(Step::Due { tick: last.tick, attempt })
    }

    fn next(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let tick = self.timeline.next_after(after.max(self.now - self.offset));
        let again = self.last.and_then(|last| match last.state {
            TickState::Waiting(until) if last.tick > self.since => Some(until),
            _ => None,
        });
        tick.map(|tick| tick + self.offset).into_iter().chain(again).min()
    }
}
