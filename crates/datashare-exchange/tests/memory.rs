//! A million files on both sides of a grant, in the memory of a few pieces. The only test of its program, whose peak it
//! measures.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

mod common;

use std::sync::Arc;

use async_trait::async_trait;
use common::*;
use datashare_domain::SnapshotMode;
use datashare_storage::{FolderStore, MemoryStore};
use datashare_transfer::{
    ArrivedFile, ArrivedFiles, DatasetRun, HandOver, Mirror, RunRequest, Verification, plan,
};

const FILES: usize = 1_000_000;
const MOST_BYTES: u64 = 250 << 20;

/// The largest this process has been, bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
}

struct NothingArrived;

#[async_trait]
impl ArrivedFiles for NothingArrived {
    async fn known(&self, _: &str) -> Result<Option<ArrivedFile>, String> {
        Ok(None)
    }
    async fn arrived(&self, _: &str, _: &ArrivedFile) -> Result<(), String> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_million_files_are_granted_and_planned_in_less_than_250_megabytes() {
    let folder = tempfile::tempdir().unwrap();
    let provider = Provider::on(Arc::new(FolderStore::new(folder.path().to_owned())));
    let mut recipient = Recipient::new(5);
    provider.mailbox(&recipient).make().await.unwrap();
    let issued = provider.grant(&mut recipient, &Files::of(FILES)).await;
    let source = provider.open(&recipient, &issued.secrets).await.unwrap();
    let request = RunRequest {
        datasets: vec![DatasetRun {
            name: "sales".into(),
            source,
            target: Arc::new(MemoryStore::new()),
            target_path: "in".into(),
            arrived: Arc::new(NothingArrived),
        }],
        mode: SnapshotMode::Incremental,
        mirror: Mirror::Off,
        verification: Verification::InTransit,
        hand_over: HandOver::No,
    };
    let planned = plan(&request).await.unwrap();
    assert_eq!(planned.to_write.files, FILES as u64);
    assert!(peak() < MOST_BYTES, "{} MB", peak() >> 20);
}
