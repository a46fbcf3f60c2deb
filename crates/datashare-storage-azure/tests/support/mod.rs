//! Stores on the shared Azurite.

#![allow(clippy::unwrap_used, dead_code, unreachable_pub)]

use std::sync::Arc;

use datashare_secret::Secret;
use datashare_storage::{ObjectProperties, PutMode, SharedStore, Store};
use datashare_storage_azure::{AzureBlobStore, AzureCredential, AzureSettings};
use datashare_testkit::{Azurite, PROVIDER};

/// The provider's account by its key.
pub async fn store() -> AzureBlobStore {
    let azurite = Azurite::shared().await.unwrap();
    let key = AzureCredential::AccountKey(Secret::new(azurite.key(PROVIDER)));
    AzureBlobStore::new(AzureSettings::from_endpoint(&azurite.endpoint(PROVIDER)).unwrap(), key).unwrap()
}

pub async fn put(store: &AzureBlobStore, key: &str, text: &'static str) {
    store.put(key, text.into(), PutMode::Overwrite, &ObjectProperties::default()).await.unwrap();
}

pub async fn read(store: &AzureBlobStore, key: &str) -> datashare_storage::Result<String> {
    let shared: SharedStore = Arc::new(store.clone());
    let bytes = datashare_storage::contract::read_all(&shared, key).await?;
    Ok(String::from_utf8(bytes.to_vec()).unwrap())
}
