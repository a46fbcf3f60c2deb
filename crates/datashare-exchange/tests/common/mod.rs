//! A provider with a folder of any number of files that nobody holds, in an account that delegates access; and its
//! recipients.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::result::Result;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use datashare_domain::{DatasetId, DatasetKind, Delivery, GrantId, MailboxId, ShareId};
use datashare_exchange::*;
use datashare_protocol::{Access, DatasetAccess, GrantSecrets, IdentityKeys, IndexRoot};
use datashare_secret::Secret;
use datashare_storage::*;
use futures::stream::{self, BoxStream, StreamExt};

/// What a store was asked for.
#[derive(Debug, Default)]
pub struct Asked {
    pub written: AtomicU64,
    pub written_bytes: AtomicU64,
    pub read: AtomicU64,
    pub deleted: AtomicU64,
    pub listed: AtomicU64,
}

impl Asked {
    /// Written, read, deleted and listed since the last time, and the bytes written.
    pub fn take(&self) -> ([u64; 4], u64) {
        let counts = [&self.written, &self.read, &self.deleted, &self.listed];
        (counts.map(|count| count.swap(0, Ordering::SeqCst)), self.written_bytes.swap(0, Ordering::SeqCst))
    }
}

/// A store that counts what it is asked for.
#[derive(Debug)]
pub struct Counting {
    pub inner: SharedStore,
    pub asked: Arc<Asked>,
    pub delegates: bool,
}

fn count(counter: &AtomicU64, by: u64) {
    counter.fetch_add(by, Ordering::SeqCst);
}

#[async_trait]
impl Store for Counting {
    fn describe(&self) -> String {
        self.inner.describe()
    }
    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }
    async fn check(&self) -> Result<StoreCheck, StoreError> {
        self.inner.check().await
    }
    async fn list(&self, prefix: &str, next: Option<&str>) -> Result<Page, StoreError> {
        count(&self.asked.listed, 1);
        self.inner.list(prefix, next).await
    }
    async fn level(&self, path: &str, limit: usize, next: Option<&str>) -> Result<Level, StoreError> {
        self.inner.level(path, limit, next).await
    }
    async fn head(&self, key: &str) -> Result<Option<ObjectInfo>, StoreError> {
        self.inner.head(key).await
    }
    async fn read(
        &self,
        key: &str,
        range: Option<Range<u64>>,
        version: Option<&VersionTag>,
    ) -> Result<ObjectRead, StoreError> {
        count(&self.asked.read, 1);
        self.inner.read(key, range, version).await
    }
    async fn put(
        &self,
        key: &str,
        bytes: Bytes,
        mode: PutMode,
        properties: &ObjectProperties,
    ) -> Result<ObjectInfo, StoreError> {
        count(&self.asked.written, 1);
        count(&self.asked.written_bytes, bytes.len() as u64);
        self.inner.put(key, bytes, mode, properties).await
    }
    async fn upload(&self, key: &str, properties: &ObjectProperties) -> Result<Box<dyn Upload>, StoreError> {
        self.inner.upload(key, properties).await
    }
    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        count(&self.asked.deleted, 1);
        self.inner.delete(key).await
    }
    async fn remove_place(&self, place: &str) -> Result<(), StoreError> {
        self.inner.remove_place(place).await
    }
    async fn make_place(&self, place: &str) -> Result<(), StoreError> {
        self.inner.make_place(place).await
    }
    async fn place_exists(&self, place: &str) -> Result<bool, StoreError> {
        self.inner.place_exists(place).await
    }
    fn delegate(&self) -> Option<&dyn DelegateAccess> {
        self.delegates.then_some(self)
    }
}

