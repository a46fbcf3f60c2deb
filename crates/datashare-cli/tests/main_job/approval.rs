//! A second person approves an invitation: two workspaces, files between them.

use std::fs;

use crate::support::{Party, Scenario, has_fields};

#[test]
fn an_invitation_waits_for_a_second_person() {
    let scenario = Scenario::on_folders();
    fs::write(scenario.source.join("a.csv"), "1,2\n").unwrap();
    scenario.share();
    let (provider, olga) = (&scenario.provider, Party::new(scenario.directory.path(), "Olga", "Contoso"));
    let card = olga.json(&["workspace", "show"])["card"].clone();
    let approver = format!("Olga Owner={}", card["fingerprint"].as_str().unwrap());
    let rules = ["policy", "set", "--approver", &approver, "--approve-invitations", "every"];
    let kept = provider.json(&[&rules[..], &["--approve-datasets", "sensitive"]].concat());
    assert_eq!(
        (&kept["approvers"][0]["name"], &kept["datasets_need_approval"]),
        (&"Olga Owner".into(), &"sensitive".into())
    );

    let file = |name: &str| scenario.directory.path().join(name).to_str().unwrap().to_owned();
    let (request, answer) = (file("ben.datashare-approval"), file("answer.datashare-approval"));
    let invite = ["invite", "sales", "--email", "ben@fabrikam.example"];
    assert_eq!(provider.refused(3, &invite)["code"], "approval-needed");
    let sensitive =
        ["dataset", "add", "sales", "--connection", "store", "--path", "pos", "--as", "more", "--sensitive"];
    assert_eq!(provider.refused(3, &sensitive)["code"], "approval-needed");

    let asked = provider.json(&[&invite[..], &["--request-approval", &request]].concat());
    has_fields(&asked, "request_id status share invitation dataset asked_by expires_at approvers");
    assert_eq!(asked["status"], "waiting");
    assert_eq!(
        provider.refused(1, &["approval", "grant", &request, "--out", &answer])["code"],
        "not-allowed"
    );
    let shown = olga.run(&["approval", "show", &request]).ends_with(0);
    for word in ["ben@fabrikam.example", "Use it well.", "pos", "Contoso", "You may approve"] {
        assert!(shown.out.contains(word), "{word}: {}", shown.out);
    }
    olga.run(&["approval", "grant", &request, "--out", &answer]).ends_with(0);
    let done = provider.json(&["approval", "import", &answer]);
    assert!(done["links"][0]["link"].as_str().unwrap().starts_with("datashare://invitation#"));
    assert_eq!(provider.refused(1, &["approval", "import", &answer])["code"], "not-allowed");
    assert_eq!(provider.json(&["approval", "list"])[0]["status"], "done");
    let log = provider.run(&["audit", "sales"]).ends_with(0);
    assert!(log.out.contains("Olga (Contoso) approved"), "{}", log.out);

    let refusal = file("refusal.datashare-approval");
    provider.run(&[&sensitive[..], &["--request-approval", &request]].concat()).ends_with(0);
    olga.run(&["approval", "refuse", &request, "--reason", "Not these.", "--out", &refusal]).ends_with(0);
    let refused = provider.run(&["approval", "import", &refusal]).ends_with(0);
    assert!(refused.out.contains("nothing was done. Not these."), "{}", refused.out);
}
