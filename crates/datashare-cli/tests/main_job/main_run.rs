//! "A run that has to work": from two empty directories to a verified snapshot, changes, revocation and the audit, on
//! folders and from account to account.

use std::fs;

use chrono::{DateTime, Utc};
use datashare_testkit::{AwkwardOptions, CONSUMER, PROVIDER, awkward_tree};
use serde_json::{Value, json};

use crate::support::{Invited, Scenario, has_fields};

const ROW: &str = "snapshot_id mode status started_at ended_at duration_ms files_total files_written files_skipped \
                   files_deleted files_failed bytes_total bytes_written message datasets failures";
const DATASET_ROW: &str = "name status files_read files_written files_skipped files_failed bytes_read bytes_written \
                           rows_copied duration_ms message";
const PROGRESS: &str = "event snapshot_id phase files_done files_total bytes_done bytes_total bytes_per_second \
                        eta_seconds note";
const MOST_MEMORY_KIB: u64 = 300 * 1024;

#[test]
fn the_main_run_works_on_folders() {
    main_run(&Scenario::on_folders());
}

#[test]
fn the_main_run_works_from_account_to_account() {
    main_run(&Scenario::on_azurite());
}

fn main_run(scenario: &Scenario) {
    let tree = AwkwardOptions { small_files: 10_000, ..AwkwardOptions::default() };
    awkward_tree(&scenario.source, &tree).unwrap();
    scenario.upload_all();
    scenario.share();
    let invited = scenario.invite(&[]);
    the_offer_says_everything(scenario, &invited);

    let agent = scenario.provider.agent();
    let accepted = scenario.accept(&invited);
    assert_eq!(accepted, json!({ "received": "contoso-sales", "status": "Active" }));

    the_first_snapshot_brings_everything(scenario);
    a_second_one_writes_nothing(scenario);
    changes_are_exactly_what_is_written(scenario);
    revocation_ends_it(scenario);
    agent.signal("TERM");
    scenario.provider.heard(&agent.ended().ends_with(0));
    both_sides_know_what_happened(scenario);
    nothing_secret_was_said(scenario);
}

fn the_offer_says_everything(scenario: &Scenario, invited: &Invited) {
    has_fields(&invited.answer, "invitation_id link file email expires_at");
    assert_eq!(invited.answer["file"], json!(invited.file));
    assert!(invited.link().starts_with("datashare://invitation#"));

    let by_file = scenario.consumer.json(&["invitation", "show", &invited.file]);
    has_fields(
        &by_file,
        "invitation_id share provider datasets terms terms_sha256 schedule expires_at status",
    );
    has_fields(&by_file["provider"], "name organisation email fingerprint safety_code");
    assert_eq!(by_file["share"]["name"], "sales");
    assert_eq!(by_file["share"]["kind"], "snapshot");
    assert_eq!(by_file["provider"]["organisation"], "Contoso");
    assert_eq!(by_file["status"], "Pending");
    assert_eq!(by_file["terms"], "# Terms\n\nUse it well.\n");
    assert_eq!(by_file["datasets"][0]["name"], "pos");
    let card = scenario.provider.json(&["workspace", "show"])["card"].clone();
    assert_eq!(by_file["provider"]["safety_code"], card["safety_code"]);

    let by_link = scenario.consumer.json(&["invitation", "show", invited.link()]);
    assert_eq!(by_link, by_file, "showing changes nothing");
    assert_eq!(scenario.consumer.json(&["received", "list"]), json!([]));
}

fn the_first_snapshot_brings_everything(scenario: &Scenario) {
    let sent = scenario.sent();
    let plan = scenario.consumer.json(&["snapshot", "start", "contoso-sales", "--mode", "full", "--dry-run"]);
    assert_eq!(plan["to_write"]["files"], sent.len());
    assert_eq!(plan["conflicts"], json!([]));
    assert!(scenario.arrived().is_empty(), "a dry run writes nothing");

    let start = ["--json", "snapshot", "start", "contoso-sales", "--mode", "full"];
    let ran = scenario.consumer.run(&start).ends_with(0);
    let row = ran.json();
    has_fields(&row, ROW);
    has_fields(&row["datasets"][0], DATASET_ROW);
    assert_eq!(row["status"], "Succeeded");
    assert_eq!(counts(&row), (sent.len() as u64, sent.len() as u64, 0, 0));
    scenario.everything_arrived();

    let progress: Value = serde_json::from_str(ran.err.lines().last().unwrap()).unwrap();
    has_fields(&progress, PROGRESS);
    assert_eq!(progress["event"], "progress");
    assert_eq!(progress["snapshot_id"], row["snapshot_id"]);
    assert!(ran.peak_kib < MOST_MEMORY_KIB, "{} KiB of memory", ran.peak_kib);
}

