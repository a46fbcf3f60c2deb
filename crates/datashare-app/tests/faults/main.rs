//! The engine over a bad network: whatever is drawn (a tree, faults, moments at which the process dies), the target ends
//! identical, no wrong byte is ever seen under a final name, and little is sent twice.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod hand_over;
mod stage;

use std::collections::BTreeMap;
use std::time::Duration;

use datashare_domain::SnapshotStatus;
use datashare_testkit::{Fault, Faults, sample_bytes};
use proptest::prelude::*;

use stage::{Direction, Stage};

const MIB: usize = 1 << 20;
/// Bytes that a request carries at most.
const PART: u64 = 8 << 20;
/// Bytes that are on their way, or arrived and not remembered, when a process dies.
const WINDOW: u64 = (64 + 32) << 20;

fn tree() -> impl Strategy<Value = BTreeMap<String, Vec<u8>>> {
    let size = prop_oneof![6 => 0..5000usize, 2 => 100_000..900_000usize, 1 => (8 * MIB)..(30 * MIB)];
    prop::collection::btree_map("((a|ä|b b)/){0,2}[a-d][0-9]", size, 1..25).prop_map(|sizes| {
        let file = |(path, size): (String, usize)| (path.clone(), sample_bytes(&path, size));
        sizes.into_iter().map(file).collect()
    })
}

#[derive(Clone, Debug)]
struct Weather {
    direction: Direction,
    seed: u64,
    /// Of a thousand requests, so many meet a fault.
    faults: u64,
    /// After so many requests each, the process dies.
    deaths: Vec<u64>,
}

fn weather() -> impl Strategy<Value = Weather> {
    let direction = prop_oneof![Just(Direction::Up), Just(Direction::Down)];
    (direction, any::<u64>(), 0..120u64, prop::collection::vec(1..40u64, 0..4))
        .prop_map(|(direction, seed, faults, deaths)| Weather { direction, seed, faults, deaths })
}

fn survives(tree: &BTreeMap<String, Vec<u8>>, weather: &Weather) {
    let stage = Stage::new(weather.direction, tree);
    let bytes: u64 = tree.values().map(|file| file.len() as u64).sum();
    for (number, death) in weather.deaths.iter().enumerate() {
        stage.proxy.set(stage.faults(weather.seed ^ number as u64, weather.faults));
        stage.run_until(*death);
        assert!(stage.holds_only(tree), "a wrong byte under a final name after death {number}");
    }
    stage.proxy.set(stage.faults(weather.seed, weather.faults));
    let mut tries = 0;
    while stage.run().status != SnapshotStatus::Succeeded {
        assert!(stage.holds_only(tree), "a wrong byte under a final name");
        tries += 1;
        if tries == 3 {
            stage.proxy.set(Faults::none());
        }
        assert!(tries < 6, "it does not come to an end");
    }
    assert_eq!(stage.received(), *tree);
    let counts = stage.proxy.counts();
    let moved = match weather.direction {
        Direction::Up => counts.sent_in_bodies,
        Direction::Down => counts.received_in_bodies,
    };
    // Listings and block lists are bytes too.
    let overhead = counts.requests * 20_000;
    let most = bytes + counts.faults * PART + weather.deaths.len() as u64 * WINDOW.min(bytes) + overhead;
    assert!(moved <= most, "{moved} bytes were moved for {bytes}, with {} faults", counts.faults);
    let before = stage.remembered();
    let again = stage.run();
    assert_eq!(
        (again.files_written, again.files_failed),
        (0, 0),
        "nothing is left to do: {before:#?} then {:#?}",
        stage.remembered()
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 20, ..ProptestConfig::default() })]

    #[test]
    fn a_bad_network_costs_time_and_nothing_else(tree in tree(), weather in weather()) {
        survives(&tree, &weather);
    }
}

#[test]
fn a_network_that_comes_back_is_waited_for() {
    let tree = (0..200).map(|number| (format!("{number}"), sample_bytes("x", 20_000))).collect();
    let stage = Stage::new(Direction::Up, &tree);
    let outcome = stage.run_beside(|proxy| async move {
        proxy.until(|counts| counts.requests > 50).await;
        proxy.cut();
        tokio::time::sleep(Duration::from_secs(6)).await;
        proxy.mend();
    });
    assert_eq!((outcome.status, outcome.files_written), (SnapshotStatus::Succeeded, 200), "{outcome:?}");
    assert_eq!(stage.received(), tree);
}

