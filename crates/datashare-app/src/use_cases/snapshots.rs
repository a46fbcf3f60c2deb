//! Runs: starting, watching, history.

use crate::dto::{HistoryRequest, Nothing, ReceivedName, Snapshot, SnapshotId, SnapshotPlan, SnapshotStart};
use crate::{App, AppError, Code, Result};

impl App {
    pub async fn share_history(&self, _request: HistoryRequest) -> Result<Vec<Snapshot>> {
        Err(AppError::new(Code::Internal, "share_history"))
    }

    pub async fn snapshot_plan(&self, _request: SnapshotStart) -> Result<SnapshotPlan> {
        Err(AppError::new(Code::Internal, "snapshot_plan"))
    }

    pub async fn snapshot_list(&self, _request: ReceivedName) -> Result<Vec<Snapshot>> {
        Err(AppError::new(Code::Internal, "snapshot_list"))
    }

    pub async fn snapshot_show(&self, _request: SnapshotId) -> Result<Snapshot> {
        Err(AppError::new(Code::Internal, "snapshot_show"))
    }

    pub async fn activity(&self, _request: Nothing) -> Result<Vec<Snapshot>> {
        Err(AppError::new(Code::Internal, "activity"))
    }

    pub async fn snapshot_start(&self, _request: SnapshotStart) -> Result<Snapshot> {
        Err(AppError::new(Code::Internal, "snapshot_start"))
    }

    pub async fn snapshot_cancel(&self, _request: SnapshotId) -> Result<Snapshot> {
        Err(AppError::new(Code::Internal, "snapshot_cancel"))
    }

    /// Waits until the run has ended (or needs a person) and answers its final row.
    pub async fn snapshot_wait(&self, _snapshot_id: &str) -> Result<Snapshot> {
        Err(AppError::new(Code::Internal, "snapshot_wait"))
    }
}
