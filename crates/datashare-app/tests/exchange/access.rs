//! Answers, dates, datasets, and the other ways in which access begins and ends.

use chrono::{TimeDelta, Utc};
use datashare_app::Code;
use datashare_app::dto::*;
use datashare_domain::{AcceptanceMode, InvitationStatus, SnapshotMode, SnapshotStatus, SubscriptionStatus};

use crate::on_both_grounds;
use crate::scene::{Ground, SHARE, Scene, assert_words, received, source};

on_both_grounds!(
    a_person_decides_in_the_mode_that_asks,
    a_rejection_is_the_answer,
    a_withdrawn_invitation_says_so,
    an_invitation_that_is_over_says_so,
    access_ends_on_its_date_for_one_alone,
    datasets_come_and_go,
    awkward_datasets_arrive_whole,
    two_datasets_into_one_folder_are_reported,
    a_deleted_share_says_so,
    leaving_ends_the_access,
);

async fn a_person_decides_in_the_mode_that_asks(ground: Ground) {
    let scene = Scene::new(ground).await;
    let (ben, eve) = (scene.consumer("ben").await, scene.consumer("eve").await);
    for consumer in [&ben, &eve] {
        let link = scene.invite(&consumer.name, AcceptanceMode::Ask).await.link;
        assert_eq!(consumer.accept(&link).await.unwrap().status, SubscriptionStatus::WaitingForProvider);
    }
    scene.round().await;
    scene.round().await;
    assert_eq!(
        scene.recipient("ben").await.invitation_status,
        InvitationStatus::WaitingForProvider,
        "the agent must not decide"
    );
    assert!(scene.recipient("ben").await.safety_code.is_some(), "there is a code to compare by telephone");
    let error = ben.start(SnapshotMode::Full).await.unwrap_err();
    assert_eq!((error.code, error.code.exit_code()), (Code::WaitingForProvider, 3));
    scene.provider.recipient_approve(scene.named("ben")).await.unwrap();
    scene.provider.recipient_decline(scene.named("eve")).await.unwrap();
    ben.refresh().await.unwrap();
    ben.map().await;
    assert_eq!(ben.snapshot(SnapshotMode::Full).await.unwrap().status, SnapshotStatus::Succeeded);
    let error = eve.start(SnapshotMode::Full).await.unwrap_err();
    assert_eq!((error.code, error.code.exit_code()), (Code::Refused, 5), "{error:?}");
    assert_words(&error);
    assert!(
        scene.provider.recipient_approve(scene.named("eve")).await.is_err(),
        "what was declined stays declined"
    );
}

async fn a_rejection_is_the_answer(ground: Ground) {
    let scene = Scene::new(ground).await;
    let (ben, eve) = (scene.consumer("ben").await, scene.consumer("eve").await);
    let link = scene.invite("ben", AcceptanceMode::Automatic).await.link;
    assert_eq!(ben.app.invitation_reject(source(&link)).await.unwrap().status, InvitationStatus::Rejected);
    scene.round().await;
    assert_eq!(scene.recipient("ben").await.invitation_status, InvitationStatus::Rejected);
    let error = eve.accept(&link).await.unwrap_err();
    assert_eq!(error.code, Code::InvitationSpent);
    assert_words(&error);
}

async fn a_withdrawn_invitation_says_so(ground: Ground) {
    let scene = Scene::new(ground).await;
    let ben = scene.consumer("ben").await;
    for mode in [AcceptanceMode::Automatic, AcceptanceMode::RightAway] {
        let link = scene.invite(&format!("ben-{mode:?}"), mode).await;
        let id = InvitationId { invitation_id: link.invitation_id.clone() };
        assert_eq!(
            scene.provider.invitation_withdraw(id.clone()).await.unwrap().status,
            InvitationStatus::Withdrawn
        );
        assert_eq!(
            scene.provider.invitation_withdraw(id).await.unwrap().status,
            InvitationStatus::Withdrawn,
            "twice is fine"
        );
        let preview = ben.preview(&link.link).await.unwrap();
        assert_eq!(preview.status, InvitationStatus::Withdrawn, "{mode:?}");
        assert!(preview.status_message.unwrap().contains("has withdrawn"), "in words");
        let error = ben.accept(&link.link).await.unwrap_err();
        assert_eq!(
            (error.code, error.code.exit_code()),
            (Code::InvitationWithdrawn, 5),
            "{mode:?}: {error:?}"
        );
    }
    let carol = scene.subscribed("carol").await;
    let id = InvitationId { invitation_id: scene.recipient("carol").await.recipient_id };
    let error = scene.provider.invitation_withdraw(id).await.unwrap_err();
    assert!(
        error.in_words().contains("accepted this invitation already") && error.in_words().contains("Revoke")
    );
    assert_eq!(carol.snapshot(SnapshotMode::Full).await.unwrap().status, SnapshotStatus::Succeeded);
}

