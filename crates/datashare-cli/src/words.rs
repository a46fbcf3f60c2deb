//! Numbers, times and states as people read them.

use std::fmt::{Debug, Display};

use chrono::{DateTime, Utc};
use datashare_app::dto::Snapshot;

/// `1,234,567`
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 file`, `1,234 files`
pub(crate) fn counted(number: u64, thing: &str) -> String {
    format!("{} {thing}{}", count(number), if number == 1 { "" } else { "s" })
}

/// Decimal units: `999 bytes`, `1.2 GB`.
pub(crate) fn bytes(number: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if number < 1000 {
        return counted(number, "byte");
    }
    let mut size = number as f64;
    let mut unit = "";
    for next in UNITS {
        // What would be rounded to 1000.0 is shown in the next unit.
        if size < 999.95 {
            break;
        }
        size /= 1000.0;
        unit = next;
    }
    format!("{size:.1} {unit}")
}

/// `850 ms`, `12 s`, `3 min 20 s`, `2 h 5 min`
pub(crate) fn duration(milliseconds: u64) -> String {
    let seconds = milliseconds / 1000;
    match seconds {
        0 => format!("{milliseconds} ms"),
        1..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

pub(crate) fn time(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// A state as words: `PartlySucceeded` is `partly succeeded`, `RightAway` is `right away`.
pub(crate) fn state(state: impl Debug) -> String {
    let mut words = String::new();
    for character in format!("{state:?}").chars() {
        if character.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(character.to_lowercase());
    }
    words
}

/// A dash where there is nothing.
pub(crate) fn or_dash(value: Option<impl Display>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

pub(crate) fn snapshot(row: &Snapshot) -> String {
    format!("Snapshot {} of {}: {}.\n{}", row.snapshot_id, row.share, state(row.status), run(row))
}

pub(crate) fn transfer(row: &Snapshot) -> String {
    format!("Transfer of {}: {}.\n{}", row.share, state(row.status), run(row))
}

/// A run, in a few lines.
fn run(row: &Snapshot) -> String {
    let took = row.duration_ms.map(|took| format!(", took {}", duration(took))).unwrap_or_default();
    let mut lines = vec![
        format!("  {}, started {}{took}", state(row.mode), time(row.started_at)),
        format!(
            "  {} ({}): {} written ({}), {} unchanged, {} deleted, {} failed",
            counted(row.files_total, "file"),
            bytes(row.bytes_total),
            count(row.files_written),
            bytes(row.bytes_written),
            count(row.files_skipped),
            count(row.files_deleted),
            count(row.files_failed)
        ),
    ];
    lines.extend(row.message.iter().map(|message| format!("  {message}")));
    for dataset in &row.datasets {
        let status = dataset.status.map_or_else(|| "waiting".to_owned(), state);
        let message = dataset.message.as_ref().map(|message| format!(". {message}")).unwrap_or_default();
        lines.push(format!(
            "  {}: {status}, {} written{message}",
            dataset.name,
            counted(dataset.files_written, "file")
        ));
    }
    for failure in &row.failures {
        lines.push(format!("  not written: {}: {} {}", failure.path, failure.message, failure.hint));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use datashare_domain::SnapshotStatus;

    use super::*;

    #[test]
    fn numbers_are_readable() {
        let shown = [0, 999, 1000, 999_949, 999_950, 2_147_483_648].map(bytes);
        assert_eq!(shown, ["0 bytes", "999 bytes", "1.0 kB", "999.9 kB", "1.0 MB", "2.1 GB"]);
        assert_eq!([1, 12, 123, 1234, 1_234_567].map(count), ["1", "12", "123", "1,234", "1,234,567"]);
        assert_eq!(
            [7, 12_000, 200_000, 7_500_000].map(duration),
            ["7 ms", "12 s", "3 min 20 s", "2 h 5 min"]
        );
    }

    #[test]
    fn states_are_words() {
        assert_eq!(state(SnapshotStatus::PartlySucceeded), "partly succeeded");
    }
}
