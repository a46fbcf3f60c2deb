//! The engine alone, from connection to connection.

use std::fs;

use datashare_testkit::{AwkwardOptions, awkward_tree, hash_tree};

use crate::support::Scenario;

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
