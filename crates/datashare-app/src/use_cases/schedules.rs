//! Schedules of sent shares, and recipients that ask for a fresh publication.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use datashare_domain::{Schedule, ScheduleProblem};
use datashare_protocol::Body;

use crate::database::ticks;
use crate::dto::{
    PublicationAnswer, Recipient, ScheduleSet, ScheduleView, ScheduleWish, ShareName, ShareSchedule,
};
use crate::due::tick_dto;
use crate::provider::{ShareContext, schedule_owner};
use crate::{App, AppError, Result};

/// Runs that are written out.
pub(crate) const NEXT_RUNS: usize = 5;

impl App {
    pub async fn schedule_show(&self, request: ShareName) -> Result<ShareSchedule> {
        self.share_schedule(&ShareContext::open(self, &request.share).await?)
    }

    /// What a schedule would mean; changes nothing.
    pub async fn schedule_preview(&self, request: ScheduleWish) -> Result<ScheduleView> {
        let schedule = self.wished(request)?;
        Ok(schedule_view(&schedule, None, self.now()))
    }

    /// Sets or changes the schedule of a share. Recipients that follow it move along by themselves.
    pub async fn schedule_set(&self, request: ScheduleSet) -> Result<ShareSchedule> {
        let context = ShareContext::open_to_change(self, &request.share).await?;
        let before = context.schedule()?.and_then(|row| row.schedule);
        let mut wish = request.schedule;
        wish.start = wish.start.or(before.as_ref().map(|before| before.start));
        let schedule = self.wished(wish)?;
        if before.as_ref() != Some(&schedule) {
            context.change_schedule(Some(schedule)).await?;
            self.shares_changed();
        }
        self.share_schedule(&context)
    }

    /// Takes the schedule away. Nobody's snapshots are taken by it any more.
    pub async fn schedule_clear(&self, request: ShareName) -> Result<ShareSchedule> {
        let context = ShareContext::open_to_change(self, &request.share).await?;
        if context.schedule()?.is_some_and(|row| row.schedule.is_some()) {
            context.change_schedule(None).await?;
            self.shares_changed();
        }
        self.share_schedule(&context)
    }

    fn share_schedule(&self, context: &ShareContext) -> Result<ShareSchedule> {
        let owner = schedule_owner(&context.row.id);
        let last = self.database().read(|connection| ticks::find(connection, &owner))?;
        Ok(ShareSchedule {
            share: context.row.name.clone(),
            schedule: context.schedule_view()?,
            last: last.map(tick_dto),
        })
    }

    /// Checks what a person asks for.
    pub(crate) fn wished(&self, wish: ScheduleWish) -> Result<Schedule> {
        let start = wish.start.unwrap_or(self.now());
        let minute = start.duration_trunc(TimeDelta::minutes(1)).unwrap_or(start);
        let schedule = Schedule {
            recurrence: wish.recurrence,
            at: wish.at.map(|at| at.trim().to_owned()),
            start: minute,
            time_zone: wish.time_zone.trim().to_owned(),
            jitter_seconds: wish.jitter_seconds,
        };
        schedule.timetable().map_err(cannot_follow)?;
        Ok(schedule)
    }

    /// Publishes what a recipient asked for, or says why not.
    pub async fn publication_answer(&self, request: PublicationAnswer) -> Result<Recipient> {
        let context = ShareContext::open_to_change(self, &request.share).await?;
        let view = context.find_view(&request.recipient)?;
        let open = view.state.publication.as_ref().filter(|asked| asked.answer.is_none());
        let Some(asked) = open.filter(|_| view.has_access()).map(|asked| asked.sequence) else {
            let message = format!("{} waits for no publication.", view.row.email);
            return Err(AppError::invalid(message).hint("Publish whenever you like; nobody has to ask."));
        };
        let refusal = request.refusal.map(|reason| reason.trim().to_owned());
        if refusal.as_ref().is_some_and(String::is_empty) {
            return Err(AppError::invalid("A refusal needs a reason.")
                .hint("Say in a sentence why not; the recipient reads it."));
        }
        let mut manifest_version = None;
        if refusal.is_none() {
            context.publish_datasets(&context.datasets()?).await?;
            manifest_version = context.logged_manifest()?.map(|(version, _)| version);
        }
        let answered = Body::PublicationAnswered { asked, refusal, manifest_version };
        context.tell(&view.row.id, |_| Ok(answered)).await?;
        self.shares_changed();
        super::recipients::recipient_dto(&context, context.find_view(view.row.id.as_str())?)
    }
}

impl ShareContext {
    pub(crate) fn schedule_view(&self) -> Result<Option<ScheduleView>> {
        let Some(row) = self.schedule()? else { return Ok(None) };
        let view = |schedule: &Schedule| schedule_view(schedule, Some(row.changed_at), self.app.now());
        Ok(row.schedule.as_ref().map(view))
    }
}

/// A schedule with what it means from now on.
pub(crate) fn schedule_view(
    schedule: &Schedule,
    changed_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> ScheduleView {
    let table = schedule.timetable();
    let next = table.as_ref().map(|table| table.after(now).take(NEXT_RUNS).collect()).unwrap_or_default();
    ScheduleView {
        schedule: schedule.clone(),
        in_words: schedule.in_words(),
        next,
        changed_at,
        problem: table.err().map(|problem| problem.to_string()),
    }
}

fn cannot_follow(problem: ScheduleProblem) -> AppError {
    AppError::invalid(problem.to_string())
        .hint("Correct the schedule, and look at its next runs before you set it.")
}
