//! `kill -9` at random moments: the target holds only whole files, and the next snapshot completes it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::{Duration, Instant};

use datashare_testkit::{AwkwardOptions, awkward_tree, sample_bytes};

use crate::support::{Scenario, eventually};

/// Files that the provider changes between two runs.
const CHANGES: usize = 40;

#[test]
fn ten_kills_leave_only_whole_files_in_a_folder() {
    survives_kills(&Scenario::on_folders(), 10, 2000);
}

#[test]
fn kills_leave_only_whole_files_in_an_account() {
    survives_kills(&Scenario::on_azurite(), 4, 300);
}

fn survives_kills(scenario: &Scenario, kills: usize, small_files: usize) {
    let mut chance = Chance::new();
    awkward_tree(&scenario.source, &AwkwardOptions { small_files, large_file: 40 * 1024 * 1024 }).unwrap();
    let _agent = scenario.ready();
    let began = Instant::now();
    assert_eq!(scenario.snapshot("full")["status"], "Succeeded");
    let whole = began.elapsed();
    let mut sent = Sent::default();
    sent.add(scenario.sent());

    let mut cut = 0;
    for round in 0..kills {
        change_some(scenario, &mut chance, round);
        sent.add(scenario.sent());
        let mut running =
            scenario.consumer.start(&["--quiet", "snapshot", "start", "contoso-sales", "--mode", "full"]);
        std::thread::sleep(chance.moment(whole));
        running.kill();
        cut += usize::from(running.ended().code.is_none());
        sent.holds(&scenario.arrived());
    }
    eprintln!("{cut} of {kills} runs were cut");
    assert!(cut > 0, "no run was cut: the moments are not in the run");
    let row = scenario.snapshot("incremental");
    assert_eq!(row["status"], "Succeeded", "{row}");
    scenario.everything_arrived();
    scenario.consumer.run(&["audit", "contoso-sales", "--verify"]).ends_with(0);
    eventually("the provider knows how every run ended", || {
        let history = scenario.provider.json(&["history", "sales"]);
        let rows = history.as_array().unwrap();
        rows.iter().all(|row| row["ended_at"].is_string()).then_some(())
    });
}

fn change_some(scenario: &Scenario, chance: &mut Chance, round: usize) {
    let paths: Vec<String> = scenario.sent().into_keys().collect();
    let chosen: BTreeSet<&str> = (0..CHANGES).map(|_| paths[chance.below(paths.len())].as_str()).collect();
    for path in &chosen {
        let length = 1 + chance.below(200_000);
        fs::write(scenario.source.join(path), sample_bytes(&format!("{path} {round}"), length)).unwrap();
    }
    scenario.upload(&chosen.into_iter().collect::<Vec<_>>());
    scenario.provider.run(&["publish", "sales"]).ends_with(0);
}

/// Every version of every file that was ever sent.
#[derive(Default)]
struct Sent(BTreeMap<String, BTreeSet<String>>);

impl Sent {
    fn add(&mut self, hashes: BTreeMap<String, String>) {
        for (path, hash) in hashes {
            self.0.entry(path).or_default().insert(hash);
        }
    }

    /// Each file is there, and is one of its versions from the first byte to the last.
    fn holds(&self, arrived: &BTreeMap<String, String>) {
        for (path, versions) in &self.0 {
            let hash = arrived.get(path).unwrap_or_else(|| panic!("'{path}' was there before, and is gone"));
            assert!(versions.contains(hash), "'{path}' is not whole");
        }
        assert_eq!(self.0.len(), arrived.len(), "there are files that nobody sent");
    }
}

/// Random choices that a seed repeats.
struct Chance(u64);

impl Chance {
    fn new() -> Self {
        let given = std::env::var("CRASH_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| {
            let mut random = [0; 8];
            getrandom::fill(&mut random).unwrap();
            u64::from_le_bytes(random)
        });
        eprintln!("CRASH_SEED={seed} makes the same choices again");
        Self(seed | 1)
    }

    /// xorshift64
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn moment(&mut self, whole: Duration) -> Duration {
        Duration::from_micros(self.next() % (whole.as_micros() as u64))
    }
}
