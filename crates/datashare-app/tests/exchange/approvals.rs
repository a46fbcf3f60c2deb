//! What the rules give to a second person is not done by one: not with one's own key, not twice, not for anything else.

use std::path::PathBuf;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use datashare_app::dto::*;
use datashare_app::{App, AppError, Code};
use datashare_domain::{AcceptanceMode, SnapshotMode, SnapshotStatus};
use datashare_protocol::{
    ApprovalAnswer, ApprovalDecision, Card, IdentityKeys, sha256_hex, sign_approval_answer, verify_approval,
    write_approval,
};

use crate::on_both_grounds;
use crate::scene::{Ground, SHARE, Scene, assert_words, workspace};

on_both_grounds!(
    an_approved_invitation_goes_out_once,
    a_sensitive_dataset_waits_for_a_second_person,
    an_approval_covers_nothing_else
);

/// The share of a scene, and a second person with a workspace of their own.
struct Pair {
    scene: Scene,
    olga: App,
}

impl Pair {
    async fn new(ground: Ground) -> Self {
        let scene = Scene::new(ground).await;
        let olga = workspace(&scene.home("olga"), "olga").await;
        let rules = WorkspacePolicy {
            approvers: vec![Approver { name: "Olga".into(), fingerprint: fingerprint(&olga).await }],
            invitations_need_approval: true,
            datasets_need_approval: DatasetApproval::Sensitive,
            ..WorkspacePolicy::default()
        };
        scene.provider.policy_set(rules).await.unwrap();
        Self { scene, olga }
    }

    fn file(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.scene.root.path().join(format!("{name}.datashare-approval"))
    }

    /// Asks for an approval; the request is in the file of this name.
    async fn ask(&self, name: &str, change: WantedChange) -> Approval {
        self.scene.provider.approval_ask(ApprovalAsk { change, path: self.file(name) }).await.unwrap()
    }

    /// Olga approves the request; her answer is in the file `NAME-answer`.
    async fn grant(&self, name: &str) -> Result<Approval, AppError> {
        self.grant_as(&self.olga, name).await
    }

    async fn grant_as(&self, approver: &App, name: &str) -> Result<Approval, AppError> {
        let (path, out) = (self.file(name), self.file(&format!("{name}-answer")));
        approver.approval_grant(ApprovalGrant { path, out }).await
    }

    async fn import(&self, name: &str) -> Result<ApprovalImported, AppError> {
        self.scene.provider.approval_import(ApprovalFile { path: self.file(name) }).await
    }

    /// The import is refused in words, and nothing was done.
    async fn refused(&self, name: &str, code: Code, word: &str) {
        let before = self.scene.show().await;
        let error = self.import(name).await.unwrap_err();
        assert!(error.code == code && error.message.contains(word), "{name}: {error:?}");
        assert_words(&error);
        let after = self.scene.show().await;
        let counts = |share: &ShareDetails| (share.recipients.len(), share.datasets.len());
        assert_eq!(counts(&before), counts(&after), "{name}: something was done");
    }

    /// The keys of a workspace, as a program that was changed could use them.
    fn forge(&self, name: &str, keys: &IdentityKeys, change: impl Fn(&mut ApprovalAnswer)) {
        let asked = verify_approval(&std::fs::read(self.path(name)).unwrap()).unwrap();
        let card = Card {
            name: "Mallory".into(),
            organisation: "Nobody".into(),
            email: "m@example.org".into(),
            keys: keys.public(),
            created_at: asked.request.asked_at,
        };
        let mut answer = ApprovalAnswer {
            request_id: asked.request.request_id.clone(),
            request_sha256: sha256_hex(&asked.request_envelope),
            by: card,
            at: asked.request.asked_at,
            decision: ApprovalDecision::Approved,
            reason: None,
        };
        change(&mut answer);
        let envelope = sign_approval_answer(&answer, keys).unwrap();
        let file = write_approval(&asked.request_envelope, Some(&envelope)).unwrap();
        std::fs::write(self.path(&format!("{name}-forged")), file).unwrap();
    }
}

async fn fingerprint(app: &App) -> String {
    app.workspace_status(Nothing {}).await.unwrap().card.unwrap().fingerprint
}

fn invite(name: &str) -> Invite {
    let emails = vec![format!("{name}@example.org")];
    Invite { share: SHARE.into(), emails, expires_at: None, acceptance: AcceptanceMode::Automatic }
}

