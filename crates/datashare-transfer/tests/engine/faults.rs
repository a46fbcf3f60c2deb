//! Whatever fails and whenever: what is reported as written is there, what failed is as it was, and nothing is sent twice.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use datashare_domain::{SnapshotMode, SnapshotStatus};
use datashare_storage::{ErrorKind, FolderStore, Source, StoreSource};
use datashare_transfer::Outcome;
use proptest::prelude::*;

use crate::support::{Fault, FaultyStore, Operation, SOURCE, Stage, Tree, Unhashed, content};

/// File names end with a digit and folder names do not, so that none is both.
fn tree() -> impl Strategy<Value = Tree> {
    let size = prop_oneof![Just(0usize), 1..200usize, 60_000..300_000usize];
    prop::collection::btree_map("((a|b|a\\.)/){0,2}[abc ][0-9]", size, 0..40).prop_map(|sizes| {
        sizes.into_iter().enumerate().map(|(seed, (path, size))| (path, content(seed, size))).collect()
    })
}

#[derive(Clone, Debug)]
struct Weather {
    seed: u64,
    /// Of a hundred operations, so many fail.
    faults: u64,
    /// Every file whose number gives this remainder when divided by seven can never be written.
    hopeless: usize,
}

fn weather() -> impl Strategy<Value = Weather> {
    (any::<u64>(), 0..25u64, 0..8usize).prop_map(|(seed, faults, hopeless)| Weather {
        seed,
        faults,
        hopeless,
    })
}

/// A script of faults that pass, and of files that cannot be written at all.
fn storm(
    weather: &Weather,
    hopeless: BTreeSet<String>,
) -> impl FnMut(Operation, &str) -> Option<Fault> + use<> {
    let (mut state, faults) = (weather.seed, weather.faults);
    let mut next = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    move |operation, key| {
        if matches!(operation, Operation::Put | Operation::Begin) && hopeless.contains(key) {
            return Some(Fault::Before(ErrorKind::Corrupt));
        }
        if next(100) >= faults {
            return None;
        }
        let kind = [ErrorKind::Busy, ErrorKind::Interrupted][next(2) as usize];
        let faults =
            [Fault::Before(kind), Fault::After(kind), Fault::Midway(kind), Fault::Truncated, Fault::Flipped];
        let fault = faults[next(5) as usize];
        let is_of_bytes = matches!(fault, Fault::Midway(_) | Fault::Truncated | Fault::Flipped);
        (is_of_bytes == (operation == Operation::Read)).then_some(fault)
    }
}

fn failed_paths(outcome: &Outcome) -> BTreeSet<String> {
    outcome.failures.iter().map(|failure| failure.path.clone()).collect()
}

/// Whether the source states hashes. Where it does, files go through memory to be hashed; where it does not, to a folder,
/// they are written as they come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hashes {
    Stated,
    None,
}

async fn survives(files: Tree, older: Tree, weather: Weather, hashes: Hashes) {
    let folder = tempfile::tempdir().unwrap();
    let stage = match hashes {
        Hashes::Stated => Stage::new(&files).await,
        Hashes::None => {
            Stage::with_target(&files, Arc::new(FolderStore::new(folder.path().to_owned()))).await
        }
    };
    for (path, bytes) in &older {
        stage.write_target(path, bytes).await;
    }
    let hopeless =
        files.keys().skip(weather.hopeless).step_by(7).map(|path| format!("in/data/{path}")).collect();
    stage.target.script(storm(&weather, hopeless));
    let source = Arc::new(FaultyStore::new(stage.source.clone()));
    let mut script = storm(&Weather { seed: !weather.seed, ..weather }, BTreeSet::new());
    source.script(move |operation, key| match script(operation, key) {
        // Only a hash tells.
        Some(Fault::Flipped) if hashes == Hashes::None => Some(Fault::Overlong),
        fault => fault,
    });
    let source: Arc<dyn Source> = Arc::new(StoreSource::folder(source, SOURCE));
    let source = if hashes == Hashes::None { Arc::new(Unhashed(source)) } else { source };

    let first = stage.run_from(source, SnapshotMode::Incremental).await;
    if first.files_total < files.len() as u64 {
        // Even patience has an end: the listing failed five times over.
        assert_eq!(first.status, SnapshotStatus::Failed);
        return;
    }
    let failed = failed_paths(&first);
    let received = stage.received().await;
    for (path, bytes) in &files {
        let found = received.get(path);
        if failed.contains(path) {
            // A store may take a file and then report an error; it took the whole file all the same.
            assert!(found == older.get(path) || found == Some(bytes), "{path} is neither old nor new");
        } else {
            assert!(found == Some(bytes), "{path} was reported as written");
        }
    }
    for (path, bytes) in older.iter().filter(|(path, _)| !files.contains_key(*path)) {
        assert!(received.get(path) == Some(bytes), "{path} is not the source's and was touched");
    }
    assert_eq!(first.files_written + first.files_failed, files.len() as u64);
    assert_eq!(first.files_failed, failed.len() as u64);

    stage.target.works_again();
    let second = stage.run(SnapshotMode::Incremental).await;
    assert_eq!(second.status, SnapshotStatus::Succeeded);
    assert_eq!((second.files_written, second.files_skipped), (first.files_failed, first.files_written));
    let expected: Tree = older.into_iter().chain(files).collect();
    assert!(stage.received().await == expected);
    let third = stage.run(SnapshotMode::Incremental).await;
    assert_eq!((third.files_written, third.bytes_written, third.files_failed), (0, 0, 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn no_fault_loses_or_mixes_a_file(
        files in tree(),
        older in tree(),
        weather in weather(),
        hashes in prop_oneof![Just(Hashes::Stated), Just(Hashes::None)],
    ) {
        let older: Tree = older.into_iter().map(|(path, bytes)| (path, Bytes::from([&bytes[..], b"old"].concat()))).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(survives(files, older, weather, hashes));
    }
}
