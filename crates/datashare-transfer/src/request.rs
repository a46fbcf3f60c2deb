//! What a run is asked to do.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use datashare_domain::SnapshotMode;
use datashare_storage::{SharedStore, Source, SourceEntry, VersionTag};
use serde::{Deserialize, Serialize};

use crate::mirror::Mirror;

/// What a target is known to hold of a dataset: filled file by file as files arrive. Errors are whole sentences.
#[async_trait]
pub trait ArrivedFiles: Send + Sync {
    /// What was last received under this path of the dataset.
    async fn known(&self, path: &str) -> Result<Option<ArrivedFile>, String>;
    /// Remembers a file. It is visible at the target by now; what was remembered of its beginning is void.
    async fn arrived(&self, path: &str, file: &ArrivedFile) -> Result<(), String>;
    /// The next remembered files after this path (from the first on when `None`), in order of path bytes. None at the end.
    async fn after(&self, _path: Option<&str>) -> Result<Vec<(String, ArrivedFile)>, String> {
        Ok(Vec::new())
    }
    /// The file is not at the target any more.
    async fn forget(&self, _path: &str) -> Result<(), String> {
        Ok(())
    }
    /// How far a large file was that is not there yet, if it was begun.
    async fn begun(&self, _path: &str) -> Result<Option<BegunFile>, String> {
        Ok(None)
    }
    /// Remembers how far a large file is.
    async fn progressed(&self, _path: &str, _file: &BegunFile) -> Result<(), String> {
        Ok(())
    }
}

/// A large file of which the target holds the beginning, invisibly. No secret is in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BegunFile {
    /// Version at the source.
    pub version: VersionTag,
    /// Bytes of the whole.
    pub size: u64,
    /// Bytes of every part but the last.
    pub part_size: u64,
    /// Parts 0..`parts` are at the target.
    pub parts: u32,
    /// State of the hashes after them.
    pub hashes: String,
    /// What the target said with [`datashare_storage::Upload::keep`].
    pub kept: String,
}

impl BegunFile {
    /// Bytes that the target holds.
    pub fn bytes(&self) -> u64 {
        u64::from(self.parts).saturating_mul(self.part_size).min(self.size)
    }
}

/// One received file: which version of the source it was, and what the target said it became.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArrivedFile {
    /// Version at the source.
    pub version: VersionTag,
    /// Bytes.
    pub size: u64,
    /// Time of the last change at the source.
    pub modified: Option<DateTime<Utc>>,
    /// Version at the target, right after writing.
    pub target_version: VersionTag,
}

impl ArrivedFile {
    /// Whether this is the entry as it is now: by version where the source has versions, else by size and time.
    pub(crate) fn is_of(&self, entry: &SourceEntry) -> bool {
        if entry.version.0.is_empty() {
            self.size == entry.size && entry.modified.is_some() && self.modified == entry.modified
        } else {
            self.version == entry.version
        }
    }
}

/// One dataset, from where it is read to where it lands.
#[derive(Clone)]
pub struct DatasetRun {
    /// For results and messages.
    pub name: String,
    pub source: Arc<dyn Source>,
    pub target: SharedStore,
    /// Folder that receives; made when missing. A file lands at `join_path(target_path, entry.path)`.
    pub target_path: String,
    pub arrived: Arc<dyn ArrivedFiles>,
}

/// One run.
#[derive(Clone)]
pub struct RunRequest {
    pub datasets: Vec<DatasetRun>,
    pub mode: SnapshotMode,
    pub mirror: Mirror,
    pub verification: Verification,
}

/// Whether what was written is read back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verification {
    #[default]
    InTransit,
    ReadBack,
}
