//! What listings promise: order, pages, prefixes, levels, places.

use futures::{StreamExt, stream};

use super::{expect_kind, list_all, put};
use crate::{ErrorKind, LevelKind, SharedStore};

/// Names that have broken other tools.
const AWKWARD: [&str; 18] = [
    "a.b",
    "a/c",
    "a0",
    "a/c.d/e",
    "A",
    "100% sure.txt",
    "%2F.txt",
    "what?.txt",
    "one#two.txt",
    "a+b.txt",
    "with space.txt",
    "Übergröße-été.txt",
    "東京/データ.csv",
    "emoji-🙂.bin",
    "quote'and&amp.txt",
    "semi;colon=equals@at,comma.txt",
    "deep/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/end.txt",
    "-dash",
];

async fn keys(store: &SharedStore, prefix: &str) -> Vec<String> {
    let objects =
        list_all(store, prefix).await.unwrap_or_else(|error| panic!("'{prefix}' can be listed: {error}"));
    objects.into_iter().map(|info| info.key).collect()
}

pub async fn places_are_made_and_removed(store: &SharedStore, place: &str) {
    let (missing, removed) = (format!("{place}-missing"), format!("{place}-removed"));
    assert!(!store.place_exists(&missing).await.unwrap());
    expect_kind(store.list(&format!("{missing}/"), None).await, &[ErrorKind::NoSuchPlace]);
    expect_kind(store.level(&missing, 10).await, &[ErrorKind::NoSuchPlace]);

    store.make_place(&removed).await.unwrap();
    store.make_place(&removed).await.expect("making a place that is there is no error");
    assert!(store.place_exists(&removed).await.unwrap());
    assert!(keys(store, &format!("{removed}/")).await.is_empty());
    for name in ["x", "folder/y"] {
        put(store, &format!("{removed}/{name}"), "content").await;
    }
    store.remove_place(&removed).await.unwrap();
    assert!(!store.place_exists(&removed).await.unwrap());
    assert_eq!(store.head(&format!("{removed}/x")).await.unwrap(), None);
    store.remove_place(&removed).await.expect("removing a place that is gone is no error");
    assert!(store.place_exists(place).await.unwrap(), "other places stay");
}

pub async fn order_is_that_of_key_bytes(store: &SharedStore, place: &str) {
    let windows = store.capabilities().paths.windows;
    let mut names: Vec<&str> = AWKWARD.into_iter().filter(|name| !windows || !name.contains('?')).collect();
    if store.capabilities().paths.case_insensitive {
        names.retain(|name| *name != "A");
    }
    let mut expected: Vec<String> = names.iter().map(|name| format!("{place}/order/{name}")).collect();
    for key in &expected {
        let written = put(store, key, key.clone()).await;
        assert_eq!(&written.key, key);
    }
    expected.sort_unstable();
    assert_eq!(keys(store, &format!("{place}/order/")).await, expected);
    for key in &expected {
        assert_eq!(
            super::read_all(store, key).await.unwrap(),
            key.as_bytes(),
            "each name is a file of its own"
        );
    }
}

pub async fn pages_join_without_gap_or_repetition(store: &SharedStore, place: &str) {
    let name = |number: usize| match number % 3 {
        0 => format!("{place}/pages/{number:04}"),
        1 => format!("{place}/pages/{:02}/{number:04}", number / 100),
        _ => format!("{place}/pages/{:02}.{number:04}", number / 100),
    };
    let mut expected: Vec<String> = (0..2105).map(name).collect();
    stream::iter(&expected).for_each_concurrent(16, |key| async { _ = put(store, key, "x").await }).await;
    expected.sort_unstable();
    assert_eq!(keys(store, &format!("{place}/pages/")).await, expected);
}

pub async fn a_prefix_is_text(store: &SharedStore, place: &str) {
    let base = format!("{place}/prefix");
    for name in ["aa", "ab.x", "ab/c", "ab/d", "abc", "b"] {
        put(store, &format!("{base}/{name}"), "x").await;
    }
    let listed = async |prefix: &str| -> Vec<String> {
        let keys = keys(store, &format!("{base}/{prefix}")).await;
        keys.into_iter().map(|key| key[base.len() + 1..].to_owned()).collect()
    };
    assert_eq!(listed("ab").await, ["ab.x", "ab/c", "ab/d", "abc"]);
    assert_eq!(listed("ab/").await, ["ab/c", "ab/d"]);
    assert_eq!(listed("ab/c").await, ["ab/c"]);
    assert!(listed("zz").await.is_empty());
}

pub async fn a_level_shows_folders_then_files(store: &SharedStore, place: &str) {
    let base = format!("{place}/level");
    for name in ["b.txt", "z/1", "a.txt", "c/2", "c/d/3"] {
        put(store, &format!("{base}/{name}"), "four").await;
    }
    let level = store.level(&base, 100).await.unwrap();
    let names: Vec<&str> = level.entries.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["c", "z", "a.txt", "b.txt"]);
    assert!(!level.truncated);
    assert_eq!(level.entries[0].key, format!("{base}/c"));
    assert_eq!(level.entries[0].kind, LevelKind::Folder);
    assert!(matches!(level.entries[2].kind, LevelKind::File { size: 4, .. }));

    let short = store.level(&base, 3).await.unwrap();
    assert_eq!(short.entries, level.entries[..3]);
    assert!(short.truncated);

    let root = store.level("", 100_000).await.unwrap();
    assert!(
        root.entries.iter().any(|entry| entry.key == place && !matches!(entry.kind, LevelKind::File { .. }))
    );
}
