//! 4. Revocation cuts off one recipient and nobody else.

use std::collections::{BTreeMap, BTreeSet};

use datashare_app::Code;
use datashare_domain::{AcceptanceMode, SnapshotMode, SnapshotStatus, SubscriptionStatus};
use datashare_protocol::{ContentKey, DatasetAccess, open_chunk};
use datashare_storage::ErrorKind;
use datashare_testkit::{Azurite, CONSUMER};

use crate::on_both_grounds;
use crate::scene::{Consumer, Ground, Scene, all, put};
use crate::stranger::{Stranger, reach};
use crate::switch::Switch;

on_both_grounds!(
    one_is_cut_off_and_the_others_go_on,
    what_was_granted_opens_nothing_afterwards,
    an_interrupted_revocation_is_finished_by_the_agent,
    a_running_snapshot_of_another_goes_on,
    nobody_can_keep_a_revocation_from_being_written,
    damaged_publications_do_not_keep_a_revocation_open,
);

/// No chunk of any of these objects opens with the key, under its own name.
pub(crate) async fn assert_opens_nothing(
    key: &ContentKey,
    scene: &Scene,
    sealed: &BTreeMap<String, Vec<u8>>,
) {
    assert!(!sealed.is_empty(), "nothing is published");
    let place = format!("{}/", scene.share_place().await);
    for (object, bytes) in sealed {
        let size = (bytes.len() as u64).saturating_sub(16);
        let opened = open_chunk(key, &object[place.len()..], size, 0, bytes);
        assert!(opened.is_err(), "the old key still opens {object}");
    }
}

async fn one_is_cut_off_and_the_others_go_on(ground: Ground) {
    let scene = Scene::new(ground).await;
    let (ben, carol, eve) =
        (scene.subscribed("ben").await, scene.subscribed("carol").await, scene.subscribed("eve").await);
    for consumer in [&ben, &carol, &eve] {
        assert_eq!(consumer.snapshot(SnapshotMode::Full).await.unwrap().files_written, 3);
    }
    let revoked = scene.provider.recipient_revoke(scene.named("eve")).await.unwrap();
    assert_eq!(revoked.subscription_status, Some(SubscriptionStatus::Revoked));
    // Twice is fine.
    scene.provider.recipient_revoke(scene.named("eve")).await.unwrap();

    let error = eve.start(SnapshotMode::Incremental).await.unwrap_err();
    assert_eq!((error.code, error.code.exit_code()), (Code::Revoked, 5), "{error:?}");
    assert!(
        error.message.contains("ana (ana Ltd)") && error.message.contains("UTC"),
        "who and when: {}",
        error.message
    );

    scene.write("pos/new.txt", "new").await;
    scene.publish().await;
    for consumer in [&ben, &carol] {
        let run = consumer.snapshot(SnapshotMode::Incremental).await.unwrap();
        assert_eq!(
            (run.status, run.files_written),
            (SnapshotStatus::Succeeded, 1),
            "{}: {run:?}",
            consumer.name
        );
        assert_eq!(consumer.arrived().await["pos/new.txt"], "new");
    }
    assert!(!eve.arrived().await.contains_key("pos/new.txt"), "what is new does not reach the one cut off");
    assert_eq!(eve.arrived().await.len(), 3, "what was received before stays");

    assert_eq!(eve.status_after_a_look().await, SubscriptionStatus::Revoked);
    scene.provider.recipient_reinstate(scene.named("eve")).await.unwrap();
    assert_eq!(eve.status_after_a_look().await, SubscriptionStatus::Active, "nobody has to ask for it");
    let run = eve.snapshot(SnapshotMode::Incremental).await.unwrap();
    assert_eq!((run.status, run.files_written), (SnapshotStatus::Succeeded, 1), "reinstated: {run:?}");
    assert_eq!(scene.findings().await.len(), 0, "every record is in its place: {:?}", scene.findings().await);
}

