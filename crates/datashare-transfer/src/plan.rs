//! The dry run: what a run would do, without doing it.

use std::sync::Arc;

use datashare_storage::StoreError;
use serde::Serialize;

use crate::names::Conflict;
use crate::outcome::MOST_FAILURES;
use crate::progress::Meter;
use crate::request::RunRequest;
use crate::scan::{Scan, Verdict};

/// Files and their bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PlannedBytes {
    pub files: u64,
    pub bytes: u64,
}

/// Files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FileCount {
    pub files: u64,
}

/// What a run would do at this moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Plan {
    pub to_write: PlannedBytes,
    pub unchanged: FileCount,
    /// Always none: the engine deletes nothing.
    pub to_delete: FileCount,
    /// Files whose names the target cannot hold; the first [`MOST_FAILURES`].
    pub conflicts: Vec<Conflict>,
}

/// Lists and compares as a run does, and writes nothing, not even the target folder.
pub async fn plan(request: &RunRequest) -> Result<Plan, StoreError> {
    let (mut plan, meter) = (Plan::default(), Arc::new(Meter::default()));
    for dataset in &request.datasets {
        let mut scan = Scan::open(dataset, request.mode, meter.clone()).await?;
        while let Some((entry, verdict)) = scan.next().await? {
            match verdict {
                Verdict::Write => {
                    plan.to_write.files += 1;
                    plan.to_write.bytes += entry.size;
                }
                Verdict::Unchanged => plan.unchanged.files += 1,
                Verdict::Impossible(reason) if plan.conflicts.len() < MOST_FAILURES => {
                    plan.conflicts.push(Conflict { path: entry.path, reason });
                }
                Verdict::Impossible(_) => {}
            }
        }
    }
    Ok(plan)
}
