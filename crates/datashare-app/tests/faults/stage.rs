//! A folder, an account behind a proxy that does harm, and the engine between them, which can die.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use datashare_domain::SnapshotMode;
use datashare_secret::Secret;
use datashare_storage::contract::{list_all, read_all};
use datashare_storage::{
    FolderStore, ObjectProperties, PutMode, SharedStore, StoreSource, UploadExpectation,
};
use datashare_storage_azure::{AzureBlobStore, AzureCredential, AzureSettings, ConnectionPool};
use datashare_testkit::{BlobServer, Fault, FaultProxy, Faults, PROVIDER};
use datashare_transfer::{
    ArrivedFile, ArrivedFiles, Begun, DatasetRun, HandOver, Mirror, Outcome, RunRequest, Verification, start,
};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

const BLOCK: usize = 8 << 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// From the folder to the account.
    Up,
    Down,
}

impl Direction {
    /// What the head of a request holds that carries contents this way.
    pub(crate) fn contents(self) -> &'static str {
        match self {
            Self::Up => "PUT ",
            Self::Down => "if-match",
        }
    }
}

/// What outlasts a process.
#[derive(Default)]
pub(crate) struct Journal {
    arrived: Mutex<BTreeMap<String, ArrivedFile>>,
    begun: Mutex<BTreeMap<String, Begun>>,
}

impl Journal {
    pub(crate) fn begun_of(&self, path: &str) -> Option<Begun> {
        self.begun.lock().unwrap().get(path).cloned()
    }
}

#[async_trait]
impl ArrivedFiles for Journal {
    async fn known(&self, path: &str) -> Result<Option<ArrivedFile>, String> {
        Ok(self.arrived.lock().unwrap().get(path).cloned())
    }

    async fn arrived(&self, path: &str, file: &ArrivedFile) -> Result<(), String> {
        self.begun.lock().unwrap().remove(path);
        self.arrived.lock().unwrap().insert(path.to_owned(), file.clone());
        Ok(())
    }

    async fn begun(&self, path: &str) -> Result<Option<Begun>, String> {
        Ok(self.begun.lock().unwrap().get(path).cloned())
    }

    async fn not_begun(&self, path: &str) -> Result<(), String> {
        self.begun.lock().unwrap().remove(path);
        Ok(())
    }

    async fn progressed(&self, path: &str, file: &Begun) -> Result<(), String> {
        self.begun.lock().unwrap().insert(path.to_owned(), file.clone());
        Ok(())
    }
}

pub(crate) struct Stage {
    direction: Direction,
    /// Of the test itself, past the proxy.
    runtime: Runtime,
    server: BlobServer,
    pub(crate) proxy: Arc<FaultProxy>,
    folder: TempDir,
    credential: AzureCredential,
    journal: Arc<Journal>,
    /// How long silence is borne, where not as long as by default.
    patience: Option<Duration>,
    before_last: Mutex<u64>,
}

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

impl Stage {
    pub(crate) fn new(direction: Direction, tree: &BTreeMap<String, Vec<u8>>) -> Self {
        Self::with(direction, tree, |key| AzureCredential::AccountKey(Secret::new(key)))
    }

    /// From an account that is opened by a shared access signature.
    pub(crate) fn by_signature(tree: &BTreeMap<String, Vec<u8>>) -> Self {
        let query = "sv=2024-11-04&sr=c&sp=rl&sig=c2lnbmF0dXJl";
        Self::with(Direction::Down, tree, |_| AzureCredential::Sas(Secret::new(query)))
    }

    pub(crate) fn bearing_silence_for(self, patience: Duration) -> Self {
        Self { patience: Some(patience), ..self }
    }

    fn with(
        direction: Direction,
        tree: &BTreeMap<String, Vec<u8>>,
        credential: impl FnOnce(String) -> AzureCredential,
    ) -> Self {
        let server = BlobServer::start().unwrap();
        let proxy = Arc::new(FaultProxy::before(&server.address()).unwrap());
        let credential = credential(server.key(PROVIDER));
        let stage = Self {
            direction,
            runtime: runtime(),
            server,
            proxy,
            folder: tempfile::tempdir().unwrap(),
            credential,
            journal: Arc::default(),
            patience: None,
            before_last: Mutex::default(),
        };
        stage.runtime.block_on(stage.account_itself().make_place("data")).unwrap();
        for (path, bytes) in tree {
            stage.write(path, bytes);
        }
        stage
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        match self.direction {
            Direction::Up => {
                let file = self.folder.path().join("data").join(path);
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::write(file, bytes).unwrap();
            }
            Direction::Down => {
                self.runtime.block_on(self.write_blob(&format!("data/{path}"), bytes.to_vec().into()));
            }
        }
    }

    /// Of a blob that came in blocks, nobody knows an MD5.
    async fn write_blob(&self, key: &str, bytes: Bytes) {
        let (store, properties) = (self.account_itself(), ObjectProperties::default());
        if bytes.len() < BLOCK || bytes.len() % 2 == 1 {
            store.put(key, bytes, PutMode::Overwrite, &properties).await.unwrap();
            return;
        }
        let upload = store.upload(key, &properties).await.unwrap();
        for (index, offset) in (0..bytes.len()).step_by(BLOCK).enumerate() {
            let block = bytes.slice(offset..bytes.len().min(offset + BLOCK));
            upload.part(index as u32, offset as u64, block).await.unwrap();
        }
        upload.finish(UploadExpectation { size: bytes.len() as u64, md5: None }).await.unwrap();
    }

    fn account(&self, endpoint: &str, credential: AzureCredential) -> SharedStore {
        let settings = AzureSettings { account: PROVIDER.into(), endpoint: Some(endpoint.to_owned()) };
        // Each process has connections of its own.
        let mut pool = ConnectionPool::new().unwrap();
        if let Some(patience) = self.patience {
            pool = pool.with_patience(patience);
        }
        Arc::new(AzureBlobStore::in_pool(&pool, settings, credential).unwrap())
    }

