//! Values of arguments: dates, `CONNECTION/PATH`, names of choices, paths.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use datashare_app::dto::ExportFormat;
use serde::de::DeserializeOwned;

use crate::failure::Failure;

/// A choice of the domain, by the name it has in JSON.
pub(crate) fn one_of<T>(names: &'static [&'static str]) -> impl TypedValueParser<Value = T>
where
    T: DeserializeOwned + Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(names).try_map(|name| serde_json::from_value(serde_json::Value::String(name)))
}

/// A connection and what is meant in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConnectionPath {
    pub(crate) connection: String,
    /// Empty for all of it.
    pub(crate) path: String,
}

/// `CONNECTION` or `CONNECTION/PATH`: names of connections contain no slash.
pub(crate) fn connection_path(text: &str) -> Result<ConnectionPath, String> {
    let (connection, path) = text.split_once('/').unwrap_or((text, ""));
    if connection.is_empty() {
        return Err("it does not start with the name of a connection".to_owned());
    }
    Ok(ConnectionPath { connection: connection.to_owned(), path: path.trim_matches('/').to_owned() })
}

/// A moment to come: RFC 3339, a day (its end, in UTC), or from now on: `45s`, `30m`, `12h`, `7d`.
pub(crate) fn until(text: &str) -> Result<DateTime<Utc>, String> {
    moment(text, NaiveTime::from_hms_opt(23, 59, 59), |now, span| now.checked_add_signed(span))
}

/// A moment gone by: RFC 3339, a day (its start, in UTC), or back from now: `45s`, `30m`, `12h`, `7d`.
pub(crate) fn since(text: &str) -> Result<DateTime<Utc>, String> {
    moment(text, Some(NaiveTime::MIN), |now, span| now.checked_sub_signed(span))
}

/// Bytes a second: `500000`, `500K`, `20M`, `1G` (powers of ten, as networks count).
pub(crate) fn bytes_per_second(text: &str) -> Result<u64, String> {
    let unit = text.chars().last().map(|unit| unit.to_ascii_uppercase());
    let (number, factor) = match unit {
        Some('K') => (&text[..text.len() - 1], 1_000),
        Some('M') => (&text[..text.len() - 1], 1_000_000),
        Some('G') => (&text[..text.len() - 1], 1_000_000_000),
        _ => (text, 1),
    };
    let number = number.parse::<u64>().ok().filter(|number| *number > 0);
    number
        .and_then(|number| number.checked_mul(factor))
        .ok_or_else(|| "it is no speed: a whole number of bytes a second, such as 500K, 20M or 1G".to_owned())
}

/// A limit, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limit(pub(crate) Option<u64>);

/// As [`bytes_per_second`], or `off`.
pub(crate) fn limit(text: &str) -> Result<Limit, String> {
    if text == "off" { Ok(Limit(None)) } else { bytes_per_second(text).map(Some).map(Limit) }
}

type Shift = fn(DateTime<Utc>, Duration) -> Option<DateTime<Utc>>;

fn moment(text: &str, in_day: Option<NaiveTime>, shift: Shift) -> Result<DateTime<Utc>, String> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(time.to_utc());
    }
    if let (Ok(day), Some(time)) = (text.parse::<NaiveDate>(), in_day) {
        return Ok(day.and_time(time).and_utc());
    }
    span(text).and_then(|span| shift(Utc::now(), span)).ok_or_else(|| {
        "it is neither a day (2026-12-31), nor a time (2026-12-31T18:00:00Z), nor a span (7d, 12h, 30m)"
            .to_owned()
    })
}

fn span(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let number = number.parse::<u32>().ok()?.into();
    match unit {
        "s" => Duration::try_seconds(number),
        "m" => Duration::try_minutes(number),
        "h" => Duration::try_hours(number),
        "d" => Duration::try_days(number),
        _ => None,
    }
}

/// The form of an export, and where it goes.
#[derive(clap::Args, Debug)]
pub(crate) struct ExportChoice {
    /// JSON has everything; CSV is for spreadsheets
    #[arg(long, default_value = "json", value_parser = one_of::<ExportFormat>(&["json", "csv"]))]
    pub(crate) format: ExportFormat,
    /// The file to write; standard output when left out
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// The whole path of a file or folder of this computer, as requests carry it.
pub(crate) fn absolute(path: &Path) -> Result<String, Failure> {
    let whole = std::path::absolute(path)
        .map_err(|error| Failure::usage(format!("'{}' is no path: {error}.", path.display())))?;
    whole.into_os_string().into_string().map_err(|path| {
        Failure::usage(format!("The path '{}' is not valid text (UTF-8).", Path::new(&path).display()))
    })
}

/// [`absolute`] of a path that may be missing.
pub(crate) fn absolute_option(path: Option<&Path>) -> Result<Option<String>, Failure> {
    path.map(absolute).transpose()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_day_ends_or_starts_as_it_is_meant() {
        assert_eq!(until("2026-12-31").unwrap().to_rfc3339(), "2026-12-31T23:59:59+00:00");
        assert_eq!(since("2026-12-31").unwrap().to_rfc3339(), "2026-12-31T00:00:00+00:00");
        assert_eq!(until("2026-12-31T20:00:00+02:00").unwrap().to_rfc3339(), "2026-12-31T18:00:00+00:00");
    }

    #[test]
    fn speeds_are_bytes_a_second() {
        assert_eq!(bytes_per_second("500K"), Ok(500_000));
        assert_eq!(limit("20m"), Ok(Limit(Some(20_000_000))));
        assert_eq!(limit("off"), Ok(Limit(None)));
        for wrong in ["", "M", "0", "-1", "1.5M", "20 M", "99999999999999999999", "9999999999999G", "é"] {
            assert!(bytes_per_second(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn spans_count_from_now() {
        assert!(until("7d").unwrap() > Utc::now() + Duration::days(6));
        assert!(since("7d").unwrap() < Utc::now() - Duration::days(6));
        for wrong in ["", "d", "7", "-7d", "7w", "7é", "tomorrow", "2026-13-01"] {
            assert!(until(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_connection_and_its_path_part_at_the_first_slash() {
        let parsed = |text| connection_path(text).map(|at| (at.connection, at.path));
        assert_eq!(parsed("lake/received/pos/"), Ok(("lake".into(), "received/pos".into())));
        assert_eq!(parsed("lake"), Ok(("lake".into(), String::new())));
        assert!(parsed("/lake").is_err());
    }
}
