//! What a run does, leaves, reports and says.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use chrono::DateTime;
use datashare_domain::{PathRules, SnapshotMode, SnapshotStatus};
use datashare_storage::{
    ErrorKind, FolderStore, MemoryStore, ObjectProperties, PutMode, SharedStore, Source, Store, StoreError,
    StoreSource,
};
use datashare_transfer::{Phase, plan, start};
use tokio::sync::Semaphore;

use support::{Altered, Fault, Operation, SOURCE, Stage, TARGET, Tree, content, small_files};

const FULL: SnapshotMode = SnapshotMode::Full;
const INCREMENTAL: SnapshotMode = SnapshotMode::Incremental;

fn source_of(stage: &Stage) -> Arc<dyn Source> {
    Arc::new(StoreSource::folder(stage.source.clone(), SOURCE))
}

fn writes(stage: &Stage) -> BTreeSet<String> {
    let log = stage.target.take_log();
    let written =
        log.into_iter().filter(|(operation, _)| matches!(operation, Operation::Put | Operation::Begin));
    written.map(|(_, key)| key[TARGET.len() + 1..].to_owned()).collect()
}

#[tokio::test]
async fn incremental_writes_what_is_new_changed_or_lost() {
    let mut files = small_files(100);
    files.insert("large".into(), content(1, 200_000));
    let stage = Stage::new(&files).await;
    let first = stage.run(INCREMENTAL).await;
    assert_eq!(first.status, SnapshotStatus::Succeeded);
    assert_eq!((first.files_written, first.bytes_written), (101, 100 * 20 + 200_000));
    assert!(stage.received().await == files);
    writes(&stage);

    assert_eq!(stage.run(INCREMENTAL).await.files_skipped, 101);
    assert!(writes(&stage).is_empty());

    let names: Vec<&String> = files.keys().collect();
    let (changed, lost, overwritten) = (names[10].clone(), names[20].clone(), names[30].clone());
    stage.write_source(&changed, &content(999, 20)).await;
    stage.write_source("99/new", &content(998, 20)).await;
    stage.target.inner.delete(&format!("{TARGET}/{lost}")).await.unwrap();
    stage.write_target(&overwritten, &content(997, 20)).await;
    stage.write_target("01/of somebody else", &content(996, 20)).await;

    let dry = plan(&stage.request(INCREMENTAL)).await.unwrap();
    assert_eq!((dry.to_write.files, dry.to_write.bytes, dry.unchanged.files), (4, 80, 98));
    assert!(writes(&stage).is_empty());

    let outcome = stage.run(INCREMENTAL).await;
    assert_eq!(writes(&stage), BTreeSet::from(["99/new".into(), changed.clone(), lost, overwritten]));
    assert_eq!((outcome.files_written, outcome.files_skipped, outcome.files_total), (4, 98, 102));
    files.insert(changed, content(999, 20));
    files.insert("99/new".into(), content(998, 20));
    files.insert("01/of somebody else".into(), content(996, 20));
    assert!(stage.received().await == files);

    assert_eq!(stage.run(FULL).await.files_written, 102);
}

#[tokio::test]
async fn a_few_files_do_not_list_a_large_target() {
    let stage = Stage::new(&small_files(3)).await;
    stage.run(INCREMENTAL).await;
    stage.target.take_log();
    assert_eq!(stage.run(INCREMENTAL).await.files_skipped, 3);
    assert!(stage.target.take_log().iter().all(|(operation, _)| *operation != Operation::List));
}

#[tokio::test]
async fn a_target_that_cannot_be_listed_is_asked_file_by_file() {
    let stage = Stage::new(&small_files(50)).await;
    stage.run(INCREMENTAL).await;
    stage
        .target
        .script(|operation, _| (operation == Operation::List).then_some(Fault::Before(ErrorKind::Denied)));
    assert_eq!(stage.run(INCREMENTAL).await.files_skipped, 50);
    stage.target.inner.delete(&format!("{TARGET}/00/00007.txt")).await.unwrap();
    assert_eq!(stage.run(INCREMENTAL).await.files_written, 1);
}

