//! Writing: into a file beside the target, made durable, then renamed over it. Nothing half-written has a final name.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tempfile::{NamedTempFile, TempPath};
use tokio::sync::RwLock;

use super::failure::{changed, failure};
use super::place::{LOCK_NAME, PART_PREFIX, Root, split};
use super::read::{info_of, version_of};
use super::sync::FolderSyncs;
use crate::{ObjectInfo, PutMode, Result, StoreError};

/// Where a key is written: its folder, which is there, and its whole path.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) key: String,
    folder: PathBuf,
    path: PathBuf,
    syncs: Arc<FolderSyncs>,
    pub(super) working: Arc<RwLock<()>>,
}

impl Target {
    pub(super) fn make(
        root: &Root,
        key: &str,
        syncs: Arc<FolderSyncs>,
        working: Arc<RwLock<()>>,
    ) -> Result<Self> {
        let (folder, name) = split(key);
        let folder = root.make_folder(folder, "write")?;
        Ok(Self { key: key.to_owned(), path: folder.join(name), folder, syncs, working })
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn fail(&self, error: io::Error) -> StoreError {
        // The person knows the folder they chose, not the name of a temporary file in it.
        let path = if error.kind() == io::ErrorKind::PermissionDenied { &self.folder } else { &self.path };
        failure(error, "write", &self.key, path)
    }

    /// A new file beside the target. It is locked for as long as it is written, so that other processes can tell it from
    /// what a killed one left behind.
    pub(super) fn begin(&self) -> Result<(File, TempPath)> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(PART_PREFIX).rand_bytes(16);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        loop {
            let temporary: NamedTempFile =
                builder.tempfile_in(&self.folder).map_err(|error| self.fail(error))?;
            let ours = match temporary.as_file().try_lock() {
                // Between making and locking, another process may have taken it for a leftover.
                Ok(()) => temporary.path().exists(),
                Err(fs::TryLockError::WouldBlock) => false,
                // A drive without locks: there age alone decides.
                Err(fs::TryLockError::Error(_)) => true,
            };
            if ours {
                return Ok(temporary.into_parts());
            }
        }
    }

    /// Makes the written file durable and visible under the final name.
    pub(super) fn publish(
        &self,
        file: File,
        temporary: TempPath,
        mode: &PutMode,
        modified: Option<DateTime<Utc>>,
    ) -> Result<ObjectInfo> {
        let fail = |error| self.fail(error);
        if let Some(modified) = modified {
            file.set_modified(modified.into()).map_err(fail)?;
        }
        file.sync_all().map_err(fail)?;
        let metadata = file.metadata().map_err(fail)?;
        // Windows renames no open file; elsewhere the lock is kept until the file has its final name.
        #[cfg(windows)]
        drop(file);
        match mode {
            PutMode::Create => {
                temporary.persist_noclobber(&self.path).map_err(|failed| self.fail(failed.error))?
            }
            PutMode::Overwrite => temporary.persist(&self.path).map_err(|failed| self.fail(failed.error))?,
            PutMode::Update(version) => {
                let _alone = self.lock()?;
                match fs::metadata(&self.path) {
                    Ok(present) if version_of(&present) == *version => {}
                    _ => return Err(changed(&self.key, &self.path, "write")),
                }
                temporary.persist(&self.path).map_err(|failed| self.fail(failed.error))?;
            }
        }
        #[cfg(not(windows))]
        drop(file);
        self.syncs.sync(&self.folder).map_err(fail)?;
        Ok(info_of(&self.key, &metadata))
    }

    /// Waits until no other version-checked write goes on in this folder. Released when dropped, and by the system
    /// when the process ends.
    fn lock(&self) -> Result<File> {
        let path = self.folder.join(LOCK_NAME);
        let open = OpenOptions::new().write(true).create(true).truncate(false).open(&path);
        open.and_then(|file| file.lock().map(|()| file)).map_err(|error| self.fail(error))
    }

    /// Writes a small object whole.
    pub(super) fn put(
        &self,
        bytes: &[u8],
        mode: &PutMode,
        modified: Option<DateTime<Utc>>,
    ) -> Result<ObjectInfo> {
        let (mut file, temporary) = self.begin()?;
        file.write_all(bytes).map_err(|error| self.fail(error))?;
        self.publish(file, temporary, mode, modified)
    }
}
