//! What a run writes, leaves out and says.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::DateTime;
use datashare_domain::{PathRules, SnapshotStatus};
use datashare_storage::{
    ErrorKind, FolderStore, MemoryStore, ObjectProperties, PutMode, SharedStore, StoreSource,
};
use datashare_transfer::{Phase, plan, start};

use crate::support::{
    Altered, FULL, Fault, INCREMENTAL, Operation, SOURCE, Stage, TARGET, Tree, content, small_files,
};

#[tokio::test]
async fn incremental_writes_what_is_new_changed_or_lost() {
    let mut files = small_files(100);
    files.insert("large".into(), content(1, 200_000));
    let stage = Stage::new(&files).await;
    let first = stage.run(INCREMENTAL).await;
    assert_eq!(first.status, SnapshotStatus::Succeeded);
    assert_eq!((first.files_written, first.bytes_written), (101, 100 * 20 + 200_000));
    assert!(stage.received().await == files);
    stage.take_writes();

    assert_eq!(stage.run(INCREMENTAL).await.files_skipped, 101);
    assert!(stage.take_writes().is_empty());

    let names: Vec<&String> = files.keys().collect();
    let (changed, lost, overwritten) = (names[10].clone(), names[20].clone(), names[30].clone());
    stage.write_source(&changed, &content(999, 20)).await;
    stage.write_source("99/new", &content(998, 20)).await;
    stage.target.inner.delete(&format!("{TARGET}/{lost}")).await.unwrap();
    stage.write_target(&overwritten, &content(997, 20)).await;
    stage.write_target("01/of somebody else", &content(996, 20)).await;

    let dry = plan(&stage.request(INCREMENTAL)).await.unwrap();
    assert_eq!((dry.to_write.files, dry.to_write.bytes, dry.unchanged.files), (4, 80, 98));
    assert!(stage.take_writes().is_empty());

    let outcome = stage.run(INCREMENTAL).await;
    assert_eq!(stage.take_writes(), BTreeSet::from(["99/new".into(), changed.clone(), lost, overwritten]));
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
async fn progress_comes_at_most_ten_times_a_second_and_ends_with_the_totals() {
    let files = small_files(300);
    let stage = Stage::new(&files).await;
    let before_open = |_| async {
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
        Ok(())
    };
    let began = tokio::time::Instant::now();
    let run = start(stage.request_from(Arc::new(Altered { source: stage.listing(), before_open }), FULL));
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
    request.datasets[0].target = Arc::new(FolderStore::new(to.path().to_owned()));
    let outcome = start(request).outcome().await;
    assert_eq!((outcome.files_written, outcome.datasets[0].bytes_read), (1, bytes.len() as u64));
    let landed = to.path().join(TARGET).join("large.bin");
    assert!(std::fs::read(&landed).unwrap() == bytes);
    let modified = |path: &std::path::Path| std::fs::metadata(path).unwrap().modified().unwrap();
    assert_eq!(modified(&landed), modified(&from.path().join("large.bin")));
}