    fn account_itself(&self) -> SharedStore {
        let key = AzureCredential::AccountKey(Secret::new(self.server.key(PROVIDER)));
        self.account(&self.server.endpoint(PROVIDER), key)
    }

    fn local(&self) -> SharedStore {
        Arc::new(FolderStore::new(self.folder.path().to_owned()))
    }

    /// Faults that pass. Falsified listings are left out: only TLS can tell them, and there is none here.
    pub(crate) fn faults(&self, seed: u64, per_thousand: u64) -> Faults {
        let mut among = Self::harm(self.direction);
        among.retain(|fault| !matches!(fault, Fault::Answer { retry_after: None, .. }));
        Faults::random(seed, per_thousand, among).for_requests_with(&[self.direction.contents()])
    }

    /// What can happen on this way to the requests that carry contents.
    pub(crate) fn harm(direction: Direction) -> Vec<Fault> {
        let mut harm = Fault::passing(1 << 20);
        harm.retain(|fault| match fault {
            Fault::ShortenAnswer { .. } => false,
            Fault::FlipRequest { .. } => direction == Direction::Up,
            Fault::FlipAnswer { .. } => direction == Direction::Down,
            _ => true,
        });
        harm
    }

    fn request(&self) -> RunRequest {
        let account = self.account(&self.proxy.endpoint(PROVIDER), self.credential.clone());
        let (source, target) = match self.direction {
            Direction::Up => (self.local(), account),
            Direction::Down => (account, self.local()),
        };
        let dataset = DatasetRun {
            name: "data".into(),
            source: Arc::new(StoreSource::folder(source, "data")),
            target,
            target_path: if self.direction == Direction::Up { "data" } else { "in" }.into(),
            arrived: self.journal.clone(),
        };
        let (mode, mirror) = (SnapshotMode::Incremental, Mirror::Off);
        let hand_over = HandOver::No;
        RunRequest { datasets: vec![dataset], mode, mirror, verification: Verification::InTransit, hand_over }
    }

    pub(crate) fn run(&self) -> Outcome {
        self.run_beside(|_| async {})
    }

    /// Runs to the end in a process of its own, while something else happens.
    pub(crate) fn run_beside<F: Future<Output = ()> + Send + 'static>(
        &self,
        beside: impl FnOnce(Arc<FaultProxy>) -> F,
    ) -> Outcome {
        *self.before_last.lock().unwrap() = self.moved();
        let process = runtime();
        process.spawn(beside(self.proxy.clone()));
        let outcome = process.block_on(async { start(self.request()).outcome().await });
        process.shutdown_background();
        outcome
    }

    /// Runs until so many more requests were made, and dies on the spot: nothing is tidied up.
    pub(crate) fn run_until(&self, requests: u64) {
        let until = self.proxy.counts().requests + requests;
        self.run_until_reached(move |counts| counts.requests >= until);
    }

    pub(crate) fn run_until_moved(&self, bytes: u64) {
        self.run_until_reached(move |counts| counts.sent_in_bodies.max(counts.received_in_bodies) >= bytes);
    }

    fn run_until_reached(&self, reached: impl Fn(&datashare_testkit::Counts) -> bool + Send) {
        let process = runtime();
        process.block_on(async {
            let run = start(self.request());
            tokio::select! {
                _ = run.outcome() => {}
                () = self.proxy.until(reached) => {}
            }
        });
        process.shutdown_background();
    }

    pub(crate) fn moved(&self) -> u64 {
        let counts = self.proxy.counts();
        counts.sent_in_bodies.max(counts.received_in_bodies)
    }

    /// Bytes that the last whole run moved.
    pub(crate) fn moved_by_second(&self) -> u64 {
        self.moved() - *self.before_last.lock().unwrap()
    }

    /// What the target shows, past the proxy.
    pub(crate) fn received(&self) -> BTreeMap<String, Vec<u8>> {
        match self.direction {
            Direction::Up => self.runtime.block_on(objects(&self.account_itself(), "data/")),
            Direction::Down => files(&self.folder.path().join("in")),
        }
    }

    /// For messages: what the journal says, and what the target shows.
    pub(crate) fn remembered(&self) -> Vec<String> {
        let target = if self.direction == Direction::Up { self.account_itself() } else { self.local() };
        let prefix = if self.direction == Direction::Up { "data/" } else { "in/" };
        let shown = self.runtime.block_on(list_all(&target, prefix)).unwrap();
        let arrived = self.journal.arrived.lock().unwrap();
        let line = |info: &datashare_storage::ObjectInfo| {
            format!(
                "{}: {:?}, remembered {:?}",
                info.key,
                info.version,
                arrived.get(&info.key[prefix.len()..])
            )
        };
        shown.iter().map(line).collect()
    }

    /// Whether every visible file is one of these, whole.
    pub(crate) fn holds_only(&self, tree: &BTreeMap<String, Vec<u8>>) -> bool {
        self.received().iter().all(|(path, bytes)| tree.get(path) == Some(bytes))
    }
}

async fn objects(store: &SharedStore, prefix: &str) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for info in list_all(store, prefix).await.unwrap() {
        let bytes = read_all(store, &info.key).await.unwrap();
        found.insert(info.key[prefix.len()..].to_owned(), bytes.to_vec());
    }
    found
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let store: SharedStore = Arc::new(FolderStore::new(folder.to_owned()));
    if !folder.exists() {
        return BTreeMap::new();
    }
    // As a person's program sees it: what is hidden is nobody's file.
    runtime().block_on(objects(&store, ""))
}
