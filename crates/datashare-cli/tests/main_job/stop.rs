//! Asked to stop in the middle of a snapshot: the agent leaves it where the next one goes on.

use std::fs;

use datashare_testkit::sample_bytes;
use serde_json::Value;

use crate::support::{Scenario, eventually};

const SIZE: usize = 400 << 20;
/// Read and not written when it was left: far less than what had been written by then.
const IN_FLIGHT: u64 = 128 << 20;

#[test]
fn a_stopped_agent_leaves_its_snapshot_to_the_next_one() {
    let scenario = Scenario::on_folders();
    fs::write(scenario.source.join("large.bin"), sample_bytes("large", SIZE)).unwrap();
    let _provider = scenario.ready();
    let set = ["schedule", "set", "sales", "--every", "cron:* * * * *", "--time-zone", "UTC"];
    scenario.provider.run(&set).ends_with(0);
    let consumer = &scenario.consumer;
    consumer.run(&["trigger", "enable", "contoso-sales"]).ends_with(0);

    let agent = consumer.agent();
    eventually("half of the file", || (written(&scenario) > SIZE as u64 / 2).then_some(()));
    agent.signal("TERM");
    agent.ended().ends_with(0);
    let runs = consumer.json(&["snapshot", "list", "contoso-sales"]);
    assert_eq!(runs.as_array().unwrap().len(), 1, "{runs}");
    assert_eq!(runs[0]["status"], "Cancelled", "{runs}");
    assert!(runs[0]["message"].as_str().unwrap().contains("goes on when Datashare runs again"), "{runs}");
    assert!(scenario.arrived().is_empty(), "nothing half-written is visible");
    let tick = consumer.json(&["received", "show", "contoso-sales"])["trigger"]["last"].clone();
    assert_eq!(tick["status"], "Waiting", "{tick}");

    let _next = consumer.agent();
    eventually("the rest", || (scenario.arrived() == scenario.sent()).then_some(()));
    let runs = eventually("the end of the snapshot", || {
        let runs = consumer.json(&["snapshot", "list", "contoso-sales"]);
        (runs[0]["status"] == "Succeeded").then_some(runs)
    });
    let read = |run: &Value| run["datasets"][0]["bytes_read"].as_u64().unwrap();
    let read: u64 = runs.as_array().unwrap().iter().map(read).sum();
    assert!(read <= SIZE as u64 + IN_FLIGHT, "{read} bytes were read of {SIZE}");
}

/// Bytes of the file that is on its way.
fn written(scenario: &Scenario) -> u64 {
    let Ok(entries) = fs::read_dir(scenario.target()) else { return 0 };
    let sizes = entries.filter_map(|entry| Some(entry.ok()?.metadata().ok()?.len()));
    sizes.max().unwrap_or(0)
}
