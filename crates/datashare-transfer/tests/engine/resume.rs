//! Going on inside a large file: what the target holds is not sent again, and never trusted blindly.

use std::sync::Arc;
use std::time::Duration;

use datashare_domain::SnapshotStatus;
use datashare_storage::{ErrorKind, FolderStore, MemoryStore, SharedStore};
use datashare_transfer::{Begun, BegunFile, RunControl, start};

use crate::support::{FULL, Fault, Operation, Stage, Tree, content};

/// The largest that the stage takes.
const PART: usize = 64 * 1024 - 1;
const PARTS: usize = 100;

/// A stage with one file of a hundred parts, which fails for good once `until` parts are written. Time passes with every
/// part, so that it is remembered now and then.
async fn broken_off(target: SharedStore, until: usize) -> (Stage, Tree) {
    let files = Tree::from([("large".to_owned(), content(1, PARTS * PART - 7))]);
    let stage = Stage::with_target(&files, target).await;
    let mut written = 0;
    stage.target.script(move |operation, _| {
        written += usize::from(operation == Operation::Part);
        (operation == Operation::Part && written > until).then_some(Fault::Before(ErrorKind::Denied))
    });
    let run = start(stage.request(FULL));
    let control = run.control();
    // Slow enough that what was written is remembered on the way.
    control.limit(std::num::NonZeroU64::new((PART * 2) as u64));
    let outcome = run.outcome().await;
    assert_eq!((outcome.files_written, outcome.files_failed), (0, 1));
    assert!(stage.received().await.is_empty(), "nothing half-written is visible");
    stage.target.works_again();
    stage.target.take_log();
    (stage, files)
}

fn parts_sent(stage: &Stage) -> usize {
    stage.target.take_log().iter().filter(|(operation, _)| *operation == Operation::Part).count()
}

fn begun(stage: &Stage) -> BegunFile {
    match stage.arrived.1.lock().unwrap()["large"].clone() {
        Begun::Parts(begun) => begun,
        Begun::HandedOver(_) => panic!("it was sent"),
    }
}

async fn goes_on(target: SharedStore) {
    let (stage, files) = broken_off(target, 60).await;
    let begun = begun(&stage);
    assert!(begun.parts > 30, "{begun:?}");
    let outcome = stage.run(FULL).await;
    assert_eq!(outcome.status, SnapshotStatus::Succeeded, "{outcome:?}");
    assert!(stage.received().await == files);
    assert_eq!(parts_sent(&stage), PARTS - begun.parts as usize, "only what was not there is sent");
    assert!(stage.arrived.1.lock().unwrap().is_empty(), "a whole file is not begun");
}

#[tokio::test(start_paused = true)]
async fn a_broken_run_goes_on_inside_its_file() {
    goes_on(Arc::new(MemoryStore::new())).await;
}

#[tokio::test(start_paused = true)]
async fn a_folder_keeps_the_beginning_of_a_file() {
    let folder = tempfile::tempdir().unwrap();
    goes_on(Arc::new(FolderStore::new(folder.path().to_owned()))).await;
}

/// Parts that may be on their way at the same time.
const IN_FLIGHT: usize = 4;

