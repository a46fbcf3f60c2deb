//! What listings promise: order, pages, prefixes, levels, places.

use futures::{StreamExt, stream};

use super::{expect_kind, list_all, put};
use crate::{ErrorKind, LevelEntry, LevelKind, SharedStore};

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
    expect_kind(store.level(&missing, 10, None).await, &[ErrorKind::NoSuchPlace]);

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
    let level = store.level(&base, 100, None).await.unwrap();
    let names: Vec<&str> = level.entries.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["c", "z", "a.txt", "b.txt"]);
    assert_eq!(level.next, None);
    assert_eq!(level.entries[0].key, format!("{base}/c"));
    assert_eq!(level.entries[0].kind, LevelKind::Folder);
    assert!(matches!(level.entries[2].kind, LevelKind::File { size: 4, .. }));

    let short = store.level(&base, 3, None).await.unwrap();
    assert_eq!(short.entries, level.entries[..3]);
    let rest = store.level(&base, 3, short.next.as_deref()).await.unwrap();
    assert!(short.next.is_some());
    assert_eq!(rest.entries, level.entries[3..]);

    let root = whole_level(store, "", 100_000).await;
    assert!(root.iter().any(|entry| entry.key == place && !matches!(entry.kind, LevelKind::File { .. })));
}

/// A level in steps of `limit`.
async fn whole_level(store: &SharedStore, path: &str, limit: usize) -> Vec<LevelEntry> {
    let (mut entries, mut next) = (Vec::new(), None);
    loop {
        let level = store.level(path, limit, next.as_deref()).await.unwrap();
        assert!(level.entries.len() <= limit, "{} entries, {limit} were asked for", level.entries.len());
        entries.extend(level.entries);
        match level.next {
            Some(on) => next = Some(on),
            None => return entries,
        }
    }
}

pub async fn a_level_in_steps_has_no_gap_and_no_repetition(store: &SharedStore, place: &str) {
    let base = format!("{place}/steps");
    // Names of folders and files that stand next to each other, and folders that sort like files.
    let names: Vec<String> = (0..60)
        .map(|number| match number % 3 {
            0 => format!("{base}/{number:02}.txt"),
            1 => format!("{base}/{number:02}/deep"),
            _ => format!("{base}/{number:02}"),
        })
        .collect();
    stream::iter(&names).for_each_concurrent(16, |key| async { _ = put(store, key, "x").await }).await;
    let whole = whole_level(store, &base, 1000).await;
    assert_eq!(whole.len(), 60);
    for limit in [1, 7, 20, 59, 60] {
        assert_eq!(whole_level(store, &base, limit).await, whole, "in steps of {limit}");
    }
    // What comes while one reads neither hides nor repeats what was there.
    let first = store.level(&base, 10, None).await.unwrap();
    put(store, &format!("{base}/00-new/x"), "x").await;
    let second = store.level(&base, 10, first.next.as_deref()).await.unwrap();
    assert_eq!([first.entries, second.entries].concat(), whole[..20]);
}
