//! The engine alone, from connection to connection.

use std::fs;

use datashare_testkit::{AwkwardOptions, awkward_tree, hash_tree, sample_bytes};

use crate::support::{Scenario, eventually};

#[test]
fn a_tree_goes_to_an_account_and_back_unchanged() {
    let scenario = Scenario::on_azurite();
    awkward_tree(&scenario.source, &AwkwardOptions::default()).unwrap();
    let (disk, back) = (scenario.directory.path().join("store"), scenario.directory.path().join("back"));
    fs::create_dir(&back).unwrap();
    let party = &scenario.provider;
    for (name, folder) in [("disk", &disk), ("back", &back)] {
        party
            .run(&["connection", "add", name, "--kind", "folder", "--path", folder.to_str().unwrap()])
            .ends_with(0);
    }
    let files = scenario.sent().len();

    let plan = party.json(&["transfer", "disk/pos/2026", "store/copied/here", "--dry-run"]);
    assert_eq!(plan["to_write"]["files"], files);
    let row = party.json(&["transfer", "disk/pos/2026", "store/copied/here"]);
    assert_eq!((&row["status"], &row["files_written"]), (&"Succeeded".into(), &files.into()));
    let row = party.json(&["transfer", "store/copied/here", "back/again"]);
    assert_eq!(row["files_written"], files);
    assert!(
        hash_tree(&back.join("again")).unwrap() == scenario.sent(),
        "what came back is not what went out"
    );

    let row = party.json(&["transfer", "disk/pos/2026", "store/copied/here"]);
    assert_eq!((&row["files_written"], &row["files_skipped"]), (&0.into(), &files.into()));
    let row = party.json(&["transfer", "disk/pos/2026", "store/copied/here", "--mode", "full"]);
    assert_eq!(row["files_written"], files);
}

#[test]
fn a_killed_transfer_goes_on_inside_its_file() {
    let scenario = Scenario::on_folders();
    let bytes = sample_bytes("large", 200 << 20);
    fs::write(scenario.source.join("large.bin"), &bytes).unwrap();
    let party = &scenario.provider;
    let copies = scenario.directory.path().join("copies");
    fs::create_dir(&copies).unwrap();
    party
        .run(&["connection", "add", "copies", "--kind", "folder", "--path", copies.to_str().unwrap()])
        .ends_with(0);
    let mut running = party.start(&["--quiet", "transfer", "store/pos/2026", "copies/in", "--limit", "20M"]);
    let kept = |name: &str| name.starts_with(".datashare-kept-");
    let held = eventually("some of the file is kept", || {
        let entries = fs::read_dir(copies.join("in")).ok()?;
        let kept = entries.flatten().find(|entry| kept(&entry.file_name().to_string_lossy()))?;
        Some(kept.path())
    });
    // A moment, so that it is remembered too.
    eventually("more of the file", || (fs::metadata(&held).unwrap().len() > 80 << 20).then_some(()));
    running.kill();
    running.ended();
    assert!(!copies.join("in/large.bin").exists(), "nothing half-written has its name");

    let row = party.json(&["transfer", "store/pos/2026", "copies/in"]);
    assert_eq!((&row["status"], &row["files_written"]), (&"Succeeded".into(), &1.into()), "{row}");
    let read = row["datasets"][0]["bytes_read"].as_u64().unwrap();
    assert!(read < 180 << 20, "it goes on where it was, and does not begin anew: {read} bytes were read");
    assert!(fs::read(copies.join("in/large.bin")).unwrap() == bytes);
    assert!(!held.exists(), "what was kept has become the file");
}

#[test]
fn mirroring_deletes_what_is_gone_and_asks_before_much() {
    let scenario = Scenario::on_folders();
    for number in 0..30 {
        fs::write(scenario.source.join(format!("{number}.csv")), "1,2\n").unwrap();
    }
    let party = &scenario.provider;
    let copies = scenario.directory.path().join("copies");
    fs::create_dir(&copies).unwrap();
    party
        .run(&["connection", "add", "copies", "--kind", "folder", "--path", copies.to_str().unwrap()])
        .ends_with(0);
    let transfer = ["transfer", "store/pos/2026", "copies/in", "--verify"];
    let mirror: Vec<&str> = [&transfer[..], &["--mirror"]].concat();
    party.run(&transfer).ends_with(0);
    fs::write(copies.join("in/own.txt"), "mine").unwrap();
    fs::remove_file(scenario.source.join("3.csv")).unwrap();
    let plan = party.json(&[&mirror[..], &["--dry-run"]].concat());
    assert_eq!(plan["to_delete"]["files"], 1);
    assert_eq!(plan["files"], serde_json::json!([{"path": "3.csv", "size": 4, "reason": null}]));
    assert_eq!(party.json(&mirror)["files_deleted"], 1);
    assert!(!copies.join("in/3.csv").exists() && copies.join("in/own.txt").exists());

    for number in 10..30 {
        fs::remove_file(scenario.source.join(format!("{number}.csv"))).unwrap();
    }
    let asked = party.run(&[&["--json"], &mirror[..]].concat()).ends_with(3).json();
    assert_eq!((&asked["status"], &asked["files_deleted"]), (&"NeedsAttention".into(), &0.into()), "{asked}");
    let row = party.json(&[&mirror[..], &["--confirm-deletions"]].concat());
    assert_eq!(row["files_deleted"], 20);
    assert!(copies.join("in/own.txt").exists());
}

#[test]
fn one_file_keeps_its_name_and_a_missing_source_is_an_error() {
    let scenario = Scenario::on_folders();
    fs::write(scenario.source.join("a #1.csv"), "1,2\n").unwrap();
    let party = &scenario.provider;
    let copies = scenario.directory.path().join("copies");
    fs::create_dir(&copies).unwrap();
    party
        .run(&["connection", "add", "copies", "--kind", "folder", "--path", copies.to_str().unwrap()])
        .ends_with(0);
    let row = party.json(&["transfer", "store/pos/2026/a #1.csv", "copies/new/folder"]);
    assert_eq!(row["files_written"], 1);
    assert_eq!(fs::read_to_string(copies.join("new/folder/a #1.csv")).unwrap(), "1,2\n");

    let error = party.refused(1, &["transfer", "store/nothing here", "copies/other"]);
    assert!(error["message"].as_str().unwrap().contains("nothing here"), "{error}");
    assert!(!copies.join("other").exists(), "a missing source makes no target");
    party.refused(1, &["transfer", "nowhere/x", "copies/other"]);
    party.refused(1, &["transfer", "store/pos", "store/pos/2026/copy"]);
}
