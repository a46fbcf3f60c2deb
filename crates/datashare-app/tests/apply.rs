//! Shares as a file wants them: planned whole, then done; done twice is done once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::fs;
use std::path::Path;

use chrono::{TimeDelta, Utc};
use common::{folder, initialise, session};
use datashare_app::dto::*;
use datashare_app::{App, Code};
use datashare_domain::{AcceptanceMode, Day, Recurrence};
use datashare_secret::Secret;
use proptest::prelude::*;
use tempfile::TempDir;

/// A workspace with a place to meet and data to share.
async fn workspace() -> (App, TempDir) {
    let home = tempfile::tempdir().unwrap();
    let app = session(&home.path().join("workspace")).await;
    initialise(&app).await.unwrap();
    for name in ["exchange", "data"] {
        let path = home.path().join(name);
        fs::create_dir(&path).unwrap();
        app.connection_add(folder(name, &path)).await.unwrap();
    }
    for name in ["pos", "stock", "web"] {
        write(&home.path().join("data").join(name));
    }
    (app, home)
}

fn write(folder: &Path) {
    fs::create_dir(folder).unwrap();
    fs::write(folder.join("a.csv"), "1,2\n").unwrap();
}

fn dataset(name: &str) -> DesiredDataset {
    DesiredDataset { name: name.into(), connection: "data".into(), path: name.into(), sensitive: false }
}

fn recipient(email: &str) -> DesiredRecipient {
    DesiredRecipient {
        email: email.into(),
        acceptance: AcceptanceMode::Automatic,
        invitation_expires_at: None,
        access_expires_at: None,
    }
}

fn share(name: &str, datasets: &[&str], recipients: &[&str]) -> DesiredShare {
    DesiredShare {
        name: name.into(),
        description: Some(format!("What {name} has")),
        terms: Some("Use it well.".into()),
        agree_again: false,
        exchange: format!("exchange/{name}"),
        kind: DesiredKind::default(),
        datasets: datasets.iter().map(|name| dataset(name)).collect(),
        schedule: None,
        recipients: recipients.iter().map(|email| recipient(email)).collect(),
    }
}

fn desired(shares: Vec<DesiredShare>) -> Desired {
    Desired { shares, prune: false }
}

async fn apply(app: &App, desired: &Desired) -> Applied {
    let plan = app.apply_plan(desired).await.unwrap();
    let applied = app.apply(desired, &plan).await.unwrap();
    assert_eq!(applied.changes, plan.changes);
    applied
}

fn shown(plan: &ApplyPlan) -> Vec<String> {
    let line = |change: &ApplyChange| format!("{:?} {:?} {}", change.action, change.kind, change.name);
    plan.changes.iter().map(line).collect()
}

async fn planned(app: &App, desired: &Desired) -> Vec<String> {
    shown(&app.apply_plan(desired).await.unwrap())
}

#[tokio::test]
async fn applied_twice_is_applied_once() {
    let (app, _home) = workspace().await;
    let wish = desired(vec![share("sales", &["pos", "stock"], &["ben@x.example"])]);
    let expected = [
        "Create Share sales",
        "Create Dataset pos",
        "Create Dataset stock",
        "Create Recipient ben@x.example",
    ];
    assert_eq!(planned(&app, &wish).await, expected);
    let applied = apply(&app, &wish).await;
    assert_eq!(applied.links.len(), 1);
    assert_eq!(planned(&app, &wish).await, Vec::<String>::new());
    assert_eq!(apply(&app, &wish).await.links.len(), 0);
    let recipients = app.recipient_list(ShareName { share: "sales".into() }).await.unwrap();
    assert_eq!(recipients.len(), 1, "nobody is invited twice");
}

