//! Files that the storage copies by itself while nothing runs here, and what becomes of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use datashare_domain::{SnapshotMode, SnapshotStatus};
use datashare_secret::Secret;
use datashare_storage::contract::{list_all, read_all};
use datashare_storage::{ObjectProperties, SharedStore, StoreSource, UploadExpectation};
use datashare_storage_azure::{AzureBlobStore, AzureCredential, AzureSettings};
use datashare_testkit::{BlobServer, CONSUMER, Counts, FaultProxy, Faults, PROVIDER, sample_bytes};
use datashare_transfer::{
    Begun, DatasetRun, HandOver, Mirror, Outcome, Run, RunRequest, Verification, start,
};

use crate::stage::Journal;

const LARGE: usize = 65 << 20;

/// Two accounts of one server, and a proxy before it.
struct Accounts {
    server: BlobServer,
    proxy: Arc<FaultProxy>,
    source: SharedStore,
    target: SharedStore,
    journal: Arc<Journal>,
}

impl Accounts {
    async fn new() -> Self {
        let server = BlobServer::start().unwrap();
        let proxy = Arc::new(FaultProxy::before(&server.address()).unwrap());
        let account = |name: &str| -> SharedStore {
            let settings = AzureSettings { account: name.into(), endpoint: Some(proxy.endpoint(name)) };
            let key = AzureCredential::AccountKey(Secret::new(server.key(name)));
            Arc::new(AzureBlobStore::new(settings, key).unwrap())
        };
        let (source, target) = (account(PROVIDER), account(CONSUMER));
        for (store, place) in [(&source, "data"), (&target, "lake")] {
            store.make_place(place).await.unwrap();
        }
        let accounts = Self { source, target, server, proxy, journal: Arc::default() };
        accounts.write("large", &sample_bytes("large", LARGE)).await;
        accounts.write("small", b"small").await;
        accounts
    }

    async fn write(&self, path: &str, bytes: &[u8]) {
        let upload = self.source.upload(&format!("data/{path}"), &ObjectProperties::default()).await.unwrap();
        upload.part(0, 0, Bytes::copy_from_slice(bytes)).await.unwrap();
        upload.finish(UploadExpectation { size: bytes.len() as u64, md5: None }).await.unwrap();
    }

    fn start(&self, hand_over: HandOver) -> Run {
        let dataset = DatasetRun {
            name: "data".into(),
            source: Arc::new(StoreSource::folder(self.source.clone(), "data")),
            target: self.target.clone(),
            target_path: "lake/in".into(),
            arrived: self.journal.clone(),
        };
        let (mode, mirror) = (SnapshotMode::Incremental, Mirror::Off);
        let verification = Verification::InTransit;
        start(RunRequest { datasets: vec![dataset], mode, mirror, verification, hand_over })
    }

    async fn run(&self, hand_over: HandOver) -> Outcome {
        self.start(hand_over).outcome().await
    }

    /// Starts a run that dies once the large file is on its way and everything else has arrived.
    async fn die_with_the_large_file_on_its_way(&self) {
        self.server.hold_copies();
        let mut run = self.start(HandOver::LargeFiles);
        let waits = |progress: &datashare_transfer::Progress| {
            progress.note.as_ref().is_some_and(|note| note.contains("may sleep"))
        };
        run.progress.wait_for(waits).await.unwrap();
        drop(run);
    }

    fn is_on_its_way(&self) -> bool {
        matches!(self.journal.begun_of("large"), Some(Begun::HandedOver(_)))
    }

    async fn received(&self) -> BTreeMap<String, usize> {
        let mut found = BTreeMap::new();
        for object in list_all(&self.target, "lake/").await.unwrap() {
            found.insert(object.key.clone(), read_all(&self.target, &object.key).await.unwrap().len());
        }
        found
    }

    fn counts(&self) -> Counts {
        self.proxy.counts()
    }
}

fn all() -> BTreeMap<String, usize> {
    BTreeMap::from([("lake/in/large".into(), LARGE), ("lake/in/small".into(), 5)])
}

#[tokio::test]
async fn the_storage_goes_on_while_nothing_runs_and_a_later_run_takes_what_arrived() {
    let accounts = Accounts::new().await;
    accounts.die_with_the_large_file_on_its_way().await;
    assert!(accounts.is_on_its_way());
    assert!(!accounts.received().await.contains_key("lake/in/large"), "nothing half-written is visible");
    accounts.server.finish_copies();
    accounts.proxy.set(Faults::none());
    let before = accounts.counts();
    // Also when the person does not choose it again.
    let outcome = accounts.run(HandOver::No).await;
    assert_eq!((outcome.status, outcome.files_written), (SnapshotStatus::Succeeded, 1), "{outcome:?}");
    assert_eq!(accounts.received().await, all(), "the copy beside it is gone");
    assert!(accounts.journal.begun_of("large").is_none());
    let moved = accounts.counts().sent_in_bodies - before.sent_in_bodies;
    assert!(moved < 1 << 20, "the bytes went from account to account: {moved}");
}

#[tokio::test]
async fn a_run_that_stays_puts_the_file_in_its_place_itself() {
    let accounts = Accounts::new().await;
    let outcome = accounts.run(HandOver::LargeFiles).await;
    assert_eq!((outcome.status, outcome.files_written), (SnapshotStatus::Succeeded, 2), "{outcome:?}");
    assert_eq!(accounts.received().await, all());
    assert!(accounts.counts().sent_in_bodies < LARGE as u64 + (1 << 20), "sent once, by the test");
    assert_eq!(accounts.run(HandOver::LargeFiles).await.files_written, 0);
}

#[tokio::test]
async fn a_source_that_changes_meanwhile_is_copied_as_it_is_now() {
    let accounts = Accounts::new().await;
    accounts.die_with_the_large_file_on_its_way().await;
    let newer = sample_bytes("newer", LARGE);
    accounts.write("large", &newer).await;
    accounts.server.finish_copies();
    let outcome = accounts.run(HandOver::No).await;
    assert_eq!(outcome.status, SnapshotStatus::Succeeded, "{outcome:?}");
    assert_eq!(accounts.received().await, all());
    assert!(read_all(&accounts.target, "lake/in/large").await.unwrap() == newer);
}

#[tokio::test]
async fn a_copy_that_failed_is_made_in_the_ordinary_way() {
    let accounts = Accounts::new().await;
    accounts.die_with_the_large_file_on_its_way().await;
    let Some(Begun::HandedOver(file)) = accounts.journal.begun_of("large") else { panic!("handed over") };
    accounts.target.server_copy().unwrap().drop_handed(&file.handle).await;
    assert_eq!(accounts.run(HandOver::LargeFiles).await.status, SnapshotStatus::Succeeded);
    assert_eq!(accounts.received().await, all());
}

#[tokio::test]
async fn whoever_cancels_leaves_nothing_on_its_way() {
    let accounts = Accounts::new().await;
    accounts.server.hold_copies();
    let mut run = accounts.start(HandOver::LargeFiles);
    let waits = |progress: &datashare_transfer::Progress| {
        progress.note.as_ref().is_some_and(|note| note.contains("may sleep"))
    };
    run.progress.wait_for(waits).await.unwrap();
    run.control().cancel();
    assert_eq!(run.outcome().await.status, SnapshotStatus::Cancelled);
    assert_eq!(accounts.received().await, BTreeMap::from([("lake/in/small".into(), 5)]));
    assert!(accounts.journal.begun_of("large").is_none());
}
