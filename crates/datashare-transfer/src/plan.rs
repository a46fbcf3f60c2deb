//! The dry run: what a run would do, without doing it.

use std::sync::Arc;

use datashare_storage::StoreError;
use serde::Serialize;

use crate::mirror::{Mirror, Search};
use crate::names::Conflict;
use crate::outcome::MOST_FAILURES;
use crate::progress::Meter;
use crate::request::RunRequest;
use crate::scan::{Reason, Scan, Verdict};

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

/// One file of a plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlannedFile {
    /// Path within the dataset.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// Why it is to be written; `None` when it is to be deleted.
    pub reason: Option<Reason>,
}

/// What a run would do at this moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Plan {
    pub to_write: PlannedBytes,
    pub unchanged: FileCount,
    /// At most so many: what was changed at the target since is left.
    pub to_delete: FileCount,
    /// The first [`MOST_FAILURES`] files to write and to delete.
    pub files: Vec<PlannedFile>,
    /// Files whose names the target cannot hold; the first [`MOST_FAILURES`].
    pub conflicts: Vec<Conflict>,
}

impl Plan {
    fn note(&mut self, path: String, size: u64, reason: Option<Reason>) {
        if self.files.len() < MOST_FAILURES {
            self.files.push(PlannedFile { path, size, reason });
        }
    }
}

/// Lists and compares as a run does, and writes nothing, not even the target folder.
pub async fn plan(request: &RunRequest) -> Result<Plan, StoreError> {
    let (mut plan, meter) = (Plan::default(), Arc::new(Meter::default()));
    for dataset in &request.datasets {
        let mut scan = Scan::open(dataset, request.mode, meter.clone()).await?;
        let mut search = Search::new(dataset.arrived.clone());
        while let Some((entry, verdict)) = scan.next().await? {
            if request.mirror != Mirror::Off {
                search.passed(&entry.path).await?;
            }
            match verdict {
                Verdict::Write(reason) => {
                    plan.to_write.files += 1;
                    plan.to_write.bytes += entry.size;
                    plan.note(entry.path, entry.size, Some(reason));
                }
                Verdict::Unchanged => plan.unchanged.files += 1,
                Verdict::Impossible(reason) if plan.conflicts.len() < MOST_FAILURES => {
                    plan.conflicts.push(Conflict { path: entry.path, reason });
                }
                Verdict::Impossible(_) => {}
            }
        }
        if request.mirror != Mirror::Off {
            for (path, file) in search.ended().await?.files {
                plan.to_delete.files += 1;
                plan.note(path, file.size, None);
            }
        }
    }
    Ok(plan)
}