async fn what_was_granted_opens_nothing_afterwards(ground: Ground) {
    let scene = Scene::new(ground).await;
    if ground == Ground::Azurite {
        scene.dataset("").await.unwrap();
    }
    let link = scene.invite("eve", AcceptanceMode::Automatic).await.link;
    let eve = Stranger::new(7, &link, "eve@example.org");
    let claim = eve.claim().await;
    eve.send(&claim).await.unwrap();
    scene.round().await;
    let secrets = eve.open(&eve.outgoing(&eve.ticket_access()).await).unwrap().unwrap();
    let other = scene.subscribed("ben").await;
    let log = format!("{}/log/000001", scene.share_place().await);
    let mailbox = secrets.mailbox.as_ref().unwrap();
    assert_eq!(eve.outgoing(mailbox).await.len(), 2);
    if ground == Ground::Azurite {
        assert!(
            reach(secrets.share.as_ref().unwrap()).read(&log, None, None).await.is_ok(),
            "the grant is good now"
        );
    }
    scene.provider.recipient_revoke(scene.named("eve")).await.unwrap();
    match ground {
        Ground::Azurite => {
            let denied = |answer: Option<ErrorKind>| {
                assert_eq!(answer, Some(ErrorKind::Denied), "a revoked token opens nothing")
            };
            denied(
                reach(secrets.share.as_ref().unwrap())
                    .read(&log, None, None)
                    .await
                    .err()
                    .map(|error| error.kind),
            );
            let out = eve.mailbox(mailbox).key("out/000001");
            denied(reach(mailbox).read(&out, None, None).await.err().map(|error| error.kind));
            for dataset in secrets.datasets.values() {
                if let DatasetAccess::Container { access, .. } = dataset {
                    denied(reach(access).list(&scene.data, None).await.err().map(|error| error.kind));
                    let key = format!("{}pos/a.txt", scene.data);
                    denied(reach(access).read(&key, None, None).await.err().map(|error| error.kind));
                }
            }
        }
        Ground::Folder => {
            let sealed = all(&scene.exchange().await, &format!("{}/data/", scene.share_place().await)).await;
            assert_opens_nothing(secrets.data_key.as_ref().unwrap(), &scene, &sealed).await;
        }
    }
    assert_eq!(other.snapshot(SnapshotMode::Full).await.unwrap().status, SnapshotStatus::Succeeded);
}

async fn an_interrupted_revocation_is_finished_by_the_agent(ground: Ground) {
    let scene = Scene::new(ground).await;
    let (ben, eve) = (scene.subscribed("ben").await, scene.subscribed("eve").await);
    assert_eq!(ben.snapshot(SnapshotMode::Full).await.unwrap().files_written, 3);
    // As after a crash right behind the record: the person was told, nothing was ended.
    let before = tokens(&scene).await;
    scene.provider.recipient_revoke(scene.named("eve")).await.unwrap();
    let id = scene.recipient("eve").await.recipient_id;
    scene.database().execute("UPDATE grants SET ended_at = NULL WHERE mailbox_id = ?1", [&id]).unwrap();
    let generation = generation(&scene);
    scene.round().await;
    assert_eq!(generation + 1, self::generation(&scene), "a grant that is open against the records is ended");
    // As after a crash between the new generation and the end of the old one.
    let key = format!("generation-to-end:{}", scene.show().await.id);
    scene.database().execute("INSERT INTO meta (key, value) VALUES (?1, '1')", [&key]).unwrap();
    assert!(
        !scene.recipient("ben").await.findings.is_empty(),
        "the provider sees that something is not finished"
    );
    scene.round().await;
    assert!(scene.recipient("ben").await.findings.is_empty(), "the next round finishes it");
    if ground == Ground::Azurite {
        let after = tokens(&scene).await;
        assert!(
            !after.contains(&"g1".to_owned()) && after.len() == before.len(),
            "one generation is open: {after:?}"
        );
    }
    assert_eq!(eve.start(SnapshotMode::Full).await.unwrap_err().code, Code::Revoked);
    let run = ben.snapshot(SnapshotMode::Incremental).await.unwrap();
    assert_eq!((run.status, run.files_written), (SnapshotStatus::Succeeded, 0), "{run:?}");
    scene.round().await;
    let settled = self::generation(&scene);
    scene.round().await;
    assert_eq!(settled, self::generation(&scene), "what is finished is not done again");
}

