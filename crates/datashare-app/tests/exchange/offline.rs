//! 8. Both parties may be offline: every step resumes, nothing is lost, nothing happens twice.

use datashare_app::Code;
use datashare_app::dto::{HistoryRequest, Nothing, RunOptions, SnapshotStart};
use datashare_domain::{AcceptanceMode, SnapshotMode, SnapshotStatus, SubscriptionStatus};

use crate::on_both_grounds;
use crate::scene::{Ground, SHARE, Scene, open, received};

on_both_grounds!(the_provider_may_be_away, the_consumer_may_be_away);

async fn the_provider_may_be_away(ground: Ground) {
    let mut scene = Scene::new(ground).await;
    let link = scene.invite("ben", AcceptanceMode::Ask).await.link;
    let home = scene.home("provider");
    let away = scene.consumer("unused").await.app;
    drop(std::mem::replace(&mut scene.provider, away.clone()));
    let ben = scene.consumer("ben").await;
    assert_eq!(ben.accept(&link).await.unwrap().status, SubscriptionStatus::WaitingForProvider);
    scene.provider = open(&home).await;
    scene.round().await;
    scene.provider.recipient_approve(scene.named("ben")).await.unwrap();
    drop(std::mem::replace(&mut scene.provider, away.clone()));

    // Whoever has access needs nobody's presence.
    ben.refresh().await.unwrap();
    ben.map().await;
    let runs = [
        ben.snapshot(SnapshotMode::Full).await.unwrap(),
        ben.snapshot(SnapshotMode::Incremental).await.unwrap(),
    ];
    assert_eq!(
        runs.map(|run| (run.status, run.files_written)),
        [(SnapshotStatus::Succeeded, 3), (SnapshotStatus::Succeeded, 0)]
    );

    scene.provider = open(&home).await;
    for _ in 0..2 {
        scene.round().await;
        let history =
            scene.provider.share_history(HistoryRequest { name: SHARE.into(), since: None }).await.unwrap();
        assert_eq!(history.len(), 2, "both runs are reported, each once: {history:?}");
        assert!(history.iter().all(|run| run.status == SnapshotStatus::Succeeded));
    }
    assert!(scene.findings().await.is_empty());
}

async fn the_consumer_may_be_away(ground: Ground) {
    let scene = Scene::new(ground).await;
    let mut ben = scene.subscribed("ben").await;
    assert_eq!(ben.snapshot(SnapshotMode::Full).await.unwrap().files_written, 3);
    let away = scene.consumer("unused").await.app;
    drop(std::mem::replace(&mut ben.app, away.clone()));
    scene.write("pos/new.txt", "new").await;
    scene.publish().await;
    scene.provider.recipient_revoke(scene.named("ben")).await.unwrap();
    scene.provider.recipient_reinstate(scene.named("ben")).await.unwrap();
    scene.round().await;
    ben.app = open(&scene.home("ben")).await;
    let run = ben.snapshot(SnapshotMode::Incremental).await.unwrap();
    assert_eq!((run.status, run.files_written), (SnapshotStatus::Succeeded, 1), "{run:?}");
    drop(std::mem::replace(&mut ben.app, away));
    scene.provider.recipient_revoke(scene.named("ben")).await.unwrap();
    ben.app = open(&scene.home("ben")).await;
    assert_eq!(ben.start(SnapshotMode::Incremental).await.unwrap_err().code, Code::Revoked);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exchange_that_is_gone_for_a_while_loses_nothing() {
    let scene = Scene::new(Ground::Folder).await;
    let (ben, carol) = (scene.subscribed("ben").await, scene.subscribed("carol").await);
    let (here, gone) = (scene.root.path().join("exchange"), scene.root.path().join("unplugged"));
    std::fs::rename(&here, &gone).unwrap();
    let error = ben.start(SnapshotMode::Full).await.unwrap_err();
    assert!(
        matches!(error.code, Code::Store(_)),
        "the folder is not there, and that is what is said: {error:?}"
    );
    let error = scene.provider.recipient_revoke(scene.named("carol")).await.unwrap_err();
    assert!(error.in_words().contains("goes on by itself"), "{}", error.in_words());
    assert!(!scene.round().await.problems.is_empty(), "the round reports it, and does not crash");
    ben.app.received_leave(received()).await.unwrap();
    std::fs::rename(&gone, &here).unwrap();

    assert!(scene.round().await.problems.is_empty());
    assert_eq!(
        carol.start(SnapshotMode::Full).await.unwrap_err().code,
        Code::Revoked,
        "the revocation went on"
    );
    ben.app.agent_round(Nothing {}).await.unwrap();
    scene.round().await;
    assert_eq!(
        scene.recipient("ben").await.subscription_status,
        Some(SubscriptionStatus::Left),
        "the goodbye came later"
    );
    assert!(scene.findings().await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_that_is_cut_for_a_while_loses_nothing() {
    let (scene, switch) = Scene::behind_a_switch(Ground::Azurite).await;
    scene.write("pos/a.txt", "a").await;
    scene.dataset("pos").await.unwrap();
    let (ben, carol) = (scene.subscribed("ben").await, scene.subscribed("carol").await);
    // Cut between the last byte and the record that says so.
    switch.hold(&["PUT ", "dsm-"]);
    let started = tokio::spawn({
        let app = ben.app.clone();
        async move {
            app.snapshot_start(SnapshotStart {
                received: SHARE.into(),
                mode: SnapshotMode::Full,
                datasets: Vec::new(),
                options: RunOptions::default(),
            })
            .await
        }
    });
    switch.holds().await;
    switch.cut();
    // The start is kept here; whether the data comes through is another matter.
    let run = started.await.unwrap().unwrap();
    let error = scene.provider.recipient_revoke(scene.named("carol")).await.unwrap_err();
    assert!(error.in_words().contains("goes on by itself"), "{}", error.in_words());
    switch.open();
    let run = ben.app.snapshot_wait(&run.snapshot_id).await.unwrap();
    assert_eq!(run.status, SnapshotStatus::Succeeded, "it went on when the network was back: {run:?}");
    for _ in 0..2 {
        assert!(scene.round().await.problems.is_empty());
        assert!(ben.app.agent_round(Nothing {}).await.unwrap().problems.is_empty());
    }
    let history =
        scene.provider.share_history(HistoryRequest { name: SHARE.into(), since: None }).await.unwrap();
    assert_eq!(history.len(), 1, "reported later, and once: {history:?}");
    assert_eq!(history[0].status, SnapshotStatus::Succeeded);
    assert_eq!(
        carol.start(SnapshotMode::Full).await.unwrap_err().code,
        Code::Revoked,
        "the revocation went on"
    );
    assert!(scene.findings().await.is_empty());
}
