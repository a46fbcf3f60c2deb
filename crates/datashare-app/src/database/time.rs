//! Times as they stand in the database: RFC 3339 in UTC with milliseconds, so that the order of the texts is the order
//! of the times.

use chrono::{DateTime, SecondsFormat, Utc};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

/// A column of time: `row.get::<_, Time>("at")?.0`, `params![Time(at)]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Time(pub(crate) DateTime<Utc>);

impl Time {
    /// The text as it is stored: `2026-11-21T03:55:23.000Z`.
    pub(crate) fn text(self) -> String {
        self.0.to_rfc3339_opts(SecondsFormat::Millis, true)
    }
}

impl ToSql for Time {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.text().into())
    }
}

impl FromSql for Time {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let time = DateTime::parse_from_rfc3339(value.as_str()?).map_err(FromSqlError::other)?;
        Ok(Self(time.to_utc()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn order_of_texts_is_order_of_times() {
        let texts = ["2026-11-21T03:55:23Z", "2026-11-21T03:55:23.5Z", "2026-11-21T06:55:24+02:00"]
            .map(|text| Time(DateTime::parse_from_rfc3339(text).unwrap().to_utc()).text());
        assert_eq!(
            texts,
            ["2026-11-21T03:55:23.000Z", "2026-11-21T03:55:23.500Z", "2026-11-21T04:55:24.000Z"]
        );
        assert!(texts.is_sorted());
    }
}
