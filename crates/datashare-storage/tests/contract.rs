//! The contract suite on the two stores of this crate, and both against a model.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::sync::Arc;

use datashare_domain::PathRules;
use datashare_storage::contract::{list_all, read_all, run};
use datashare_storage::{FolderStore, MemoryStore, ObjectProperties, PutMode, SharedStore};
use proptest::prelude::*;

#[tokio::test(flavor = "multi_thread")]
async fn memory_keeps_the_contract() {
    run(Arc::new(MemoryStore::new()), "contract").await;
    run(Arc::new(MemoryStore::with_paths(PathRules::LINUX_FOLDER)), "contract").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    run(Arc::new(FolderStore::new(folder.path().to_owned())), "contract").await;
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left behind");
}

#[derive(Clone, Debug)]
enum Step {
    Put(String, Vec<u8>),
    Delete(String),
    List(String),
}

/// Few names, so that steps meet each other. Files end with a digit and folders do not, so that none is both.
fn key() -> impl Strategy<Value = String> {
    "((a|b|a\\.|é)/){0,2}(a|b|a-)[0-2]"
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (key(), prop::collection::vec(any::<u8>(), 0..50)).prop_map(|(key, bytes)| Step::Put(key, bytes)),
        1 => key().prop_map(Step::Delete),
        1 => "(|a|a/|a\\.|b/a|a/a/)".prop_map(Step::List),
    ]
}

async fn matches_model(store: SharedStore, steps: Vec<Step>) {
    store.make_place("place").await.unwrap();
    let mut model = BTreeMap::new();
    for step in steps {
        match step {
            Step::Put(key, bytes) => {
                let (key, properties) = (format!("place/{key}"), ObjectProperties::default());
                store.put(&key, bytes.clone().into(), PutMode::Overwrite, &properties).await.unwrap();
                model.insert(key, bytes);
            }
            Step::Delete(key) => {
                let key = format!("place/{key}");
                store.delete(&key).await.unwrap();
                model.remove(&key);
            }
            Step::List(prefix) => compare(&store, &model, &format!("place/{prefix}")).await,
        }
    }
    compare(&store, &model, "place/").await;
}

async fn compare(store: &SharedStore, model: &BTreeMap<String, Vec<u8>>, prefix: &str) {
    let expected: Vec<&String> = model.keys().filter(|key| key.starts_with(prefix)).collect();
    let listed = match list_all(store, prefix).await {
        Ok(listed) => listed,
        // A folder that was never made is missing where folders exist, and empty where they do not.
        Err(error) if error.kind == datashare_storage::ErrorKind::NoSuchPlace => Vec::new(),
        Err(error) => panic!("{error}"),
    };
    assert_eq!(listed.iter().map(|info| &info.key).collect::<Vec<_>>(), expected);
    for info in &listed {
        assert_eq!(read_all(store, &info.key).await.unwrap(), model[&info.key]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn stores_are_ordered_maps(steps in prop::collection::vec(step(), 0..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            matches_model(Arc::new(MemoryStore::new()), steps.clone()).await;
            let folder = tempfile::tempdir().unwrap();
            matches_model(Arc::new(FolderStore::new(folder.path().to_owned())), steps).await;
        });
    }
}
