//! The agent: one leader of a workspace, handing over, its state, and starting with the computer.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::support::{Party, Running, Scenario, eventually, has_fields};

/// The leader as `agent status` tells it; `None` when there is none.
fn leader(party: &Party) -> Option<Value> {
    let ran = party.run(&["--json", "agent", "status"]);
    let status = ran.json();
    has_fields(&status, "leader last healthy");
    assert_eq!(ran.code, Some(if status["healthy"] == true { 0 } else { 3 }), "{status}");
    Some(status["leader"].clone()).filter(|leader| !leader.is_null())
}

fn leads(party: &Party, running: &Running) {
    let process = running.process();
    eventually("the lead", || leader(party).filter(|leader| leader["process"] == process));
}

#[test]
fn killing_the_leader_hands_over_and_the_next_one_does_the_work() {
    let scenario = Scenario::on_folders();
    fs::write(scenario.source.join("a.csv"), "1,2\n").unwrap();
    scenario.share();
    assert_eq!(leader(&scenario.provider), None);
    let mut first = scenario.provider.agent();
    leads(&scenario.provider, &first);
    let second = scenario.provider.agent();
    let found = leader(&scenario.provider).unwrap();
    assert_eq!(found["process"], first.process(), "the second one waits");
    has_fields(&found, "kind process version since reported_at watched rounds rounds_failed problems");
    assert_eq!(found["kind"], "agent");
    // While one leads, a look by hand finds nothing to do, and does not wait for it.
    let by_hand = scenario.provider.json(&["agent", "run", "--once"]);
    assert_eq!(by_hand["accepted"], serde_json::json!([]));

    first.kill();
    leads(&scenario.provider, &second);
    let invited = scenario.invite(&[]);
    assert_eq!(scenario.accept(&invited)["status"], "Active", "the one that took over answers");
    second.signal("TERM");
    let ran = second.ended().ends_with(0);
    let rounds: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        rounds.iter().flat_map(|round| round["accepted"].as_array().unwrap()).count(),
        1,
        "{}",
        ran.out
    );
    assert_eq!(leader(&scenario.provider), None);
    let log = fs::read_to_string(scenario.provider.home.join("logs/agent.log")).unwrap();
    assert!(log.contains("accepted: sales / ben@fabrikam.example"), "{log}");
}

#[test]
fn a_store_that_is_gone_is_a_problem_of_its_share_until_it_is_back() {
    let scenario = Scenario::on_folders();
    fs::write(scenario.source.join("a.csv"), "1,2\n").unwrap();
    let agent = scenario.ready();
    eventually("a healthy agent", || {
        (scenario.provider.json(&["agent", "status"])["healthy"] == true).then_some(())
    });
    let (store, away) = (scenario.directory.path().join("store"), scenario.directory.path().join("away"));
    fs::rename(&store, &away).unwrap();
    let leader = eventually("the problem", || {
        leader(&scenario.provider).filter(|leader| leader["problems"] != serde_json::json!([]))
    });
    let problem = &leader["problems"][0];
    assert_eq!(problem["share"], "sales");
    assert!(problem["message"].as_str().unwrap().contains("sales"), "{problem}");
    fs::rename(&away, &store).unwrap();
    eventually("the end of the problem", || {
        (scenario.provider.run(&["agent", "status"]).code == Some(0)).then_some(())
    });
    agent.signal("TERM");
    agent.ended().ends_with(0);
}

/// A `systemctl` that writes down what it is told.
fn systemctl(folder: &std::path::Path) -> std::path::PathBuf {
    let (program, told) = (folder.join("systemctl"), folder.join("told"));
    fs::write(&program, format!("#!/bin/sh\necho \"$@\" >> '{}'\n", told.display())).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    told
}

#[test]
#[cfg(target_os = "linux")]
fn the_agent_is_installed_and_removed_as_a_unit_of_the_person() {
    let directory = tempfile::tempdir().unwrap();
    let party = Party::new(directory.path(), "Ana", "Contoso");
    let settings = directory.path().join("settings");
    let told = systemctl(directory.path());
    let run = |arguments: &[&str]| {
        let mut command = party.command(arguments);
        command.env("XDG_CONFIG_HOME", &settings).env("PATH", directory.path());
        Running::start(command, "").ended().ends_with(0)
    };
    let shown = run(&["agent", "install", "--print"]).out;
    assert!(shown.contains("ExecStart=") && !settings.exists(), "only shown: {shown}");
    assert!(shown.contains("DATASHARE_VAULT_PASSPHRASE_FILE="), "it opens the same vault: {shown}");

    let installed = run(&["--json", "agent", "install"]).json();
    let file = installed["file"].as_str().unwrap();
    assert!(file.starts_with(settings.join("systemd/user").to_str().unwrap()), "{file}");
    assert_eq!(fs::read_to_string(file).unwrap().trim(), shown.trim());
    run(&["agent", "uninstall"]);
    assert!(!std::path::Path::new(file).exists());
    let name = installed["name"].as_str().unwrap();
    assert_eq!(
        fs::read_to_string(told).unwrap(),
        format!(
            "--user daemon-reload\n--user enable --now {name}.service\n--user disable --now {name}.service\n--user daemon-reload\n"
        )
    );
    run(&["agent", "uninstall"]);
}