fn a_second_one_writes_nothing(scenario: &Scenario) {
    let files = scenario.sent().len() as u64;
    let row = scenario.snapshot("incremental");
    assert_eq!(row["status"], "Succeeded");
    assert_eq!(counts(&row), (files, 0, files, 0));
    assert_eq!(row["bytes_written"], 0);
}

fn changes_are_exactly_what_is_written(scenario: &Scenario) {
    let (changed, added) = ("100% sure.txt", "neu + später #1?.txt");
    fs::write(scenario.source.join(changed), "changed").unwrap();
    fs::write(scenario.source.join(added), "added").unwrap();
    scenario.upload(&[changed, added]);
    let published = scenario.provider.json(&["publish", "sales"]);
    // Of what is read where it lies, the agent may have seen the change first.
    assert!(published["datasets"][0]["changed"].is_boolean(), "{published}");

    let files = scenario.sent().len() as u64;
    let row = scenario.snapshot("incremental");
    assert_eq!(row["status"], "Succeeded");
    assert_eq!(counts(&row), (files, 2, files - 2, 0));
    assert_eq!(row["bytes_written"], "changedadded".len());
    scenario.everything_arrived();
}

fn revocation_ends_it(scenario: &Scenario) {
    let revoked = scenario.provider.json(&["recipient", "revoke", "sales", "ben@fabrikam.example"]);
    let names = "recipient_id email name organisation invitation_status subscription_status terms_sha256 accepted_at \
                 last_snapshot_at expires_at";
    has_fields(&revoked, names);
    assert_eq!(revoked["subscription_status"], "Revoked");

    let before = scenario.arrived();
    let error = scenario.consumer.refused(5, &["snapshot", "start", "contoso-sales"]);
    assert_eq!(error["code"], "revoked");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("Ana") || message.contains("Contoso"), "it says who: {message}");
    let at: DateTime<Utc> = revoked["revoked_at"].as_str().unwrap().parse().unwrap();
    let day = at.format("%-d %B %Y").to_string();
    assert!(message.contains(&day), "it says when: {message}");
    assert_eq!(error["retry"], false);
    assert!(before == scenario.arrived(), "what was received stays");
}

fn both_sides_know_what_happened(scenario: &Scenario) {
    let files = scenario.sent().len() as u64;
    for (party, name) in [(&scenario.provider, "sales"), (&scenario.consumer, "contoso-sales")] {
        let history = party.json(&["history", name]);
        let rows: Vec<&Value> =
            history.as_array().unwrap().iter().filter(|row| row["status"] == "Succeeded").collect();
        assert_eq!(rows.len(), 3, "{history}");
        rows.iter().for_each(|row| has_fields(row, ROW));
        let written: u64 = rows.iter().map(|row| row["files_written"].as_u64().unwrap()).sum();
        // All files but the one that was added later, then two.
        assert_eq!(written, files - 1 + 2);
        assert!(rows.iter().all(|row| row["datasets"][0]["name"] == "pos"));

        let audit = party.run(&["--json", "audit", name, "--verify"]).ends_with(0).json();
        assert_eq!(audit["findings"], json!([]));
        assert!(audit["records"].as_u64().unwrap() > 0);
        let csv = party.run(&["history", name, "--format", "csv"]).ends_with(0).out;
        assert!(csv.starts_with("snapshot_id,"), "{csv}");
    }
    let recipient = &scenario.provider.json(&["recipient", "list", "sales"])[0];
    assert_eq!(recipient["email"], "ben@fabrikam.example");
    assert_eq!(recipient["organisation"], "Fabrikam");
    assert!(recipient["last_snapshot_at"].is_string());
}

fn nothing_secret_was_said(scenario: &Scenario) {
    let keys =
        scenario.blobs.as_ref().map(|blobs| [PROVIDER, CONSUMER].map(|account| blobs.azurite.key(account)));
    for party in [&scenario.provider, &scenario.consumer] {
        party.keeps_secret(&keys.unwrap_or_default());
        party.keeps_secret(&["sig="]);
    }
}

/// Total, written, unchanged, failed.
fn counts(row: &Value) -> (u64, u64, u64, u64) {
    let count = |name: &str| row[name].as_u64().unwrap();
    (count("files_total"), count("files_written"), count("files_skipped"), count("files_failed"))
}
