//! Invitations that are damaged, foreign, late or used up: each with its own clear words, and nothing lost.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{Invited, Party, Scenario, eventually};

fn invited() -> (Scenario, Invited) {
    invited_with(&[])
}

fn invited_with(options: &[&str]) -> (Scenario, Invited) {
    let scenario = Scenario::on_folders();
    std::fs::write(scenario.source.join("a.csv"), "1,2\n").unwrap();
    scenario.share();
    let invited = scenario.invite(options);
    (scenario, invited)
}

#[track_caller]
fn words(error: &Value) -> &str {
    let message = error["message"].as_str().unwrap();
    assert!(message.ends_with('.') && message.split_whitespace().count() >= 4, "no sentence: {message}");
    message
}

#[test]
fn a_ticket_cut_short_or_changed_opens_nothing() {
    let (scenario, invited) = invited();
    let link = invited.link();
    let ticket = link.split_once('#').unwrap().1;
    let cut = [1, 2, 3, 10, 100].into_iter().map(|missing| link[..link.len() - missing].to_owned());
    let middle = ticket.len() / 2;
    let changed = [0, 1, 5, middle, middle + 1, ticket.len() - 2, ticket.len() - 1].into_iter().map(|at| {
        let other = if ticket.as_bytes()[at] == b'A' { "B" } else { "A" };
        format!("datashare://invitation#{}{other}{}", &ticket[..at], &ticket[at + 1..])
    });
    let empty = ["datashare://invitation#", "datashare://invitation", "hello", " "].map(str::to_owned);
    for damaged in cut.chain(changed).chain(empty) {
        let error = scenario.consumer.refused(1, &["invitation", "show", &damaged]);
        assert_eq!(error["code"], "bad-invitation", "{damaged}: {error}");
        words(&error);
        assert!(!error.to_string().contains(&ticket[..40]), "an error does not repeat the ticket");
    }
    assert_eq!(scenario.consumer.json(&["invitation", "show", link])["status"], "Pending");
}

#[test]
fn a_ticket_of_an_unknown_version_says_so() {
    let (scenario, invited) = invited();
    let mut bytes = URL_SAFE_NO_PAD.decode(invited.link().split_once('#').unwrap().1).unwrap();
    bytes.truncate(bytes.len() - 4);
    bytes[0] = 200;
    let checksum = Sha256::digest(&bytes);
    bytes.extend_from_slice(&checksum[..4]);
    let link = format!("datashare://invitation#{}", URL_SAFE_NO_PAD.encode(bytes));
    let error = scenario.consumer.refused(1, &["invitation", "show", &link]);
    assert_eq!(error["code"], "bad-invitation");
    assert!(words(&error).contains("newer version"), "{error}");
}

#[test]
fn a_file_that_is_not_there_or_no_invitation_says_so() {
    let (scenario, _) = invited();
    assert_eq!(
        scenario.consumer.refused(1, &["invitation", "show", "no/such.datashare"])["code"],
        "not-found"
    );
    let image = scenario.directory.path().join("image.datashare");
    std::fs::write(&image, [0xff, 0xd8, 0, 1, 2, 3]).unwrap();
    let error = scenario.consumer.refused(1, &["invitation", "show", image.to_str().unwrap()]);
    assert_eq!(error["code"], "bad-invitation");
}

#[test]
fn an_expired_invitation_is_refused() {
    let (scenario, invited) = invited_with(&["--expires", "3s"]);
    let offer = eventually("the invitation's end", || {
        let offer = scenario.consumer.json(&["invitation", "show", &invited.file]);
        (offer["status"] == "Expired").then_some(offer)
    });
    let terms = offer["terms_sha256"].as_str().unwrap();
    let error =
        scenario.consumer.refused(5, &["invitation", "accept", &invited.file, "--agree-terms", terms]);
    assert_eq!(error["code"], "invitation-expired");
    words(&error);
    assert_eq!(scenario.provider.json(&["invitation", "list", "sales"])[0]["status"], "Expired");
    assert_eq!(scenario.consumer.json(&["received", "list"]), json!([]));
}

#[test]
fn a_withdrawn_invitation_is_refused() {
    let (scenario, invited) = invited();
    let terms = scenario.consumer.json(&["invitation", "show", &invited.file])["terms_sha256"].clone();
    scenario.provider.run(&["invitation", "withdraw", invited.id()]).ends_with(0);
    let accept = ["invitation", "accept", &invited.file, "--agree-terms", terms.as_str().unwrap()];
    let error = scenario.consumer.refused(5, &accept);
    assert_eq!(error["code"], "invitation-withdrawn");
    words(&error);
    assert_eq!(scenario.provider.json(&["invitation", "list", "sales"])[0]["status"], "Withdrawn");
}