#[tokio::test]
async fn properties_travel_with_the_bytes() {
    let stage = Stage::new(&Tree::new()).await;
    let properties = ObjectProperties {
        content_type: Some("text/csv".into()),
        metadata: [("till".to_owned(), "7".to_owned())].into(),
        modified: DateTime::from_timestamp(1_700_000_000, 0),
        ..ObjectProperties::default()
    };
    for (name, size) in [("small", 10), ("large", 200_000)] {
        let key = format!("{SOURCE}/{name}");
        stage.source.put(&key, content(1, size), PutMode::Overwrite, &properties).await.unwrap();
    }
    stage.run(FULL).await;
    for name in ["small", "large"] {
        let found = stage.target.inner.head(&format!("{TARGET}/{name}")).await.unwrap().unwrap();
        assert_eq!(found.properties, properties);
    }
}

#[tokio::test(start_paused = true)]
async fn cancelling_takes_no_new_file_and_loses_nothing() {
    let files = small_files(200);
    let stage = Stage::new(&files).await;
    let gate = Arc::new(Semaphore::new(50));
    let reached = Arc::new(AtomicUsize::new(0));
    let (passage, count) = (gate.clone(), reached.clone());
    let source: Arc<dyn Source> = Arc::new(Altered {
        source: source_of(&stage),
        before_open: move |_| {
            let (gate, reached) = (passage.clone(), count.clone());
            async move {
                reached.fetch_add(1, Ordering::SeqCst);
                gate.acquire().await.unwrap().forget();
                Ok(())
            }
        },
    });
    let mut run = start(stage.request_from(source, INCREMENTAL));
    run.progress.wait_for(|progress| progress.files_done == 50).await.unwrap();
    let asked = reached.load(Ordering::SeqCst);
    run.cancel();
    let outcome = run.outcome().await;
    gate.add_permits(1000);

    assert_eq!(outcome.status, SnapshotStatus::Cancelled);
    assert_eq!((outcome.files_written, outcome.files_failed), (50, 0));
    assert!(outcome.failures.is_empty());
    assert_eq!(reached.load(Ordering::SeqCst), asked);
    assert_eq!(stage.received().await.len(), 50);

    let second = stage.run(INCREMENTAL).await;
    assert_eq!((second.files_written, second.files_skipped), (150, 50));
    assert!(stage.received().await == files);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_nobody_waits_for_stops() {
    let stage = Stage::new(&small_files(10)).await;
    let source: Arc<dyn Source> =
        Arc::new(Altered { source: source_of(&stage), before_open: |_| std::future::pending() });
    let run = start(stage.request_from(source, FULL));
    let mut progress = run.progress.clone();
    drop(run);
    progress.wait_for(|progress| progress.phase == Phase::Finishing).await.unwrap();
    assert!(stage.received().await.is_empty());
}

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
    Arc::new(Altered { source: source_of(stage), before_open })
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
    let source: Arc<dyn Source> = Arc::new(Altered { source: source_of(&stage), before_open });
    let outcome = stage.run_from(source, FULL).await;
    assert_eq!((outcome.files_written, outcome.files_failed), (2, 1));
    assert_eq!(outcome.failures[0].code, "not-found");
}

#[tokio::test(start_paused = true)]
async fn a_source_whose_bytes_are_not_what_it_states_is_never_written() {
    for size in [20, 300_000] {
        let stage = Stage::new(&Tree::from([("a".into(), content(1, size))])).await;
        stage.write_target("a", &Bytes::from_static(b"older")).await;
        let faulty = support::FaultyStore::new(stage.source.clone());
        faulty.script(|operation, _| (operation == Operation::Read).then_some(Fault::Flipped));
        let outcome = stage.run_from(Arc::new(StoreSource::folder(Arc::new(faulty), SOURCE)), FULL).await;
        assert_eq!(outcome.status, SnapshotStatus::Failed);
        assert_eq!(outcome.failures[0].code, "corrupt");
        assert_eq!(stage.received().await["a"], "older");
    }
}

