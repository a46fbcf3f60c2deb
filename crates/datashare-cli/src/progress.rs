//! Progress on standard error: a bar on a terminal, JSON Lines with `--json`, nothing when quiet.

use std::io::Write;
use std::time::Duration;

use datashare_app::dto::SnapshotProgress;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::output::{Output, printable};
use crate::words;

pub(crate) enum Progress {
    Silent,
    Lines,
    Bar(ProgressBar),
}

#[derive(Serialize)]
struct Line<'a> {
    event: &'static str,
    #[serde(flatten)]
    progress: &'a SnapshotProgress,
}

impl Progress {
    pub(crate) fn new(output: &Output) -> Self {
        match output {
            Output { quiet: true, .. } => Self::Silent,
            Output { json: true, .. } => Self::Lines,
            _ if !console::user_attended_stderr() => Self::Silent,
            _ => Self::Bar(bar()),
        }
    }

    pub(crate) fn show(&self, progress: &SnapshotProgress) {
        match self {
            Self::Silent => {}
            Self::Lines => {
                let line = Line { event: "progress", progress };
                if let Ok(line) = serde_json::to_string(&line) {
                    // A reader that has gone away does not end the run.
                    let _ = writeln!(std::io::stderr(), "{line}");
                }
            }
            Self::Bar(bar) => {
                if let Some((done, total)) = portion(progress) {
                    bar.set_style(style(MEASURED));
                    bar.set_length(total);
                    bar.set_position(done);
                }
                bar.set_message(printable(&message(progress)));
            }
        }
    }

    /// Takes the bar away: the result is said elsewhere.
    pub(crate) fn finish(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

/// The bar while the whole is not known yet, and from then on.
const UNMEASURED: &str = "{spinner} {msg}";
const MEASURED: &str = "{spinner} [{bar:30}] {percent:>3} %  {msg}";

fn bar() -> ProgressBar {
    let bar = ProgressBar::new(0).with_style(style(UNMEASURED));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    style.progress_chars("=> ")
}

/// Done and whole: by bytes, or by files where there are no bytes to write. `None` while the whole is not known.
fn portion(progress: &SnapshotProgress) -> Option<(u64, u64)> {
    match (progress.bytes_total, progress.files_total) {
        (Some(total), _) if total > 0 => Some((progress.bytes_done, total)),
        (_, Some(total)) => Some((progress.files_done, total)),
        _ => None,
    }
}

/// `running: 120 of 10,000 files, 1.2 GB of 3.4 GB, 85.0 MB/s, 20 s to 40 s left`
fn message(progress: &SnapshotProgress) -> String {
    let of = |total: Option<String>| total.map(|total| format!(" of {total}")).unwrap_or_default();
    let mut parts = vec![
        format!("{}{} files", words::count(progress.files_done), of(progress.files_total.map(words::count))),
        format!("{}{}", words::bytes(progress.bytes_done), of(progress.bytes_total.map(words::bytes))),
    ];
    if progress.bytes_per_second > 0 {
        parts.push(format!("{}/s", words::bytes(progress.bytes_per_second)));
    }
    parts.extend(progress.eta_seconds.map(left));
    parts.extend(progress.note.clone());
    format!("{}: {}", progress.phase, parts.join(", "))
}

fn left((low, high): (u64, u64)) -> String {
    if high == 0 {
        return "almost done".to_owned();
    }
    let (low, high) = (words::duration(low * 1000), words::duration(high * 1000));
    if low == high { format!("{low} left") } else { format!("{low} to {high} left") }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use datashare_domain::SnapshotStatus;

    use super::*;

    fn progress() -> SnapshotProgress {
        SnapshotProgress {
            snapshot_id: "s".into(),
            received: "r".into(),
            status: SnapshotStatus::Running,
            phase: "running".into(),
            files_done: 120,
            files_total: Some(10_000),
            bytes_done: 1_200_000_000,
            bytes_total: Some(3_400_000_000),
            bytes_per_second: 85_000_000,
            eta_seconds: Some((20, 40)),
            note: None,
            current: Vec::new(),
        }
    }

    #[test]
    fn a_line_is_flat_and_says_what_it_is() {
        let line = serde_json::to_value(Line { event: "progress", progress: &progress() }).unwrap();
        assert_eq!(line["event"], "progress");
        assert_eq!(line["files_done"], 120);
        assert_eq!(line["eta_seconds"], serde_json::json!([20, 40]));
        assert!(line["note"].is_null());
    }

    #[test]
    fn the_bar_says_files_bytes_rate_and_time_left() {
        let shown = message(&progress());
        assert_eq!(shown, "running: 120 of 10,000 files, 1.2 GB of 3.4 GB, 85.0 MB/s, 20 s to 40 s left");
    }

    #[test]
    fn the_bar_stands_for_bytes_or_else_for_files() {
        assert_eq!(portion(&progress()), Some((1_200_000_000, 3_400_000_000)));
        assert_eq!(portion(&SnapshotProgress { bytes_total: Some(0), ..progress() }), Some((120, 10_000)));
        assert_eq!(portion(&SnapshotProgress { bytes_total: None, files_total: None, ..progress() }), None);
    }
}
