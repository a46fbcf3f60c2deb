//! Files that the target fetches by itself, and what becomes of those that it will not.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use datashare_domain::SnapshotStatus;
use datashare_storage::contract::read_all;
use datashare_storage::*;
use datashare_transfer::{RunRequest, start};

use crate::support::{FULL, SOURCE, Stage, TARGET, Tree, content};

/// An account in memory that fetches from another one in memory.
#[derive(Debug)]
struct Fetching {
    inner: MemoryStore,
    source: SharedStore,
    /// Requests that are refused, the first ones.
    refusals: usize,
    asked: AtomicUsize,
}

impl Fetching {
    fn refused(&self) -> Result<()> {
        if self.asked.fetch_add(1, Ordering::SeqCst) < self.refusals {
            return Err(StoreError::new(ErrorKind::Unsupported, "copy", "", "Not in this way."));
        }
        Ok(())
    }

    async fn bytes(&self, from: &RemoteObject, range: Option<Range<u64>>) -> Result<Bytes> {
        let whole = self.source.read(from.address.reveal(), None, Some(&from.version)).await?;
        let bytes = read_all(&self.source, &whole.info.key).await?;
        Ok(range.map_or(bytes.clone(), |range| bytes.slice(range.start as usize..range.end as usize)))
    }
}

struct FetchingUpload(Box<dyn Upload>, Arc<Fetching>);

#[async_trait]
impl Upload for FetchingUpload {
    async fn part(&self, index: u32, offset: u64, bytes: Bytes) -> Result<()> {
        self.0.part(index, offset, bytes).await
    }
    async fn part_from(&self, index: u32, offset: u64, from: &RemoteObject, range: Range<u64>) -> Result<()> {
        self.1.refused()?;
        self.0.part(index, offset, self.1.bytes(from, Some(range)).await?).await
    }
    async fn finish(&self, expectation: UploadExpectation) -> Result<ObjectInfo> {
        self.0.finish(expectation).await
    }
    async fn abort(self: Box<Self>) {
        self.0.abort().await;
    }
}

#[derive(Debug)]
struct Target(Arc<Fetching>);

#[async_trait]
impl ServerCopy for Target {
    fn most_at_once(&self) -> u64 {
        100_000
    }
    fn part_size(&self) -> u64 {
        60_000
    }
    async fn copy(
        &self,
        key: &str,
        from: &RemoteObject,
        _: &UploadExpectation,
        properties: &ObjectProperties,
    ) -> Result<ObjectInfo> {
        self.0.refused()?;
        self.0.inner.put(key, self.0.bytes(from, None).await?, PutMode::Overwrite, properties).await
    }
}

#[async_trait]
impl Store for Target {
    fn describe(&self) -> String {
        "an account that fetches".into()
    }
    fn capabilities(&self) -> Capabilities {
        self.0.inner.capabilities()
    }
    async fn check(&self) -> Result<StoreCheck> {
        self.0.inner.check().await
    }
    async fn list(&self, prefix: &str, next: Option<&str>) -> Result<Page> {
        self.0.inner.list(prefix, next).await
    }
    async fn level(&self, path: &str, limit: usize, next: Option<&str>) -> Result<Level> {
        self.0.inner.level(path, limit, next).await
    }
    async fn head(&self, key: &str) -> Result<Option<ObjectInfo>> {
        self.0.inner.head(key).await
    }
    async fn read(
        &self,
        key: &str,
        range: Option<Range<u64>>,
        version: Option<&VersionTag>,
    ) -> Result<ObjectRead> {
        self.0.inner.read(key, range, version).await
    }
    async fn put(
        &self,
        key: &str,
        bytes: Bytes,
        mode: PutMode,
        properties: &ObjectProperties,
    ) -> Result<ObjectInfo> {
        self.0.inner.put(key, bytes, mode, properties).await
    }
    async fn upload(&self, key: &str, properties: &ObjectProperties) -> Result<Box<dyn Upload>> {
        Ok(Box::new(FetchingUpload(self.0.inner.upload(key, properties).await?, self.0.clone())))
    }
    async fn delete(&self, key: &str) -> Result<()> {
        self.0.inner.delete(key).await
    }
    async fn remove_place(&self, place: &str) -> Result<()> {
        self.0.inner.remove_place(place).await
    }
    async fn make_place(&self, place: &str) -> Result<()> {
        self.0.inner.make_place(place).await
    }
    async fn place_exists(&self, place: &str) -> Result<bool> {
        self.0.inner.place_exists(place).await
    }
    fn server_copy(&self) -> Option<&dyn ServerCopy> {
        Some(self)
    }
}

/// A source whose objects can be fetched, and counts what is read through it.
#[derive(Debug)]
struct Reachable(StoreSource, Arc<AtomicUsize>);

#[async_trait]
impl Source for Reachable {
    fn list(&self) -> futures::stream::BoxStream<'static, Result<SourceEntry>> {
        self.0.list()
    }
    async fn open(&self, entry: &SourceEntry, range: Option<Range<u64>>) -> Result<ByteStream> {
        self.1.fetch_add(1, Ordering::SeqCst);
        self.0.open(entry, range).await
    }
    async fn refresh(&self, entry: &SourceEntry) -> Result<Option<SourceEntry>> {
        self.0.refresh(entry).await
    }
    async fn remote(&self, entry: &SourceEntry) -> Option<RemoteObject> {
        let address = datashare_secret::Secret::new(entry.handle.clone());
        Some(RemoteObject { address, version: entry.version.clone() })
    }
    fn describe(&self) -> String {
        self.0.describe()
    }
}

/// The outcome, how often a file was opened here, and how often the target was asked to fetch.
async fn run(refusals: usize) -> (datashare_transfer::Outcome, usize, usize) {
    let mut files: Tree = (0..20).map(|number| (format!("{number:02}"), content(number, 500))).collect();
    files.insert("large".into(), content(99, 450_000));
    let stage = Stage::new(&files).await;
    let inner = MemoryStore::new();
    let fetching =
        Arc::new(Fetching { inner: inner.clone(), source: stage.source.clone(), refusals, asked: 0.into() });
    let opened = Arc::new(AtomicUsize::new(0));
    let source = Arc::new(Reachable(StoreSource::folder(stage.source.clone(), SOURCE), opened.clone()));
    let mut request: RunRequest = stage.request_from(source, FULL);
    request.datasets[0].target = Arc::new(Target(fetching.clone()));
    let outcome = start(request).outcome().await;
    assert_eq!(outcome.status, SnapshotStatus::Succeeded, "{outcome:?}");
    let target: SharedStore = Arc::new(inner);
    for (path, bytes) in &files {
        assert!(read_all(&target, &format!("{TARGET}/{path}")).await.unwrap() == *bytes, "{path}");
    }
    (outcome, opened.load(Ordering::SeqCst), fetching.asked.load(Ordering::SeqCst))
}

#[tokio::test]
async fn what_can_be_fetched_is_not_read_here() {
    let (outcome, opened, _) = run(0).await;
    assert_eq!((opened, outcome.message), (0, None));
    assert_eq!(outcome.bytes_written, 20 * 500 + 450_000);
}

#[tokio::test]
async fn what_is_refused_is_sent_and_said_once() {
    let (outcome, opened, asked) = run(usize::MAX).await;
    assert!(opened > 20, "every file was read here");
    assert!(asked < 150, "it is not asked for ever");
    assert!(outcome.message.unwrap().contains("sent through this computer"));
    let (outcome, opened, _) = run(1).await;
    assert_eq!(opened, 1, "one refusal is one file");
    assert!(outcome.message.unwrap().contains("refused 1"));
}