fn invitation(name: &str) -> WantedChange {
    WantedChange::Invitation(invite(name))
}

async fn an_approved_invitation_goes_out_once(ground: Ground) {
    let pair = Pair::new(ground).await;
    let error = pair.scene.provider.invite(invite("ben")).await.unwrap_err();
    assert_eq!(error.code, Code::ApprovalNeeded);
    assert_words(&error);
    let asked = pair.ask("ben", invitation("ben")).await;
    assert_eq!(asked.status, ApprovalStatus::Waiting);
    assert!(pair.scene.show().await.recipients.is_empty(), "nothing goes out by asking");

    let shown = pair.olga.approval_show(ApprovalFile { path: pair.file("ben") }).await.unwrap();
    let offered = shown.invitation.as_ref().unwrap();
    assert!(shown.may_be_answered_here && !shown.asked_here);
    assert_eq!(
        (offered.emails.as_slice(), offered.datasets[0].path.ends_with("pos")),
        (["ben@example.org".to_owned()].as_slice(), true)
    );
    assert_eq!(offered.terms_text.as_deref(), Some(crate::scene::TERMS));
    assert_eq!(pair.grant("ben").await.unwrap().status, ApprovalStatus::Approved);

    let done = pair.import("ben-answer").await.unwrap();
    assert_eq!((done.links.len(), done.approval.status), (1, ApprovalStatus::Done));
    assert_eq!(done.approval.answered_by.unwrap().name, "olga");
    let ben = pair.scene.consumer("ben").await;
    pair.scene.while_it_runs(ben.accept(&done.links[0].link)).await.unwrap();
    pair.scene.round().await;
    ben.map().await;
    assert_eq!(ben.snapshot(SnapshotMode::Full).await.unwrap().status, SnapshotStatus::Succeeded);

    pair.refused("ben-answer", Code::NotAllowed, "serves once").await;
    assert_eq!(pair.scene.provider.invite(invite("ben")).await.unwrap_err().code, Code::ApprovalNeeded);
    // Both sides' logs say who approved; the list has the rest.
    let log = pair.scene.provider.audit_log(AuditRequest { name: SHARE.into() }).await.unwrap();
    let said: Vec<_> = log.records.iter().filter(|record| record.kind == "approved").collect();
    assert!(said.len() == 1 && said[0].summary.contains("olga (olga Ltd)"), "{said:?}");
    assert!(pair.scene.findings().await.is_empty() && ben.findings().await.is_empty());
    let listed = pair.scene.provider.approval_list(Nothing {}).await.unwrap();
    assert_eq!((listed.len(), listed[0].status), (1, ApprovalStatus::Done));
    // The log goes out with the approvals it names, for anybody to verify.
    let export = pair.scene.provider.audit_text(SHARE, ExportFormat::Json).unwrap();
    let document: serde_json::Value = serde_json::from_str(&export.text).unwrap();
    let kept = verify_approval(document["approvals"][0].as_str().unwrap().as_bytes()).unwrap();
    assert_eq!(
        sha256_hex(&kept.request_envelope),
        verify_approval(&std::fs::read(pair.path("ben")).unwrap())
            .map(|asked| sha256_hex(&asked.request_envelope))
            .unwrap()
    );
    // What was approved cannot be swapped afterwards, nor lost unseen.
    let change = |sql: &str| pair.scene.database().execute(sql, []).unwrap();
    change("UPDATE approvals SET request = answer");
    let kinds = |found: Vec<AuditFinding>| found.into_iter().map(|finding| finding.kind).collect::<Vec<_>>();
    assert_eq!(kinds(pair.scene.findings().await), ["changed"]);
    change("DELETE FROM approvals");
    assert_eq!(kinds(pair.scene.findings().await), ["missing"]);
    assert_eq!(pair.scene.provider.audit_check(Nothing {}).await.unwrap().findings.len(), 1);
}

