//! What is gone at the source is deleted when that was asked for, and nothing else ever is.

use datashare_domain::SnapshotStatus;
use datashare_storage::ErrorKind;
use datashare_transfer::{Mirror, Outcome, RunRequest, Verification, plan, start};
use proptest::prelude::*;

use crate::support::{FULL, Fault, INCREMENTAL, Operation, SOURCE, Stage, Tree, content, small_files};

fn mirrored(stage: &Stage, mirror: Mirror) -> RunRequest {
    RunRequest { mirror, ..stage.request(INCREMENTAL) }
}

async fn mirror(stage: &Stage, mirror: Mirror) -> Outcome {
    start(mirrored(stage, mirror)).outcome().await
}

async fn remove_source(stage: &Stage, path: &str) {
    stage.source.delete(&format!("{SOURCE}/{path}")).await.unwrap();
}

#[tokio::test]
async fn only_what_datashare_wrote_and_nobody_changed_is_deleted() {
    let mut files = small_files(40);
    let stage = Stage::new(&files).await;
    stage.run(FULL).await;
    let names: Vec<String> = files.keys().cloned().collect();
    for gone in [&names[3], &names[4], &names[5]] {
        remove_source(&stage, gone).await;
    }
    stage.write_target(&names[4], &content(7, 9)).await;
    stage.write_target("somebody else's", &content(8, 9)).await;

    let dry = plan(&mirrored(&stage, Mirror::On)).await.unwrap();
    assert_eq!((dry.to_write.files, dry.to_delete.files), (0, 3));
    assert_eq!(stage.run(INCREMENTAL).await.files_deleted, 0, "not asked for");
    assert_eq!(stage.received().await.len(), 41);

    let outcome = mirror(&stage, Mirror::On).await;
    assert_eq!((outcome.status, outcome.files_deleted), (SnapshotStatus::Succeeded, 2));
    for gone in [&names[3], &names[5]] {
        files.remove(gone);
    }
    files.insert(names[4].clone(), content(7, 9));
    files.insert("somebody else's".into(), content(8, 9));
    assert!(stage.received().await == files);
    assert_eq!(mirror(&stage, Mirror::On).await.files_deleted, 0);
}

#[tokio::test]
async fn an_emptied_source_asks_first() {
    let files = small_files(40);
    let stage = Stage::new(&files).await;
    stage.run(FULL).await;
    for path in files.keys().skip(1) {
        remove_source(&stage, path).await;
    }
    let outcome = mirror(&stage, Mirror::On).await;
    assert_eq!((outcome.status, outcome.files_deleted), (SnapshotStatus::NeedsAttention, 0));
    assert!(outcome.message.unwrap().contains("39 of the 40 files"));
    assert!(stage.received().await == files);
    let outcome = mirror(&stage, Mirror::Confirmed).await;
    assert_eq!((outcome.status, outcome.files_deleted), (SnapshotStatus::Succeeded, 39));
    assert_eq!(stage.received().await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_did_not_go_well_deletes_nothing() {
    let mut files = small_files(40);
    let stage = Stage::new(&files).await;
    stage.run(FULL).await;
    let gone = files.keys().next().unwrap().clone();
    remove_source(&stage, &gone).await;
    files.insert("new".into(), content(1, 10));
    stage.write_source("new", &files["new"]).await;
    stage
        .target
        .script(|operation, _| (operation == Operation::Put).then_some(Fault::Before(ErrorKind::Corrupt)));
    assert_eq!(mirror(&stage, Mirror::Confirmed).await.files_deleted, 0);
    stage.target.works_again();
    assert_eq!(mirror(&stage, Mirror::Confirmed).await.files_deleted, 1);
    files.remove(&gone);
    assert!(stage.received().await == files);
}

#[tokio::test]
async fn what_is_read_back_is_compared() {
    let files = Tree::from([("a".to_owned(), content(1, 100)), ("large".to_owned(), content(2, 300_000))]);
    let stage = Stage::new(&files).await;
    let request = || RunRequest { verification: Verification::ReadBack, ..stage.request(FULL) };
    stage.target.take_log();
    assert_eq!(start(request()).outcome().await.status, SnapshotStatus::Succeeded);
    let reads = stage.target.take_log().iter().filter(|(operation, _)| *operation == Operation::Read).count();
    assert_eq!(reads, 2);
    stage.target.script(|operation, key| {
        (operation == Operation::Read && key.ends_with('a')).then_some(Fault::Flipped)
    });
    let outcome = start(request()).outcome().await;
    assert_eq!((outcome.files_written, outcome.files_failed), (1, 1));
    assert!(outcome.failures[0].message.contains("read back"), "{:?}", outcome.failures);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Whatever came and went: after mirroring, the target has what the source has, and what others put there.
    #[test]
    fn a_mirror_shows_the_source(
        before in prop::collection::btree_map("[a-c]{1,2}(/[a-c])?[0-9]", 0..50usize, 0..30),
        after in prop::collection::btree_map("[a-c]{1,2}(/[a-c])?[0-9]", 0..50usize, 0..30),
    ) {
        let tree = |sizes: &std::collections::BTreeMap<String, usize>| -> Tree {
            sizes.iter().map(|(path, size)| (path.clone(), content(*size, *size))).collect()
        };
        let (before, after) = (tree(&before), tree(&after));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let stage = Stage::new(&before).await;
            stage.run(FULL).await;
            for path in before.keys() {
                remove_source(&stage, path).await;
            }
            for (path, bytes) in &after {
                stage.write_source(path, bytes).await;
            }
            let outcome = mirror(&stage, Mirror::Confirmed).await;
            assert_eq!(outcome.status, SnapshotStatus::Succeeded, "{outcome:?}");
            assert!(stage.received().await == after);
        });
    }
}
