//! The rules of a workspace hold below every screen and command.

use chrono::{TimeDelta, Utc};
use datashare_app::Code;
use datashare_app::dto::*;
use datashare_domain::{AcceptanceMode, SnapshotMode, SnapshotStatus};

use crate::on_both_grounds;
use crate::scene::{Ground, SHARE, Scene, assert_words};

on_both_grounds!(what_the_rules_forbid_does_not_go_out, every_access_has_the_longest_end);

fn invite(email: &str, days: Option<i64>, acceptance: AcceptanceMode) -> Invite {
    let expires_at = days.map(|days| Utc::now() + TimeDelta::days(days));
    Invite { share: SHARE.into(), emails: vec![email.into()], expires_at, acceptance }
}

async fn what_the_rules_forbid_does_not_go_out(ground: Ground) {
    let scene = Scene::new(ground).await;
    let rules = WorkspacePolicy {
        recipient_domains: vec!["@Fabrikam.example".into()],
        longest_invitation_days: Some(7),
        right_away_forbidden: true,
        terms_required: true,
        ..WorkspacePolicy::default()
    };
    let kept = scene.provider.policy_set(rules).await.unwrap();
    assert_eq!(kept.recipient_domains, ["fabrikam.example"]);
    let good = "ben@fabrikam.EXAMPLE";
    for (what, request, word) in [
        ("a domain", invite("ben@contoso.example", None, AcceptanceMode::Automatic), "ben@contoso.example"),
        (
            "a part of a domain",
            invite("ben@notfabrikam.example", None, AcceptanceMode::Automatic),
            "is not of",
        ),
        ("a long invitation", invite(good, Some(8), AcceptanceMode::Automatic), "until"),
        ("right away", invite(good, None, AcceptanceMode::RightAway), "before its acceptance"),
    ] {
        let error = scene.provider.invite(request).await.unwrap_err();
        assert_eq!(error.code, Code::NotAllowed, "{what}: {error:?}");
        assert!(error.message.contains(word), "{what}: {error}");
        assert_words(&error);
    }
    assert!(scene.show().await.recipients.is_empty(), "nothing went out");
    let sent = scene.provider.invite(invite(good, None, AcceptanceMode::Automatic)).await.unwrap();
    assert!(sent[0].expires_at <= Utc::now() + TimeDelta::days(7), "the usual date gives way");

    let request = ShareCreate {
        name: "bare".into(),
        description: String::new(),
        terms: None,
        kind: datashare_domain::ShareKind::Snapshot,
        exchange: "exchange".into(),
        exchange_prefix: String::new(),
    };
    scene.provider.share_create(request).await.unwrap();
    let path = format!("{}pos", scene.data);
    let (connection, name) = ("data".into(), None);
    scene
        .provider
        .dataset_add(DatasetAdd { share: "bare".into(), connection, path, name, sensitive: false })
        .await
        .unwrap();
    let request = Invite { share: "bare".into(), ..invite(good, None, AcceptanceMode::Automatic) };
    let error = scene.provider.invite(request).await.unwrap_err();
    assert_eq!(error.code, Code::NotAllowed, "no terms: {error:?}");

    let wrong = WorkspacePolicy { recipient_domains: vec!["a b".into()], ..WorkspacePolicy::default() };
    assert_eq!(scene.provider.policy_set(wrong).await.unwrap_err().code, Code::InvalidRequest);
    let wrong = WorkspacePolicy { longest_access_days: Some(0), ..WorkspacePolicy::default() };
    assert_eq!(scene.provider.policy_set(wrong).await.unwrap_err().code, Code::InvalidRequest);
    assert_eq!(scene.provider.policy_show(Nothing {}).await.unwrap(), kept, "what is wrong changes nothing");
}

async fn every_access_has_the_longest_end(ground: Ground) {
    let scene = Scene::new(ground).await;
    let rules = WorkspacePolicy { longest_access_days: Some(30), ..WorkspacePolicy::default() };
    scene.provider.policy_set(rules).await.unwrap();
    let ben = scene.subscribed("ben").await;
    let latest = || Utc::now() + TimeDelta::days(30);
    let end = scene.recipient("ben").await.expires_at.unwrap();
    assert!(end <= latest() && end > latest() - TimeDelta::days(1));
    assert_eq!(ben.refresh().await.unwrap().expires_at, Some(end), "the recipient knows it");
    assert_eq!(ben.snapshot(SnapshotMode::Full).await.unwrap().status, SnapshotStatus::Succeeded);
    let expiry = |days| RecipientExpiry {
        share: SHARE.into(),
        recipient: "ben@example.org".into(),
        expires_at: Utc::now() + TimeDelta::days(days),
    };
    let error = scene.provider.recipient_set_expiry(expiry(31)).await.unwrap_err();
    assert_eq!(error.code, Code::NotAllowed, "{error:?}");
    scene.provider.recipient_set_expiry(expiry(10)).await.unwrap();
}
