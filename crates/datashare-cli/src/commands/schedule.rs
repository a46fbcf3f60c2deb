//! `datashare schedule`

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use datashare_app::dto::{ScheduleSet, ScheduleView, ScheduleWish, ShareName, ShareSchedule, Tick};
use datashare_domain::{Day, Recurrence};
use serde::Deserialize;

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
    #[arg(long, value_parser = every)]
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
    pub(crate) at: Option<String>,
    /// Days of a weekly schedule: mon,tue,wed,thu,fri,sat,sun
    #[arg(long, value_name = "DAYS", value_delimiter = ',', value_parser = day)]
    pub(crate) on: Vec<Day>,
    /// Time zone, area and city; daylight saving is kept
    #[arg(long, value_name = "AREA/CITY", default_value = "UTC")]
    pub(crate) time_zone: String,
    /// No run before [default: now]
    #[arg(long, value_name = "TIME", value_parser = values::until)]
    pub(crate) start: Option<DateTime<Utc>>,
    /// Each follower starts up to so many seconds later, always the same, so that not all come at once
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub(crate) jitter: u32,
}

/// How often, as it is written on the command line and in the file of `datashare apply`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum Every {
    Hours(u16),
    Day,
    Week,
    Cron(String),
}

pub(crate) fn every(text: &str) -> Result<Every, String> {
    let hours = |text: &str| text.strip_suffix('h').and_then(|hours| hours.parse().ok()).map(Every::Hours);
    match text {
        "hour" => Ok(Every::Hours(1)),
        "day" => Ok(Every::Day),
        "week" => Ok(Every::Week),
        _ => match text.strip_prefix("cron:") {
            Some(expression) => Ok(Every::Cron(expression.trim().to_owned())),
            None => hours(text).ok_or_else(|| {
                "it is none of hour, day, week, a number of hours (6h), cron:\"MIN HOUR DAY MONTH WEEKDAY\"".to_owned()
            }),
        },
    }
}

impl TryFrom<String> for Every {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        every(&text)
    }
}

pub(crate) fn day(text: &str) -> Result<Day, String> {
    let lower = text.trim().to_lowercase();
    let named = |day: &Day| {
        let name = format!("{day:?}").to_lowercase();
        lower.len() >= 3 && name.starts_with(&lower)
    };
    Day::ALL
        .into_iter()
        .find(named)
        .ok_or_else(|| "it is no day: mon, tue, wed, thu, fri, sat, sun".to_owned())
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
        if (every == Every::Week) == self.on.is_empty() {
            return Err(match every {
                Every::Week => "A weekly schedule needs its days: say on which, for example 'mon' and 'thu'.",
                _ => "Days ('on') belong to a weekly schedule only: say 'week' for 'every'.",
            });
        }
        let at = match every {
            Every::Cron(_) => self.at,
            _ => Some(self.at.unwrap_or_else(|| "00:00".to_owned())),
        };
        let recurrence = match every {
            Every::Hours(hours) => Recurrence::Hours { hours },
            Every::Day => Recurrence::Day,
            Every::Week => Recurrence::Week { days: self.on },
            Every::Cron(expression) => Recurrence::Cron { expression },
        };
        let (time_zone, start, jitter_seconds) = (self.time_zone, self.start, self.jitter);
        Ok(ScheduleWish { recurrence, at, time_zone, start, jitter_seconds })
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn how_often_is_read_as_it_is_written() {
        assert_eq!(every("hour"), Ok(Every::Hours(1)));
        assert_eq!(every("6h"), Ok(Every::Hours(6)));
        assert_eq!(every("cron: 0 6 1 * *"), Ok(Every::Cron("0 6 1 * *".into())));
        for wrong in ["", "h", "-1h", "6", "month", "cron"] {
            assert!(every(wrong).is_err(), "{wrong:?}");
        }
        assert_eq!(
            ["mon", "Thursday", "SUN"].map(|text| day(text).unwrap()),
            [Day::Monday, Day::Thursday, Day::Sunday]
        );
        assert!(day("m").is_err() && day("mondays").is_err());
    }
}
