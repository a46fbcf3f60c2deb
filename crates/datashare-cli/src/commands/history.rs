//! `datashare history`

use chrono::{DateTime, SecondsFormat, Utc};
use clap::{Args, ValueEnum};
use datashare_app::csv;
use datashare_app::dto::{HistoryRequest, Snapshot};

use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::table::Table;
use crate::{values, words};

#[derive(Args, Debug)]
#[command(after_help = "Examples:
  datashare history sales --since 30d
  datashare history contoso-sales --format csv")]
pub(crate) struct History {
    /// Name or id of a share or a received share
    #[arg(value_name = "SHARE|RECEIVED")]
    name: String,
    /// Only what started since a day, a time, or a span back from now such as 30d
    #[arg(long, value_name = "DATE", value_parser = values::since)]
    since: Option<DateTime<Utc>>,
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
    Csv,
}

pub(crate) async fn run(command: History, session: &Session) -> Result<(), Failure> {
    let rows = session.app.share_history(HistoryRequest { name: command.name, since: command.since }).await?;
    let output = session.output;
    match command.format {
        Format::Csv => output.text(&csv(COLUMNS, rows.iter().map(fields))),
        Format::Json => Output { json: true, ..output }.show(rows.as_slice(), table),
        Format::Table => output.show(rows.as_slice(), table),
    }
}

pub(crate) fn table(rows: &[Snapshot]) -> String {
    let head =
        ["snapshot", "started", "recipient", "mode", "status", "files", "written", "size", "failed", "took"];
    Table::new(&head, "No snapshot was taken yet.").rows(rows, |row| {
        [
            row.snapshot_id.clone(),
            words::time(row.started_at),
            words::or_dash(row.recipient.as_ref()),
            words::state(row.mode),
            words::state(row.status),
            words::count(row.files_total),
            words::count(row.files_written),
            words::bytes(row.bytes_written),
            words::count(row.files_failed),
            words::or_dash(row.duration_ms.map(words::duration)),
        ]
    })
}

/// The names of the JSON fields.
const COLUMNS: [&str; 16] = [
    "snapshot_id",
    "share",
    "recipient",
    "mode",
    "status",
    "started_at",
    "ended_at",
    "duration_ms",
    "files_total",
    "files_written",
    "files_skipped",
    "files_deleted",
    "files_failed",
    "bytes_total",
    "bytes_written",
    "message",
];

fn fields(row: &Snapshot) -> [String; 16] {
    let time = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        row.snapshot_id.clone(),
        row.share.clone(),
        text(&row.recipient),
        format!("{:?}", row.mode).to_lowercase(),
        format!("{:?}", row.status),
        time(row.started_at),
        row.ended_at.map(time).unwrap_or_default(),
        row.duration_ms.map(|took| took.to_string()).unwrap_or_default(),
        row.files_total.to_string(),
        row.files_written.to_string(),
        row.files_skipped.to_string(),
        row.files_deleted.to_string(),
        row.files_failed.to_string(),
        row.bytes_total.to_string(),
        row.bytes_written.to_string(),
        text(&row.message),
    ]
}
