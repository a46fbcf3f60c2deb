//! Stores that change or go away while a run is on.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use datashare_testkit::{AwkwardOptions, awkward_tree};

use crate::support::{Ran, Scenario, eventually};

/// A run from account to account that is met while it runs.
fn met_while_running(meet: impl FnOnce(&Scenario)) -> (Scenario, Ran) {
    let scenario = Scenario::on_azurite();
    awkward_tree(&scenario.source, &AwkwardOptions { small_files: 3000, ..AwkwardOptions::default() })
        .unwrap();
    let _agent = scenario.ready();
    let mut running =
        scenario.consumer.start(&["--json", "snapshot", "start", "contoso-sales", "--mode", "full"]);
    eventually("the first file", || (running.has_moved_files() || !running.is_running()).then_some(()));
    meet(&scenario);
    let ran = running.ended();
    (scenario, ran)
}

#[track_caller]
fn is_told(ran: &Ran) {
    assert!(matches!(ran.code, Some(1 | 3)), "{ran:?}");
    let row = ran.json();
    assert!(
        ["Failed", "PartlySucceeded", "NeedsAttention"].contains(&row["status"].as_str().unwrap()),
        "{row}"
    );
    let message = row["message"].as_str().unwrap();
    assert!(message.split_whitespace().count() > 4, "no sentence: {message}");
    let failures = row["failures"].as_array().unwrap();
    assert!(!failures.is_empty() && failures.len() < 200, "{} failures for one reason", failures.len());
}

#[test]
fn a_source_container_deleted_in_the_run_is_told_once_and_tears_no_file() {
    let (scenario, ran) =
        met_while_running(|scenario| scenario.blobs.as_ref().unwrap().remove_provider_container("pos"));
    is_told(&ran);
    scenario.only_whole_files_arrived();
}

#[test]
fn a_target_container_deleted_in_the_run_is_told_and_the_next_run_makes_it_again() {
    let (scenario, ran) =
        met_while_running(|scenario| scenario.blobs.as_ref().unwrap().remove_consumer_container("received"));
    is_told(&ran);
    assert_eq!(scenario.snapshot("incremental")["status"], "Succeeded");
    scenario.everything_arrived();
}

/// Two versions, each of one letter: a mixture would be a torn file.
#[test]
fn a_blob_that_changes_while_it_is_read_arrives_as_one_version() {
    const SIZE: usize = 6_000_000;
    let scenario = Scenario::on_azurite();
    let write = |letter: u8| {
        fs::write(scenario.source.join("changing"), vec![letter; SIZE]).unwrap();
        scenario.upload(&["changing"]);
    };
    write(b'a');
    let _agent = scenario.ready();
    let versions = [b'a', b'b'].map(|letter| {
        write(letter);
        scenario.sent()["changing"].clone()
    });
    for _ in 0..5 {
        let running =
            scenario.consumer.start(&["--json", "snapshot", "start", "contoso-sales", "--mode", "full"]);
        for letter in *b"abababab" {
            write(letter);
        }
        let row = running.ended().json();
        let changed = row["failures"].as_array().unwrap().iter().all(|failure| failure["code"] == "changed");
        assert!(row["status"] == "Succeeded" || changed, "{row}");
        if let Some(hash) = scenario.arrived().get("changing") {
            assert!(versions.contains(hash), "a mixture of two versions arrived");
        }
    }
    assert_eq!(scenario.snapshot("incremental")["status"], "Succeeded");
    scenario.everything_arrived();
}

#[test]
fn a_file_that_changes_while_it_is_published_ends_well_or_is_named() {
    let scenario = Scenario::on_folders();
    let file = scenario.source.join("changing.log");
    fs::write(&file, vec![b'x'; 4_000_000]).unwrap();
    let _agent = scenario.ready();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut size = 4_000_000;
            while !stop.load(Ordering::Relaxed) {
                size += 1;
                fs::write(&file, vec![b'y'; size]).unwrap();
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        let published: Vec<Ran> =
            (0..3).map(|_| scenario.provider.run(&["--json", "publish", "sales"])).collect();
        stop.store(true, Ordering::Relaxed);
        for ran in published.iter().filter(|ran| ran.code != Some(0)) {
            assert!(ran.error()["message"].as_str().unwrap().contains("changing.log"), "{ran:?}");
        }
    });
    scenario.provider.run(&["publish", "sales"]).ends_with(0);
    assert_eq!(scenario.snapshot("full")["status"], "Succeeded");
    scenario.everything_arrived();
}
