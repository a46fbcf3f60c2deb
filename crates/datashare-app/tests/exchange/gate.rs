//! 1. Nobody reads data before accepting the terms.

use bytes::Bytes;
use datashare_app::dto::AuditRequest;
use datashare_domain::AcceptanceMode;
use datashare_protocol::Access;
use datashare_storage::{ErrorKind, ObjectProperties, PutMode, StoreError};

use crate::on_both_grounds;
use crate::scene::{Ground, SHARE, Scene};
use crate::stranger::{Stranger, reach};

on_both_grounds!(
    the_exchange_tells_nothing_before_an_acceptance,
    right_away_is_the_exception_and_the_log_says_so
);

async fn the_exchange_tells_nothing_before_an_acceptance(ground: Ground) {
    let scene = Scene::new(ground).await;
    for mode in [AcceptanceMode::Automatic, AcceptanceMode::Ask] {
        let link = scene.invite(&format!("ben-{mode:?}"), mode).await;
        scene.round().await;
        let stranger = Stranger::new(1, &link.link, "ben@example.org");
        let records = stranger.outgoing(&stranger.ticket_access()).await;
        assert_eq!(records.len(), 1, "the ticket opens the offer and nothing else");
        assert!(stranger.open(&records).is_none(), "there is no grant before a claim, not even a sealed one");
    }
    // What lies where others can read the bytes tells neither content nor names of files.
    for (key, bytes) in scene.everything().await {
        for canary in ["canary-content", "a.txt", "b.txt", "canary-neighbour"] {
            let found = bytes.windows(canary.len()).any(|window| window == canary.as_bytes());
            assert!(!found && !key.contains(canary), "{canary} can be read in {key}");
        }
    }
}

fn refused<T>(what: &str, answer: Result<T, StoreError>) {
    let kind = answer.err().map(|error| error.kind);
    let no = matches!(kind, Some(ErrorKind::Denied | ErrorKind::BadCredential | ErrorKind::AlreadyExists));
    assert!(no, "the ticket must not {what}, and got {kind:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ticket_on_azure_opens_its_own_offer_and_nothing_else() {
    let scene = Scene::new(Ground::Azurite).await;
    let other = scene.invite("carol", AcceptanceMode::Automatic).await;
    let link = scene.invite("ben", AcceptanceMode::Automatic).await;
    let stranger = Stranger::new(1, &link.link, "ben@example.org");
    let access: Access = stranger.ticket_access();
    let store = reach(&access);
    let mailbox = scene.mailbox_place(&link.invitation_id);
    let properties = ObjectProperties::default();
    let put = |key: String| {
        let (store, properties) = (store.clone(), properties.clone());
        async move { store.put(&key, Bytes::from_static(b"x"), PutMode::Overwrite, &properties).await }
    };
    refused("read the data", store.read(&format!("{}pos/a.txt", scene.data), None, None).await);
    refused("list the data", store.list(&scene.data, None).await);
    refused(
        "read the share's log",
        store.read(&format!("{}/log/000001", scene.share_place().await), None, None).await,
    );
    let others = scene.mailbox_place(&other.invitation_id);
    refused("read another mailbox", store.read(&format!("{others}/out/000001"), None, None).await);
    refused("write into another mailbox", put(format!("{others}/in/000001")).await);
    refused("list its own mailbox", store.list(&format!("{mailbox}/"), None).await);
    refused("overwrite the offer", put(format!("{mailbox}/out/000001")).await);
    refused("delete the offer", store.delete(&format!("{mailbox}/out/000001")).await);
    assert_eq!(stranger.outgoing(&access).await.len(), 1, "the offer is still there, and genuine");
}

async fn right_away_is_the_exception_and_the_log_says_so(ground: Ground) {
    let scene = Scene::new(ground).await;
    let link = scene.invite("ben", AcceptanceMode::RightAway).await;
    let first = Stranger::new(1, &link.link, "ben@example.org");
    let records = first.outgoing(&first.ticket_access()).await;
    let prepared = first.open(&records).unwrap();
    assert!(prepared.is_ok(), "whoever holds the link can start: that is what the mode is");
    let log = scene.provider.audit_log(AuditRequest { name: SHARE.into() }).await.unwrap();
    let said =
        log.records.iter().any(|record| record.summary.contains("whoever holds the invitation's link"));
    assert!(said, "the log must say that access was given before an acceptance");

    // Once somebody accepted, that one has access of its own and the link's opens nothing any more.
    let consumer = scene.consumer("ben").await;
    scene.while_it_runs(consumer.accept(&link.link)).await.unwrap();
    consumer.map().await;
    scene.round().await;
    scene.round().await;
    let run = consumer.snapshot(datashare_domain::SnapshotMode::Full).await.unwrap();
    assert_eq!(run.files_written, 3, "the recipient goes on without doing anything: {run:?}");
    let before = prepared.unwrap();
    match ground {
        Ground::Azurite => {
            let share = reach(before.share.as_ref().unwrap());
            refused(
                "read by the link",
                share.read(&format!("{}/log/000001", scene.share_place().await), None, None).await,
            );
        }
        Ground::Folder => {
            let place = format!("{}/data/", scene.share_place().await);
            let sealed = crate::scene::all(&scene.exchange().await, &place).await;
            crate::revocation::assert_opens_nothing(before.data_key.as_ref().unwrap(), &scene, &sealed).await;
        }
    }
}