#[tokio::test]
async fn a_change_is_made_and_nothing_else() {
    let (app, _home) = workspace().await;
    let mut wish = desired(vec![
        share("sales", &["pos"], &["ben@x.example"]),
        share("other", &["web"], &["eve@x.example"]),
    ]);
    apply(&app, &wish).await;

    wish.shares[0].description = Some("Other words".into());
    wish.shares[0].terms = None;
    let plan = app.apply_plan(&wish).await.unwrap();
    assert_eq!(shown(&plan), ["Update Share sales"]);
    let fields: Vec<&str> = plan.changes[0].differences.iter().map(|d| d.field.as_str()).collect();
    assert_eq!(fields, ["description"]);
    apply(&app, &wish).await;
    let known = app.share_show(ShareName { share: "sales".into() }).await.unwrap();
    assert_eq!((known.description.as_str(), known.terms.len()), ("Other words", 1));

    wish.shares[0].terms = Some("Use it better.".into());
    wish.shares[1].datasets[0].path = "stock".into();
    wish.shares[1].recipients.push(recipient("new@x.example"));
    let expected = ["Update Share sales", "Replace Dataset web", "Create Recipient new@x.example"];
    assert_eq!(planned(&app, &wish).await, expected);
    apply(&app, &wish).await;
    assert_eq!(planned(&app, &wish).await, Vec::<String>::new());
}

#[tokio::test]
async fn only_pruning_takes_away_and_never_a_share() {
    let (app, _home) = workspace().await;
    let all = desired(vec![
        share("sales", &["pos", "stock"], &["ben@x.example", "eve@x.example"]),
        share("other", &["web"], &[]),
    ]);
    apply(&app, &all).await;
    let mut less = desired(vec![share("sales", &["pos"], &["ben@x.example"])]);
    assert_eq!(planned(&app, &less).await, Vec::<String>::new());
    less.prune = true;
    assert_eq!(planned(&app, &less).await, ["Remove Dataset stock", "Remove Recipient eve@x.example"]);
    apply(&app, &less).await;
    assert_eq!(planned(&app, &less).await, Vec::<String>::new());
    let statuses = app.recipient_list(ShareName { share: "sales".into() }).await.unwrap();
    let eve = statuses.iter().find(|recipient| recipient.email == "eve@x.example").unwrap();
    assert_eq!(format!("{:?}", eve.invitation_status), "Withdrawn");
    assert_eq!(app.share_list(Nothing {}).await.unwrap().len(), 2);
    // Wanted again, she is invited again.
    assert_eq!(planned(&app, &all).await, ["Create Dataset stock", "Create Recipient eve@x.example"]);
}

type Mistake = fn(&mut DesiredShare);

/// Each mistake stands behind a share that is right, and that share is not made.
#[tokio::test]
async fn a_mistake_changes_nothing() {
    let (app, _home) = workspace().await;
    let wrong: [(&str, Mistake); 9] = [
        ("There is no connection 'none'", |share| share.exchange = "none".into()),
        ("There is no connection 'none'", |share| share.datasets[0].connection = "none".into()),
        ("", |share| share.datasets[0].path = "missing".into()),
        ("named twice", |share| share.datasets.push(dataset("STOCK"))),
        ("named twice", |share| share.recipients.push(recipient("Ben@x.example"))),
        ("e-mail", |share| share.recipients[0].email = "nobody".into()),
        ("a date that is over", |share| {
            share.recipients[0].access_expires_at = Some(Utc::now() - TimeDelta::days(1));
        }),
        ("publish itself", |share| {
            share.datasets[0] =
                DesiredDataset { connection: "exchange".into(), path: String::new(), ..dataset("stock") };
        }),
        ("named twice", |share| share.name = "GOOD".into()),
    ];
    for (said, mistake) in wrong {
        let mut bad = share("bad", &["stock"], &["ben@x.example"]);
        mistake(&mut bad);
        let wish = desired(vec![share("good", &["pos"], &[]), bad]);
        let refused = app.apply_plan(&wish).await.unwrap_err();
        assert!(refused.message.contains(said), "{} does not say {said}", refused.message);
        assert!(app.apply(&wish, &ApplyPlan::default()).await.is_err());
        assert!(app.share_list(Nothing {}).await.unwrap().is_empty(), "{said}");
    }
}

