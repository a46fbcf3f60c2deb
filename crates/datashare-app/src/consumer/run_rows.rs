//! A run as it is written down: its row when it begins and when it has ended, and the record for the provider.

use datashare_domain::{SnapshotId, SnapshotStatus};
use datashare_protocol::{DatasetCounts, SnapshotFinished};
use datashare_transfer::Outcome;

use crate::dto::{FileFailure, Snapshot, SnapshotDataset, SnapshotStart};

pub(crate) fn first_row(
    id: &SnapshotId,
    share: &str,
    request: &SnapshotStart,
    now: chrono::DateTime<chrono::Utc>,
) -> Snapshot {
    Snapshot {
        snapshot_id: id.to_string(),
        share: share.to_owned(),
        recipient: None,
        mode: request.mode,
        options: request.options.clone(),
        chosen: request.datasets.clone(),
        goes_on_from: None,
        status: SnapshotStatus::Running,
        started_at: now,
        ended_at: None,
        duration_ms: None,
        files_total: 0,
        files_written: 0,
        files_skipped: 0,
        files_deleted: 0,
        files_failed: 0,
        bytes_total: 0,
        bytes_written: 0,
        message: None,
        datasets: Vec::new(),
        failures: Vec::new(),
    }
}

pub(crate) fn last_row(first: Snapshot, outcome: Outcome, now: chrono::DateTime<chrono::Utc>) -> Snapshot {
    let dataset = |dataset: datashare_transfer::DatasetOutcome| SnapshotDataset {
        name: dataset.name,
        status: Some(dataset.status),
        files_read: dataset.files_read,
        files_written: dataset.files_written,
        files_skipped: dataset.files_skipped,
        files_failed: dataset.files_failed,
        bytes_read: dataset.bytes_read,
        bytes_written: dataset.bytes_written,
        rows_copied: None,
        duration_ms: dataset.duration_ms,
        message: dataset.message,
    };
    let failure = |failure: datashare_transfer::Failure| FileFailure {
        dataset: failure.dataset,
        path: failure.path,
        code: failure.code,
        message: failure.message,
        hint: failure.hint,
        retry: failure.retry,
    };
    Snapshot {
        status: outcome.status,
        ended_at: Some(now),
        duration_ms: Some(outcome.duration_ms),
        files_total: outcome.files_total,
        files_written: outcome.files_written,
        files_skipped: outcome.files_skipped,
        files_deleted: outcome.files_deleted,
        files_failed: outcome.files_failed,
        bytes_total: outcome.bytes_total,
        bytes_written: outcome.bytes_written,
        message: outcome.message,
        datasets: outcome.datasets.into_iter().map(dataset).collect(),
        failures: outcome.failures.into_iter().map(failure).collect(),
        ..first
    }
}

/// The record for the provider: counts, no paths and no reasons of the recipient's own store.
pub(super) fn finished_record(
    row: &Snapshot,
    manifest_version: Option<u64>,
    snapshot_id: SnapshotId,
    now: chrono::DateTime<chrono::Utc>,
) -> SnapshotFinished {
    let counts = |dataset: &SnapshotDataset| DatasetCounts {
        name: dataset.name.clone(),
        status: dataset.status.unwrap_or(row.status),
        files_read: dataset.files_read,
        files_written: dataset.files_written,
        files_skipped: dataset.files_skipped,
        files_failed: dataset.files_failed,
        bytes_read: dataset.bytes_read,
        bytes_written: dataset.bytes_written,
        duration_ms: dataset.duration_ms,
    };
    SnapshotFinished {
        snapshot_id,
        mode: row.mode,
        status: row.status,
        started_at: row.started_at,
        ended_at: row.ended_at.unwrap_or(now),
        files_total: row.files_total,
        files_written: row.files_written,
        files_skipped: row.files_skipped,
        files_failed: row.files_failed,
        bytes_total: row.bytes_total,
        bytes_written: row.bytes_written,
        manifest_version,
        manifest_sha256: None,
        datasets: row.datasets.iter().map(counts).collect(),
    }
}
