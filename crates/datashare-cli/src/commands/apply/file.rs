//! The file of `datashare apply`, as people write it. Times of a schedule are moments and no spans: what is applied again must
//! mean the same.

use std::fmt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use datashare_app::AppError;
use datashare_app::dto::{
    Desired, DesiredDataset, DesiredKind, DesiredRecipient, DesiredSchedule, DesiredShare, ScheduleWish,
};
use datashare_domain::{AcceptanceMode, Day};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use crate::commands::schedule::{Every, Time, day};
use crate::failure::Failure;
use crate::input;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    prune: bool,
    shares: Vec<Share>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Share {
    name: String,
    description: Option<String>,
    terms_file: Option<PathBuf>,
    #[serde(default)]
    agree_again: bool,
    exchange: String,
    #[serde(default)]
    kind: DesiredKind,
    #[serde(default)]
    datasets: Vec<DesiredDataset>,
    schedule: Option<Schedule>,
    #[serde(default)]
    recipients: Vec<Recipient>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Recipient {
    email: String,
    #[serde(default)]
    accept: AcceptanceMode,
    /// End of the invitation, where one is made.
    invitation_until: Option<DateTime<Utc>>,
    /// End of the access.
    access_until: Option<DateTime<Utc>>,
}

/// `none`, or what `datashare schedule set` takes.
#[derive(Debug)]
enum Schedule {
    None,
    Offered(Offered),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Offered {
    every: Every,
    #[serde(default)]
    on: Vec<DayName>,
    at: Option<String>,
    #[serde(default = "utc")]
    time_zone: String,
    start: Option<DateTime<Utc>>,
    #[serde(default)]
    jitter: u32,
}

#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct DayName(Day);

pub(super) fn read(file: &Path) -> Result<Desired, Failure> {
    let text = if file == Path::new("-") {
        std::io::read_to_string(std::io::stdin())?
    } else {
        input::text_file(file)?
    };
    let document: Document = serde_saphyr::from_str(&text).map_err(|error| {
        let message =
            format!("'{}' cannot be understood: {}", file.display(), first_lines(&error.to_string()));
        AppError::invalid(message).hint("'datashare apply --help' shows what such a file looks like.")
    })?;
    let folder = file.parent().unwrap_or(Path::new(""));
    let shares = document.shares.into_iter().map(|share| share.desired(folder)).collect::<Result<_, _>>()?;
    Ok(Desired { shares, prune: document.prune })
}

/// What is wrong and where, without the picture of the place.
fn first_lines(error: &str) -> String {
    let line = error.lines().next().unwrap_or_default();
    line.trim_start_matches("error: ").trim_end_matches('.').to_owned() + "."
}

impl Share {
    fn desired(self, folder: &Path) -> Result<DesiredShare, Failure> {
        let terms = self.terms_file.map(|file| input::text_file(&folder.join(file))).transpose()?;
        let schedule = self.schedule.map(Schedule::desired).transpose().map_err(|problem| {
            AppError::invalid(format!("The schedule of the share '{}': {problem}", self.name))
                .hint("Correct it, then apply again.")
        })?;
        Ok(DesiredShare {
            name: self.name,
            description: self.description,
            terms,
            agree_again: self.agree_again,
            exchange: self.exchange,
            kind: self.kind,
            datasets: self.datasets,
            schedule,
            recipients: self.recipients.into_iter().map(Recipient::desired).collect(),
        })
    }
}

impl Recipient {
    fn desired(self) -> DesiredRecipient {
        DesiredRecipient {
            email: self.email,
            acceptance: self.accept,
            invitation_expires_at: self.invitation_until,
            access_expires_at: self.access_until,
        }
    }
}

impl Schedule {
    fn desired(self) -> Result<DesiredSchedule, &'static str> {
        match self {
            Self::None => Ok(DesiredSchedule::None),
            Self::Offered(offered) => offered.wish().map(DesiredSchedule::Offered),
        }
    }
}

impl Offered {
    fn wish(self) -> Result<ScheduleWish, &'static str> {
        let Self { every, on, at, time_zone, start, jitter } = self;
        let on = on.into_iter().map(|DayName(day)| day).collect();
        Time { at, on, time_zone, start, jitter }.wish(every)
    }
}

impl<'de> Deserialize<'de> for Schedule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NoneOrOffered)
    }
}

struct NoneOrOffered;

impl<'de> Visitor<'de> for NoneOrOffered {
    type Value = Schedule;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a schedule with its 'every', or the word none")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Schedule, E> {
        if word == "none" {
            return Ok(Schedule::None);
        }
        Err(E::custom(format!("'{word}' is no schedule: give its 'every', or the word none")))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Schedule, A::Error> {
        Offered::deserialize(MapAccessDeserializer::new(map)).map(Schedule::Offered)
    }
}

impl TryFrom<String> for DayName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        day(&text).map(Self)
    }
}

fn utc() -> String {
    "UTC".to_owned()
}
