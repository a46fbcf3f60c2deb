//! Writing: into a file beside the target, made durable, then renamed over it. Nothing half-written has a final name.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use md5::{Digest, Md5};
use tempfile::{NamedTempFile, TempPath};

use super::blocking;
use super::failure::{changed, failure};
use super::place::{LOCK_NAME, PART_PREFIX, Root, split};
use super::read::{info_of, version_of};
use super::sync::FolderSyncs;
use crate::{ErrorKind, ObjectInfo, PutMode, Result, StoreError, Upload, UploadExpectation};

/// Where a key is written: its folder, which is there, and its whole path.
pub(super) struct Target {
    key: String,
    folder: PathBuf,
    path: PathBuf,
    syncs: Arc<FolderSyncs>,
}

impl Target {
    pub(super) fn make(root: &Root, key: &str, syncs: Arc<FolderSyncs>) -> Result<Self> {
        let (folder, name) = split(key);
        let folder = root.make_folder(folder, "write")?;
        Ok(Self { key: key.to_owned(), path: folder.join(name), folder, syncs })
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    fn fail(&self, error: io::Error) -> StoreError {
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
    fn publish(
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

/// A large file on its way in. Dropped, it takes its temporary file with it.
pub(super) struct FolderUpload {
    target: Target,
    temporary: TempPath,
    /// Shared by the parts being written; taken for good by `finish`, so that a part that comes late changes nothing.
    file: Arc<RwLock<Option<File>>>,
    modified: Option<DateTime<Utc>>,
    /// Offset and length of each part that was written.
    parts: Mutex<BTreeMap<u32, (u64, u64)>>,
}

impl FolderUpload {
    pub(super) fn begin(target: Target, modified: Option<DateTime<Utc>>) -> Result<Self> {
        let (file, temporary) = target.begin()?;
        let file = Arc::new(RwLock::new(Some(file)));
        Ok(Self { target, temporary, file, modified, parts: Mutex::default() })
    }

    fn corrupt(&self, what: String) -> StoreError {
        let message =
            format!("'{}' did not arrive as it was sent ({what}), so it was not stored.", self.target.key);
        StoreError::new(ErrorKind::Corrupt, "write", &self.target.key, message)
    }

    /// Every byte from the first to the last was written.
    fn check_parts(&self, expectation: &UploadExpectation) -> Result<()> {
        let parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut end = 0;
        for (offset, length) in parts.values() {
            if *offset != end {
                return Err(self.corrupt("a part is missing".into()));
            }
            end += length;
        }
        if end == expectation.size {
            Ok(())
        } else {
            Err(self.corrupt(format!("{end} bytes instead of {}", expectation.size)))
        }
    }

    fn finish_now(self, expectation: &UploadExpectation) -> Result<ObjectInfo> {
        self.check_parts(expectation)?;
        let Some(mut file) = self.file.write().unwrap_or_else(PoisonError::into_inner).take() else {
            return Err(self.corrupt("it was finished twice".into()));
        };
        let size = file.metadata().map_err(|error| self.target.fail(error))?.len();
        if size != expectation.size {
            return Err(self.corrupt(format!("{size} bytes on the drive instead of {}", expectation.size)));
        }
        if let Some(md5) = expectation.md5 {
            let found = md5_of(&mut file).map_err(|error| self.target.fail(error))?;
            if found != md5 {
                return Err(self.corrupt("its MD5 is another one".into()));
            }
        }
        self.target.publish(file, self.temporary, &PutMode::Overwrite, self.modified)
    }
}

fn md5_of(file: &mut File) -> io::Result<[u8; 16]> {
    let (mut hash, mut buffer) = (Md5::new(), vec![0; 256 * 1024]);
    file.rewind()?;
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hash.finalize().into()),
            read => hash.update(&buffer[..read]),
        }
    }
}

#[cfg(unix)]
fn write_at(file: &File, offset: u64, bytes: &[u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, offset)
}

#[cfg(windows)]
fn write_at(file: &File, mut offset: u64, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        let written = std::os::windows::fs::FileExt::seek_write(file, bytes, offset)?;
        if written == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        (offset, bytes) = (offset + written as u64, &bytes[written..]);
    }
    Ok(())
}

#[async_trait]
impl Upload for FolderUpload {
    async fn part(&self, index: u32, offset: u64, bytes: Bytes) -> Result<()> {
        let (file, length) = (self.file.clone(), bytes.len() as u64);
        let written = blocking(move || {
            let file = file.read().unwrap_or_else(PoisonError::into_inner);
            Ok(file.as_ref().map_or(Ok(()), |file| write_at(file, offset, &bytes)))
        });
        written.await?.map_err(|error| self.target.fail(error))?;
        self.parts.lock().unwrap_or_else(PoisonError::into_inner).insert(index, (offset, length));
        Ok(())
    }

    async fn finish(self: Box<Self>, expectation: UploadExpectation) -> Result<ObjectInfo> {
        blocking(move || self.finish_now(&expectation)).await
    }

    async fn abort(self: Box<Self>) {
        // Dropping removes the temporary file; a file that cannot be removed now is a leftover, cleared later.
        let _ = blocking(move || Ok(drop(self))).await;
    }
}
