//! Copies that the service makes by itself, between two accounts of one Azurite.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use bytes::Bytes;
use datashare_secret::Secret;
use datashare_storage::{
    ErrorKind, Handed, ObjectInfo, ObjectProperties, PutMode, RemoteObject, ServerCopy, Store,
    UploadExpectation,
};
use datashare_storage_azure::{AzureBlobStore, AzureCredential};
use datashare_testkit::{Azurite, CONSUMER, unique_name};
use support::{read, refused, store_with_container};

/// The consumer's account, with a container.
async fn target() -> (AzureBlobStore, String) {
    let azurite = Azurite::shared().await.unwrap();
    let key = AzureCredential::AccountKey(Secret::new(azurite.key(CONSUMER)));
    let store = AzureBlobStore::new(support::settings(azurite, CONSUMER), key).unwrap();
    let container = unique_name("copied");
    store.make_place(&container).await.unwrap();
    (store, container)
}

async fn original(store: &AzureBlobStore, key: &str, bytes: &'static str) -> (ObjectInfo, RemoteObject) {
    let properties = ObjectProperties {
        content_type: Some("text/csv".into()),
        metadata: [("station".to_owned(), "harbour".to_owned())].into(),
        ..ObjectProperties::default()
    };
    let info = store.put(key, bytes.into(), PutMode::Overwrite, &properties).await.unwrap();
    let remote = store.remote(key, &info.version).unwrap();
    (info, remote)
}

fn expecting(info: &ObjectInfo) -> UploadExpectation {
    UploadExpectation { size: info.size, md5: info.md5 }
}

fn copies(store: &AzureBlobStore) -> &dyn ServerCopy {
    store.server_copy().unwrap()
}

#[tokio::test]
async fn a_whole_object_is_fetched_with_what_belongs_to_it() {
    let (source, from) = store_with_container("original").await;
    let (target, to) = target().await;
    for name in ["a.csv", "größe & mehr/50 %.csv"] {
        let (info, remote) = original(&source, &format!("{from}/{name}"), "one,two").await;
        let key = format!("{to}/{name}");
        let copied = copies(&target).copy(&key, &remote, &expecting(&info), &info.properties).await.unwrap();
        assert_eq!(read(&target, &key).await.unwrap(), "one,two");
        let found = target.head(&key).await.unwrap().unwrap();
        assert_eq!((found.size, &found.version), (copied.size, &copied.version));
        assert_eq!(found.properties.content_type.as_deref(), Some("text/csv"));
        assert_eq!(found.properties.metadata, info.properties.metadata);
    }
}

#[tokio::test]
async fn parts_are_fetched_and_committed_as_one() {
    let (source, from) = store_with_container("original").await;
    let (target, to) = target().await;
    let (info, remote) = original(&source, &format!("{from}/a"), "0123456789").await;
    let key = format!("{to}/a");
    let upload = target.upload(&key, &info.properties).await.unwrap();
    upload.part_from(1, 4, &remote, 4..10).await.unwrap();
    upload.part_from(0, 0, &remote, 0..4).await.unwrap();
    assert_eq!(target.head(&key).await.unwrap(), None, "nothing is visible before the end");
    let finished = upload.finish(expecting(&info)).await.unwrap();
    assert_eq!((read(&target, &key).await.unwrap().as_str(), finished.md5), ("0123456789", info.md5));
}

#[tokio::test]
async fn another_version_is_never_fetched() {
    let (source, from) = store_with_container("original").await;
    let (target, to) = target().await;
    let (info, remote) = original(&source, &format!("{from}/a"), "before").await;
    original(&source, &format!("{from}/a"), "after!").await;
    let key = format!("{to}/a");
    let copied = copies(&target).copy(&key, &remote, &expecting(&info), &info.properties).await;
    refused(copied, ErrorKind::Changed);
    let upload = target.upload(&key, &info.properties).await.unwrap();
    refused(upload.part_from(0, 0, &remote, 0..6).await, ErrorKind::Changed);
    assert_eq!(target.head(&key).await.unwrap(), None);
}

#[tokio::test]
async fn what_the_service_may_not_fetch_is_said_to_be_no_way() {
    let (source, from) = store_with_container("original").await;
    let (target, to) = target().await;
    let (info, remote) = original(&source, &format!("{from}/a"), "text").await;
    let without_proof = remote.address.reveal().split_once('?').unwrap().0.to_owned();
    let closed = RemoteObject { address: Secret::new(without_proof), ..remote };
    let key = format!("{to}/a");
    let copied = copies(&target).copy(&key, &closed, &expecting(&info), &info.properties).await;
    let error = refused(copied, ErrorKind::Unsupported);
    assert!(!error.to_string().contains("sig="), "{error}");
    let upload = target.upload(&key, &info.properties).await.unwrap();
    refused(upload.part_from(0, 0, &closed, 0..4).await, ErrorKind::Unsupported);
}

#[tokio::test]
async fn an_object_that_is_opened_by_a_signature_is_fetched_with_it() {
    let (source, from) = store_with_container("original").await;
    let (info, remote) = original(&source, &format!("{from}/a"), "text").await;
    let (address, query) = remote.address.reveal().split_once('?').unwrap();
    let endpoint = address.strip_suffix(&format!("/{from}/a")).unwrap();
    let by_signature = AzureBlobStore::with_query(endpoint, &Secret::new(query)).unwrap();
    let remote = by_signature.remote(&format!("{from}/a"), &info.version).unwrap();
    let (target, to) = target().await;
    copies(&target).copy(&format!("{to}/a"), &remote, &expecting(&info), &info.properties).await.unwrap();
    assert_eq!(Bytes::from(read(&target, &format!("{to}/a")).await.unwrap()), "text");
}

#[tokio::test]
async fn what_was_handed_over_arrives_where_nobody_looks() {
    let (source, from) = store_with_container("original").await;
    let (target, to) = target().await;
    let (_, remote) = original(&source, &format!("{from}/a"), "text").await;
    let key = format!("{to}/in/a");
    let handle = copies(&target).hand_over(&key, &remote).await.unwrap();
    assert!(!handle.contains("sig="), "{handle}");
    let Handed::Whole(arrived) = copies(&target).handed(&handle).await.unwrap() else {
        panic!("Azurite copies at once")
    };
    assert_eq!(target.head(&key).await.unwrap(), None);
    let expectation = UploadExpectation { size: 4, md5: None };
    copies(&target).copy(&key, &arrived, &expectation, &ObjectProperties::default()).await.unwrap();
    assert_eq!(read(&target, &key).await.unwrap(), "text");
    copies(&target).drop_handed(&handle).await;
    assert!(matches!(copies(&target).handed(&handle).await.unwrap(), Handed::Failed));
    // Another version than the one that was asked for is not copied.
    original(&source, &format!("{from}/a"), "newer").await;
    refused(copies(&target).hand_over(&key, &remote).await, ErrorKind::Changed);
}
