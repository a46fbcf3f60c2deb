//! Runs that are cancelled, that go on in the background, and the agent.

use std::fs;

use datashare_testkit::{AwkwardOptions, awkward_tree};
use serde_json::Value;

use crate::support::{Running, Scenario, eventually};

/// Long enough to be met while it runs.
fn long_run() -> (Scenario, Running) {
    let scenario = Scenario::on_folders();
    awkward_tree(&scenario.source, &AwkwardOptions { small_files: 3000, large_file: 60_000_000 }).unwrap();
    let agent = scenario.ready();
    (scenario, agent)
}

#[test]
fn an_interrupt_cancels_the_run_and_the_next_one_completes_it() {
    let (scenario, _agent) = long_run();
    let mut running =
        scenario.consumer.start(&["--json", "snapshot", "start", "contoso-sales", "--mode", "full"]);
    eventually("the first file", || (running.has_moved_files() || !running.is_running()).then_some(()));
    running.signal("INT");
    let ran = running.ended().ends_with(4);
    let row = ran.json();
    assert_eq!(row["status"], "Cancelled");
    scenario.only_whole_files_arrived();
    let id = row["snapshot_id"].as_str().unwrap();
    assert_eq!(scenario.consumer.json(&["snapshot", "show", id])["status"], "Cancelled");

    let row = scenario.snapshot("incremental");
    assert_eq!(row["status"], "Succeeded");
    scenario.everything_arrived();
}

#[test]
fn a_detached_run_goes_on_by_itself() {
    let (scenario, _agent) = long_run();
    let row = scenario.consumer.json(&["snapshot", "start", "contoso-sales", "--detach"]);
    let id = row["snapshot_id"].as_str().unwrap().to_owned();
    assert!(["Queued", "Planning", "Running"].contains(&row["status"].as_str().unwrap()), "{row}");
    assert!(row["ended_at"].is_null());
    let ended = eventually("the end of the run", || {
        let row = scenario.consumer.json(&["snapshot", "show", &id]);
        row["ended_at"].is_string().then_some(row)
    });
    assert_eq!(ended["status"], "Succeeded", "{ended}");
    scenario.everything_arrived();
}

#[test]
fn another_process_can_cancel_a_detached_run() {
    let (scenario, _agent) = long_run();
    let row = scenario.consumer.json(&["snapshot", "start", "contoso-sales", "--detach"]);
    let id = row["snapshot_id"].as_str().unwrap().to_owned();
    scenario.consumer.run(&["snapshot", "cancel", &id]).ends_with(0);
    let ended = eventually("the end of the run", || {
        let row = scenario.consumer.json(&["snapshot", "show", &id]);
        row["ended_at"].is_string().then_some(row)
    });
    assert_eq!(ended["status"], "Cancelled", "{ended}");
    scenario.only_whole_files_arrived();
}

#[test]
fn another_process_pauses_a_run_limits_it_and_lets_it_go_on() {
    let (scenario, _agent) = long_run();
    let start = ["snapshot", "start", "contoso-sales", "--detach", "--limit", "100K"];
    let id = scenario.consumer.json(&start)["snapshot_id"].as_str().unwrap().to_owned();
    let paused = scenario.consumer.json(&["snapshot", "pause", &id]);
    assert_eq!(paused["status"], "Paused", "{paused}");
    assert_eq!(scenario.consumer.json(&["snapshot", "show", &id])["status"], "Paused");
    scenario.consumer.run(&["snapshot", "limit", &id, "off"]).ends_with(0);
    assert_eq!(
        scenario.consumer.json(&["snapshot", "show", &id])["status"],
        "Paused",
        "a limit is no resume"
    );
    scenario.consumer.run(&["snapshot", "resume", &id]).ends_with(0);
    let ended = eventually("the end of the run", || {
        let row = scenario.consumer.json(&["snapshot", "show", &id]);
        row["ended_at"].is_string().then_some(row)
    });
    assert_eq!(ended["status"], "Succeeded", "{ended}");
    scenario.everything_arrived();
    let error = scenario.consumer.refused(1, &["snapshot", "pause", &id]);
    assert!(error["message"].as_str().unwrap().contains("has ended"), "{error}");
    scenario.consumer.refused(2, &["snapshot", "limit", &id, "fast"]);
}

