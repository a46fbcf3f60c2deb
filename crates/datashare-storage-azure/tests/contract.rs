//! The contract of the port, on Azurite; and what blob stores add to it.

#![allow(clippy::unwrap_used)]

mod support;

use std::sync::Arc;

use datashare_storage::{ErrorKind, ObjectProperties, PutMode, Store, contract};
use datashare_testkit::{AwkwardOptions, awkward_tree, hash_tree, unique_name};
use futures::TryStreamExt;
use support::{keys, put, read, refused};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_holds_by_account_key() {
    contract::run(Arc::new(support::store().await), &unique_name("contract")).await;
}

#[tokio::test]
async fn every_name_of_an_awkward_tree_comes_back() {
    let (store, container) = support::store_with_container("names").await;
    let tree = tempfile::tempdir().unwrap();
    awkward_tree(tree.path(), &AwkwardOptions { small_files: 3, large_file: 1000 }).unwrap();
    let mut expected: Vec<String> = hash_tree(tree.path()).unwrap().into_keys().collect();
    expected.extend(["a//b", "/leading", "a/./b", "a/../b", "..."].map(str::to_owned));
    for name in &expected {
        put(&store, &format!("{container}/{name}"), "x").await.unwrap();
    }
    expected.sort_unstable();
    let listed = keys(&store, &format!("{container}/")).await.unwrap();
    let listed: Vec<&str> = listed.iter().map(|key| &key[container.len() + 1..]).collect();
    assert_eq!(listed, expected);
    for name in listed {
        let key = format!("{container}/{name}");
        assert_eq!(read(&store, &key).await.unwrap(), "x", "{name}");
        store.delete(&key).await.unwrap();
        assert_eq!(store.head(&key).await.unwrap(), None);
    }
}

#[tokio::test]
async fn names_that_would_become_another_are_refused() {
    let (store, container) = support::store_with_container("become").await;
    for name in ["back\\slash", "tab\there", "line\nbreak", ".", ".."] {
        refused(put(&store, &format!("{container}/{name}"), "x").await, ErrorKind::BadName);
    }
    assert!(keys(&store, &format!("{container}/")).await.unwrap().is_empty());
}

#[tokio::test]
async fn packed_content_is_not_unpacked_on_the_way() {
    let (store, container) = support::store_with_container("packed").await;
    let (key, bytes) = (format!("{container}/a.gz"), &b"\x1f\x8b not really"[..]);
    let properties =
        ObjectProperties { content_encoding: Some("gzip".into()), ..ObjectProperties::default() };
    store.put(&key, bytes.into(), PutMode::Overwrite, &properties).await.unwrap();
    let read = store.read(&key, None, None).await.unwrap();
    assert_eq!(read.info.properties.content_encoding.as_deref(), Some("gzip"));
    let chunks: Vec<_> = read.body.try_collect().await.unwrap();
    assert_eq!(chunks.concat(), bytes);
}

#[tokio::test]
async fn containers_are_listed_in_the_order_of_keys() {
    let (store, base) = support::store_with_container("order").await;
    let longer = format!("{base}-more");
    store.make_place(&longer).await.unwrap();
    for container in [&base, &longer] {
        put(&store, &format!("{container}/x"), "x").await.unwrap();
    }
    // A hyphen comes before a slash.
    assert_eq!(keys(&store, &base).await.unwrap(), [format!("{longer}/x"), format!("{base}/x")]);
    store.remove_place(&longer).await.unwrap();
    assert_eq!(keys(&store, &base).await.unwrap(), [format!("{base}/x")]);
    refused(keys(&store, &format!("{base}-gone")).await, ErrorKind::NoSuchPlace);
    assert!(keys(&store, "").await.unwrap().contains(&format!("{base}/x")));
}

#[tokio::test]
async fn a_folder_is_removed_with_all_that_is_below_and_nothing_else() {
    let (store, container) = support::store_with_container("remove").await;
    for name in ["a/1", "a/b/2", "ab", "c"] {
        put(&store, &format!("{container}/{name}"), "x").await.unwrap();
    }
    assert!(store.place_exists(&format!("{container}/a")).await.unwrap());
    store.remove_place(&format!("{container}/a")).await.unwrap();
    assert!(!store.place_exists(&format!("{container}/a")).await.unwrap());
    assert_eq!(
        keys(&store, &format!("{container}/")).await.unwrap(),
        ["ab", "c"].map(|n| format!("{container}/{n}"))
    );
}

#[tokio::test]
async fn impossible_containers_are_refused_in_words() {
    let store = support::store().await;
    for name in ["Upper", "a", "two--hyphens", "-edge", "dot.ted", "under_score"] {
        let error = refused(store.make_place(name).await, ErrorKind::BadName);
        assert!(error.message.contains(name) && error.message.contains("3 to 63"), "{error}");
        assert!(!store.place_exists(name).await.unwrap());
    }
}

#[tokio::test]
async fn md5_of_the_whole_is_kept() {
    let (store, container) = support::store_with_container("md5").await;
    let key = format!("{container}/x");
    let md5 =
        store.put(&key, "x".into(), PutMode::Overwrite, &ObjectProperties::default()).await.unwrap().md5;
    assert!(md5.is_some());
    assert_eq!(store.head(&key).await.unwrap().unwrap().md5, md5);
    assert_eq!(store.read(&key, Some(0..1), None).await.unwrap().info.md5, md5);
    assert_eq!(store.list(&key, None).await.unwrap().objects[0].md5, md5);
    let upload = store.upload(&key, &ObjectProperties::default()).await.unwrap();
    upload.part(0, 0, "x".into()).await.unwrap();
    upload.finish(datashare_storage::UploadExpectation { size: 1, md5 }).await.unwrap();
    assert_eq!(store.head(&key).await.unwrap().unwrap().md5, md5);
}
