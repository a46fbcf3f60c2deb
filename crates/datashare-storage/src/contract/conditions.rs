//! What conditions promise: who wins, what is pinned, what is said of what is missing.

use super::{collect, expect_kind, list_all, put, read_all};
use crate::{ErrorKind, ObjectInfo, ObjectProperties, PutMode, Result, SharedStore, VersionTag};

async fn write(store: &SharedStore, key: &str, bytes: &'static str, mode: PutMode) -> Result<ObjectInfo> {
    store.put(key, bytes.into(), mode, &ObjectProperties::default()).await
}

/// Two writes at the same moment, of which one may win; gives back the winner's bytes and version.
async fn race(store: &SharedStore, key: &str, mode: PutMode, loser: ErrorKind) -> (&'static str, ObjectInfo) {
    let task = |bytes: &'static str| {
        let (store, key, mode) = (store.clone(), key.to_owned(), mode.clone());
        tokio::spawn(async move { write(&store, &key, bytes, mode).await })
    };
    let (left, right) = (task("left "), task("right"));
    let (left, right) = (left.await.unwrap(), right.await.unwrap());
    let (bytes, won, lost) = match (left, right) {
        (Ok(won), lost @ Err(_)) => ("left ", won, lost),
        (lost @ Err(_), Ok(won)) => ("right", won, lost),
        (left, right) => panic!("exactly one write wins, not: {left:?} and {right:?}"),
    };
    expect_kind(lost, &[loser]);
    assert_eq!(read_all(store, key).await.unwrap(), bytes);
    (bytes, won)
}

pub async fn one_of_two_creates_wins(store: &SharedStore, place: &str) {
    for round in 0..20 {
        let key = format!("{place}/create/{round}");
        race(store, &key, PutMode::Create, ErrorKind::AlreadyExists).await;
    }
    let lost = write(store, &format!("{place}/create/0"), "late", PutMode::Create).await;
    expect_kind(lost, &[ErrorKind::AlreadyExists]);
}

pub async fn one_of_two_updates_wins(store: &SharedStore, place: &str) {
    let key = format!("{place}/update/race");
    let mut version = put(store, &key, "first").await.version;
    for _ in 0..20 {
        version = race(store, &key, PutMode::Update(version), ErrorKind::Changed).await.1.version;
    }
}

pub async fn a_stale_update_is_refused(store: &SharedStore, place: &str) {
    let key = format!("{place}/update/stale");
    let first = put(store, &key, "one").await;
    let second = write(store, &key, "two", PutMode::Update(first.version.clone())).await.unwrap();
    expect_kind(write(store, &key, "bad", PutMode::Update(first.version)).await, &[ErrorKind::Changed]);
    assert_eq!(read_all(store, &key).await.unwrap(), "two");
    store.delete(&key).await.unwrap();
    let gone = write(store, &key, "bad", PutMode::Update(second.version)).await;
    expect_kind(gone, &[ErrorKind::Changed, ErrorKind::NotFound]);
    assert_eq!(store.head(&key).await.unwrap(), None);
}

pub async fn reads_are_pinned(store: &SharedStore, place: &str) {
    let key = format!("{place}/pinned/object");
    let first = put(store, &key, "first ").await;
    let second = put(store, &key, "second").await;
    let read = async |version: &VersionTag, range| match store.read(&key, range, Some(version)).await {
        Ok(read) => collect(read).await,
        Err(error) => Err(error),
    };
    for range in [None, Some(2..4)] {
        expect_kind(read(&first.version, range).await, &[ErrorKind::Changed]);
    }
    assert_eq!(read(&second.version, None).await.unwrap(), "second");
    assert_eq!(read(&second.version, Some(2..4)).await.unwrap(), "co");
}

pub async fn versions_agree_everywhere(store: &SharedStore, place: &str) {
    let key = format!("{place}/versions/object");
    let written = put(store, &key, "content").await;
    let headed = store.head(&key).await.unwrap().unwrap();
    let listed = list_all(store, &format!("{place}/versions/")).await.unwrap();
    let read = store.read(&key, None, None).await.unwrap().info;
    for info in [&headed, &listed[0], &read] {
        assert_eq!((&info.version, info.size, &info.key), (&written.version, 7, &key));
    }
    assert_eq!(headed.modified, listed[0].modified);
}

pub async fn what_is_missing_is_said(store: &SharedStore, place: &str) {
    let missing =
        [format!("{place}/nothing"), format!("{place}/no/such/folder"), format!("{place}-missing/object")];
    for key in missing {
        assert_eq!(store.head(&key).await.unwrap(), None);
        let error = store.read(&key, None, None).await.map(|read| read.info);
        let error = expect_kind(error, &[ErrorKind::NotFound, ErrorKind::NoSuchPlace]);
        assert!(key.starts_with(&format!("{place}-")) || error.kind == ErrorKind::NotFound);
    }
}

pub async fn deleting_twice_is_no_error(store: &SharedStore, place: &str) {
    let (key, other) = (format!("{place}/delete/object"), format!("{place}/delete/object-2"));
    for key in [&key, &other] {
        put(store, key, "x").await;
    }
    for _ in 0..2 {
        store.delete(&key).await.unwrap();
        assert_eq!(store.head(&key).await.unwrap(), None);
    }
    store.delete(&format!("{place}/delete/never/was")).await.unwrap();
    assert!(store.head(&other).await.unwrap().is_some());
}

pub async fn impossible_names_are_refused(store: &SharedStore, place: &str) {
    let paths = store.capabilities().paths;
    let mut impossible = vec![format!("{place}/{}", "long".repeat(2 * paths.longest_path))];
    if paths.tree {
        let outside = ["../outside", "a/../../outside", "a//b", "./a", "a/.."];
        impossible.extend(outside.map(|name| format!("{place}/{name}")));
        impossible.extend(["/etc/outside", "../outside", ""].map(str::to_owned));
    }
    for key in impossible {
        let kinds = [ErrorKind::BadName];
        expect_kind(write(store, &key, "x", PutMode::Overwrite).await, &kinds);
        expect_kind(store.upload(&key, &ObjectProperties::default()).await.map(drop), &kinds);
        expect_kind(store.read(&key, None, None).await.map(drop), &kinds);
        expect_kind(store.delete(&key).await, &kinds);
    }
}