#[test]
fn a_detached_run_that_cannot_start_says_why() {
    let (scenario, _agent) = long_run();
    scenario.provider.run(&["recipient", "revoke", "sales", "ben@fabrikam.example"]).ends_with(0);
    let error = scenario.consumer.refused(5, &["snapshot", "start", "contoso-sales", "--detach"]);
    assert_eq!(error["code"], "revoked");
}

#[test]
fn a_second_run_of_the_same_share_is_refused_while_one_is_on() {
    let (scenario, _agent) = long_run();
    let mut running =
        scenario.consumer.start(&["--json", "snapshot", "start", "contoso-sales", "--mode", "full"]);
    eventually("the first file", || (running.has_moved_files() || !running.is_running()).then_some(()));
    let error = scenario.consumer.refused(1, &["snapshot", "start", "contoso-sales"]);
    assert_eq!(error["code"], "already-running");
    assert_eq!(running.ended().ends_with(0).json()["status"], "Succeeded");
}

#[test]
fn the_agent_says_what_it_did_and_ends_when_asked() {
    let scenario = Scenario::on_folders();
    fs::write(scenario.source.join("a.csv"), "1,2\n").unwrap();
    let agent = scenario.ready();
    agent.signal("INT");
    let ran = agent.ended().ends_with(0);
    let rounds: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let accepted = rounds.iter().flat_map(|round| round["accepted"].as_array().unwrap()).count();
    assert_eq!(accepted, 1, "{}", ran.out);
    assert_eq!(scenario.provider.json(&["agent", "run", "--once"])["problems"], serde_json::json!([]));
}

#[test]
fn the_demo_plays_to_a_verified_snapshot() {
    let scenario = Scenario::on_folders();
    let mut command = scenario.provider.command(&["demo", "--json"]);
    command.arg("--home").arg(scenario.directory.path().join("demo"));
    let ran = Running::start(command, "").ended().ends_with(0);
    let played = ran.json();
    assert_eq!(played["compared"]["different"], serde_json::json!([]));
    assert!(played["compared"]["files"].as_u64().unwrap() > 0);
    assert_eq!(played["second"]["files_written"], 0);
}

/// A full snapshot writes everything again, also when it takes two runs: what was there before does not count as written.
#[test]
fn a_cancelled_full_snapshot_is_retried_without_what_it_wrote_and_with_all_it_did_not() {
    let (scenario, _agent) = long_run();
    assert_eq!(scenario.snapshot("full")["status"], "Succeeded");
    let files = scenario.sent().len() as u64;
    let start = ["--json", "snapshot", "start", "contoso-sales", "--mode", "full", "--limit", "20M"];
    let mut running = scenario.consumer.start(&start);
    eventually("the first file", || (running.has_moved_files() || !running.is_running()).then_some(()));
    running.signal("INT");
    let cancelled = running.ended().ends_with(4).json();
    let written = cancelled["files_written"].as_u64().unwrap();
    assert!((1..files).contains(&written), "{cancelled}");

    let id = cancelled["snapshot_id"].as_str().unwrap();
    let retried = scenario.consumer.json(&["snapshot", "retry", id]);
    assert_eq!((&retried["status"], &retried["mode"]), (&"Succeeded".into(), &"full".into()), "{retried}");
    assert_eq!(
        (&retried["files_skipped"], &retried["files_written"]),
        (&written.into(), &(files - written).into())
    );
    scenario.everything_arrived();
    let error =
        scenario.consumer.refused(1, &["snapshot", "retry", retried["snapshot_id"].as_str().unwrap()]);
    assert!(error["message"].as_str().unwrap().contains("brought everything"), "{error}");
}