async fn a_sensitive_dataset_waits_for_a_second_person(ground: Ground) {
    let pair = Pair::new(ground).await;
    pair.scene.write("salaries/all.txt", "canary-salaries").await;
    let path = format!("{}salaries", pair.scene.data);
    let add = |sensitive| DatasetAdd {
        share: SHARE.into(),
        connection: "data".into(),
        path: path.clone(),
        name: None,
        sensitive,
    };
    assert_eq!(pair.scene.provider.dataset_add(add(true)).await.unwrap_err().code, Code::ApprovalNeeded);
    pair.ask("salaries", WantedChange::Dataset(add(true))).await;
    // One that is refused stays refused, whoever approves it afterwards.
    let (path_of, reason) = (pair.file("salaries"), "Not these.".to_owned());
    let refuse = ApprovalRefuse { path: path_of.clone(), reason, out: pair.file("no") };
    assert_eq!(pair.olga.approval_refuse(refuse).await.unwrap().status, ApprovalStatus::Refused);
    pair.grant("salaries").await.unwrap();
    let refused = pair.import("no").await.unwrap();
    assert_eq!((refused.dataset.is_none(), refused.approval.reason.as_deref()), (true, Some("Not these.")));
    pair.refused("salaries-answer", Code::NotAllowed, "first answer").await;

    pair.ask("again", WantedChange::Dataset(add(true))).await;
    pair.grant("again").await.unwrap();
    let done = pair.import("again-answer").await.unwrap();
    assert!(done.dataset.as_ref().unwrap().sensitive);
    // Taken out, it does not come back by the same approval.
    let remove = DatasetRemove { share: SHARE.into(), dataset: "salaries".into() };
    pair.scene.provider.dataset_remove(remove).await.unwrap();
    pair.refused("again-answer", Code::NotAllowed, "serves once").await;

    let nothing_to_ask = ApprovalAsk { change: WantedChange::Dataset(add(false)), path: path_of };
    assert_eq!(
        pair.scene.provider.approval_ask(nothing_to_ask).await.unwrap_err().code,
        Code::InvalidRequest
    );
    let every = pair.scene.provider.policy_show(Nothing {}).await.unwrap();
    let every = WorkspacePolicy { datasets_need_approval: DatasetApproval::Every, ..every };
    pair.scene.provider.policy_set(every).await.unwrap();
    assert_eq!(pair.scene.provider.dataset_add(add(false)).await.unwrap_err().code, Code::ApprovalNeeded);
}

