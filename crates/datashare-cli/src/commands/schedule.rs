//! `datashare schedule`

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use datashare_app::dto::{
    Every, NamedDay, ScheduleSet, ScheduleView, ScheduleWish, ScheduleWords, ShareName, ShareSchedule, Tick,
};

use crate::failure::Failure;
use crate::session::Session;
use crate::{values, words};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Offer a schedule by which recipients can take their snapshots; those who follow it move along
    #[command(after_help = "Examples:
  datashare schedule set sales --every day --at 02:30 --time-zone Europe/Berlin
  datashare schedule set sales --every 6h --at 00:15 --time-zone UTC --jitter 300
  datashare schedule set sales --every week --on mon,thu --at 06:00 --time-zone America/New_York
  datashare schedule set sales --every \"cron:0 6 1 * *\" --time-zone Europe/Berlin --dry-run

With --json, here and in show: {share, schedule|null, last|null}. A schedule is {schedule: {recurrence, at|null, start, time_zone, \
jitter_seconds}, in_words, next: [five times], changed_at|null, problem|null}, which a dry run prints alone; last is the newest tick \
that was published for: {at, status, attempt, retry_at|null, snapshot_id|null, message|null}, its status Running, Waiting, Done or \
Missed.")]
    Set(Set),
    /// Show the schedule of a share with its next runs
    #[command(after_help = "Example:\n  datashare schedule show sales")]
    Show {
        /// Name or id of the share
        share: String,
    },
    /// Take the schedule away: nobody receives by it any more
    #[command(after_help = "Example:\n  datashare schedule clear sales")]
    Clear {
        /// Name or id of the share
        share: String,
    },
}

#[derive(Args, Debug)]
pub(crate) struct Set {
    /// Name or id of the share
    share: String,
    /// hour, day, week, a number of hours such as 6h, or cron:EXPRESSION with five fields
    #[arg(long)]
    every: Every,
    #[command(flatten)]
    time: Time,
    /// Only show the next runs; change nothing
    #[arg(long)]
    dry_run: bool,
}

/// When in the day, on which days, and whose clock.
#[derive(Args, Debug)]
pub(crate) struct Time {
    /// Time of day, HH:MM [default: 00:00]; not with a cron expression, which says it itself
    #[arg(long, value_name = "HH:MM")]
    at: Option<String>,
    /// Days of a weekly schedule: mon,tue,wed,thu,fri,sat,sun
    #[arg(long, value_name = "DAYS", value_delimiter = ',')]
    on: Vec<NamedDay>,
    /// Time zone, area and city; daylight saving is kept
    #[arg(long, value_name = "AREA/CITY", default_value = "UTC")]
    time_zone: String,
    /// No run before [default: now]
    #[arg(long, value_name = "TIME", value_parser = values::until)]
    start: Option<DateTime<Utc>>,
    /// Each follower starts up to so many seconds later, always the same, so that not all come at once
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    jitter: u32,
}

impl Time {
    /// Nothing of it, as there is no schedule of one's own.
    pub(crate) fn must_be_unused(self) -> Result<Option<ScheduleWish>, Failure> {
        let used = self.at.is_some() || !self.on.is_empty() || self.start.is_some();
        let used = used || self.time_zone != "UTC" || self.jitter > 0;
        if used {
            Err(Failure::usage("A time belongs to a schedule of your own: give --own too."))
        } else {
            Ok(None)
        }
    }

    /// The whole of it; the error is a sentence.
    pub(crate) fn wish(self, every: Every) -> Result<ScheduleWish, &'static str> {
        let Self { at, on, time_zone, start, jitter } = self;
        ScheduleWords { every, on, at, time_zone, start, jitter }.wish()
    }
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    let (app, output) = (&session.app, &session.output);
    match command {
        Command::Set(Set { share, every, time, dry_run }) => {
            let schedule = time.wish(every).map_err(Failure::usage)?;
            if dry_run {
                return output.show(&app.schedule_preview(schedule).await?, schedule_text);
            }
            let set = app.schedule_set(ScheduleSet { share, schedule }).await?;
            output.done(&set, share_text)
        }
        Command::Show { share } => output.show(&app.schedule_show(ShareName { share }).await?, share_text),
        Command::Clear { share } => {
            let cleared = app.schedule_clear(ShareName { share }).await?;
            output.done(&cleared, |cleared| format!("'{}' has no schedule any more.", cleared.share))
        }
    }
}

fn share_text(share: &ShareSchedule) -> String {
    let Some(schedule) = &share.schedule else {
        return format!("'{}' has no schedule: set one with 'datashare schedule set'.", share.share);
    };
    let last = share.last.as_ref().map(|last| format!("\nLast published for: {}", tick_text(last)));
    format!("{}{}", schedule_text(schedule), last.unwrap_or_default())
}

/// A schedule and its next runs.
pub(crate) fn schedule_text(view: &ScheduleView) -> String {
    let mut lines = vec![format!("Schedule:     {}", view.in_words)];
    lines.extend(view.problem.clone());
    lines.extend(next_text(&view.next));
    lines.join("\n")
}

pub(crate) fn next_text(next: &[DateTime<Utc>]) -> Vec<String> {
    let line = |(index, tick): (usize, &DateTime<Utc>)| {
        let title = if index == 0 { "Next runs:" } else { "" };
        format!("{title:<13} {}", words::time(*tick))
    };
    next.iter().enumerate().map(line).collect()
}

pub(crate) fn tick_text(tick: &Tick) -> String {
    let retry = tick.retry_at.map(|at| format!(", tried again at {}", words::time(at))).unwrap_or_default();
    let run = tick.snapshot_id.as_ref().map(|id| format!(", snapshot {id}")).unwrap_or_default();
    let message = tick.message.as_ref().map(|message| format!(". {message}")).unwrap_or_default();
    format!("{}, {}{retry}{run}{message}", words::time(tick.at), words::state(tick.status))
}
