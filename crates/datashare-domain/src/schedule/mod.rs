//! Schedules: when snapshots are taken by themselves, as the provider offers it and as a recipient may set it.
//!
//! A [`Schedule`] is plain data, as it stands in a record, and may come from anywhere. [`Schedule::timetable`] checks it
//! and answers what can be asked for its ticks. Pure: the time zones and their rules are compiled in, and the time comes in
//! as an argument.
//!
//! **Daylight saving.** Days, weeks and cron expressions name times of the wall clock. A time that the clock leaves out in
//! spring stands for the first moment after the gap; a time that it shows twice in autumn counts once, the first time.
//! What falls on one moment by that is one tick. *Every n hours* counts hours that really pass, so its wall clock times
//! move by an hour when the clock is changed.

mod due;
mod rate;
mod timeline;
mod timetable;
mod words;

pub use due::*;
pub use timeline::*;
pub use timetable::*;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A recurrence in a time zone. Data only: nothing of it is checked before [`Schedule::timetable`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Schedule {
    pub recurrence: Recurrence,
    /// Time of day in the time zone, `HH:MM`. `None` with a cron expression, which says it itself.
    pub at: Option<String>,
    /// There is no tick before. *Every n hours* counts from the first `at` that is not before.
    pub start: DateTime<Utc>,
    /// Name of the IANA time zone database: `Europe/Berlin`.
    pub time_zone: String,
    /// Each follower starts up to so many seconds after the tick, always the same ones, so that not all come at once.
    pub jitter_seconds: u32,
}

/// How often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "every", rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Recurrence {
    /// Every so many hours, 1 to 168.
    Hours {
        hours: u16,
    },
    Day,
    /// On these days; at least one.
    Week {
        days: Vec<Day>,
    },
    /// Five fields: minute, hour, day of the month, month, day of the week.
    Cron {
        expression: String,
    },
    /// A recurrence of a later version: shown, but not followed.
    #[serde(other)]
    Unknown,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// Why a schedule cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleProblem {
    #[error("'{0}' is no time of day. Write hours and minutes, for example 02:30.")]
    TimeOfDay(String),
    #[error("The schedule needs a time of day, for example 02:30.")]
    NoTimeOfDay,
    #[error("A cron expression says the time of day itself; leave the time out.")]
    TimeBesideCron,
    #[error("'{0}' is no time zone. Give the name of an area and a city, for example Europe/Berlin, or UTC.")]
    TimeZone(String),
    #[error("Every {0} hours is not possible. Give 1 to {MOST_HOURS} hours.")]
    Hours(u16),
    #[error("The schedule starts before 1970 or after 9999. Give another start.")]
    Start,
    #[error("A weekly schedule needs at least one day.")]
    NoDay,
    #[error(
        "'{0}' is no cron expression: {1}. Give five fields: minute, hour, day of the month, month, day of the week."
    )]
    Cron(String, String),
    #[error("The cron expression '{0}' names a day that never comes.")]
    Never(String),
    #[error(
        "The jitter of {0} seconds is too long. Give at most an hour, and less than lies between two runs."
    )]
    Jitter(u32),
    #[error("This schedule was written by a newer version of Datashare, which can follow it.")]
    Unknown,
}

/// The longest span of *every n hours*.
pub const MOST_HOURS: u16 = 168;
/// The longest jitter, seconds.
pub const MOST_JITTER: u32 = 3600;
