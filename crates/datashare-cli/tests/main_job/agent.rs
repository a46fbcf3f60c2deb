//! The agent: one leader of a workspace, handing over, its state, and starting with the computer.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
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

/// What the API answers, which must be that all is well.
#[track_caller]
fn get(address: &str, path: &str, token: &str) -> Value {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!("Host: {address}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n");
    write!(stream, "GET {path} HTTP/1.1\r\n{head}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 "), "{answer}");
    serde_json::from_str(body).unwrap()
}

#[test]
fn the_agent_serves_the_api_until_it_ends() {
    let directory = tempfile::tempdir().unwrap();
    let ana = Party::new(directory.path(), "Ana", "Contoso");
    let made = ana.json(&["api", "token", "create", "watch", "--scope", "read"]);
    let token = made["token"].as_str().unwrap();
    let agent = ana.start(&["agent", "run", "--json", "--api", "127.0.0.1:0"]);
    let address = eventually("the address in the log", || {
        let log = fs::read_to_string(ana.home.join("logs/agent.log")).ok()?;
        let (_, address) = log.split_once("the API is at http://")?;
        address.split_once('/').map(|(address, _)| address.to_owned())
    });
    let status = eventually("the lead", || {
        Some(get(&address, "/v1/agent", token)).filter(|status| !status["leader"].is_null())
    });
    assert_eq!(status["leader"]["process"], agent.process(), "{status}");
    assert_eq!(status["leader"]["kind"], "agent");

    agent.signal("TERM");
    let ran = agent.ended().ends_with(0);
    let first: Value = serde_json::from_str(ran.out.lines().next().unwrap()).unwrap();
    assert_eq!(first["address"], address.as_str());
    assert!(TcpStream::connect(&address).is_err(), "the API ends with the agent");
    assert!(!format!("{}{}", ran.out, ran.err).contains(token));
}

#[test]
fn the_api_of_the_agent_is_not_served_in_clear_elsewhere() {
    let directory = tempfile::tempdir().unwrap();
    let ana = Party::new(directory.path(), "Ana", "Contoso");
    let run = |code, arguments: &[&str]| ana.refused(code, &[&["agent", "run"], arguments].concat());
    assert_eq!(run(1, &["--api", "0.0.0.0:0"])["code"], "not-allowed");
    let none = directory.path().join("none.pem");
    let none = none.to_str().unwrap();
    let error = run(1, &["--api", "0.0.0.0:0", "--tls-cert", none, "--tls-key", none]);
    assert!(error["message"].as_str().unwrap().contains("none.pem"), "{error}");
    run(2, &["--api", "127.0.0.1:0", "--tls-cert", none]);
    run(2, &["--api", "127.0.0.1:0", "--once"]);
    for alone in [&["--host", "share.contoso.example"][..], &["--tls-cert", none, "--tls-key", none]] {
        run(2, alone);
    }
    assert_eq!(leader(&ana), None, "nothing was begun");
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

    let status = |party: &Party| party.run(&["--json", "agent", "status"]).json();
    assert!(status(&party)["installed"].is_null());
    let refused = |arguments: &[&str]| party.refused(2, &[&["agent", "install"], arguments].concat());
    refused(&["--metrics", "0.0.0.0:9464"]);
    refused(&["--host", "share.contoso.example"]);
    assert_eq!(party.refused(1, &["agent", "install", "--api", "0.0.0.0:0"])["code"], "not-allowed");
    let installed = run(&["--json", "agent", "install", "--metrics", "127.0.0.1:9464"]).json();
    assert_eq!(status(&party)["installed"], installed);
    assert_eq!(installed["arguments"], serde_json::json!(["--metrics", "127.0.0.1:9464"]));
    let unit = fs::read_to_string(installed["file"].as_str().unwrap()).unwrap();
    assert!(unit.contains(r#""agent" "run" "--metrics" "127.0.0.1:9464""#), "{unit}");
    let shown_to_people = party.run(&["agent", "status"]).out;
    assert!(shown_to_people.contains("agent run --metrics 127.0.0.1:9464"), "{shown_to_people}");

    let installed = run(&["--json", "agent", "install"]).json();
    let file = installed["file"].as_str().unwrap();
    assert!(file.starts_with(settings.join("systemd/user").to_str().unwrap()), "{file}");
    assert_eq!(fs::read_to_string(file).unwrap().trim(), shown.trim());
    run(&["agent", "uninstall"]);
    assert!(!std::path::Path::new(file).exists());
    assert!(status(&party)["installed"].is_null());
    let name = installed["name"].as_str().unwrap();
    assert_eq!(
        fs::read_to_string(told).unwrap(),
        format!(
            "{begun}{begun}--user disable --now {name}.service\n--user daemon-reload\n",
            begun = format!(
                "--user daemon-reload\n--user enable {name}.service\n--user restart {name}.service\n"
            ),
        )
    );
    run(&["agent", "uninstall"]);
}
