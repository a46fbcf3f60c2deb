//! A store that fails as it is told, and what every test of the engine needs.
#![allow(dead_code, unreachable_pub)]

mod faulty;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use datashare_domain::SnapshotMode;
use datashare_storage::contract::{list_all, read_all};
use datashare_storage::{
    ByteStream, MemoryStore, ObjectProperties, PutMode, SharedStore, Source, SourceEntry, StoreSource,
};
use datashare_transfer::{
    ArrivedFile, ArrivedFiles, Begun, DatasetRun, HandOver, Mirror, Outcome, RunRequest, Verification, start,
};
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};

pub use faulty::{Fault, FaultyStore, Operation};

/// Files by path.
pub type Tree = BTreeMap<String, Bytes>;

#[derive(Default)]
pub struct Arrived(Mutex<BTreeMap<String, ArrivedFile>>, pub Mutex<BTreeMap<String, Begun>>);

#[async_trait]
impl ArrivedFiles for Arrived {
    async fn known(&self, path: &str) -> Result<Option<ArrivedFile>, String> {
        Ok(self.0.lock().unwrap().get(path).cloned())
    }

    async fn arrived(&self, path: &str, file: &ArrivedFile) -> Result<(), String> {
        self.1.lock().unwrap().remove(path);
        self.0.lock().unwrap().insert(path.to_owned(), file.clone());
        Ok(())
    }

    async fn after(&self, path: Option<&str>) -> Result<Vec<(String, ArrivedFile)>, String> {
        let known = self.0.lock().unwrap();
        let after = known.iter().filter(|(known, _)| path.is_none_or(|path| known.as_str() > path));
        Ok(after.take(7).map(|(path, file)| (path.clone(), file.clone())).collect())
    }

    async fn forget(&self, path: &str) -> Result<(), String> {
        self.0.lock().unwrap().remove(path);
        Ok(())
    }

    async fn begun(&self, path: &str) -> Result<Option<Begun>, String> {
        Ok(self.1.lock().unwrap().get(path).cloned())
    }

    async fn not_begun(&self, path: &str) -> Result<(), String> {
        self.1.lock().unwrap().remove(path);
        Ok(())
    }

    async fn progressed(&self, path: &str, file: &Begun) -> Result<(), String> {
        self.1.lock().unwrap().insert(path.to_owned(), file.clone());
        Ok(())
    }
}

pub const FULL: SnapshotMode = SnapshotMode::Full;
pub const INCREMENTAL: SnapshotMode = SnapshotMode::Incremental;
pub const SOURCE: &str = "out/data";
pub const TARGET: &str = "in/data";

/// A provider's and a consumer's account, both in memory, the target behind a store that can fail.
pub struct Stage {
    pub source: SharedStore,
    pub target: Arc<FaultyStore>,
    pub arrived: Arc<Arrived>,
}

impl Stage {
    pub async fn new(files: &Tree) -> Self {
        Self::with_target(files, Arc::new(MemoryStore::new())).await
    }

    pub async fn with_target(files: &Tree, target: SharedStore) -> Self {
        let source: SharedStore = Arc::new(MemoryStore::new());
        source.make_place("out").await.unwrap();
        let stage = Self { source, target: Arc::new(FaultyStore::new(target)), arrived: Arc::default() };
        for (path, bytes) in files {
            stage.write_source(path, bytes).await;
        }
        stage
    }

    pub async fn write_source(&self, path: &str, bytes: &Bytes) {
        write(&self.source, &format!("{SOURCE}/{path}"), bytes).await;
    }

    pub async fn write_target(&self, path: &str, bytes: &Bytes) {
        self.target.inner.make_place("in").await.unwrap();
        write(&self.target.inner, &format!("{TARGET}/{path}"), bytes).await;
    }

    /// What the target holds, past all faults.
    pub async fn received(&self) -> Tree {
        let mut tree = Tree::new();
        for info in list_all(&self.target.inner, &format!("{TARGET}/")).await.unwrap_or_default() {
            let bytes = read_all(&self.target.inner, &info.key).await.unwrap();
            tree.insert(info.key[TARGET.len() + 1..].to_owned(), bytes);
        }
        tree
    }