#[test]
fn access_that_ends_in_the_run_needs_attention_and_goes_on_when_it_is_renewed() {
    let tree = (0..200).map(|number| (format!("{number:03}"), sample_bytes("x", 20_000))).collect();
    let stage = Stage::by_signature(&tree);
    stage.proxy.set(Faults::none().with_sas_expired_from(60));
    let ended = stage.run();
    assert_eq!(ended.status, SnapshotStatus::NeedsAttention, "{ended:?}");
    assert!(stage.holds_only(&tree));
    stage.proxy.set(Faults::none());
    let renewed = stage.run();
    assert_eq!(renewed.status, SnapshotStatus::Succeeded);
    assert!(renewed.files_skipped >= 40, "what had arrived is not sent again: {renewed:?}");
    assert_eq!(stage.received(), tree);
}

#[test]
fn a_server_that_asks_for_time_gets_it() {
    let tree = (0..60).map(|number| (format!("{number}"), sample_bytes("x", 2000))).collect();
    let stage = Stage::new(Direction::Down, &tree);
    let busy = Fault::Answer { status: 429, retry_after: Some(1) };
    stage.proxy.set(Faults::at((5..40).map(|number| (number, busy))));
    let outcome = stage.run();
    assert_eq!((outcome.status, outcome.files_failed), (SnapshotStatus::Succeeded, 0), "{outcome:?}");
}

#[test]
fn silence_ends_and_the_file_comes_over_another_connection() {
    let tree = [("silent".to_owned(), sample_bytes("silent", 100_000))].into();
    for direction in [Direction::Up, Direction::Down] {
        let stage = Stage::new(direction, &tree).bearing_silence_for(Duration::from_secs(2));
        stage.proxy.set(Faults::at([(1, Fault::Silence)]).for_requests_with(&[direction.contents()]));
        let outcome = stage.run();
        assert_eq!((outcome.status, outcome.files_written), (SnapshotStatus::Succeeded, 1), "{outcome:?}");
        assert_eq!((stage.received(), stage.proxy.counts().faults), (tree.clone(), 1));
    }
}

/// However slowly it comes: as long as something comes, it is not asked for again.
#[test]
fn a_slow_drip_is_not_silence() {
    let tree = [("slow".to_owned(), sample_bytes("slow", 100_000))].into();
    let stage = Stage::new(Direction::Down, &tree).bearing_silence_for(Duration::from_secs(2));
    let drip = Fault::Drip { bytes_per_second: 20_000 };
    stage.proxy.set(Faults::always(drip).for_requests_with(&[Direction::Down.contents()]));
    assert_eq!(stage.run().status, SnapshotStatus::Succeeded);
    assert_eq!((stage.received(), stage.proxy.counts().faults), (tree, 1));
}

/// A process that dies in a large file, and one after it: the bytes that are sent twice are those that were in flight.
#[test]
fn a_large_file_goes_on_where_it_was() {
    let large = 160 * MIB;
    let tree: BTreeMap<_, _> = [("large".to_owned(), sample_bytes("large", large))].into();
    for direction in [Direction::Up, Direction::Down] {
        let stage = Stage::new(direction, &tree);
        stage.run_until_moved((120 * MIB) as u64);
        assert!(stage.received().is_empty(), "nothing half-written is visible");
        let outcome = stage.run();
        assert_eq!(outcome.status, SnapshotStatus::Succeeded, "{outcome:?}");
        assert_eq!(stage.received(), tree);
        let counts = stage.proxy.counts();
        let moved = counts.sent_in_bodies.max(counts.received_in_bodies);
        assert!(moved < (large + 100 * MIB) as u64, "{direction:?}: {moved} bytes for {large}");
        assert!(moved > large as u64, "{direction:?}: something was in flight");
        assert!(stage.moved_by_second() < (large - 20 * MIB) as u64, "{direction:?}: it began anew");
    }
}

/// Whichever request of a large file meets it: one fault costs one part.
#[test]
fn no_single_fault_moves_a_large_file_twice() {
    std::thread::scope(|scope| {
        for (direction, requests) in [(Direction::Up, 4), (Direction::Down, 3)] {
            for fault in Stage::harm(direction) {
                scope.spawn(move || {
                    (1..=requests).for_each(|number| costs_one_part(direction, fault, number))
                });
            }
        }
    });
}

fn costs_one_part(direction: Direction, fault: Fault, number: u64) {
    let large = 10 * MIB;
    let tree: BTreeMap<_, _> = [("large".to_owned(), sample_bytes("large", large))].into();
    let stage = Stage::new(direction, &tree);
    stage.proxy.set(Faults::at([(number, fault)]).for_requests_with(&[direction.contents()]));
    assert_eq!(stage.run().status, SnapshotStatus::Succeeded);
    assert_eq!(stage.received(), tree);
    assert_eq!(stage.proxy.counts().faults, 1, "{fault:?} at {number}");
    let most = large as u64 + PART + 20_000;
    assert!(stage.moved() <= most, "{fault:?} at {number}: {} bytes", stage.moved());
}
