//! A schedule in the words that people write: on the command line, and in a document of shares.

use std::borrow::Cow;
use std::str::FromStr;

use datashare_domain::{Day, Recurrence};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::{ScheduleWish, Time};

/// How often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Every {
    Hours(u16),
    Day,
    Week,
    /// An expression of five fields.
    Cron(String),
}

/// A day of the week by its English name, which may be cut to three letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NamedDay(pub Day);

/// A schedule, written out.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleWords {
    /// `hour`, `day`, `week`, a number of hours (`6h`), or a cron expression (`cron:0 6 1 * *`).
    pub every: Every,
    /// Days of a weekly schedule: `mon`, `thursday`.
    #[serde(default)]
    pub on: Vec<NamedDay>,
    /// Time of day, `HH:MM`; 00:00 when `None`. Not with a cron expression, which says it itself.
    pub at: Option<String>,
    /// Name of the IANA time zone database: `Europe/Berlin`.
    #[serde(default = "utc")]
    pub time_zone: String,
    /// No tick before; as it is, or now, when `None`.
    pub start: Option<Time>,
    /// Followers start up to so many seconds after a tick.
    #[serde(default)]
    pub jitter: u32,
}

impl ScheduleWords {
    /// The whole of it; the error is a sentence.
    pub fn wish(self) -> Result<ScheduleWish, &'static str> {
        let Self { every, on, at, time_zone, start, jitter: jitter_seconds } = self;
        if (every == Every::Week) == on.is_empty() {
            return Err(match every {
                Every::Week => "A weekly schedule needs its days: say on which, for example 'mon' and 'thu'.",
                _ => "Days ('on') belong to a weekly schedule only: say 'week' for 'every'.",
            });
        }
        let at = match every {
            Every::Cron(_) => at,
            _ => Some(at.unwrap_or_else(|| "00:00".to_owned())),
        };
        let recurrence = match every {
            Every::Hours(hours) => Recurrence::Hours { hours },
            Every::Day => Recurrence::Day,
            Every::Week => Recurrence::Week { days: on.into_iter().map(|NamedDay(day)| day).collect() },
            Every::Cron(expression) => Recurrence::Cron { expression },
        };
        Ok(ScheduleWish { recurrence, at, time_zone, start, jitter_seconds })
    }
}

fn utc() -> String {
    "UTC".to_owned()
}

impl FromStr for Every {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const NONE: &str =
            "it is none of hour, day, week, a number of hours (6h), cron:\"MIN HOUR DAY MONTH WEEKDAY\"";
        match text {
            "hour" => Ok(Self::Hours(1)),
            "day" => Ok(Self::Day),
            "week" => Ok(Self::Week),
            _ => match text.strip_prefix("cron:") {
                Some(expression) => Ok(Self::Cron(expression.trim().to_owned())),
                None => {
                    let hours = text.strip_suffix('h').and_then(|hours| hours.parse().ok());
                    hours.map(Self::Hours).ok_or(NONE)
                }
            },
        }
    }
}

impl FromStr for NamedDay {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let lower = text.trim().to_lowercase();
        let named = |day: &Day| lower.len() >= 3 && name(*day).starts_with(&lower);
        let day = Day::ALL.into_iter().find(named);
        day.map(Self).ok_or("it is no day: mon, tue, wed, thu, fri, sat, sun")
    }
}

fn name(day: Day) -> String {
    format!("{day:?}").to_lowercase()
}

impl TryFrom<String> for Every {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Every> for String {
    fn from(every: Every) -> Self {
        match every {
            Every::Hours(hours) => format!("{hours}h"),
            Every::Day => "day".to_owned(),
            Every::Week => "week".to_owned(),
            Every::Cron(expression) => format!("cron:{expression}"),
        }
    }
}

impl TryFrom<String> for NamedDay {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<NamedDay> for String {
    fn from(NamedDay(day): NamedDay) -> Self {
        name(day)
    }
}

impl JsonSchema for Every {
    fn schema_name() -> Cow<'static, str> {
        "Every".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^(hour|day|week|[0-9]{1,3}h|cron:.+)$" })
    }
}

impl JsonSchema for NamedDay {
    fn schema_name() -> Cow<'static, str> {
        "NamedDay".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let whole = Day::ALL.map(name);
        let days: Vec<&str> = whole.iter().flat_map(|day| [&day[..3], day]).collect();
        json_schema!({ "type": "string", "enum": days })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn how_often_is_read_as_it_is_written() {
        let every = |text: &str| text.parse::<Every>();
        assert_eq!(every("hour"), Ok(Every::Hours(1)));
        assert_eq!(every("6h"), Ok(Every::Hours(6)));
        assert_eq!(every("cron: 0 6 1 * *"), Ok(Every::Cron("0 6 1 * *".into())));
        for wrong in ["", "h", "-1h", "6", "month", "cron"] {
            assert!(every(wrong).is_err(), "{wrong:?}");
        }
        let day = |text: &str| text.parse::<NamedDay>().map(|NamedDay(day)| day);
        assert_eq!(
            ["mon", "Thursday", "SUN"].map(|text| day(text).unwrap()),
            [Day::Monday, Day::Thursday, Day::Sunday]
        );
        assert!(day("m").is_err() && day("mondays").is_err());
    }

    #[test]
    fn what_was_read_is_written_so_that_it_is_read_again() {
        for text in ["1h", "6h", "day", "week", "cron:0 6 1 * *"] {
            assert_eq!(String::from(text.parse::<Every>().unwrap()), text);
        }
        for day in Day::ALL {
            assert_eq!(String::from(NamedDay(day)).parse(), Ok(NamedDay(day)));
        }
    }
}
