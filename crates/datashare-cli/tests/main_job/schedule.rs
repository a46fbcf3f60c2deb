//! Schedules and triggers from the command line, with the agents of both parties at work by the real clock.

use std::fs;

use crate::support::{Scenario, eventually, has_fields};

const SCHEDULE: &str = "share schedule last";
const TRIGGER: &str = "received status mode own next last message";

#[test]
fn what_is_due_is_published_and_received_by_itself() {
    let scenario = Scenario::on_folders();
    fs::write(scenario.source.join("a.csv"), "1,2\n").unwrap();
    let _provider = scenario.ready();
    let (provider, consumer) = (&scenario.provider, &scenario.consumer);
    let error = consumer.refused(1, &["trigger", "enable", "contoso-sales"]);
    assert!(error["message"].as_str().unwrap().contains("offers no schedule"), "{error}");

    let zone = ["--time-zone", "Europe/Berlin"];
    let set = ["schedule", "set", "sales", "--every", "cron:* * * * *"];
    let set = provider.json(&[&set[..], &zone[..]].concat());
    has_fields(&set, SCHEDULE);
    has_fields(&set["schedule"], "schedule in_words next changed_at problem");
    assert_eq!(set["schedule"]["next"].as_array().unwrap().len(), 5);
    assert_eq!(
        provider.json(&["schedule", "show", "sales"])["schedule"]["schedule"],
        set["schedule"]["schedule"]
    );

    let enabled = consumer.json(&["trigger", "enable", "contoso-sales"]);
    has_fields(&enabled, TRIGGER);
    assert_eq!((&enabled["status"], &enabled["mode"]), (&"Active".into(), &"incremental".into()));
    fs::write(scenario.source.join("b.csv"), "3,4\n").unwrap();
    let _consumer = consumer.agent();
    eventually("everything, by the schedule", || (scenario.arrived() == scenario.sent()).then_some(()));
    let last = eventually("the end of the tick", || {
        let last = consumer.json(&["received", "show", "contoso-sales"])["trigger"]["last"].clone();
        (last["status"] == "Done").then_some(last)
    });
    has_fields(&last, "at status attempt retry_at snapshot_id message");
    let run = consumer.json(&["snapshot", "show", last["snapshot_id"].as_str().unwrap()]);
    assert_eq!(run["status"], "Succeeded");
    assert_eq!(consumer.json(&["trigger", "disable", "contoso-sales"])["status"], "Inactive");
    assert!(provider.json(&["schedule", "clear", "sales"])["schedule"].is_null());
}

#[test]
fn a_schedule_that_cannot_be_is_refused_in_words() {
    let scenario = Scenario::on_folders();
    fs::write(scenario.source.join("a.csv"), "1,2\n").unwrap();
    scenario.share();
    let provider = &scenario.provider;
    let set = ["schedule", "set", "sales", "--every"];
    let refused = |code, rest: &[&str]| provider.refused(code, &[&set[..], rest].concat());
    assert!(
        refused(1, &["day", "--time-zone", "Berlin"])["message"].as_str().unwrap().contains("no time zone")
    );
    assert!(refused(1, &["day", "--at", "25:00"])["message"].as_str().unwrap().contains("no time of day"));
    assert!(refused(1, &["cron:0 0 30 2 *"])["message"].as_str().unwrap().contains("never comes"));
    refused(2, &["week"]);
    refused(2, &["day", "--on", "mon"]);
    refused(2, &["fortnight"]);
    let preview = provider.json(&[&set[..], &["6h", "--at", "00:15", "--dry-run"]].concat());
    assert_eq!(preview["in_words"], "every 6 hours, counted from 00:15 (UTC)");
    assert!(provider.json(&["schedule", "show", "sales"])["schedule"].is_null(), "a dry run changes nothing");
    let shown = provider.run(&["schedule", "show", "sales"]).ends_with(0);
    assert!(shown.out.contains("has no schedule"), "{}", shown.out);
}

#[test]
fn a_fresh_publication_is_asked_for_and_refused() {
    let scenario = Scenario::on_folders();
    fs::write(scenario.source.join("a.csv"), "1,2\n").unwrap();
    let _provider = scenario.ready();
    let (provider, consumer) = (&scenario.provider, &scenario.consumer);
    consumer.run(&["publication", "ask", "contoso-sales"]).ends_with(0);
    assert_eq!(consumer.refused(3, &["publication", "ask", "contoso-sales"])["code"], "waiting-for-provider");
    eventually("the question", || {
        let recipients = provider.json(&["recipient", "list", "sales"]);
        recipients[0]["publication_asked_at"].is_string().then_some(())
    });
    let refuse = ["publication", "refuse", "sales", "ben@fabrikam.example", "--reason", "Not before Monday."];
    provider.run(&refuse).ends_with(0);
    consumer.run(&["received", "refresh", "contoso-sales"]).ends_with(0);
    let shown = consumer.run(&["received", "show", "contoso-sales"]).ends_with(0);
    assert!(shown.out.contains("Not before Monday."), "{}", shown.out);
}
