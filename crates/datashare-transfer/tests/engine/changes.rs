//! Sources that change, break off or lie while they are read.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use datashare_domain::SnapshotStatus;
use datashare_storage::{
    ErrorKind, FolderStore, ObjectProperties, PutMode, SharedStore, Source, StoreError, StoreSource,
};
use datashare_transfer::start;

use crate::support::{
    Altered, FULL, Fault, FaultyStore, INCREMENTAL, Operation, SOURCE, Stage, Tree, content, small_files,
};

/// Overwrites the file in the source before each of its first `times` reads.
fn changing(stage: &Stage, name: &'static str, size: usize, times: usize) -> Arc<dyn Source> {
    let (store, count) = (stage.source.clone(), Arc::new(AtomicUsize::new(0)));
    let before_open = move |path: String| {
        let (store, count) = (store.clone(), count.clone());
        async move {
            if path == name && count.fetch_add(1, Ordering::SeqCst) < times {
                let key = format!("{SOURCE}/{path}");
                let size = size + count.load(Ordering::SeqCst);
                store
                    .put(&key, content(size, size), PutMode::Overwrite, &ObjectProperties::default())
                    .await?;
            }
            Ok(())
        }
    };
    Arc::new(Altered { source: stage.listing(), before_open })
}

#[tokio::test(start_paused = true)]
async fn a_file_that_changes_on_the_way_is_started_again() {
    for size in [20, 300_000] {
        let stage =
            Stage::new(&Tree::from([("a".into(), content(1, size)), ("b".into(), content(2, size))])).await;
        let outcome = stage.run_from(changing(&stage, "a", size, 3), INCREMENTAL).await;
        assert_eq!((outcome.files_written, outcome.files_failed), (2, 0));
        let expected =
            Tree::from([("a".into(), content(size + 3, size + 3)), ("b".into(), content(2, size))]);
        assert!(stage.received().await == expected);
        assert_eq!(
            stage.run(INCREMENTAL).await.files_skipped,
            2,
            "the version that arrived is the one remembered"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_file_that_never_rests_is_reported_and_its_older_copy_stays() {
    for size in [20, 300_000] {
        let stage =
            Stage::new(&Tree::from([("a".into(), content(1, size)), ("b".into(), content(2, size))])).await;
        stage.write_target("a", &Bytes::from_static(b"older")).await;
        let outcome = stage.run_from(changing(&stage, "a", size, usize::MAX), FULL).await;
        assert_eq!(outcome.status, SnapshotStatus::PartlySucceeded);
        assert_eq!((outcome.files_written, outcome.files_failed), (1, 1));
        let failure = &outcome.failures[0];
        assert_eq!((failure.path.as_str(), failure.code.as_str(), failure.retry), ("a", "changed", true));
        assert_eq!(stage.received().await["a"], "older");
    }
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_gone_when_its_turn_comes_is_reported() {
    let stage = Stage::new(&small_files(3)).await;
    let store = stage.source.clone();
    let before_open = move |path: String| {
        let store = store.clone();
        async move {
            if path.contains("00001") { store.delete(&format!("{SOURCE}/{path}")).await } else { Ok(()) }
        }
    };
    let source: Arc<dyn Source> = Arc::new(Altered { source: stage.listing(), before_open });
    let outcome = stage.run_from(source, FULL).await;
    assert_eq!((outcome.files_written, outcome.files_failed), (2, 1));
    assert_eq!(outcome.failures[0].code, "not-found");
}

#[tokio::test(start_paused = true)]
async fn a_source_whose_bytes_are_not_what_it_states_is_never_written() {
    for size in [20, 300_000] {
        let stage = Stage::new(&Tree::from([("a".into(), content(1, size))])).await;
        stage.write_target("a", &Bytes::from_static(b"older")).await;
        let faulty = FaultyStore::new(stage.source.clone());
        faulty.script(|operation, _| (operation == Operation::Read).then_some(Fault::Flipped));
        let outcome = stage.run_from(Arc::new(StoreSource::folder(Arc::new(faulty), SOURCE)), FULL).await;
        assert_eq!(outcome.status, SnapshotStatus::Failed);
        assert_eq!(outcome.failures[0].code, "corrupt");
        assert_eq!(stage.received().await["a"], "older");
    }
}

/// Folders keep no hash, so the length is all there is to check.
#[tokio::test(start_paused = true)]
async fn a_source_that_sends_less_than_it_states_is_never_written() {
    let folder = tempfile::tempdir().unwrap();
    let store: SharedStore = Arc::new(FolderStore::new(folder.path().to_owned()));
    for size in [20, 300_000] {
        std::fs::write(folder.path().join("a"), content(1, size)).unwrap();
        let stage = Stage::new(&Tree::new()).await;
        stage.write_target("a", &Bytes::from_static(b"older")).await;
        for fault in [Fault::Truncated, Fault::Midway(ErrorKind::Interrupted)] {
            let faulty = FaultyStore::new(store.clone());
            faulty.script(move |operation, _| (operation == Operation::Read).then_some(fault));
            let outcome = stage.run_from(Arc::new(StoreSource::folder(Arc::new(faulty), "")), FULL).await;
            assert_eq!((outcome.files_written, outcome.files_failed), (0, 1));
            assert_eq!(stage.received().await["a"], "older");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_passes_is_tried_again_when_the_store_says() {
    let stage = Stage::new(&small_files(1)).await;
    let tries = Arc::new(Mutex::new(Vec::new()));
    let began = tokio::time::Instant::now();
    let log = tries.clone();
    let before_open = move |path: String| {
        let log = log.clone();
        async move {
            let mut log = log.lock().unwrap();
            log.push(began.elapsed());
            if log.len() > 2 {
                return Ok(());
            }
            let asked = std::time::Duration::from_secs(7);
            let error = StoreError::new(ErrorKind::Busy, "read", path, "The store is busy.");
            Err(error.with_retry(datashare_storage::Retry::Later(Some(asked))))
        }
    };
    let mut run = start(stage.request_from(Arc::new(Altered { source: stage.listing(), before_open }), FULL));
    let noted = run.progress.wait_for(|progress| progress.note.is_some()).await.unwrap().note.clone();
    assert!(noted.unwrap().contains("The store is busy."));
    assert_eq!(run.outcome().await.files_written, 1);
    let tries = tries.lock().unwrap();
    for pair in tries.windows(2) {
        let pause = (pair[1] - pair[0]).as_secs_f64();
        assert!((7.0..=11.0).contains(&pause), "{pause} s");
    }
}

#[tokio::test(start_paused = true)]
async fn silence_is_said_and_so_is_that_a_limit_is_none() {
    let stage = Stage::new(&small_files(1)).await;
    let silent = || {
        let before_open = |_| async {
            tokio::time::sleep(std::time::Duration::from_secs(40)).await;
            Ok(())
        };
        Arc::new(Altered { source: stage.listing(), before_open })
    };
    let mut run = start(stage.request_from(silent(), FULL));
    let noted = run.progress.wait_for(|progress| progress.note.is_some()).await.unwrap().note.clone();
    assert!(noted.unwrap().starts_with("Nothing has arrived for 10 seconds."));
    assert_eq!(run.outcome().await.files_written, 1);

    let mut limited = start(stage.request_from(silent(), FULL));
    limited.control().limit(std::num::NonZeroU64::new(1 << 20));
    let noted = async {
        let _ = limited.progress.wait_for(|progress| progress.note.is_some()).await;
        std::future::pending::<()>().await;
    };
    let slowly = tokio::time::timeout(std::time::Duration::from_secs(39), noted);
    assert!(slowly.await.is_err() && limited.progress.borrow().note.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_listing_that_breaks_off_goes_on() {
    let files = small_files(5000);
    let stage = Stage::new(&files).await;
    let faulty = FaultyStore::new(stage.source.clone());
    let mut pages = 0;
    faulty.script(move |operation, _| {
        pages += usize::from(operation == Operation::List);
        (operation == Operation::List && [3, 8].contains(&pages))
            .then_some(Fault::Before(ErrorKind::Interrupted))
    });
    let listing = Arc::new(StoreSource::folder(Arc::new(faulty), SOURCE));
    let outcome = stage.run_from(listing, FULL).await;
    assert_eq!(outcome.status, SnapshotStatus::Succeeded);
    assert_eq!((outcome.files_total, outcome.files_written), (5000, 5000));
}
