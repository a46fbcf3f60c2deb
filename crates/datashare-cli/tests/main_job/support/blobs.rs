//! Blobs of an account in Azurite, written and read without the command line.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use datashare_secret::Secret;
use datashare_storage::contract::{list_all, read_all};
use datashare_storage::{ObjectProperties, PutMode, Result, Retry, SharedStore};
use datashare_storage_azure::{AzureBlobStore, AzureCredential, AzureSettings};
use datashare_testkit::{Azurite, CONSUMER, PROVIDER};
use futures::{StreamExt, TryStreamExt, stream};
use sha2::{Digest, Sha256};
use tokio::runtime::Runtime;

/// Requests at once.
const AT_ONCE: usize = 16;

/// A busy machine breaks connections now and then; this side of a test is not what is tested.
async fn patiently<T, F: Future<Output = Result<T>>>(work: impl Fn() -> F) -> Result<T> {
    for _ in 0..4 {
        match work().await {
            Err(error) if matches!(error.retry, Retry::Later(_)) => {}
            done => return done,
        }
    }
    work().await
}

/// A server with both accounts.
pub struct Blobs {
    pub azurite: Azurite,
    runtime: Runtime,
    provider: SharedStore,
    consumer: SharedStore,
}

impl Blobs {
    pub fn start() -> Self {
        let runtime = Runtime::new().unwrap();
        let azurite = runtime.block_on(Azurite::start()).unwrap();
        let store = |account| -> SharedStore {
            let settings = AzureSettings::from_endpoint(&azurite.endpoint(account)).unwrap();
            let key = AzureCredential::AccountKey(Secret::new(azurite.key(account)));
            Arc::new(AzureBlobStore::new(settings, key).unwrap())
        };
        let (provider, consumer) = (store(PROVIDER), store(CONSUMER));
        Self { azurite, runtime, provider, consumer }
    }

    /// Writes these files of a folder below `base` (container and prefix) of the provider's account.
    pub fn put(&self, folder: &Path, paths: &[String], base: &str) {
        let store = &self.provider;
        let container = base.split('/').next().unwrap();
        let put = |path: String| async move {
            let bytes = fs::read(folder.join(&path)).unwrap();
            let (key, properties) = (format!("{base}/{path}"), ObjectProperties::default());
            patiently(|| store.put(&key, bytes.clone().into(), PutMode::Overwrite, &properties))
                .await
                .map(drop)
        };
        self.runtime.block_on(async {
            store.make_place(container).await.unwrap();
            stream::iter(paths.to_vec())
                .map(put)
                .buffer_unordered(AT_ONCE)
                .try_collect::<()>()
                .await
                .unwrap();
        });
    }

    /// SHA-256 (hex) of every blob below `base` of the consumer's account, by path below it. Nothing when there is no
    /// such container.
    pub fn arrived(&self, base: &str) -> BTreeMap<String, String> {
        let store = &self.consumer;
        self.runtime.block_on(async {
            let container = base.split('/').next().unwrap();
            if !store.place_exists(container).await.unwrap() {
                return BTreeMap::new();
            }
            let listed = list_all(store, &format!("{base}/")).await.unwrap();
            let hash = |key: String| async move {
                let bytes = patiently(|| read_all(store, &key)).await.unwrap();
                let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
                (key[base.len() + 1..].to_owned(), hash)
            };
            stream::iter(listed.into_iter().map(|info| info.key))
                .map(hash)
                .buffer_unordered(AT_ONCE)
                .collect()
                .await
        })
    }

    pub fn remove_provider_container(&self, container: &str) {
        self.runtime.block_on(self.provider.remove_place(container)).unwrap();
    }

    pub fn remove_consumer_container(&self, container: &str) {
        self.runtime.block_on(self.consumer.remove_place(container)).unwrap();
    }
}
