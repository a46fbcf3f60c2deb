//! Moments in what others wrote. RFC 3339 has the years 0 to 9999; what lies beyond, calendars, databases and the standard
//! itself do not count, though a library may read it.

use chrono::{DateTime, Utc};
use serde::de::{Deserialize, Deserializer, Error};

/// `None` for what is no time of RFC 3339.
fn parse(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc())
}

pub(crate) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DateTime<Utc>, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse(&text).ok_or_else(|| D::Error::custom("it is no time of RFC 3339"))
}

pub(crate) fn read_if_any<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<DateTime<Utc>>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    let time = |text: String| parse(&text).ok_or_else(|| D::Error::custom("it is no time of RFC 3339"));
    text.map(time).transpose()
}

/// For what is only told: files may have any date.
pub(crate) fn read_or_leave_out<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<DateTime<Utc>>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.and_then(|text| parse(&text)))
}
