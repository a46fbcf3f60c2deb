//! Access given to others: what it opens, what it does not, and that it ends at once.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use datashare_secret::Secret;
use datashare_storage::{
    AccessPermission, DelegateAccess, DelegatedScope, Delegation, ErrorKind, Store, contract,
};
use datashare_storage_azure::{AzureBlobStore, AzureCredential, AzureSettings};
use datashare_testkit::unique_name;
use std::sync::Arc;
use support::{create, in_an_hour, keys, put, read, refused, store_with_container, with};

async fn given(store: &AzureBlobStore, container: &str, permission: AccessPermission) -> Delegation {
    store.set_policy(container, "p", permission, in_an_hour()).await.unwrap();
    whole(store, container, Some("recipient-1"))
}

fn whole(store: &AzureBlobStore, container: &str, distinct: Option<&str>) -> Delegation {
    DelegateAccess::delegate(store, &DelegatedScope::Container(container.into()), "p", distinct).unwrap()
}

#[tokio::test]
async fn read_and_list_are_what_they_say() {
    let (owner, container) = store_with_container("readlist").await;
    let names = ["a/1", "a/b/2", "with space & ü%.txt"].map(|name| format!("{container}/{name}"));
    for name in &names {
        put(&owner, name, "data").await.unwrap();
    }
    let recipient = with(&given(&owner, &container, AccessPermission::ReadList).await);
    assert_eq!(keys(&recipient, &format!("{container}/")).await.unwrap(), names);
    assert!(recipient.place_exists(&container).await.unwrap());
    assert_eq!(recipient.level(&container, 10, None).await.unwrap().entries.len(), 2);
    for name in &names {
        assert_eq!(read(&recipient, name).await.unwrap(), "data");
    }
    refused(put(&recipient, &format!("{container}/new"), "x").await, ErrorKind::Denied);
    refused(put(&recipient, &names[0], "x").await, ErrorKind::Denied);
    refused(recipient.delete(&names[0]).await, ErrorKind::Denied);
    refused(recipient.make_place(&unique_name("new")).await, ErrorKind::Denied);
    assert!(Store::delegate(&recipient).is_none());
    recipient.check().await.expect("a good SAS of one container passes the check");
}

#[tokio::test]
async fn the_reading_part_of_the_contract_holds_by_sas() {
    let (owner, container) = store_with_container("sascontract").await;
    let delegation = given(&owner, &container, AccessPermission::ReadList).await;
    let both: datashare_storage::SharedStore = Arc::new(owner.clone());
    contract::content::objects_of_every_size_come_back(&both, &container).await;
    let recipient: datashare_storage::SharedStore = Arc::new(with(&delegation));
    let by_key = contract::list_all(&both, &format!("{container}/")).await.unwrap();
    assert_eq!(contract::list_all(&recipient, &format!("{container}/")).await.unwrap(), by_key);
    for object in by_key {
        let bytes = contract::read_all(&recipient, &object.key).await.unwrap();
        assert!(bytes == contract::read_all(&both, &object.key).await.unwrap());
        assert_eq!(recipient.head(&object.key).await.unwrap().unwrap().version, object.version);
    }
    let stale = datashare_storage::VersionTag("0x0".into());
    let pinned = recipient.read(&format!("{container}/sizes/1"), None, Some(&stale)).await.map(drop);
    refused(pinned, ErrorKind::Changed);
}

#[tokio::test]
async fn read_alone_does_not_list() {
    let (owner, container) = store_with_container("read").await;
    let key = format!("{container}/x");
    put(&owner, &key, "data").await.unwrap();
    let recipient = with(&given(&owner, &container, AccessPermission::Read).await);
    assert_eq!(read(&recipient, &key).await.unwrap(), "data");
    refused(keys(&recipient, &format!("{container}/")).await, ErrorKind::Denied);
}

#[tokio::test]
async fn create_only_never_overwrites_and_the_first_wins() {
    let (owner, container) = store_with_container("create").await;
    let recipient = with(&given(&owner, &container, AccessPermission::ReadCreate).await);
    let key = format!("{container}/in/1");
    create(&recipient, &key, "first").await.unwrap();
    refused(create(&recipient, &key, "second").await, ErrorKind::AlreadyExists);
    refused(put(&recipient, &key, "third").await, ErrorKind::Denied);
    refused(recipient.delete(&key).await, ErrorKind::Denied);
    assert_eq!(read(&recipient, &key).await.unwrap(), "first");
}

#[tokio::test]
async fn removing_the_policy_ends_the_access_at_once_and_leaves_others() {
    let (owner, container) = store_with_container("revoke").await;
    let key = format!("{container}/x");
    put(&owner, &key, "data").await.unwrap();
    let revoked = with(&given(&owner, &container, AccessPermission::ReadList).await);
    owner.set_policy(&container, "other", AccessPermission::Read, in_an_hour()).await.unwrap();
    let scope = DelegatedScope::Container(container.clone());
    let other = with(&DelegateAccess::delegate(&owner, &scope, "other", None).unwrap());
    assert_eq!(read(&revoked, &key).await.unwrap(), "data");

    owner.remove_policies(&container, &["p".into(), "never-was".into()]).await.unwrap();
    refused(read(&revoked, &key).await, ErrorKind::Denied);
    refused(revoked.head(&key).await, ErrorKind::Denied);
    refused(keys(&revoked, &format!("{container}/")).await, ErrorKind::Denied);
    assert_eq!(read(&other, &key).await.unwrap(), "data");
    assert_eq!(owner.policies(&container).await.unwrap(), ["other"]);
    owner
        .remove_policies(&unique_name("gone"), &["p".into()])
        .await
        .expect("no container, no policy, no error");
}

