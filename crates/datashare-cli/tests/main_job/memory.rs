//! Memory stays bounded, however many and however large the files are.

use std::fs::{self, File};

use serde_json::json;

use crate::support::{Ran, Scenario};

const MOST_MEMORY_KIB: u64 = 300 * 1024;
const LARGE: u64 = 2 * 1024 * 1024 * 1024;
const MANY: usize = 10_000;

#[test]
fn ten_thousand_files_and_one_of_two_gibibytes_need_little_memory() {
    let scenario = Scenario::on_folders();
    File::create(scenario.source.join("large.bin")).unwrap().set_len(LARGE).unwrap();
    fs::create_dir(scenario.source.join("many")).unwrap();
    for number in 0..MANY {
        fs::write(scenario.source.join(format!("many/{number:05}")), format!("{number}")).unwrap();
    }
    let _agent = scenario.ready();
    // Published once more, so that the reading is seen alone.
    fs::write(scenario.source.join("more"), "more").unwrap();
    is_small(&scenario.provider.run(&["publish", "sales"]).ends_with(0));

    let start = ["--json", "snapshot", "start", "contoso-sales", "--mode", "full"];
    let ran = scenario.consumer.run(&start).ends_with(0);
    assert_eq!(ran.json()["files_written"], json!(MANY + 2));
    assert_eq!(fs::metadata(scenario.target().join("large.bin")).unwrap().len(), LARGE);
    is_small(&ran);
    is_small(&scenario.consumer.run(&["snapshot", "start", "contoso-sales"]).ends_with(0));
    scenario.everything_arrived();
}

#[track_caller]
fn is_small(ran: &Ran) {
    assert!(ran.peak_kib > 0 || !cfg!(target_os = "linux"), "the memory was not seen");
    assert!(ran.peak_kib < MOST_MEMORY_KIB, "{} KiB of memory", ran.peak_kib);
}