#[tokio::test]
async fn names_the_target_cannot_hold_are_refused_and_never_changed() {
    let names = ["Report.csv", "report.csv", "data", "data/part", "con.txt", "dot./x", "good/ok.txt"];
    let files: Tree =
        names.into_iter().enumerate().map(|(seed, name)| (name.to_owned(), content(seed, 9))).collect();
    let target = Arc::new(MemoryStore::with_paths(PathRules::WINDOWS_FOLDER));
    let stage = Stage::with_target(&files, target).await;

    let dry = plan(&stage.request(FULL)).await.unwrap();
    let refused: Vec<&str> = dry.conflicts.iter().map(|conflict| conflict.path.as_str()).collect();
    assert_eq!(refused, ["con.txt", "data/part", "dot./x", "report.csv"]);

    let outcome = stage.run(FULL).await;
    assert_eq!(outcome.status, SnapshotStatus::PartlySucceeded);
    assert_eq!(outcome.files_failed, 4);
    let failed: BTreeSet<&str> = outcome.failures.iter().map(|failure| failure.path.as_str()).collect();
    assert_eq!(failed, refused.into_iter().collect());
    assert!(outcome.failures.iter().all(|failure| failure.code == "bad-name" && !failure.retry));
    let received: Vec<String> = stage.received().await.into_keys().collect();
    assert_eq!(received, ["Report.csv", "data", "good/ok.txt"]);
}

#[tokio::test(start_paused = true)]
async fn a_full_disk_ends_the_dataset_at_once() {
    let stage = Stage::new(&small_files(1000)).await;
    let mut written = 0;
    stage.target.script(move |operation, _| {
        written += usize::from(operation == Operation::Put);
        (written > 100).then_some(Fault::Before(ErrorKind::NoSpace))
    });
    let outcome = stage.run(FULL).await;
    assert_eq!(outcome.status, SnapshotStatus::Failed);
    assert_eq!(outcome.files_written, 100);
    assert!(writes(&stage).len() < 120, "a thousand files are not tried against a full disk");
    assert!(outcome.message.unwrap().contains("NoSpace"));
    assert_eq!(outcome.failures[0].code, "no-space");
}

#[tokio::test(start_paused = true)]
async fn refused_access_needs_attention_and_is_not_tried_a_thousand_times() {
    for (kind, most) in [(ErrorKind::Expired, 17), (ErrorKind::Denied, 40)] {
        let stage = Stage::new(&small_files(1000)).await;
        stage.target.script(move |operation, _| (operation == Operation::Put).then_some(Fault::Before(kind)));
        let outcome = stage.run(FULL).await;
        assert_eq!(outcome.status, SnapshotStatus::NeedsAttention);
        assert!(writes(&stage).len() < most);
    }
}

#[tokio::test(start_paused = true)]
async fn one_denied_file_is_one_failure() {
    let stage = Stage::new(&small_files(100)).await;
    stage.target.script(|operation, key| {
        (operation == Operation::Put && key.ends_with("5.txt")).then_some(Fault::Before(ErrorKind::Denied))
    });
    let outcome = stage.run(FULL).await;
    assert_eq!(outcome.status, SnapshotStatus::PartlySucceeded);
    assert_eq!((outcome.files_written, outcome.files_failed), (90, 10));
}

#[tokio::test]
async fn a_source_that_does_not_exist_is_an_error_and_makes_no_target() {
    let stage = Stage::new(&Tree::new()).await;
    for source in [
        StoreSource::folder(stage.source.clone(), "nowhere/data"),
        StoreSource::file(stage.source.clone(), "out/data/nothing"),
    ] {
        let outcome = stage.run_from(Arc::new(source), INCREMENTAL).await;
        assert_eq!(outcome.status, SnapshotStatus::Failed);
        assert_eq!((outcome.failures.len(), outcome.failures[0].path.as_str()), (1, ""));
        assert!(!stage.target.inner.place_exists("in").await.unwrap());
    }
}

