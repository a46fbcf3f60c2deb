//! The schedule of a share: told to its recipients, and published for before each tick.

use datashare_domain::{Schedule, ShareId, Situation, Step, Timeline};
use datashare_protocol::Body;

use super::{MailboxView, ShareContext};
use crate::database::schedules::{self, ScheduleRow};
use crate::database::{shares, ticks};
use crate::dto::AgentRound;
use crate::due::{Attempt, claim, conclude, look_again};
use crate::{App, Result};

/// Under which name the ticks for which a share is published are written down.
pub(crate) fn owner(share: &ShareId) -> String {
    format!("share:{share}")
}

impl ShareContext {
    /// `None` when there never was one.
    pub(crate) fn schedule(&self) -> Result<Option<ScheduleRow>> {
        self.app.database().read(|connection| schedules::schedule(connection, &self.row.id))
    }

    /// Sets or takes away the schedule, and tells everybody who has access. Whoever cannot be reached now is told by the
    /// next look.
    pub(crate) async fn change_schedule(&self, schedule: Option<Schedule>) -> Result<()> {
        let row = ScheduleRow { schedule: schedule.clone(), changed_at: self.app.now() };
        self.app.database().write(|transaction| schedules::set_schedule(transaction, &self.row.id, &row))?;
        self.record(Body::ScheduleChanged { schedule }).await?;
        for view in self.views()?.iter().filter(|view| view.has_access()) {
            if let Err(error) = self.tell_schedule(view).await {
                tracing::warn!("a recipient is told of the schedule later: {error}");
            }
        }
        Ok(())
    }

    /// Tells the schedule to a recipient with access that was told another one.
    pub(crate) async fn tell_schedule(&self, view: &MailboxView) -> Result<()> {
        let schedule = self.schedule()?.and_then(|row| row.schedule);
        if view.state.schedule() != schedule.as_ref() {
            self.tell(&view.row.id, |_| Ok(Body::ScheduleChanged { schedule })).await?;
        }
        Ok(())
    }

    /// Publishes all datasets, if anybody can read them.
    async fn publish_for_recipients(&self) -> Result<()> {
        if self.views()?.iter().any(MailboxView::has_access) {
            self.publish_datasets(&self.datasets()?).await?;
            self.app.shares_changed();
        }
        Ok(())
    }
}

impl App {
    /// Starts the publications that are due. Only asks what is known here; the stores are waited for beside.
    pub(crate) fn attend_publications(&self, round: &mut AgentRound) -> Result<()> {
        let now = self.now();
        for id in self.database().read(|connection| schedules::shares_to_look_at(connection, now))? {
            let Some(lock) = self.try_lock(&format!("tick-{id}"))? else { continue };
            if !self.look_at_share_schedule(&id)? {
                continue;
            }
            let row = self.database().read(|connection| shares::find_share(connection, id.as_str()))?;
            let name = row.map(|row| row.name).unwrap_or_default();
            round.refreshed.push(format!("{name}: published for the schedule"));
            let app = self.clone();
            self.inner.due.spawn(async move {
                if let Err(error) = app.publish_due(&id).await {
                    tracing::error!("a publication that was due could not be recorded: {error}");
                }
                drop(lock);
                app.shares_changed();
            });
        }
        Ok(())
    }

    /// Whether something is due; else writes down when to look again. The caller holds the tick's lock.
    fn look_at_share_schedule(&self, id: &ShareId) -> Result<bool> {
        let (last, row) = self.database().read(|connection| {
            Ok((ticks::find(connection, &owner(id))?, schedules::schedule(connection, id)?))
        })?;
        let now = self.now();
        let next = match self.publication_step(row, last.map(|row| row.dealt)) {
            Step::NotDue(next) => next,
            Step::Due { .. } | Step::SkipBecauseRunning(_) => return Ok(true),
        };
        let again = look_again(next, now);
        self.database().write(|transaction| schedules::look_at_share(transaction, id, again))?;
        Ok(false)
    }

    fn publication_step(&self, row: Option<ScheduleRow>, last: Option<datashare_domain::DealtTick>) -> Step {
        let Some(row) = row else { return Step::NotDue(None) };
        let timeline = Timeline::new([(row.changed_at, row.schedule.as_ref())]);
        let Some(table) = timeline.current() else { return Step::NotDue(None) };
        let now = self.now();
        let situation = Situation {
            timeline: &timeline,
            since: row.changed_at,
            last,
            now,
            running: false,
            offset: -table.lead(now),
        };
        situation.step()
    }

    async fn publish_due(&self, id: &ShareId) -> Result<()> {
        let row = self.database().read(|connection| schedules::schedule(connection, id))?;
        let (owner, now) = (owner(id), self.now());
        let step = claim(self.database(), &owner, |last| Ok(self.publication_step(row, last)), now)?;
        let Step::Due { tick, .. } = step else { return Ok(()) };
        let ended = match self.publish_scheduled(id).await {
            Ok(()) => Attempt::Done(None),
            Err(error) => error.into(),
        };
        conclude(self.database(), (&owner, tick), ended, self.now())
    }

    async fn publish_scheduled(&self, id: &ShareId) -> Result<()> {
        ShareContext::open_to_change(self, id.as_str()).await?.publish_for_recipients().await
    }
}
