//! Snapshots that are due: of received shares whose trigger is on.

use datashare_domain::{
    DealtTick, ReceivedId, Schedule, Situation, SnapshotMode, SnapshotStatus, Step, SubscriptionStatus,
    TickState, Timeline,
};

use super::Subscription;
use super::runs::{Cause, run_lock, was_left};
use crate::database::schedules::{self, TriggerRow};
use crate::database::{received, snapshots, ticks};
use crate::dto::{AgentRound, RunOptions, Snapshot, SnapshotId, SnapshotStart, Tag};
use crate::due::{Attempt, claim, conclude, look_again};
use crate::locks::Lock;
use crate::{App, Result};

/// Under which name the ticks of a received share are written down.
pub(crate) fn owner(received: &ReceivedId) -> String {
    format!("received:{received}")
}

/// Whose schedule a trigger follows now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Followed<'a> {
    Provider,
    Own(&'a Schedule),
    /// The provider's: the own one would come more often than that allows.
    ProviderInstead,
    /// The provider offers none.
    None,
}

/// A trigger's schedule can only be one that the provider's allows, which may have become a rarer one since.
pub(crate) fn followed<'a>(trigger: &'a TriggerRow, offered: Option<&Schedule>) -> Followed<'a> {
    match (&trigger.own, offered) {
        (_, None) => Followed::None,
        (None, Some(_)) => Followed::Provider,
        (Some(own), Some(offered)) if own.is_at_most_as_often_as(offered) => Followed::Own(own),
        (Some(_), Some(_)) => Followed::ProviderInstead,
    }
}

impl Subscription {
    /// When snapshots are due by this trigger.
    pub(crate) fn timeline(&self, trigger: &TriggerRow) -> Timeline {
        match followed(trigger, self.state.schedule()) {
            Followed::Provider | Followed::ProviderInstead => self.state.timeline(),
            Followed::Own(own) => Timeline::new([(trigger.enabled_at, Some(own))]),
            Followed::None => Timeline::default(),
        }
    }

    fn step(&self, trigger: &TriggerRow, last: Option<DealtTick>) -> Result<Step> {
        let timeline = self.timeline(trigger);
        let running = self.app.try_lock(&run_lock(&self.row.id))?.is_none();
        let situation = Situation {
            timeline: &timeline,
            since: trigger.enabled_at,
            last,
            now: self.app.now(),
            running,
            offset: timeline.offset_of(self.row.id.as_str()),
        };
        Ok(situation.step())
    }
}

impl App {
    /// Starts the snapshots that are due. Only asks what is known here; the network is waited for beside.
    pub(crate) fn attend_triggers(&self, round: &mut AgentRound) -> Result<()> {
        let now = self.now();
        for id in self.database().read(|connection| schedules::received_to_look_at(connection, now))? {
            // Somebody is at it, in this process or another.
            let Some(lock) = self.try_lock(&format!("tick-{id}"))? else { continue };
            match self.look_at_trigger(&id) {
                Ok(None) => {}
                Ok(Some(name)) => {
                    round.refreshed.push(format!("{name}: a snapshot is due by the schedule"));
                    let app = self.clone();
                    self.inner.due.spawn(async move {
                        if let Err(error) = app.run_due(&id, lock).await {
                            tracing::error!("a snapshot that was due could not be recorded: {error}");
                        }
                        app.changed(&[Tag::Received]);
                    });
                }
                Err(error) => round.problems.push(error.in_words()),
            }
        }
        Ok(())
    }

    /// The received share's name when something is due; else writes down when to look again. The caller holds the tick's
    /// lock.
    fn look_at_trigger(&self, id: &ReceivedId) -> Result<Option<String>> {
        let found = self.database().read(|connection| {
            let row = received::find(connection, id.as_str())?;
            Ok(row.zip(schedules::trigger(connection, id)?))
        })?;
        let Some((row, trigger)) = found else { return Ok(None) };
        self.settle_started(id)?;
        let last = self.database().read(|connection| ticks::find(connection, &owner(id)))?;
        let subscription = Subscription::of_row(self, row)?;
        let active = subscription.status() == SubscriptionStatus::Active;
        let next = match subscription.step(&trigger, last.map(|row| row.dealt))? {
            Step::NotDue(next) => next,
            // Without access nothing is due; the provider's word about it brings us back.
            _ if !active => None,
            Step::Due { .. } | Step::SkipBecauseRunning(_) => return Ok(Some(subscription.row.name)),
        };
        let now = self.now();
        let again = look_again(next, now);
        self.database().write(|transaction| schedules::look_at_received(transaction, id, again))?;
        Ok(None)
    }