#[tokio::test]
async fn one_file_is_received_under_its_name() {
    let files = Tree::from([("folder/one.csv".into(), content(1, 10))]);
    let stage = Stage::new(&files).await;
    let source = || Arc::new(StoreSource::file(stage.source.clone(), "out/data/folder/one.csv"));
    assert_eq!(stage.run_from(source(), INCREMENTAL).await.files_written, 1);
    assert_eq!(stage.run_from(source(), INCREMENTAL).await.files_skipped, 1);
    assert_eq!(stage.received().await, Tree::from([("one.csv".into(), content(1, 10))]));
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
    let mut run =
        start(stage.request_from(Arc::new(Altered { source: source_of(&stage), before_open }), FULL));
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
async fn a_listing_that_breaks_off_goes_on() {
    let files = small_files(5000);
    let stage = Stage::new(&files).await;
    let faulty = support::FaultyStore::new(stage.source.clone());
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

#[tokio::test(start_paused = true)]
async fn progress_comes_at_most_ten_times_a_second_and_ends_with_the_totals() {
    let files = small_files(300);
    let stage = Stage::new(&files).await;
    let before_open = |_| async {
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
        Ok(())
    };
    let began = tokio::time::Instant::now();
    let run = start(stage.request_from(Arc::new(Altered { source: source_of(&stage), before_open }), FULL));
    let mut progress = run.progress.clone();
    let watcher = tokio::spawn(async move {
        let (mut seen, mut last) = (0, progress.borrow().clone());
        while progress.changed().await.is_ok() {
            seen += 1;
            let now = progress.borrow_and_update().clone();
            assert!(now.files_done >= last.files_done && now.current.len() <= 4);
            last = now;
        }
        (seen, last)
    });
    run.outcome().await;
    let (seen, last) = watcher.await.unwrap();
    assert!(seen <= began.elapsed().as_millis() / 100 + 2, "{seen}");
    assert_eq!(last.phase, Phase::Finishing);
    assert_eq!((last.files_done, last.files_total), (300, Some(300)));
    assert_eq!((last.bytes_done, last.bytes_total), (6000, Some(6000)));
    assert!(last.current.is_empty());
}

#[tokio::test]
async fn datasets_stand_and_fall_by_themselves() {
    let stage = Stage::new(&small_files(20)).await;
    let mut request = stage.request(FULL);
    let mut missing = request.datasets[0].clone();
    missing.name = "missing".into();
    missing.source = Arc::new(StoreSource::folder(stage.source.clone(), "nowhere"));
    request.datasets.insert(0, missing);
    let outcome = start(request).outcome().await;
    assert_eq!(outcome.status, SnapshotStatus::PartlySucceeded);
    let statuses: Vec<SnapshotStatus> = outcome.datasets.iter().map(|dataset| dataset.status).collect();
    assert_eq!(statuses, [SnapshotStatus::Failed, SnapshotStatus::Succeeded]);
    assert_eq!((outcome.files_written, outcome.files_total), (20, 20));
    assert!(outcome.message.unwrap().starts_with("missing: "));
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_small_files_land_in_a_folder() {
    let files = small_files(10_000);
    let folder = tempfile::tempdir().unwrap();
    let store: SharedStore = Arc::new(FolderStore::new(folder.path().to_owned()));
    store.make_place("in").await.unwrap();
    let stage = Stage::with_target(&files, store).await;
    let outcome = stage.run(INCREMENTAL).await;
    assert_eq!((outcome.status, outcome.files_written), (SnapshotStatus::Succeeded, 10_000));
    assert!(stage.received().await == files);
    assert_eq!(stage.run(INCREMENTAL).await.files_skipped, 10_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn large_files_go_from_folder_to_folder_in_parts() {
    let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let bytes = content(5, 20 * 1024 * 1024 + 7);
    std::fs::write(from.path().join("large.bin"), &bytes).unwrap();
    let stage = Stage::with_target(&Tree::new(), Arc::new(FolderStore::new(to.path().to_owned()))).await;
    let source: SharedStore = Arc::new(FolderStore::new(from.path().to_owned()));
    let mut request = stage.request_from(Arc::new(StoreSource::folder(source, "")), FULL);
    let target = FolderStore::new(to.path().to_owned());
    assert!(target.capabilities().keeps_modified);
    request.datasets[0].target = Arc::new(target);
    let outcome = start(request).outcome().await;
    assert_eq!((outcome.files_written, outcome.datasets[0].bytes_read), (1, bytes.len() as u64));
    let landed = to.path().join(TARGET).join("large.bin");
    assert!(std::fs::read(&landed).unwrap() == bytes);
    let modified = |path: &std::path::Path| std::fs::metadata(path).unwrap().modified().unwrap();
    assert_eq!(modified(&landed), modified(&from.path().join("large.bin")));
}
