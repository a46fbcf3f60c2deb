//! Stores on the shared Azurite.

#![allow(clippy::unwrap_used, clippy::panic, dead_code, unreachable_pub)]

use std::fmt::Debug;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use datashare_secret::Secret;
use datashare_storage::{
    Delegation, ErrorKind, ObjectProperties, PutMode, Result, SharedStore, Store, StoreError,
};
use datashare_storage_azure::{AzureBlobStore, AzureCredential, AzureSettings};
use datashare_testkit::{Azurite, PROVIDER, unique_name};

pub fn settings(azurite: &Azurite, account: &str) -> AzureSettings {
    AzureSettings::from_endpoint(&azurite.endpoint(account)).unwrap()
}

/// The provider's account by its key.
pub async fn store() -> AzureBlobStore {
    let azurite = Azurite::shared().await.unwrap();
    let key = AzureCredential::AccountKey(Secret::new(azurite.key(PROVIDER)));
    AzureBlobStore::new(settings(azurite, PROVIDER), key).unwrap()
}

/// The provider's store and a new container in it.
pub async fn store_with_container(prefix: &str) -> (AzureBlobStore, String) {
    let (store, container) = (store().await, unique_name(prefix));
    store.make_place(&container).await.unwrap();
    (store, container)
}

/// A recipient's store.
pub fn with(delegation: &Delegation) -> AzureBlobStore {
    AzureBlobStore::with_query(&delegation.endpoint, &delegation.query).unwrap()
}

pub async fn put(store: &AzureBlobStore, key: &str, text: &'static str) -> Result<()> {
    store.put(key, text.into(), PutMode::Overwrite, &ObjectProperties::default()).await.map(drop)
}

pub async fn create(store: &AzureBlobStore, key: &str, text: &'static str) -> Result<()> {
    store.put(key, text.into(), PutMode::Create, &ObjectProperties::default()).await.map(drop)
}

pub async fn read(store: &AzureBlobStore, key: &str) -> Result<String> {
    let shared: SharedStore = Arc::new(store.clone());
    let bytes = datashare_storage::contract::read_all(&shared, key).await?;
    Ok(String::from_utf8(bytes.to_vec()).unwrap())
}

pub async fn keys(store: &AzureBlobStore, prefix: &str) -> Result<Vec<String>> {
    let shared: SharedStore = Arc::new(store.clone());
    let listed = datashare_storage::contract::list_all(&shared, prefix).await?;
    Ok(listed.into_iter().map(|info| info.key).collect())
}

#[track_caller]
pub fn refused<T: Debug>(result: Result<T>, kind: ErrorKind) -> StoreError {
    match result {
        Err(error) if error.kind == kind => error,
        other => panic!("expected {kind:?}, and got {other:?}"),
    }
}

pub fn in_an_hour() -> DateTime<Utc> {
    DateTime::from(std::time::SystemTime::now() + std::time::Duration::from_secs(3600))
}
