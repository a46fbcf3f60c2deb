//! Folders of an account with a hierarchical namespace: one token for the directory, and nothing beside it. Azurite has no
//! such accounts, so the data lies on a server of our own that checks tokens as they are documented.

use datashare_app::dto::*;
use datashare_domain::{SnapshotMode, SnapshotStatus};
use datashare_protocol::{Access, DatasetAccess};
use datashare_secret::Secret;
use datashare_storage::{AccessPermission, ErrorKind, SharedStore};
use datashare_storage_azure::{AzureBlobStore, AzureCredential, AzureSettings};
use datashare_testkit::BlobServer;
use std::sync::Arc;

use crate::grants::granted;
use crate::scene::{Ground, SHARE, Scene, all, get, put};
use crate::stranger::reach;

const LAKE: &str = "lake";

/// A share whose data is the directory `lake/2026/pos`, with neighbours on both sides.
async fn shared_directory(server: &BlobServer) -> (Scene, SharedStore) {
    let scene = Scene::without_dataset(Ground::Azurite).await;
    let settings = AzureSettings { account: LAKE.into(), endpoint: Some(server.endpoint(LAKE)) };
    let key = || Secret::new(server.key(LAKE));
    let store: SharedStore =
        Arc::new(AzureBlobStore::new(settings, AzureCredential::AccountKey(key())).unwrap());
    store.make_place("lake").await.unwrap();
    for file in
        ["2026/pos/a.txt", "2026/pos/deep/b.txt", "2026/pos2/secret.txt", "2026/secret.txt", "pos/secret.txt"]
    {
        put(&store, &format!("lake/{file}"), file).await;
    }
    let settings =
        ConnectionSettings::AzureBlob { account: LAKE.into(), endpoint: Some(server.endpoint(LAKE)) };
    let credential = Credential::AccountKey(key());
    scene.provider.connection_add(ConnectionAdd { name: LAKE.into(), settings, credential }).await.unwrap();
    let (share, connection, path) = (SHARE.into(), LAKE.into(), "lake/2026/pos".into());
    let add = DatasetAdd { share, connection, path, name: None, sensitive: false };
    assert_eq!(scene.provider.dataset_add(add).await.unwrap().kind, datashare_domain::DatasetKind::Folder);
    (scene, store)
}

fn token(access: &Access) -> String {
    access.token.as_ref().unwrap().reveal().to_owned()
}

fn denied<T>(what: &str, answer: Result<T, datashare_storage::StoreError>) {
    let kind = answer.err().map(|error| error.kind);
    assert!(matches!(kind, Some(ErrorKind::Denied | ErrorKind::BadCredential)), "{what}: {kind:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_token_opens_a_directory_and_no_neighbour() {
    let server = BlobServer::start().unwrap();
    server.make_hierarchical();
    let (scene, lake) = shared_directory(&server).await;
    let (eve, secrets) = granted(&scene, 41, "eve").await;
    let DatasetAccess::Container { access, container, prefix } = secrets.datasets.values().next().unwrap()
    else {
        panic!("a directory is granted whole")
    };
    assert_eq!((container.as_str(), prefix.as_str()), ("lake", "2026/pos"));
    assert!(token(access).contains("sr=d&sdd=2&si=ds-"), "one directory, under a policy");
    let store = reach(access);
    assert_eq!(all(&store, "lake/2026/pos/").await.len(), 2);
    assert_eq!(get(&store, "lake/2026/pos/deep/b.txt").await, b"2026/pos/deep/b.txt");
    for key in ["2026/pos2/secret.txt", "2026/secret.txt", "pos/secret.txt"] {
        denied(key, store.read(&format!("lake/{key}"), None, None).await);
    }
    for prefix in ["lake/", "lake/2026/", "lake/2026/pos2/", "lake/pos/"] {
        denied(prefix, store.list(prefix, None).await);
    }
    // Another depth means another directory, which was not signed.
    for depth in ["sdd=1", "sdd=3"] {
        let forged = Secret::new(token(access).replace("sdd=2", depth));
        let forged = reach(&Access { endpoint: access.endpoint.clone(), token: Some(forged) });
        denied(depth, forged.list("lake/2026/", None).await);
        denied(depth, forged.read("lake/2026/secret.txt", None, None).await);
    }
    denied("write", store.delete("lake/2026/pos/a.txt").await);
    // What comes later is in it, without anybody's doing; nothing is signed file by file.
    put(&lake, "lake/2026/pos/later.txt", "later").await;
    assert_eq!(get(&store, "lake/2026/pos/later.txt").await, b"later");
    let mailbox = scene.mailbox_place(&eve.ticket.mailbox.to_string());
    assert!(all(&scene.exchange().await, &format!("{mailbox}/index/")).await.is_empty());

    scene.provider.recipient_revoke(scene.named("eve")).await.unwrap();
    denied("after the end", store.read("lake/2026/pos/a.txt", None, None).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_directory_is_received_and_the_others_go_on_after_a_revocation() {
    let server = BlobServer::start().unwrap();
    server.make_hierarchical();
    let (scene, lake) = shared_directory(&server).await;
    let ben = scene.consumer_on_a_folder("ben").await;
    scene.subscribe(&ben).await;
    let _eve = scene.subscribed("eve").await;
    let run = ben.snapshot(SnapshotMode::Full).await.unwrap();
    assert_eq!((run.status, run.files_written), (SnapshotStatus::Succeeded, 2), "{run:?}");
    assert_eq!(ben.arrived().await["pos/deep/b.txt"], "2026/pos/deep/b.txt");
    scene.provider.recipient_revoke(scene.named("eve")).await.unwrap();
    put(&lake, "lake/2026/pos/later.txt", "later").await;
    let run = ben.snapshot(SnapshotMode::Incremental).await.unwrap();
    assert_eq!((run.status, run.files_written), (SnapshotStatus::Succeeded, 1), "{run:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_directory_of_a_full_container_has_short_tokens() {
    let server = BlobServer::start().unwrap();
    server.make_hierarchical();
    let (scene, lake) = shared_directory(&server).await;
    let end = chrono::Utc::now() + chrono::TimeDelta::days(1);
    for id in ["1", "2", "3", "4", "5"] {
        lake.delegate().unwrap().set_policy("lake", id, AccessPermission::Read, end).await.unwrap();
    }
    let (_, secrets) = granted(&scene, 51, "eve").await;
    let DatasetAccess::Container { access, .. } = secrets.datasets.values().next().unwrap() else {
        panic!("a directory is granted whole")
    };
    assert!(token(access).contains("sr=d&sdd=2&sp=rl&se="), "it ends by itself");
    let store = reach(access);
    assert_eq!(get(&store, "lake/2026/pos/a.txt").await, b"2026/pos/a.txt");
    denied("the neighbour", store.read("lake/2026/pos2/secret.txt", None, None).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flat_account_is_granted_file_by_file() {
    let server = BlobServer::start().unwrap();
    let (scene, _) = shared_directory(&server).await;
    let (_, secrets) = granted(&scene, 61, "eve").await;
    assert!(matches!(secrets.datasets.values().next().unwrap(), DatasetAccess::Index { .. }));
}
