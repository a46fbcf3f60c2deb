//! What a clock makes due: snapshots of received shares with a trigger, and publications of shares with a schedule.
//!
//! A tick is written down before anything is started for it (`ticks`), by whoever holds the tick's lock until it is started;
//! the run's first row and the word that it was started are one transaction. So a tick that stands there as claimed while nobody holds the lock
//! did not come about and is tried again, and one that was started never is started a second time by a crash. What to do
//! is decided by [`datashare_domain::Situation::step`], which knows nothing but what was written down.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use datashare_domain::{DealtTick, Step, TickState, retry_after};
use tokio::task::JoinSet;

use crate::database::{Database, ticks};
use crate::dto::{AgentRound, Tick, TickStatus};
use crate::{App, AppError, Code, Result};

/// How long nothing is looked at again at most: the clock may have been set.
const LONGEST_REST: TimeDelta = TimeDelta::minutes(10);

/// So long a process that ends waits at most for what runs in it to stop.
const LEAVE_WITHIN: Duration = Duration::from_secs(20);

/// Work that was started because it was due. It ends with the process; what it left is taken up again by the next look.
#[derive(Debug, Default)]
pub(crate) struct DueWork(Mutex<JoinSet<()>>);

impl DueWork {
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // What has ended is let go, so that the set does not grow.
        while tasks.try_join_next().is_some() {}
        tasks.spawn(work);
    }

    async fn ended(&self) {
        let mut tasks = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        while tasks.join_next().await.is_some() {}
    }
}

impl App {
    /// Starts what is due, and answers at once: the work goes on beside. To be called every few seconds by whoever does the
    /// workspace's work.
    pub(crate) fn attend_schedules(&self, round: &mut AgentRound) -> Result<()> {
        self.attend_triggers(round)?;
        self.attend_publications(round)
    }

    /// Has everything that runs in this process stop where the next one can go on, and waits for that some seconds. A snapshot of a
    /// schedule goes on by itself when somebody does the workspace's work again. Nothing is to be started any more.
    pub async fn leave(&self) {
        let left = async {
            self.inner.runs.leave().await;
            self.inner.due.ended().await;
        };
        if tokio::time::timeout(LEAVE_WITHIN, left).await.is_err() {
            tracing::warn!(
                "what ran could not be brought to a stop in time; it is taken up as after a crash"
            );
        }
    }

    /// Waits for the end of the snapshots and publications that this process started because they were due.
    pub async fn due_work_ended(&self) {
        self.inner.due.ended().await;
    }
}

/// What an attempt at a tick came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Attempt {
    /// Nothing is left to do; what a person should know of it.
    Done(Option<String>),
    /// It did not come about for a reason that may pass.
    MayPass(String),
    /// Its process ended and left it so that it can go on at once. It counts no more than if it had not been begun.
    GoesOn(String),
}

impl From<AppError> for Attempt {
    fn from(error: AppError) -> Self {
        // A keyring is unlocked when its owner comes.
        let passes = error.retry || error.code == Code::VaultLocked;
        if passes { Self::MayPass(error.in_words()) } else { Self::Done(Some(error.in_words())) }
    }
}

/// Decides and writes down that it begins, in one step that no other process can come between.
pub(crate) fn claim(
    database: &Database,
    owner: &str,
    situation: impl FnOnce(Option<DealtTick>) -> Result<Step>,
    now: DateTime<Utc>,
) -> Result<Step> {
    database.write(|transaction| {
        let step = situation(ticks::find(transaction, owner)?.map(|row| row.dealt))?;
        match step {
            Step::NotDue(_) => {}
            Step::Due { tick, attempt } => ticks::claim(transaction, owner, tick, attempt, now)?,
            Step::SkipBecauseRunning(tick) => ticks::pass(transaction, owner, tick, now)?,
        }
        Ok(step)
    })
}

/// Writes down what an attempt at a tick came to, unless somebody did already. What may pass is tried again, but not for
/// ever.
pub(crate) fn conclude(
    database: &Database,
    (owner, tick): (&str, DateTime<Utc>),
    attempt: Attempt,
    now: DateTime<Utc>,
) -> Result<()> {
    database.write(|transaction| {
        let goes_on =
            |row: &ticks::TickRow| matches!(row.dealt.state, TickState::Claimed | TickState::Started);
        let row = ticks::find(transaction, owner)?.filter(|row| row.dealt.tick == tick && goes_on(row));
        let Some(row) = row else { return Ok(()) };
        let (state, message) = match attempt {
            Attempt::Done(message) => (TickState::Done, message),
            Attempt::MayPass(message) => {
                let again = retry_after(row.dealt.attempt, now);
                (again.map_or(TickState::Done, TickState::Waiting), Some(message))
            }
            Attempt::GoesOn(message) => {
                ticks::uncount(transaction, owner)?;
                (TickState::Waiting(now), Some(message))
            }
        };
        ticks::ended(transaction, owner, (state, message.as_deref()), now)
    })
}

/// When to look again at what is not due before `next`.
pub(crate) fn look_again(next: Option<DateTime<Utc>>, now: DateTime<Utc>) -> DateTime<Utc> {
    let rest = now + LONGEST_REST;
    next.map_or(rest, |next| next.min(rest))
}

/// The newest tick as people see it.
pub(crate) fn tick_dto(row: ticks::TickRow) -> Tick {
    let ticks::TickRow { dealt, snapshot_id, message } = row;
    let (status, retry_at) = match dealt.state {
        TickState::Claimed | TickState::Started => (TickStatus::Running, None),
        TickState::Waiting(until) => (TickStatus::Waiting, Some(until)),
        TickState::Done if message.is_some() => (TickStatus::Missed, None),
        TickState::Done => (TickStatus::Done, None),
    };
    // What was left goes on as the attempt that it was.
    Tick { at: dealt.tick, status, attempt: dealt.attempt.max(1), retry_at, snapshot_id, message }
}

#[cfg(test)]
mod tests;