#[tokio::test]
async fn the_rules_of_the_workspace_are_asked_before_anything_is_done() {
    let (app, _home) = workspace().await;
    let rules = [
        WorkspacePolicy { recipient_domains: vec!["y.example".into()], ..WorkspacePolicy::default() },
        WorkspacePolicy { longest_invitation_days: Some(5), ..WorkspacePolicy::default() },
        WorkspacePolicy {
            approvers: vec![Approver { name: "Olga".into(), fingerprint: "5e".repeat(32) }],
            invitations_need_approval: true,
            ..WorkspacePolicy::default()
        },
    ];
    let mut wish = desired(vec![share("sales", &["pos"], &["ben@x.example"])]);
    wish.shares[0].recipients[0].invitation_expires_at = Some(Utc::now() + TimeDelta::days(20));
    for policy in rules {
        app.policy_set(policy).await.unwrap();
        let refused = app.apply_plan(&wish).await.unwrap_err();
        assert!(matches!(refused.code, Code::NotAllowed | Code::ApprovalNeeded), "{refused:?}");
    }
    assert!(app.share_list(Nothing {}).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_somebody_changed_meanwhile_is_seen_first() {
    let (app, _home) = workspace().await;
    let wish = desired(vec![share("sales", &["pos"], &[])]);
    let seen = app.apply_plan(&wish).await.unwrap();
    apply(&app, &desired(vec![share("sales", &[], &[])])).await;
    let refused = app.apply(&wish, &seen).await.unwrap_err();
    assert!(refused.retry && refused.message.contains("since the plan was made"));
    let known = app.share_show(ShareName { share: "sales".into() }).await.unwrap();
    assert!(known.datasets.is_empty());
}

fn daily(at: &str) -> ScheduleWish {
    ScheduleWish {
        recurrence: Recurrence::Day,
        at: Some(at.into()),
        time_zone: "Europe/Berlin".into(),
        start: None,
        jitter_seconds: 0,
    }
}

/// What the plan says of a schedule, which is all that it has to do.
async fn schedule_planned(app: &App, wish: &Desired) -> Vec<String> {
    let plan = app.apply_plan(wish).await.unwrap();
    assert_eq!(shown(&plan).len(), 1, "{plan:?}");
    let line = |difference: &ApplyDifference| {
        let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".into());
        format!("{}: {} > {}", difference.field, value(&difference.from), value(&difference.to))
    };
    [shown(&plan), plan.changes[0].differences.iter().map(line).collect()].concat()
}

async fn schedule_of(app: &App, share: &str) -> Option<ScheduleView> {
    app.schedule_show(ShareName { share: share.into() }).await.unwrap().schedule
}

#[tokio::test]
async fn a_schedule_is_offered_changed_and_taken_away_once() {
    let (app, _home) = workspace().await;
    let mut wish = desired(vec![share("sales", &["pos"], &["ben@x.example"])]);
    let first = ScheduleWish { start: Some(Utc::now() - TimeDelta::days(10)), ..daily("02:30") };
    wish.shares[0].schedule = Some(DesiredSchedule::Offered(first));
    let expected = ["Create Share sales", "Create Dataset pos", "Create Schedule sales"];
    assert_eq!(planned(&app, &wish).await[..3], expected);
    let applied = apply(&app, &wish).await;
    assert_eq!(planned(&app, &wish).await, Vec::<String>::new());
    let invitation = Secret::new(applied.links[0].link.clone());
    let offer = app.invitation_show(InvitationSource { invitation, exchange_folder: None }).await.unwrap();
    assert_eq!(
        offer.schedule.as_deref(),
        Some("every day at 02:30 (Europe/Berlin)"),
        "who is invited reads it"
    );

    let start = schedule_of(&app, "sales").await.unwrap().schedule.start;
    let recurrence = Recurrence::Week { days: vec![Day::Monday, Day::Thursday] };
    let weekly = ScheduleWish { recurrence, jitter_seconds: 60, ..daily("02:30") };
    wish.shares[0].schedule = Some(DesiredSchedule::Offered(weekly.clone()));
    let expected = [
        "Update Schedule sales",
        "runs: every day at 02:30 (Europe/Berlin) > every Monday and Thursday at 02:30 (Europe/Berlin)",
        "jitter: 0 seconds > 60 seconds",
    ];
    assert_eq!(schedule_planned(&app, &wish).await, expected);
    apply(&app, &wish).await;
    assert_eq!(planned(&app, &wish).await, Vec::<String>::new());
    assert_eq!(schedule_of(&app, "sales").await.unwrap().schedule.start, start, "it goes on");

    let later = Utc::now() + TimeDelta::days(3);
    wish.shares[0].schedule = Some(DesiredSchedule::Offered(ScheduleWish { start: Some(later), ..weekly }));
    assert!(schedule_planned(&app, &wish).await[1].starts_with("start: "));
    apply(&app, &wish).await;
    assert_eq!(planned(&app, &wish).await, Vec::<String>::new(), "seconds of the start do not count");

    wish.shares[0].schedule = None;
    wish.prune = true;
    assert_eq!(planned(&app, &wish).await, Vec::<String>::new(), "what is not said stays");
    wish.shares[0].schedule = Some(DesiredSchedule::None);
    let expected = ["Remove Schedule sales", "runs: every Monday and Thursday at 02:30 (Europe/Berlin) > -"];
    assert_eq!(schedule_planned(&app, &wish).await, expected);
    apply(&app, &wish).await;
    assert!(schedule_of(&app, "sales").await.is_none());
    assert_eq!(planned(&app, &wish).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_schedule_that_cannot_be_changes_nothing() {
    let (app, _home) = workspace().await;
    for (said, wrong) in [
        ("no time of day", daily("25:00")),
        ("no time zone", ScheduleWish { time_zone: "Berlin".into(), ..daily("02:30") }),
        (
            "at least one day",
            ScheduleWish { recurrence: Recurrence::Week { days: vec![] }, ..daily("02:30") },
        ),
    ] {
        let mut bad = share("bad", &["stock"], &[]);
        bad.schedule = Some(DesiredSchedule::Offered(wrong));
        let wish = desired(vec![share("good", &["pos"], &[]), bad]);
        let refused = app.apply_plan(&wish).await.unwrap_err();
        assert!(refused.message.starts_with("Share 'bad': "), "{}", refused.message);
        assert!(refused.message.contains(said), "{} does not say {said}", refused.message);
        assert!(app.apply(&wish, &ApplyPlan::default()).await.is_err());
        assert!(app.share_list(Nothing {}).await.unwrap().is_empty(), "{said}");
    }
}

/// Any wish: some of three datasets, some of three recipients, any description.
fn wishes() -> impl Strategy<Value = Desired> {
    let some = |all: [&'static str; 3]| proptest::sample::subsequence(all.to_vec(), 1..=3);
    let people = proptest::sample::subsequence(vec!["a@x.example", "b@x.example", "c@x.example"], 0..=3);
    let schedules = proptest::option::of(prop_oneof![
        Just(DesiredSchedule::None),
        (0..24u8).prop_map(|hour| DesiredSchedule::Offered(daily(&format!("{hour:02}:00")))),
    ]);
    (some(["pos", "stock", "web"]), people, "[a-z]{0,5}", schedules, any::<bool>()).prop_map(
        |(datasets, recipients, description, schedule, prune)| {
            let mut share = share("sales", &datasets, &recipients);
            share.description = Some(description);
            share.schedule = schedule;
            Desired { shares: vec![share], prune }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    /// Whatever was before, after applying nothing is left to do, and pruned there is exactly what was wanted.
    #[test]
    fn from_any_wish_to_any_other(wanted in proptest::collection::vec(wishes(), 1..4)) {
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let (app, _home) = workspace().await;
            for wish in &wanted {
                apply(&app, wish).await;
                assert_eq!(planned(&app, wish).await, Vec::<String>::new());
                let known = app.share_show(ShareName { share: "sales".into() }).await.unwrap();
                let named: Vec<&str> = wish.shares[0].datasets.iter().map(|d| d.name.as_str()).collect();
                let there: Vec<&str> = known.datasets.iter().map(|d| d.name.as_str()).collect();
                assert!(named.iter().all(|name| there.contains(name)));
                assert!(!wish.prune || there.len() == named.len());
            }
        });
    }
}