    /// A run that was started for a tick and whose process ended meanwhile: it came to nothing, and is tried again.
    fn settle_started(&self, id: &ReceivedId) -> Result<()> {
        let row = self.database().read(|connection| ticks::find(connection, &owner(id)))?;
        let Some(row) = row.filter(|row| row.dealt.state == TickState::Started) else { return Ok(()) };
        self.settle_abandoned(id)?;
        let run = row.snapshot_id.as_deref().unwrap_or_default();
        let Some((_, run)) = self.database().read(|connection| snapshots::find(connection, run))? else {
            return Ok(());
        };
        if run.ended_at.is_none() {
            return Ok(());
        }
        conclude(self.database(), (&owner(id), row.dealt.tick), attempt_of(&run), self.now())
    }

    /// Takes the snapshot that is due, if it still is when the provider's newest word is known, and waits for its end.
    /// The lock is held until it is started: while it runs, the run's own lock says so.
    async fn run_due(&self, id: &ReceivedId, lock: Lock) -> Result<()> {
        let Some(row) = self.database().read(|connection| received::find(connection, id.as_str()))? else {
            return Ok(());
        };
        let subscription = match Subscription::of_row(self, row.clone())?.refresh().await {
            Ok(fresh) => fresh,
            // The start asks again, and then counts as an attempt.
            Err(_) => Subscription::of_row(self, row)?,
        };
        let Some(trigger) = self.database().read(|connection| schedules::trigger(connection, id))? else {
            return Ok(());
        };
        let (owner, now) = (owner(id), self.now());
        let step = claim(self.database(), &owner, |last| subscription.step(&trigger, last), now)?;
        let Step::Due { tick, attempt } = step else { return Ok(()) };
        tracing::info!("'{}' is due by its schedule since {tick}, attempt {attempt}", subscription.row.name);
        let before = self.database().read(|connection| ticks::find(connection, &owner))?;
        let before = before.and_then(|row| row.snapshot_id);
        let ended = match self.start_due(id, trigger.mode, before).await {
            Ok(run) => {
                drop(lock);
                attempt_of(&self.snapshot_wait(&run.snapshot_id).await?)
            }
            Err(error) => error.into(),
        };
        conclude(self.database(), (&owner, tick), ended, self.now())?;
        self.database().write(|transaction| schedules::look_at_received_now(transaction, id))
    }

    /// Starts the run, or goes on where the attempt before it ended.
    async fn start_due(
        &self,
        id: &ReceivedId,
        mode: SnapshotMode,
        before: Option<String>,
    ) -> Result<Snapshot> {
        let owner = owner(id);
        if let Some(snapshot_id) = before {
            return self.retry_snapshot(SnapshotId { snapshot_id }, Some(&owner)).await;
        }
        let (received, options) = (id.to_string(), RunOptions::default());
        let request = SnapshotStart { received, mode, datasets: Vec::new(), options };
        self.start_snapshot(request, Cause { tick: Some(&owner), ..Cause::default() }).await
    }
}

/// What a run that has ended means for its tick.
fn attempt_of(run: &Snapshot) -> Attempt {
    let message = || run.message.clone().unwrap_or_else(|| "The snapshot did not succeed.".into());
    match run.status {
        SnapshotStatus::Failed | SnapshotStatus::PartlySucceeded
            if run.failures.is_empty() || run.failures.iter().any(|failure| failure.retry) =>
        {
            // Without a failure its process was ended.
            Attempt::MayPass(message())
        }
        SnapshotStatus::Cancelled if was_left(run) => Attempt::GoesOn(message()),
        // A cancelled run never begins again by itself.
        SnapshotStatus::Succeeded | SnapshotStatus::Cancelled => Attempt::Done(None),
        _ => Attempt::Done(Some(message())),
    }
}
