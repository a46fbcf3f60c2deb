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
    async fn begun(&self, _path: &str) -> Result<Option<Begun>, String> {
        Ok(None)
    }
    /// What was remembered of a file's beginning is void.
    async fn not_begun(&self, _path: &str) -> Result<(), String> {
        Ok(())
    }
    /// Remembers how far a large file is.
    async fn progressed(&self, _path: &str, _file: &Begun) -> Result<(), String> {
        Ok(())
    }
}

/// A large file that is not at its place yet, and what the target holds of it. No secret is in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Begun {
    Parts(BegunFile),
    HandedOver(HandedFile),
}

/// A large file that the target's side fetches without us. No secret is in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HandedFile {
    /// Version at the source.
    pub version: VersionTag,
    /// Bytes.
    pub size: u64,
    /// What the target said with [`datashare_storage::ServerCopy::hand_over`].
    pub handle: String,
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
    /// State of the hashes after them; empty when the target fetched them and nothing was hashed here.
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
    pub hand_over: HandOver,
}

/// Whether large files may be on their way while nothing runs here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HandOver {
    /// They are moved by the run, which ends with the process.
    #[default]
    No,
    /// The target's side is asked to fetch them, where it can; the run sees to what comes of it, or a later one does.
    LargeFiles,
}

/// Whether what was written is read back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verification {
    #[default]
    InTransit,
    ReadBack,
}