async fn leaves_and_goes_on(target: SharedStore) {
    let files = Tree::from([("large".to_owned(), content(1, PARTS * PART - 7))]);
    let stage = Stage::with_target(&files, target).await;
    let (tell, control) = tokio::sync::oneshot::channel::<RunControl>();
    let (mut control, mut written) = (control, 0);
    stage.target.script(move |operation, _| {
        written += usize::from(operation == Operation::Part);
        if written == 40
            && let Ok(control) = control.try_recv()
        {
            control.leave();
        }
        None
    });
    // Far too little for what is remembered on the way.
    let run = start(stage.request(FULL));
    let steers = run.control();
    assert!(tell.send(steers.clone()).is_ok());
    let outcome = run.outcome().await;
    assert_eq!(outcome.status, SnapshotStatus::Cancelled, "{outcome:?}");
    assert!(steers.is_left() && stage.received().await.is_empty());
    let first = parts_sent(&stage);
    assert!((40..PARTS).contains(&first), "{first}");
    assert!(begun(&stage).parts as usize + IN_FLIGHT >= first, "{:?}", begun(&stage));

    stage.target.works_again();
    assert_eq!(stage.run(FULL).await.status, SnapshotStatus::Succeeded);
    assert!(stage.received().await == files);
    let sent = first + parts_sent(&stage);
    assert!(sent <= PARTS + IN_FLIGHT, "{sent} parts were sent, {first} of them before it was left");
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_left_is_taken_up_where_it_was() {
    leaves_and_goes_on(Arc::new(MemoryStore::new())).await;
    let folder = tempfile::tempdir().unwrap();
    leaves_and_goes_on(Arc::new(FolderStore::new(folder.path().to_owned()))).await;
}

#[tokio::test(start_paused = true)]
async fn another_version_begins_anew() {
    let (stage, mut files) = broken_off(Arc::new(MemoryStore::new()), 60).await;
    let other = content(2, PARTS * PART - 7);
    stage.write_source("large", &other).await;
    files.insert("large".into(), other);
    assert_eq!(stage.run(FULL).await.status, SnapshotStatus::Succeeded);
    assert!(stage.received().await == files);
    assert_eq!(parts_sent(&stage), PARTS);
}

#[tokio::test(start_paused = true)]
async fn a_beginning_that_was_spoilt_is_found_out_and_sent_again() {
    let (stage, files) = broken_off(Arc::new(MemoryStore::new()), 60).await;
    // Hashes of other bytes than those that are there, as after a fault of the journal.
    let begun = begun(&stage);
    let spoilt = BegunFile { parts: begun.parts - 1, ..begun };
    stage.arrived.1.lock().unwrap().insert("large".into(), Begun::Parts(spoilt));
    assert_eq!(stage.run(FULL).await.status, SnapshotStatus::Succeeded);
    assert!(stage.received().await == files);
}

#[tokio::test(start_paused = true)]
async fn a_paused_run_sends_nothing_until_it_goes_on() {
    let files = Tree::from([("large".to_owned(), content(1, PARTS * PART))]);
    let stage = Stage::new(&files).await;
    let mut run = start(stage.request(FULL));
    let control = run.control();
    control.limit(std::num::NonZeroU64::new((PART * 10) as u64));
    run.progress.wait_for(|progress| progress.bytes_done > (10 * PART) as u64).await.unwrap();
    control.pause();
    run.progress.wait_for(|progress| progress.paused).await.unwrap();
    // What was on its way arrives.
    tokio::time::sleep(Duration::from_secs(10)).await;
    let before = run.progress.borrow().bytes_done;
    tokio::time::sleep(Duration::from_secs(3600)).await;
    assert_eq!(run.progress.borrow().bytes_done, before);
    control.resume();
    assert_eq!(run.outcome().await.status, SnapshotStatus::Succeeded);
    assert!(stage.received().await == files);
}

/// The network goes away for a while in the middle of a run.
#[tokio::test(start_paused = true)]
async fn a_run_waits_for_the_network_and_goes_on() {
    let files = crate::support::small_files(200);
    let stage = Stage::new(&files).await;
    let mut written = 0;
    let mut outage = None;
    stage.target.script(move |operation, _| {
        if operation != Operation::Put {
            return None;
        }
        written += 1;
        if written < 100 {
            return None;
        }
        let since = *outage.get_or_insert_with(tokio::time::Instant::now);
        (since.elapsed() < Duration::from_secs(20 * 60)).then_some(Fault::Before(ErrorKind::Unreachable))
    });
    let outcome = stage.run(FULL).await;
    assert_eq!((outcome.status, outcome.files_written), (SnapshotStatus::Succeeded, 200), "{outcome:?}");
    assert!(stage.received().await == files);
}

#[tokio::test(start_paused = true)]
async fn an_account_that_was_never_reached_is_told_at_once() {
    let stage = Stage::new(&crate::support::small_files(20)).await;
    stage.target.script(|operation, _| {
        (operation == Operation::MakePlace).then_some(Fault::Before(ErrorKind::Unreachable))
    });
    let began = tokio::time::Instant::now();
    assert_eq!(stage.run(FULL).await.status, SnapshotStatus::Failed);
    assert!(began.elapsed() < Duration::from_secs(60));
}

/// The last request of a file fails, or its answer is lost: what was sent stays sent.
#[tokio::test(start_paused = true)]
async fn a_file_whose_end_fails_is_not_sent_again() {
    for fault in [Fault::Before(ErrorKind::Interrupted), Fault::After(ErrorKind::Interrupted)] {
        let files = Tree::from([("large".to_owned(), content(1, 5 * PART))]);
        let stage = Stage::new(&files).await;
        let mut ends = 0;
        stage.target.script(move |operation, _| {
            ends += usize::from(operation == Operation::Finish);
            (operation == Operation::Finish && ends < 3).then_some(fault)
        });
        let outcome = stage.run(FULL).await;
        assert_eq!(outcome.status, SnapshotStatus::Succeeded, "{outcome:?}");
        assert!(stage.received().await == files);
        assert_eq!(parts_sent(&stage), 5, "{fault:?}");
    }
}