#[test]
fn a_ticket_opens_once_and_both_sides_see_who_used_it() {
    let (scenario, invited) = invited();
    let agent = scenario.provider.agent();
    assert_eq!(scenario.accept(&invited)["status"], "Active");
    let thief = Party::new(scenario.directory.path(), "Eve", "Elsewhere");
    // The ticket alone may show nothing any more; whatever it shows, it gives nothing.
    let shown = thief.run(&["--json", "invitation", "show", &invited.file]);
    assert!(shown.code != Some(0) || shown.json()["status"] != "Pending", "{}", shown.out);
    let error = thief.refused(5, &["invitation", "accept", &invited.file, "--agree-terms", &"0".repeat(64)]);
    assert_eq!(error["code"], "invitation-spent");
    words(&error);
    assert_eq!(thief.json(&["received", "list"]), json!([]));
    let recipients = scenario.provider.json(&["recipient", "list", "sales"]);
    assert_eq!(recipients.as_array().unwrap().len(), 1);
    assert_eq!(recipients[0]["organisation"], "Fabrikam");
    drop(agent);
}

#[test]
fn terms_must_be_agreed_to_by_their_hash() {
    let (scenario, invited) = invited();
    let accept = ["invitation", "accept", &invited.file];
    words(&scenario.consumer.refused(1, &accept));
    let zeros = "0".repeat(64);
    let other = [&accept[..], &["--agree-terms", &zeros]].concat();
    assert_eq!(scenario.consumer.refused(3, &other)["code"], "terms-changed");
    assert_eq!(scenario.consumer.json(&["invitation", "show", &invited.file])["status"], "Pending");
    assert_eq!(scenario.consumer.json(&["received", "list"]), json!([]));
}

#[test]
fn a_rejection_is_seen_and_uses_the_invitation_up() {
    let (scenario, invited) = invited();
    scenario.consumer.run(&["invitation", "reject", &invited.file]).ends_with(0);
    scenario.provider.run(&["agent", "run", "--once"]).ends_with(0);
    assert_eq!(scenario.provider.json(&["invitation", "list", "sales"])[0]["status"], "Rejected");
    let terms = "0".repeat(64);
    let accept = ["--json", "invitation", "accept", &invited.file, "--agree-terms", &terms];
    assert_ne!(scenario.consumer.run(&accept).code, Some(0));
}

#[test]
fn a_person_decides_when_the_invitation_says_so() {
    let (scenario, invited) = invited_with(&["--accept", "ask"]);
    let agent = scenario.provider.agent();
    assert_eq!(scenario.accept_only(&invited)["status"], "WaitingForProvider");
    let error = scenario.consumer.refused(3, &["snapshot", "start", "contoso-sales"]);
    assert_eq!(error["code"], "waiting-for-provider");
    eventually("the acceptance at the provider", || {
        let recipient = scenario.provider.json(&["recipient", "list", "sales"])[0].clone();
        (recipient["invitation_status"] == "WaitingForProvider").then_some(())
    });
    scenario.provider.run(&["recipient", "approve", "sales", "ben@fabrikam.example"]).ends_with(0);
    eventually("access", || {
        let details = scenario.consumer.json(&["received", "refresh", "contoso-sales"]);
        (details["summary"]["status"] == "Active").then_some(())
    });
    scenario.map("pos");
    assert_eq!(scenario.snapshot("full")["status"], "Succeeded");
    drop(agent);
}

#[test]
fn many_invitations_are_an_array_with_a_file_each() {
    let (scenario, _) = invited();
    let out = scenario.directory.path().join("many.datashare");
    let invite = [
        "invite",
        "sales",
        "--email",
        "c@c.example",
        "--email",
        "d@d.example",
        "--out",
        out.to_str().unwrap(),
    ];
    let made = scenario.provider.json(&invite);
    let files: Vec<&str> = made.as_array().unwrap().iter().map(|one| one["file"].as_str().unwrap()).collect();
    assert_eq!(files.len(), 2);
    assert!(files[0].ends_with("many-1.datashare") && files[1].ends_with("many-2.datashare"), "{files:?}");
    let counted = scenario.provider.json(&["invite", "sales", "--email", "e@e.example", "--count", "3"]);
    assert_eq!(counted.as_array().unwrap().len(), 3);
    for one in counted.as_array().unwrap() {
        assert_eq!(
            scenario.consumer.json(&["invitation", "show", one["link"].as_str().unwrap()])["status"],
            "Pending"
        );
    }
}