    pub fn request(&self, mode: SnapshotMode) -> RunRequest {
        self.request_from(self.listing(), mode)
    }

    pub fn request_from(&self, source: Arc<dyn Source>, mode: SnapshotMode) -> RunRequest {
        let dataset = DatasetRun {
            name: "data".into(),
            source,
            target: self.target.clone(),
            target_path: TARGET.into(),
            arrived: self.arrived.clone(),
        };
        RunRequest {
            datasets: vec![dataset],
            mode,
            mirror: Mirror::Off,
            verification: Verification::InTransit,
            hand_over: HandOver::No,
        }
    }

    /// Everything the provider has.
    pub fn listing(&self) -> Arc<dyn Source> {
        Arc::new(StoreSource::folder(self.source.clone(), SOURCE))
    }

    /// Paths that were begun to be written since the last call.
    pub fn take_writes(&self) -> BTreeSet<String> {
        let is_write = |operation| matches!(operation, Operation::Put | Operation::Begin);
        let log = self.target.take_log();
        let written = log.into_iter().filter(|(operation, _)| is_write(*operation));
        written.map(|(_, key)| key[TARGET.len() + 1..].to_owned()).collect()
    }

    pub async fn run(&self, mode: SnapshotMode) -> Outcome {
        start(self.request(mode)).outcome().await
    }

    pub async fn run_from(&self, source: Arc<dyn Source>, mode: SnapshotMode) -> Outcome {
        start(self.request_from(source, mode)).outcome().await
    }
}

async fn write(store: &SharedStore, key: &str, bytes: &Bytes) {
    store.put(key, bytes.clone(), PutMode::Overwrite, &ObjectProperties::default()).await.unwrap();
}

/// `count` files of a few bytes.
pub fn small_files(count: usize) -> Tree {
    (0..count).map(|number| (format!("{:02}/{number:05}.txt", number % 7), content(number, 20))).collect()
}

/// Bytes of their own for every seed.
pub fn content(seed: usize, length: usize) -> Bytes {
    let mut state = seed as u64 ^ 0x9E37_79B9_7F4A_7C15;
    let step = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..length).map(step).collect::<Vec<u8>>().into()
}

/// A source with something done to its entries or before its reads.
pub struct Altered<F> {
    pub source: Arc<dyn Source>,
    /// Called with the path before each read.
    pub before_open: F,
}

impl<F> std::fmt::Debug for Altered<F> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Altered")
    }
}

#[async_trait]
impl<F, R> Source for Altered<F>
where
    F: Fn(String) -> R + Send + Sync + 'static,
    R: Future<Output = datashare_storage::Result<()>> + Send,
{
    fn list(&self) -> BoxStream<'static, datashare_storage::Result<SourceEntry>> {
        self.source.list()
    }

    async fn open(
        &self,
        entry: &SourceEntry,
        range: Option<std::ops::Range<u64>>,
    ) -> datashare_storage::Result<ByteStream> {
        (self.before_open)(entry.path.clone()).await?;
        self.source.open(entry, range).await
    }

    async fn refresh(&self, entry: &SourceEntry) -> datashare_storage::Result<Option<SourceEntry>> {
        self.source.refresh(entry).await
    }

    fn describe(&self) -> String {
        self.source.describe()
    }
}

/// A source that states no hashes.
#[derive(Debug)]
pub struct Unhashed(pub Arc<dyn Source>);

fn unhashed(entry: SourceEntry) -> SourceEntry {
    SourceEntry { md5: None, sha256: None, ..entry }
}

#[async_trait]
impl Source for Unhashed {
    fn list(&self) -> BoxStream<'static, datashare_storage::Result<SourceEntry>> {
        self.0.list().map_ok(unhashed).boxed()
    }

    async fn open(
        &self,
        entry: &SourceEntry,
        range: Option<std::ops::Range<u64>>,
    ) -> datashare_storage::Result<ByteStream> {
        self.0.open(entry, range).await
    }

    async fn refresh(&self, entry: &SourceEntry) -> datashare_storage::Result<Option<SourceEntry>> {
        Ok(self.0.refresh(entry).await?.map(unhashed))
    }

    fn describe(&self) -> String {
        self.0.describe()
    }
}
