//! 6. No rollback: the consumer remembers the newest it has seen, the provider what it wrote.

use datashare_app::Code;
use datashare_app::dto::{DatasetAdd, Publish};
use datashare_domain::{SnapshotMode, SnapshotStatus};

use crate::on_both_grounds;
use crate::scene::{Consumer, Ground, SHARE, Scene, all, folder, get, put};

on_both_grounds!(a_manifest_that_goes_back_or_is_foreign_is_refused, a_changed_publication_is_refused);

/// A share with a dataset that is published on either ground.
pub(crate) async fn published(ground: Ground) -> (Scene, Consumer) {
    let scene = Scene::without_dataset(ground).await;
    let local = scene.root.path().join("local");
    let store = folder(&scene.provider, "local", &local).await;
    put(&store, "pos/a.txt", "one").await;
    let name = None;
    let request = DatasetAdd {
        share: SHARE.into(),
        connection: "local".into(),
        path: "pos".into(),
        name,
        sensitive: false,
    };
    scene.provider.dataset_add(request).await.unwrap();
    let ben = Box::pin(scene.subscribed("ben")).await;
    (scene, ben)
}

pub(crate) async fn publish(scene: &Scene, content: &str) {
    std::fs::write(scene.root.path().join("local/pos/a.txt"), content).unwrap();
    Box::pin(scene.provider.publish(Publish { share: SHARE.into(), dataset: None })).await.unwrap();
}

async fn refused(ben: &Consumer, what: &str) {
    let error = ben.start(SnapshotMode::Incremental).await.unwrap_err();
    assert_eq!(error.code, Code::NotGenuine, "{what}: {error:?}");
    crate::scene::assert_words(&error);
}

async fn a_manifest_that_goes_back_or_is_foreign_is_refused(ground: Ground) {
    let (scene, ben) = Box::pin(published(ground)).await;
    let exchange = scene.exchange().await;
    let latest = format!("{}/manifest/latest", scene.share_place().await);
    let old = get(&exchange, &latest).await;
    publish(&scene, "two").await;
    publish(&scene, "two, and longer").await;
    assert_eq!(ben.snapshot(SnapshotMode::Full).await.unwrap().status, SnapshotStatus::Succeeded);
    put(&exchange, &latest, &old).await;
    refused(&ben, "put back").await;
    let (other, _) = Box::pin(published(ground)).await;
    let foreign =
        get(&other.exchange().await, &format!("{}/manifest/latest", other.share_place().await)).await;
    put(&exchange, &latest, foreign).await;
    refused(&ben, "of another share").await;
    put(&exchange, &latest, vec![b'x'; 5 << 20]).await;
    refused(&ben, "huge").await;
    assert_eq!(ben.arrived().await["pos/a.txt"], "two, and longer", "what was received stays");

    // The provider knows what it wrote: the next version is above the highest one, whatever stands in the exchange.
    put(&exchange, &latest, &old).await;
    publish(&scene, "three, which is longer still").await;
    let run = ben.snapshot(SnapshotMode::Incremental).await.unwrap();
    assert_eq!(run.status, SnapshotStatus::Succeeded, "{run:?}");
    assert_eq!(ben.arrived().await["pos/a.txt"], "three, which is longer still");
    // And it puts right what was put back, without a change.
    put(&exchange, &latest, &old).await;
    scene.provider.publish(Publish { share: SHARE.into(), dataset: None }).await.unwrap();
    assert_eq!(ben.snapshot(SnapshotMode::Full).await.unwrap().status, SnapshotStatus::Succeeded);
}

async fn a_changed_publication_is_refused(ground: Ground) {
    let (scene, ben) = Box::pin(published(ground)).await;
    let exchange = scene.exchange().await;
    let data = all(&exchange, &format!("{}/data/", scene.share_place().await)).await;
    for (key, original) in &data {
        let mut bytes = original.clone();
        bytes[0] ^= 1;
        put(&exchange, key, bytes).await;
        match ben.snapshot(SnapshotMode::Full).await {
            Ok(run) => assert_ne!(run.status, SnapshotStatus::Succeeded, "{key} was changed: {run:?}"),
            Err(error) => assert_eq!(error.code, Code::NotGenuine, "{key}: {error:?}"),
        }
        assert!(ben.arrived().await.is_empty(), "nothing of a damaged file is ever visible");
        put(&exchange, key, original).await;
    }
    assert_eq!(ben.snapshot(SnapshotMode::Full).await.unwrap().status, SnapshotStatus::Succeeded);
}