/// Signatures that follow from what is signed, as an account's do.
#[async_trait]
impl DelegateAccess for Counting {
    async fn set_policy(
        &self,
        _: &str,
        _: &str,
        _: AccessPermission,
        _: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        Ok(())
    }
    async fn remove_policies(&self, _: &str, _: &[String]) -> Result<(), StoreError> {
        Ok(())
    }
    async fn policies(&self, _: &str) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }
    async fn opens_directories(&self) -> Result<bool, StoreError> {
        Ok(false)
    }
    fn delegate_until(
        &self,
        _: &DelegatedScope,
        _: AccessPermission,
        _: DateTime<Utc>,
        _: Option<&str>,
    ) -> Result<Delegation, StoreError> {
        Err(unsupported())
    }
    fn delegate(
        &self,
        scope: &DelegatedScope,
        policy: &str,
        distinct: Option<&str>,
    ) -> Result<Delegation, StoreError> {
        let distinct = distinct.unwrap_or_default();
        let signature = datashare_protocol::sha256_hex(format!("{scope:?}{policy}{distinct}").as_bytes());
        let signature = &signature[..44];
        Ok(Delegation {
            endpoint: "https://contoso.example".into(),
            query: Secret::new(format!("sv=1&sr=b&si={policy}&rscd={distinct}&sig={signature}")),
            signature_sha256: String::new(),
        })
    }
}

fn unsupported() -> StoreError {
    StoreError::new(ErrorKind::Unsupported, "test", "", "Not needed here.")
}

/// A folder of so many files.
#[derive(Clone, Debug, Default)]
pub struct Files {
    pub count: usize,
    /// Files that are another version by now.
    pub changed: BTreeSet<usize>,
    /// Files that are gone.
    pub removed: BTreeSet<usize>,
}

impl Files {
    pub fn of(count: usize) -> Self {
        Self { count, ..Self::default() }
    }

    pub fn entry(&self, number: usize) -> SourceEntry {
        let path = format!("year={}/part-{number:07}.snappy.parquet", number * 10 / self.count);
        let version = if self.changed.contains(&number) { "0x8DDBBBBBBBBBBBB" } else { "0x8DDAAAAAAAAAAAA" };
        SourceEntry {
            size: 1000 + number as u64,
            version: VersionTag(version.into()),
            modified: DateTime::from_timestamp(1_790_000_000 + number as i64, 0),
            md5: None,
            sha256: None,
            properties: ObjectProperties::default(),
            handle: format!("sales/data/{path}"),
            path,
        }
    }
}

#[async_trait]
impl Source for Files {
    fn list(&self) -> BoxStream<'static, Result<SourceEntry, StoreError>> {
        let this = self.clone();
        let numbers = stream::iter((0..this.count).filter({
            let removed = this.removed.clone();
            move |number| !removed.contains(number)
        }));
        numbers.map(move |number| Ok(this.entry(number))).boxed()
    }
    async fn open(&self, _: &SourceEntry, _: Option<Range<u64>>) -> Result<ByteStream, StoreError> {
        Err(unsupported())
    }
    async fn refresh(&self, _: &SourceEntry) -> Result<Option<SourceEntry>, StoreError> {
        Err(unsupported())
    }
    fn describe(&self) -> String {
        "many files".into()
    }
}

/// The provider, and what it remembers of one recipient.
pub struct Provider {
    pub exchange: SharedStore,
    pub asked: Arc<Asked>,
    pub keys: IdentityKeys,
    pub dataset: DatasetId,
    pub layout: Layout,
    grants: AtomicU64,
}

#[derive(Clone)]
pub struct Recipient {
    pub mailbox: MailboxId,
    pub generation: u64,
    pub earlier: BTreeMap<DatasetId, EarlierIndex>,
}

impl Recipient {
    pub fn new(seed: u8) -> Self {
        Self { mailbox: MailboxId::from_random([seed; 16]), generation: 1, earlier: BTreeMap::new() }
    }
}

impl Provider {
    pub fn on(inner: SharedStore) -> Self {
        let asked = Arc::<Asked>::default();
        let exchange = Arc::new(Counting { inner, asked: asked.clone(), delegates: false });
        Self {
            exchange,
            asked,
            keys: IdentityKeys::from_seeds([1; 32], [2; 32]),
            dataset: DatasetId::from_random([4; 16]),
            layout: Layout::Folders { prefix: "exchange".into() },
            grants: AtomicU64::new(0),
        }
    }

    pub fn mailbox(&self, recipient: &Recipient) -> Area {
        Area::new(self.exchange.clone(), self.layout.mailbox(&recipient.mailbox))
    }