async fn over(at: chrono::DateTime<Utc>) {
    while Utc::now() <= at {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

async fn an_invitation_that_is_over_says_so(ground: Ground) {
    let scene = Scene::new(ground).await;
    let (ben, eve) = (scene.consumer("ben").await, scene.consumer("eve").await);
    let soon = Utc::now() + TimeDelta::seconds(5);
    let request = |name: &str, at| Invite {
        share: SHARE.into(),
        emails: vec![format!("{name}@example.org")],
        expires_at: Some(at),
        acceptance: AcceptanceMode::Automatic,
    };
    let past = Utc::now() - TimeDelta::seconds(1);
    assert_eq!(scene.provider.invite(request("ben", past)).await.unwrap_err().code, Code::InvalidRequest);
    let links = [
        scene.provider.invite(request("ben", soon)).await.unwrap(),
        scene.provider.invite(request("eve", soon)).await.unwrap(),
    ];
    // Accepted in time, while the provider is away.
    let accepting = tokio::spawn({
        let (app, link) = (eve.app.clone(), links[1][0].link.clone());
        async move {
            let agreed = Some(datashare_domain::terms_sha256(crate::scene::TERMS));
            let invitation = datashare_secret::Secret::new(link);
            app.invitation_accept(InvitationAccept {
                invitation,
                exchange_folder: None,
                agree_terms_sha256: agreed,
                name: None,
            })
            .await
        }
    });
    over(soon + TimeDelta::seconds(1)).await;
    let error = ben.accept(&links[0][0].link).await.unwrap_err();
    assert_eq!((error.code, error.code.exit_code()), (Code::InvitationExpired, 5), "{error:?}");
    assert!(error.message.contains("expired on"), "{}", error.message);
    match ben.preview(&links[0][0].link).await {
        Ok(preview) => assert_eq!(preview.status, InvitationStatus::Expired),
        Err(error) => assert_eq!(error.code, Code::InvitationExpired),
    }
    scene.round().await;
    assert_eq!(scene.recipient("ben").await.invitation_status, InvitationStatus::Expired);
    assert_eq!(
        scene.recipient("eve").await.subscription_status,
        Some(SubscriptionStatus::Active),
        "accepted in time counts"
    );
    drop(accepting.await);
    assert!(eve.app.agent_round(Nothing {}).await.unwrap().problems.is_empty());
    eve.map().await;
    assert_eq!(
        eve.snapshot(SnapshotMode::Full).await.unwrap().status,
        SnapshotStatus::Succeeded,
        "its welcome can be read"
    );
}

async fn access_ends_on_its_date_for_one_alone(ground: Ground) {
    let scene = Scene::new(ground).await;
    let (ben, eve) = (scene.subscribed("ben").await, scene.subscribed("eve").await);
    let soon = Utc::now() + TimeDelta::seconds(6);
    let expiry =
        |at| RecipientExpiry { share: SHARE.into(), recipient: "eve@example.org".into(), expires_at: at };
    scene.provider.recipient_set_expiry(expiry(soon)).await.unwrap();
    assert_eq!(
        eve.snapshot(SnapshotMode::Full).await.unwrap().status,
        SnapshotStatus::Succeeded,
        "not over yet"
    );
    over(soon + TimeDelta::seconds(1)).await;
    let ended = |error: datashare_app::AppError| {
        assert_eq!((error.code, error.code.exit_code()), (Code::AccessExpired, 5), "{error:?}");
    };
    ended(eve.start(SnapshotMode::Full).await.unwrap_err());
    assert_eq!(
        ben.snapshot(SnapshotMode::Full).await.unwrap().status,
        SnapshotStatus::Succeeded,
        "one date ends one access"
    );
    scene.round().await;
    ended(eve.start(SnapshotMode::Full).await.unwrap_err());
    assert_eq!(ben.snapshot(SnapshotMode::Full).await.unwrap().status, SnapshotStatus::Succeeded);
    if ground == Ground::Azurite {
        let exchange = scene.exchange().await;
        let policies = exchange.delegate().unwrap().policies(&scene.share_place().await).await.unwrap();
        assert_eq!(
            policies,
            ["g3"],
            "its token opened the share together with the others'; those have new ones"
        );
    }
    assert_eq!(eve.status_after_a_look().await, SubscriptionStatus::Expired);
    scene.provider.recipient_set_expiry(expiry(Utc::now() + TimeDelta::days(9))).await.unwrap();
    assert_eq!(eve.status_after_a_look().await, SubscriptionStatus::Active);
    assert_eq!(eve.snapshot(SnapshotMode::Full).await.unwrap().status, SnapshotStatus::Succeeded, "moved on");
}

async fn datasets_come_and_go(ground: Ground) {
    let scene = Scene::new(ground).await;
    let ben = scene.subscribed("ben").await;
    scene.write("stock/s.txt", "stock").await;
    scene.dataset("stock").await.unwrap();
    ben.refresh().await.unwrap();
    ben.map().await;
    let run = ben.snapshot(SnapshotMode::Full).await.unwrap();
    assert_eq!((run.status, run.files_written), (SnapshotStatus::Succeeded, 4), "{run:?}");
    let remove = DatasetRemove { share: SHARE.into(), dataset: "pos".into() };
    scene.provider.dataset_remove(remove).await.unwrap();
    let named = SnapshotStart {
        received: SHARE.into(),
        mode: SnapshotMode::Full,
        datasets: vec!["pos".into()],
        options: RunOptions::default(),
    };
    assert_eq!(
        ben.app.snapshot_start(named).await.unwrap_err().code,
        Code::NotFound,
        "what was taken out cannot be read"
    );
    let run = ben.snapshot(SnapshotMode::Full).await.unwrap();
    assert_eq!((run.status, run.files_written), (SnapshotStatus::Succeeded, 1), "the others can: {run:?}");
    assert!(scene.findings().await.is_empty());
}

async fn awkward_datasets_arrive_whole(ground: Ground) {
    let scene = Scene::without_dataset(ground).await;
    let names =
        ["with space.txt", "100% #1?.txt", "plus+plus&=.txt", "Grüße/日本語.txt", "%41.txt", ".hidden/.file"];
    for name in names {
        scene.write(&format!("awkward/{name}"), name).await;
    }
    scene.write("one/single.csv", "one").await;
    scene.dataset("awkward").await.unwrap();
    scene.dataset("one/single.csv").await.unwrap();
    let ben = scene.subscribed("ben").await;
    let run = ben.snapshot(SnapshotMode::Full).await.unwrap();
    assert_eq!((run.status, run.files_written), (SnapshotStatus::Succeeded, 7), "{run:?}");
    let arrived = ben.arrived().await;
    for name in names {
        assert_eq!(arrived.get(&format!("awkward/{name}")).map(String::as_str), Some(name), "{arrived:?}");
    }
    assert_eq!(arrived["single.csv/single.csv"], "one");
    if ground == Ground::Azurite {
        // A whole container, with what was added after the invitation.
        scene.dataset("").await.unwrap();
        scene.write("later.txt", "later").await;
        ben.refresh().await.unwrap();
        ben.map().await;
        let run = ben.snapshot(SnapshotMode::Incremental).await.unwrap();
        assert_eq!((run.status, run.files_written), (SnapshotStatus::Succeeded, 8), "{run:?}");
    }
}

async fn two_datasets_into_one_folder_are_reported(ground: Ground) {
    let scene = Scene::new(ground).await;
    scene.write("other/a.txt", "another a").await;
    scene.dataset("other").await.unwrap();
    let ben = scene.subscribed("ben").await;
    let target = |dataset: &str| MappingTarget {
        dataset: dataset.into(),
        connection: "target".into(),
        path: "same/place".into(),
    };
    let request = MappingSet { received: SHARE.into(), targets: vec![target("pos"), target("other")] };
    let previews = ben.app.mapping_preview(request).await.unwrap();
    let problems: Vec<_> = previews.iter().flat_map(|preview| &preview.problems).collect();
    assert!(
        problems.iter().any(|problem| problem.path == "a.txt" && problem.reason.contains("same file")),
        "two sources of one file are named before the run: {problems:?}"
    );
}

async fn a_deleted_share_says_so(ground: Ground) {
    let scene = Scene::new(ground).await;
    let ben = scene.subscribed("ben").await;
    let link = scene.invite("carol", AcceptanceMode::Automatic).await.link;
    let carol = scene.consumer("carol").await;
    assert_eq!(ben.snapshot(SnapshotMode::Full).await.unwrap().files_written, 3);
    let place = scene.share_place().await;
    let deleted = scene.provider.share_delete(ShareName { share: SHARE.into() }).await.unwrap();
    let statement = deleted.statement.join(" ");
    assert!(statement.contains("1 recipient") && statement.contains("stays with them"), "{statement}");
    let error = ben.start(SnapshotMode::Full).await.unwrap_err();
    assert_eq!((error.code, error.code.exit_code()), (Code::ShareDeleted, 5), "{error:?}");
    assert_words(&error);
    assert_eq!(ben.arrived().await.len(), 3, "what was received stays");
    let error = carol.accept(&link).await.unwrap_err();
    assert_eq!(
        error.code,
        Code::InvitationWithdrawn,
        "an open invitation cannot be accepted any more: {error:?}"
    );
    assert!(
        crate::scene::all(&scene.exchange().await, &format!("{place}/")).await.is_empty(),
        "what was published is gone"
    );
    assert!(
        !crate::scene::all(&scene.source().await, &format!("{}pos/", scene.data)).await.is_empty(),
        "the data is not"
    );
}

async fn leaving_ends_the_access(ground: Ground) {
    let scene = Scene::new(ground).await;
    let (ben, eve) = (scene.subscribed("ben").await, scene.subscribed("eve").await);
    eve.app.received_leave(received()).await.unwrap();
    scene.round().await;
    let recipient = scene.recipient("eve").await;
    assert_eq!(recipient.subscription_status, Some(SubscriptionStatus::Left));
    let open: i64 = scene
        .database()
        .query_row(
            "SELECT count(*) FROM grants WHERE mailbox_id = ?1 AND ended_at IS NULL",
            [&recipient.recipient_id],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(open, 0, "nothing that was granted stays open");
    assert_eq!(
        ben.snapshot(SnapshotMode::Full).await.unwrap().status,
        SnapshotStatus::Succeeded,
        "the others go on"
    );
}