/// Whatever changes between asking and importing, the answer does not cover it.
async fn an_approval_covers_nothing_else(ground: Ground) {
    let pair = Pair::new(ground).await;
    let provider = &pair.scene.provider;
    let update = |description: Option<&str>, terms: Option<&str>| ShareUpdate {
        share: SHARE.into(),
        description: description.map(Into::into),
        terms: terms.map(Into::into),
        terms_must_be_accepted_again: false,
    };
    for name in ["terms", "dataset", "description", "rules", "swapped", "good"] {
        pair.ask(name, invitation(name)).await;
        pair.grant(name).await.unwrap();
    }
    // Another request's answer does not fit, nor does a request that was changed.
    let bytes = |name: &str| std::fs::read_to_string(pair.path(name)).unwrap();
    let part = |name: &str, part: &str| {
        serde_json::from_str::<serde_json::Value>(&bytes(name)).unwrap()[part].as_str().unwrap().to_owned()
    };
    let (request, answer) = (part("swapped", "request"), part("terms-answer", "answer"));
    let mixed = write_approval(request.as_bytes(), Some(answer.as_bytes())).unwrap();
    std::fs::write(pair.path("swapped-answer"), mixed).unwrap();
    pair.refused("swapped-answer", Code::NotGenuine, "another request").await;

    let days = provider.policy_show(Nothing {}).await.unwrap();
    let shorter = WorkspacePolicy { longest_access_days: Some(3), ..days.clone() };
    provider.policy_set(shorter).await.unwrap();
    pair.refused("rules-answer", Code::NotAllowed, "changed after").await;
    let domains = WorkspacePolicy { recipient_domains: vec!["else.example".into()], ..days.clone() };
    provider.policy_set(domains).await.unwrap();
    pair.refused("rules-answer", Code::NotAllowed, "rules").await;
    provider.policy_set(days.clone()).await.unwrap();

    // Files that come meanwhile are no other dataset.
    pair.scene.write("pos/later.txt", "later").await;
    assert_eq!(pair.import("good-answer").await.unwrap().links.len(), 1);

    provider.share_update(update(Some("Something else"), None)).await.unwrap();
    pair.refused("description-answer", Code::NotAllowed, "changed after").await;
    provider.share_update(update(Some(""), Some("Do as you like."))).await.unwrap();
    pair.refused("terms-answer", Code::NotAllowed, "changed after").await;
    provider.share_update(update(None, Some(crate::scene::TERMS))).await.unwrap();
    pair.scene.dataset("neighbour").await.unwrap();
    pair.refused("dataset-answer", Code::NotAllowed, "changed after").await;

    // Who may approve no more does not, also with an answer of before.
    let nobody = WorkspacePolicy {
        approvers: vec![Approver { name: "Else".into(), fingerprint: "ab".repeat(32) }],
        ..days
    };
    provider.policy_set(nobody).await.unwrap();
    pair.refused("dataset-answer", Code::NotAllowed, "any more").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_approves_their_own_request_nor_anybody_who_was_not_named() {
    let pair = Pair::new(Ground::Folder).await;
    let provider = &pair.scene.provider;
    let rules = provider.policy_show(Nothing {}).await.unwrap();
    let own = vec![Approver { name: "Me".into(), fingerprint: fingerprint(provider).await }];
    for (what, wrong) in [
        ("oneself", WorkspacePolicy { approvers: own, ..rules.clone() }),
        ("nobody", WorkspacePolicy { approvers: vec![], ..rules.clone() }),
        (
            "twice",
            WorkspacePolicy {
                approvers: [rules.approvers.clone(), rules.approvers.clone()].concat(),
                ..rules.clone()
            },
        ),
        (
            "no fingerprint",
            WorkspacePolicy {
                approvers: vec![Approver { name: "X".into(), fingerprint: "x".into() }],
                ..rules.clone()
            },
        ),
    ] {
        assert_eq!(provider.policy_set(wrong).await.unwrap_err().code, Code::InvalidRequest, "{what}");
    }
    pair.ask("ben", invitation("ben")).await;
    for (who, app) in
        [("whoever asks", provider.clone()), ("a stranger", workspace(&pair.scene.home("eve"), "eve").await)]
    {
        let error = pair.grant_as(&app, "ben").await.unwrap_err();
        assert_eq!(error.code, Code::NotAllowed, "{who}: {error:?}");
        assert_words(&error);
        assert!(!pair.path("ben-answer").exists(), "{who}: an answer was written");
    }
    // What the program does not write, somebody else's program could.
    let mallory = IdentityKeys::from_seeds([66; 32], [67; 32]);
    pair.forge("ben", &mallory, |_| {});
    pair.refused("ben-forged", Code::NotGenuine, "not by anybody whom").await;
    let olgas = pair.olga.workspace_status(Nothing {}).await.unwrap().card.unwrap();
    pair.forge("ben", &mallory, |answer| answer.by.name = olgas.name.clone());
    pair.refused("ben-forged", Code::NotGenuine, "not by anybody whom").await;
    pair.refused("ben", Code::InvalidRequest, "nobody has answered").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_is_answered_in_time_and_used_where_it_was_asked() {
    let pair = Pair::new(Ground::Folder).await;
    let provider = &pair.scene.provider;
    // The same approver answers for two workspaces; an answer to one is none to the other.
    let other = Scene::new(Ground::Folder).await;
    other.provider.policy_set(provider.policy_show(Nothing {}).await.unwrap()).await.unwrap();
    let ask = ApprovalAsk { change: invitation("ben"), path: pair.file("others") };
    other.provider.approval_ask(ask).await.unwrap();
    pair.grant("others").await.unwrap();
    pair.refused("others-answer", Code::NotAllowed, "did not ask").await;

    // A request ends with its invitations at the latest. A slow computer gets a longer one.
    let mut asked_and_granted = None;
    for seconds in [2, 8, 32] {
        let end = Utc::now() + TimeDelta::seconds(seconds);
        let invite = Invite { expires_at: Some(end), ..invite("ben") };
        let change = WantedChange::Invitation(invite);
        let asked = provider.approval_ask(ApprovalAsk { change, path: pair.file("late") }).await;
        if asked.is_ok() && pair.grant("late").await.is_ok() {
            asked_and_granted = Some(end);
            break;
        }
    }
    let end = asked_and_granted.unwrap();
    while Utc::now() <= end {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    pair.refused("late-answer", Code::NotAllowed, "expired").await;
    let error = pair.grant("late").await.unwrap_err();
    assert!(error.code == Code::NotAllowed && error.message.contains("expired"), "{error:?}");
    let listed = provider.approval_list(Nothing {}).await.unwrap();
    assert_eq!(listed[0].status, ApprovalStatus::Expired);
}