fn generation(scene: &Scene) -> i64 {
    scene.database().query_row("SELECT generation FROM shares", [], |row| row.get(0)).unwrap()
}

async fn tokens(scene: &Scene) -> Vec<String> {
    let exchange = scene.exchange().await;
    match exchange.delegate() {
        Some(delegate) => delegate.policies(&scene.share_place().await).await.unwrap(),
        None => Vec::new(),
    }
}

async fn a_running_snapshot_of_another_goes_on(ground: Ground) {
    let (scene, switch) = Scene::behind_a_switch(ground).await;
    for number in 0..60 {
        scene.write(&format!("pos/{number:04}.txt"), &format!("content {number}")).await;
    }
    scene.dataset("pos").await.unwrap();
    // What is held back is the reading where that goes over the network, else the writing.
    let (ben, held) = match ground {
        Ground::Azurite => (scene.consumer("ben").await, ["GET ", ".txt", "sig="]),
        Ground::Folder => {
            let target = Switch::before(&Azurite::shared().await.unwrap().endpoint(CONSUMER)).await;
            return goes_on(&scene, &scene.consumer_behind("ben", &target).await, &target, &["PUT ", ".txt"])
                .await;
        }
    };
    goes_on(&scene, &ben, &switch, &held).await;
}

async fn goes_on(scene: &Scene, ben: &Consumer, switch: &Switch, held: &[&str]) {
    scene.subscribe(ben).await;
    let _eve = scene.subscribed("eve").await;
    switch.hold(held);
    let run = ben.start(SnapshotMode::Full).await.unwrap();
    switch.holds().await;
    scene.provider.recipient_revoke(scene.named("eve")).await.unwrap();
    switch.open();
    let run = ben.app.snapshot_wait(&run.snapshot_id).await.unwrap();
    assert_eq!((run.status, run.files_written), (SnapshotStatus::Succeeded, 60), "{run:?}");
}

async fn nobody_can_keep_a_revocation_from_being_written(ground: Ground) {
    let scene = Scene::new(ground).await;
    let (eve, ben) = (scene.subscribed("eve").await, scene.subscribed("ben").await);
    let id = scene.recipient("eve").await.recipient_id;
    let exchange = scene.exchange().await;
    let place = scene.mailbox_place(&id);
    let offer = crate::scene::get(&exchange, &format!("{place}/out/000001")).await;
    // A recipient may create objects in its mailbox: junk, and copies of what the provider signed for another place.
    put(&exchange, &format!("{place}/out/000003"), &offer).await;
    put(&exchange, &format!("{place}/out/000004"), "junk").await;
    scene.provider.recipient_revoke(scene.named("eve")).await.unwrap();
    assert_eq!(eve.start(SnapshotMode::Full).await.unwrap_err().code, Code::Revoked);
    assert_eq!(ben.snapshot(SnapshotMode::Full).await.unwrap().status, SnapshotStatus::Succeeded);
}

async fn damaged_publications_do_not_keep_a_revocation_open(ground: Ground) {
    let scene = Scene::new(ground).await;
    let (eve, ben) = (scene.subscribed("eve").await, scene.subscribed("ben").await);
    let exchange = scene.exchange().await;
    let published = all(&exchange, &format!("{}/data/", scene.share_place().await)).await;
    for (key, mut bytes) in published {
        bytes[0] ^= 1;
        put(&exchange, &key, bytes).await;
    }
    if ground == Ground::Azurite {
        // There the data is read directly; its container is gone.
        scene.source().await.remove_place(scene.data.trim_matches('/')).await.unwrap();
    }
    scene.provider.recipient_revoke(scene.named("eve")).await.unwrap();
    assert_eq!(eve.start(SnapshotMode::Full).await.unwrap_err().code, Code::Revoked);
    assert!(scene.recipient("ben").await.findings.is_empty(), "nothing is left unfinished");
    if ground == Ground::Folder {
        let run = ben.snapshot(SnapshotMode::Full).await.unwrap();
        assert_eq!(
            (run.status, run.files_written),
            (SnapshotStatus::Succeeded, 3),
            "published anew: {run:?}"
        );
    }
}

