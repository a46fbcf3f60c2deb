//! Listings that take many answers.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use datashare_secret::Secret;
use datashare_storage::contract::list_all;
use datashare_storage::{LevelKind, ObjectProperties, PutMode, SharedStore, Store};
use datashare_testkit::{Azurite, PROVIDER, unique_name};

use crate::account::Account;
use crate::transport::ConnectionPool;
use crate::{AzureBlobStore, AzureCredential, AzureSettings};

const NAMES: [&str; 7] = ["a/1", "a/2", "b", "c/1", "c/d/2", "e", "f/1"];

/// A store that asks for two names at a time, and two containers of the same content, the second sorted first.
async fn store() -> (AzureBlobStore, String) {
    let azurite = Azurite::shared().await.unwrap();
    let settings = AzureSettings::from_endpoint(&azurite.endpoint(PROVIDER)).unwrap();
    let key = AzureCredential::AccountKey(Secret::new(azurite.key(PROVIDER)));
    let mut account = Account::new(ConnectionPool::new().unwrap(), &settings, key).unwrap();
    account.page = 2;
    let (store, container) = (AzureBlobStore::of(account), unique_name("pages"));
    for container in [container.clone(), format!("{container}-2")] {
        store.make_place(&container).await.unwrap();
        for name in NAMES {
            let key = format!("{container}/{name}");
            store.put(&key, "x".into(), PutMode::Overwrite, &ObjectProperties::default()).await.unwrap();
        }
    }
    (store, container)
}

fn below(container: &str, names: &[&str]) -> Vec<String> {
    names.iter().map(|name| format!("{container}/{name}")).collect()
}

#[tokio::test]
async fn answers_join_within_and_across_containers() {
    let (store, container) = store().await;
    let shared: SharedStore = Arc::new(store);
    let keys = async |prefix: String| -> Vec<String> {
        list_all(&shared, &prefix).await.unwrap().into_iter().map(|info| info.key).collect()
    };
    assert_eq!(keys(format!("{container}/")).await, below(&container, &NAMES));
    assert_eq!(keys(format!("{container}/c")).await, below(&container, &NAMES[3..5]));
    let both = [below(&format!("{container}-2"), &NAMES), below(&container, &NAMES)].concat();
    assert_eq!(keys(container.clone()).await, both);
}

#[tokio::test]
async fn a_level_is_whole_and_a_folder_is_shown_once() {
    let (store, container) = store().await;
    let level = store.level(&container, 100, None).await.unwrap();
    let shown: Vec<(&str, bool)> =
        level.entries.iter().map(|entry| (entry.name.as_str(), entry.kind == LevelKind::Folder)).collect();
    assert_eq!(shown, [("a", true), ("c", true), ("f", true), ("b", false), ("e", false)]);
    assert_eq!(level.next, None);
}

#[tokio::test]
async fn a_level_of_many_stretches_is_whole_in_steps() {
    let (store, container) = store().await;
    // Two names an answer and twenty answers a stretch: three stretches.
    let names: Vec<String> = (0..90).map(|number| format!("many/{number:03}")).collect();
    for name in &names {
        let key = format!("{container}/{name}");
        store.put(&key, "x".into(), PutMode::Overwrite, &ObjectProperties::default()).await.unwrap();
    }
    let (mut shown, mut next, mut steps) = (Vec::new(), None::<String>, 0);
    loop {
        let level = store.level(&format!("{container}/many"), 25, next.as_deref()).await.unwrap();
        shown.extend(level.entries.into_iter().map(|entry| entry.key));
        steps += 1;
        next = level.next;
        if next.is_none() {
            break;
        }
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    assert_eq!(shown, below(&container, &names));
    assert!(steps > 4, "{steps} steps");
}

#[tokio::test]
async fn all_below_a_folder_is_removed() {
    let (store, container) = store().await;
    store.remove_place(&format!("{container}/c")).await.unwrap();
    let shared: SharedStore = Arc::new(store);
    let left: Vec<String> =
        list_all(&shared, &format!("{container}/")).await.unwrap().into_iter().map(|info| info.key).collect();
    assert_eq!(left, below(&container, &["a/1", "a/2", "b", "e", "f/1"]));
}