#[tokio::test]
async fn another_container_is_not_opened() {
    let (owner, container) = store_with_container("mine").await;
    let (_, foreign) = store_with_container("foreign").await;
    put(&owner, &format!("{foreign}/x"), "secret").await.unwrap();
    let recipient = with(&given(&owner, &container, AccessPermission::ReadList).await);
    refused(read(&recipient, &format!("{foreign}/x")).await, ErrorKind::Denied);
    refused(keys(&recipient, &format!("{foreign}/")).await, ErrorKind::Denied);
    refused(recipient.list("", None).await, ErrorKind::Denied);
}

#[tokio::test]
async fn one_object_is_one_object() {
    let (owner, container) = store_with_container("object").await;
    let (open, shut) = (format!("{container}/a b/ü%#?.txt"), format!("{container}/other"));
    for key in [&open, &shut] {
        put(&owner, key, "data").await.unwrap();
    }
    owner.set_policy(&container, "p", AccessPermission::Read, in_an_hour()).await.unwrap();
    let grant =
        DelegateAccess::delegate(&owner, &DelegatedScope::Object(open.clone()), "p", Some("r")).unwrap();
    // The store's own credential does not help: only the query counts.
    let settings = AzureSettings::from_endpoint(&grant.endpoint).unwrap();
    let reader = AzureBlobStore::in_pool(owner.pool(), settings, AzureCredential::None).unwrap();
    let info = reader.head_with(&open, &grant.query).await.unwrap().unwrap();
    let ranged = reader.read_with(&open, &grant.query, Some(1..3), Some(&info.version)).await.unwrap();
    let bytes: Vec<_> = futures::TryStreamExt::try_collect(ranged.body).await.unwrap();
    assert_eq!(bytes.concat(), b"at");
    refused(reader.read_with(&shut, &grant.query, None, None).await.map(drop), ErrorKind::Denied);
    refused(owner.read_with(&shut, &grant.query, None, None).await.map(drop), ErrorKind::Denied);
}

#[tokio::test]
async fn recipients_have_signatures_of_their_own_that_cannot_be_changed() {
    let (owner, container) = store_with_container("distinct").await;
    let key = format!("{container}/x");
    put(&owner, &key, "data").await.unwrap();
    let one = given(&owner, &container, AccessPermission::Read).await;
    let two = whole(&owner, &container, Some("recipient-2"));
    assert_ne!(one.signature_sha256, two.signature_sha256);
    for delegation in [&one, &two, &whole(&owner, &container, None)] {
        assert_eq!(read(&with(delegation), &key).await.unwrap(), "data");
    }
    let forged = Secret::new(one.query.reveal().replace("recipient-1", "recipient-2"));
    refused(read(&with(&Delegation { query: forged, ..one }), &key).await, ErrorKind::Denied);
}

#[tokio::test]
async fn the_sixth_policy_does_not_fit_and_none_is_lost() {
    let (owner, container) = store_with_container("five").await;
    for id in ["1", "2", "3", "4", "5"] {
        owner.set_policy(&container, id, AccessPermission::Read, in_an_hour()).await.unwrap();
    }
    let full = owner.set_policy(&container, "6", AccessPermission::Read, in_an_hour()).await;
    assert!(refused(full, ErrorKind::NoSpace).message.contains("All 5"));
    owner
        .set_policy(&container, "3", AccessPermission::ReadList, in_an_hour())
        .await
        .expect("replacing fits");
    let mut ids = owner.policies(&container).await.unwrap();
    ids.sort_unstable();
    assert_eq!(ids, ["1", "2", "3", "4", "5"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_at_the_same_moment_do_not_lose_each_others_policies() {
    let (owner, container) = store_with_container("writers").await;
    let write = |id: &'static str| {
        let (owner, container) = (owner.clone(), container.clone());
        tokio::spawn(
            async move { owner.set_policy(&container, id, AccessPermission::Read, in_an_hour()).await },
        )
    };
    for task in ["1", "2", "3", "4", "5"].map(write) {
        task.await.unwrap().unwrap();
    }
    assert_eq!(owner.policies(&container).await.unwrap().len(), 5);
}

#[tokio::test]
async fn a_policy_that_has_ended_opens_nothing() {
    let (owner, container) = store_with_container("ended").await;
    put(&owner, &format!("{container}/x"), "data").await.unwrap();
    let past = in_an_hour() - chrono::TimeDelta::hours(2);
    owner.set_policy(&container, "p", AccessPermission::Read, past).await.unwrap();
    refused(
        read(&with(&whole(&owner, &container, None)), &format!("{container}/x")).await,
        ErrorKind::Denied,
    );
}