/// Three that are each in the middle of a snapshot, ten files of sixty arrived, when one is cut off. Reading goes over the
/// network, so this is about blobs; every token is its recipient's own, so the switch knows who reads what.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_three_that_are_receiving_one_is_cut_off() {
    const BEFORE: usize = 10;
    const ALL: usize = 60;
    let (scene, switch) = Scene::behind_a_switch(Ground::Azurite).await;
    for number in 0..ALL {
        scene.write(&format!("pos/{number:04}.txt"), &format!("content {number}")).await;
    }
    scene.dataset("pos").await.unwrap();
    let mut consumers = Vec::new();
    for name in ["ben", "carol", "eve"] {
        let consumer = scene.consumer_on_a_folder(name).await;
        scene.subscribe(&consumer).await;
        consumers.push(consumer);
    }
    switch.hold_after(BEFORE);
    let mut runs = Vec::new();
    for consumer in &consumers {
        runs.push(consumer.start(SnapshotMode::Full).await.unwrap());
    }
    let halfway = async {
        switch.holds_tokens(3).await;
        for consumer in &consumers {
            while consumer.arrived().await.len() < BEFORE {
                tokio::task::yield_now().await;
            }
        }
    };
    let ended = consumers
        .iter()
        .zip(&runs)
        .map(|(consumer, run)| Box::pin(consumer.app.snapshot_wait(&run.snapshot_id)));
    tokio::select! {
        () = halfway => {}
        (run, ..) = futures::future::select_all(ended) => panic!("a run ended before its middle: {run:?}"),
    }
    scene.provider.recipient_revoke(scene.named("eve")).await.unwrap();
    // All three are still where they were, with the tokens that have just ended.
    let before = switch.reads();
    assert!(
        before.waiting.len() == 3 && before.passed.values().all(|read| read.len() == BEFORE),
        "{before:?}"
    );
    switch.open();

    for (consumer, run) in consumers.iter().zip(&runs).take(2) {
        let run = consumer.app.snapshot_wait(&run.snapshot_id).await.unwrap();
        let counts = (run.status, run.files_written, run.files_failed, run.failures.len());
        assert_eq!(counts, (SnapshotStatus::Succeeded, ALL as u64, 0, 0), "{}: {run:?}", consumer.name);
        assert_eq!(consumer.arrived().await.len(), ALL);
    }
    let eve = &consumers[2];
    let cut = eve.app.snapshot_wait(&runs[2].snapshot_id).await.unwrap();
    assert_ne!(cut.status, SnapshotStatus::Succeeded, "{cut:?}");
    assert_eq!(eve.arrived().await.len(), BEFORE, "not one file more is read after the end");
    assert_eq!(eve.start(SnapshotMode::Incremental).await.unwrap_err().code, Code::Revoked);

    // The two went on inside their runs with one new token each: what had been read was not read again, the rest once.
    let after = switch.reads();
    let new: Vec<_> = after.passed.iter().filter(|(token, _)| !before.passed.contains_key(*token)).collect();
    assert_eq!(new.len(), 2, "a new token for each of the two, none for the third");
    for (_, read) in new {
        let once: BTreeSet<_> = read.iter().collect();
        assert_eq!((read.len(), once.len()), (ALL - BEFORE, ALL - BEFORE), "each of the rest once: {read:?}");
        let whose = |(_, first): (&String, &Vec<String>)| first.iter().all(|path| !once.contains(path));
        assert!(before.passed.iter().any(whose), "read before and again: {read:?}");
    }
}
