//! Whatever the command line does, the API does too, or says why not: `docs/commands.md`, held against all three faces.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;

use clap::CommandFactory;

use crate::arguments::Arguments;

const PAGE: &str = include_str!("../../../docs/commands.md");

/// The words in code in one column of every row of a part of the page.
fn named(part: &str, column: usize) -> Vec<String> {
    let rows = part.lines().filter(|line| line.starts_with('|'));
    let cells = rows.filter_map(|line| line.split('|').nth(column + 1));
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

/// What both parts of the page name, each part by its column.
fn all(columns: [Option<usize>; 2]) -> BTreeSet<String> {
    let (same, other) = PAGE.split_once("## Not over the API").unwrap();
    let parts = [same, other].into_iter().zip(columns);
    parts.filter_map(|(part, column)| Some(named(part, column?))).flatten().collect()
}

/// Every command that can be called, without the program's name.
fn commands(command: &clap::Command, path: &str) -> Vec<String> {
    let children =
        command.get_subcommands().filter(|child| !child.is_hide_set() && child.get_name() != "help");
    let below = children.flat_map(|child| commands(child, format!("{path} {}", child.get_name()).trim()));
    let own = (!command.is_subcommand_required_set()).then(|| path.to_owned());
    own.into_iter().chain(below).collect()
}

macro_rules! names {
    (reads { $($read:ident($_in:ty) -> $_out:ty;)* } changes { $($change:ident($_taken:ty) -> $_given:ty;)* }) => {
        fn of_the_window() -> BTreeSet<String> {
            [$(stringify!($read),)* $(stringify!($change),)*].map(str::to_owned).into()
        }
    };
}
datashare_app::command_table!(names);

#[test]
fn every_command_can_be_given_over_the_api_or_says_why_not() {
    let known: BTreeSet<String> = commands(&Arguments::command(), "").into_iter().collect();
    assert!(known.contains("audit") && known.contains("notification dead resend"), "{known:?}");
    assert_eq!(all([Some(0), Some(0)]), known);
    let (same, other) = PAGE.split_once("## Not over the API").unwrap();
    let (same, other) = (named(same, 0), named(other, 0));
    assert_eq!(same.len() + other.len(), known.len(), "a command is named twice");
    // Without an operation there is a reason.
    for line in PAGE.lines().filter(|line| line.starts_with("| `")) {
        let cell = line.split('|').nth(2).unwrap().trim();
        assert!(cell.len() > 2, "{line}");
    }
}

#[test]
fn every_operation_of_the_api_is_named() {
    let description = datashare_api::description();
    let items = description["paths"].as_object().unwrap().values();
    let operations = items.flat_map(|item| item.as_object().unwrap().values());
    let known = operations.map(|operation| operation["operationId"].as_str().unwrap().to_owned());
    assert_eq!(all([Some(1), None]), known.collect());
}

#[test]
fn every_command_of_the_window_is_named() {
    assert_eq!(all([Some(2), Some(2)]), of_the_window());
}

/// The JSON that automation may rely on, as it was designed. What the API answers is what `--json` prints.
const JSON: &[(&str, &str)] = &[
    ("InvitationLink", "invitation_id link file email expires_at"),
    (
        "InvitationPreview",
        "invitation_id share provider datasets terms terms_sha256 schedule expires_at status",
    ),
    ("OfferedShare", "name description kind"),
    ("Party", "name organisation email fingerprint safety_code"),
    ("OfferedDataset", "name kind files bytes"),
    ("InvitationAccepted", "received status"),
    (
        "Recipient",
        "recipient_id email name organisation invitation_status subscription_status terms_sha256 accepted_at \
         last_snapshot_at expires_at",
    ),
    (
        "Snapshot",
        "snapshot_id mode status started_at ended_at duration_ms files_total files_written files_skipped files_deleted \
         files_failed bytes_total bytes_written message datasets failures",
    ),
    (
        "SnapshotDataset",
        "name status files_read files_written files_skipped files_failed bytes_read bytes_written rows_copied \
         duration_ms message",
    ),
    ("FileFailure", "path code message hint retry"),
    ("SnapshotPlan", "to_write unchanged to_delete conflicts"),
    ("PathProblem", "path reason"),
    (
        "SnapshotProgress",
        "snapshot_id phase files_done files_total bytes_done bytes_total bytes_per_second eta_seconds note",
    ),
    ("AuditReport", "records findings"),
    ("AuditFinding", "sequence kind message"),
];

#[test]
fn the_json_of_the_contract_has_its_fields() {
    let description = datashare_api::description();
    let schemas = description["components"]["schemas"].as_object().unwrap();
    for (name, fields) in JSON {
        let schema =
            schemas.get(*name).unwrap_or_else(|| panic!("{name} is not one of {:?}", schemas.keys()));
        for field in fields.split_whitespace() {
            assert!(schema["properties"].get(field).is_some(), "{name} has no {field}");
        }
    }
}
