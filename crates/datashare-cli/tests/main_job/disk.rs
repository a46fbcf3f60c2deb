//! Disks that are full, and folders that may not be written.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use datashare_testkit::sample_bytes;
use serde_json::Value;

use crate::support::Scenario;

/// A small file system of its own, unmounted at the end. Needs root.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: &Path, options: &str) -> Self {
        fs::create_dir_all(at).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(at).status();
        let works = mounted.is_ok_and(|status| status.success());
        assert!(works, "This test needs a small disk and could not mount one: run it as root on Linux.");
        Self(at.to_owned())
    }

    fn remount(&self, options: &str) {
        let options = format!("remount,{options}");
        assert!(Command::new("mount").args(["-o", &options]).arg(&self.0).status().unwrap().success());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

/// A failure of one file, or of the dataset, with these codes; both say what to do.
#[track_caller]
fn fails_with(row: &Value, codes: &[&str]) {
    let failures = row["failures"].as_array().unwrap();
    let found = failures.iter().find(|failure| codes.contains(&failure["code"].as_str().unwrap()));
    let failure = found.unwrap_or_else(|| panic!("none of {codes:?} in {row}"));
    assert!(!failure["message"].as_str().unwrap().is_empty());
    assert!(!failure["hint"].as_str().unwrap().is_empty());
}

#[test]
fn a_full_disk_is_said_and_destroys_nothing() {
    let scenario = Scenario::on_folders();
    let disk = SmallDisk::mount(&scenario.target(), "size=8m");
    fs::write(scenario.source.join("a"), sample_bytes("a", 2_000_000)).unwrap();
    fs::write(scenario.source.join("b"), sample_bytes("b", 2_000_000)).unwrap();
    let _agent = scenario.ready();
    assert_eq!(scenario.snapshot("full")["status"], "Succeeded");
    let before = scenario.arrived();

    fs::write(scenario.source.join("b"), sample_bytes("more b", 7_000_000)).unwrap();
    scenario.provider.run(&["publish", "sales"]).ends_with(0);
    let ran = scenario.consumer.run(&["--json", "snapshot", "start", "contoso-sales"]).ends_with(1);
    fails_with(&ran.json(), &["no-space"]);
    assert!(before == scenario.arrived(), "the good older file stays");

    disk.remount("size=32m");
    assert_eq!(scenario.snapshot("incremental")["status"], "Succeeded");
    scenario.everything_arrived();
}

#[test]
fn a_target_that_may_not_be_written_is_said() {
    let scenario = Scenario::on_folders();
    let disk = SmallDisk::mount(&scenario.target(), "size=8m,ro");
    fs::write(scenario.source.join("a"), "a").unwrap();
    let _agent = scenario.ready();
    let ran = scenario.consumer.run(&["--json", "snapshot", "start", "contoso-sales"]);
    assert!(matches!(ran.code, Some(1 | 3)), "{ran:?}");
    let told = format!("{}{}", ran.out, ran.err);
    assert!(told.contains("read-only") || told.contains("not allowed") || told.contains("denied"), "{told}");

    disk.remount("rw");
    assert_eq!(scenario.snapshot("incremental")["status"], "Succeeded");
    scenario.everything_arrived();
}