    /// Gives the recipient a grant of the folder, and remembers its index as the register does.
    pub async fn grant(&self, recipient: &mut Recipient, files: &Files) -> Issued {
        let account =
            Counting { inner: Arc::new(MemoryStore::new()), asked: Arc::default(), delegates: true };
        let datasets = [DatasetToGrant {
            id: self.dataset.clone(),
            kind: DatasetKind::Folder,
            delivery: Delivery::Direct,
            store: Arc::new(account),
            path: "sales/data".into(),
            files: Some(Arc::new(files.clone())),
        }];
        let number = self.grants.fetch_add(1, Ordering::SeqCst) as u8;
        let grant = GrantId::from_random([number; 16]);
        let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let issued = issue_grant(&GrantRequest {
            exchange: &self.exchange,
            layout: &self.layout,
            place: "",
            share: &ShareId::from_random([3; 16]),
            mailbox: &recipient.mailbox,
            grant: &grant,
            generation: recipient.generation,
            mailbox_generation: 1,
            datasets: &datasets,
            data_key: None,
            keys: &self.keys,
            earlier: &recipient.earlier,
            now,
            ends_at: None,
            until: now + chrono::TimeDelta::days(365),
        })
        .await
        .unwrap();
        let index = issued.register.iter().find(|row| row.dataset.is_some()).unwrap();
        recipient
            .earlier
            .insert(self.dataset.clone(), EarlierIndex { grant, sha256: index.signature_sha256.clone() });
        issued
    }

    /// The folder as the recipient sees it by these secrets.
    pub async fn open(
        &self,
        recipient: &Recipient,
        secrets: &GrantSecrets,
    ) -> datashare_exchange::Result<Arc<dyn Source>> {
        let granted = GrantedDataset {
            id: &self.dataset,
            name: "sales",
            secrets,
            generation: recipient.generation,
            mailbox: &self.mailbox(recipient),
            share: None,
            manifest: None,
        };
        granted_source(granted, &(Arc::new(NoReach) as Arc<dyn Reach>)).await
    }

    /// The root of an index, as the recipient reads it.
    pub async fn root(&self, recipient: &Recipient, secrets: &GrantSecrets) -> IndexRoot {
        let DatasetAccess::Index { object, sha256, key, .. } = &secrets.datasets[&self.dataset] else {
            unreachable!("a folder is granted by an index")
        };
        let stored = get(&self.exchange, &self.mailbox(recipient).key(object)).await;
        IndexRoot::open(object, stored, sha256, Some(key), None).unwrap()
    }
}

pub async fn get(store: &SharedStore, key: &str) -> Vec<u8> {
    use futures::TryStreamExt;
    let chunks: Vec<Bytes> = store.read(key, None, None).await.unwrap().body.try_collect().await.unwrap();
    chunks.concat()
}

pub async fn put(store: &SharedStore, key: &str, bytes: Vec<u8>) {
    store.put(key, bytes.into(), PutMode::Overwrite, &ObjectProperties::default()).await.unwrap();
}

/// Nothing is read through a signature here.
#[derive(Debug)]
pub struct NoReach;

#[async_trait]
impl Reach for NoReach {
    fn store(&self, _: &Access) -> Result<SharedStore, StoreError> {
        Err(unsupported())
    }
    async fn read_signed(
        &self,
        _: &str,
        _: &str,
        _: &Secret,
        _: Option<Range<u64>>,
        _: Option<&VersionTag>,
    ) -> Result<ObjectRead, StoreError> {
        Err(unsupported())
    }
    fn remote_signed(
        &self,
        endpoint: &str,
        key: &str,
        query: &Secret,
        version: &VersionTag,
    ) -> Option<RemoteObject> {
        let address = Secret::new(format!("{endpoint}/{key}?{}", query.reveal()));
        Some(RemoteObject { address, version: version.clone() })
    }
    async fn head_signed(&self, _: &str, _: &str, _: &Secret) -> Result<Option<ObjectInfo>, StoreError> {
        Ok(None)
    }
}
