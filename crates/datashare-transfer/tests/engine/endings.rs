//! How a run ends early: cancelled, against a wall, or because nobody waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use datashare_domain::SnapshotStatus;
use datashare_storage::{ErrorKind, Source, StoreError};
use datashare_transfer::{ArrivedFile, ArrivedFiles, Phase, RunControl, start};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::support::{Altered, FULL, Fault, INCREMENTAL, Operation, Stage, small_files};

#[tokio::test(start_paused = true)]
async fn cancelling_takes_no_new_file_and_loses_nothing() {
    let files = small_files(200);
    let stage = Stage::new(&files).await;
    let gate = Arc::new(Semaphore::new(50));
    let reached = Arc::new(AtomicUsize::new(0));
    let (passage, count) = (gate.clone(), reached.clone());
    let source: Arc<dyn Source> = Arc::new(Altered {
        source: stage.listing(),
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
    run.control().cancel();
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

/// Cancels its run when a file has arrived.
struct CancelledThen(tokio::sync::watch::Receiver<Option<RunControl>>);

#[async_trait::async_trait]
impl ArrivedFiles for CancelledThen {
    async fn known(&self, _: &str) -> Result<Option<ArrivedFile>, String> {
        Ok(None)
    }

    async fn arrived(&self, _: &str, _: &ArrivedFile) -> Result<(), String> {
        let mut cancellation = self.0.clone();
        cancellation.wait_for(Option::is_some).await.unwrap().as_ref().unwrap().cancel();
        Ok(())
    }
}

#[tokio::test]
async fn a_cancelled_run_never_counts_as_done() {
    let stage = Stage::new(&small_files(1)).await;
    let (sender, receiver) = tokio::sync::watch::channel(None);
    let mut request = stage.request(FULL);
    request.datasets[0].arrived = Arc::new(CancelledThen(receiver));
    let run = start(request);
    sender.send(Some(run.control())).unwrap();
    let outcome = run.outcome().await;
    assert_eq!((outcome.status, outcome.files_written), (SnapshotStatus::Cancelled, 1));
}

/// Some of it is still to be written when the source refuses, and would have to be read again.
#[tokio::test(start_paused = true)]
async fn what_was_read_is_written_when_access_to_the_source_ends() {
    let stage = Stage::new(&small_files(1000)).await;
    stage.target.script(|operation, _| {
        (operation == Operation::Put).then_some(Fault::Slow(Duration::from_millis(500)))
    });
    let reads = AtomicUsize::new(0);
    let source: Arc<dyn Source> = Arc::new(Altered {
        source: stage.listing(),
        before_open: move |path| {
            let ended = reads.fetch_add(1, Ordering::SeqCst) >= 40;
            let refusal = || StoreError::new(ErrorKind::Expired, "read", &path, "Access has ended.");
            std::future::ready(if ended { Err(refusal()) } else { Ok(()) })
        },
    });
    let outcome = stage.run_from(source, INCREMENTAL).await;
    assert_eq!((outcome.status, outcome.files_written), (SnapshotStatus::NeedsAttention, 40));
    assert_eq!(stage.received().await.len(), 40);
}

#[tokio::test(start_paused = true)]
async fn a_target_that_does_not_answer_holds_up_no_cancelling() {
    let stage = Stage::new(&small_files(100)).await;
    let (asked, mut was_asked) = tokio::sync::watch::channel(false);
    stage.target.script(move |operation, _| {
        asked.send_replace(operation == Operation::Put);
        (operation == Operation::Put).then_some(Fault::Slow(Duration::from_secs(3600)))
    });
    let run = start(stage.request(FULL));
    was_asked.wait_for(|asked| *asked).await.unwrap();
    let cancelled = Instant::now();
    run.control().cancel();
    let outcome = run.outcome().await;
    assert_eq!((outcome.status, outcome.files_written), (SnapshotStatus::Cancelled, 0));
    assert!(cancelled.elapsed() < Duration::from_secs(3));
}

#[tokio::test(start_paused = true)]
async fn a_run_that_nobody_waits_for_stops() {
    let stage = Stage::new(&small_files(10)).await;
    let source: Arc<dyn Source> =
        Arc::new(Altered { source: stage.listing(), before_open: |_| std::future::pending() });
    let run = start(stage.request_from(source, FULL));
    let mut progress = run.progress.clone();
    drop(run);
    progress.wait_for(|progress| progress.phase == Phase::Finishing).await.unwrap();
    assert!(stage.received().await.is_empty());
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
    assert!(stage.take_writes().len() < 120, "a thousand files are not tried against a full disk");
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
        assert!(stage.take_writes().len() < most);
    }
}

#[tokio::test(start_paused = true)]
async fn denied_files_among_others_end_nothing() {
    let stage = Stage::new(&small_files(1000)).await;
    stage.target.script(|operation, key| {
        (operation == Operation::Put && key.ends_with("5.txt")).then_some(Fault::Before(ErrorKind::Denied))
    });
    let outcome = stage.run(FULL).await;
    assert_eq!(outcome.status, SnapshotStatus::PartlySucceeded);
    assert_eq!((outcome.files_written, outcome.files_failed), (900, 100));
}
