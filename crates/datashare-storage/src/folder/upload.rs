//! A large file on its way in: parts written where they belong in a file beside the target, in any order.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use tempfile::TempPath;

use super::blocking;
use super::place::{KEPT_PREFIX, PART_PREFIX};
use super::sync::sync_folder;
use super::write::Target;
use super::writers::Writers;
use crate::{
    ErrorKind, HeldParts, ObjectInfo, Pieces, PutMode, Result, Retry, StoreError, Upload, UploadExpectation,
};

/// Dropped, it takes its temporary file with it, unless that was kept: then only finishing and giving up do.
pub(super) struct FolderUpload {
    target: Target,
    temporary: Arc<Mutex<Option<TempPath>>>,
    /// Shared by the parts being written; taken for good by `finish`, so that a part that comes late changes nothing.
    file: Arc<RwLock<Option<File>>>,
    modified: Option<DateTime<Utc>>,
    /// Offset and length of each part that was written.
    parts: Mutex<BTreeMap<u32, (u64, u64)>>,
    /// One: the system lets one write into a file at a time, and who waits for it there burns a core.
    writer: Arc<Writers>,
}

impl FolderUpload {
    pub(super) fn begin(target: Target, modified: Option<DateTime<Utc>>) -> Result<Self> {
        let (file, temporary) = target.begin()?;
        Ok(Self::of(target, file, temporary, modified, BTreeMap::new()))
    }

    /// Goes on with a file that was kept. `None` when it is gone, shorter than it was, or being written by somebody.
    pub(super) fn resume(
        target: Target,
        name: &str,
        held: HeldParts,
        modified: Option<DateTime<Utc>>,
    ) -> Result<Option<Self>> {
        if !is_kept_name(name) {
            return Ok(None);
        }
        let path = target.folder().join(name);
        let Ok(file) = OpenOptions::new().read(true).write(true).open(&path) else { return Ok(None) };
        if matches!(file.try_lock(), Err(fs::TryLockError::WouldBlock)) || !path.exists() {
            return Ok(None);
        }
        if file.metadata().map_err(|error| target.fail(error))?.len() < held.bytes {
            return Ok(None);
        }
        let temporary = lasting(path).map_err(|error| target.fail(error))?;
        // What was written after the last keeping may have holes.
        file.set_len(held.bytes).map_err(|error| target.fail(error))?;
        let span = |index: u32| {
            let offset = u64::from(index) * held.part_size;
            (index, (offset, held.part_size.min(held.bytes.saturating_sub(offset))))
        };
        let parts = (0..held.count).map(span).collect();
        Ok(Some(Self::of(target, file, temporary, modified, parts)))
    }

    fn of(
        target: Target,
        file: File,
        temporary: TempPath,
        modified: Option<DateTime<Utc>>,
        parts: BTreeMap<u32, (u64, u64)>,
    ) -> Self {
        Self {
            target,
            temporary: Arc::new(Mutex::new(Some(temporary))),
            file: Arc::new(RwLock::new(Some(file))),
            modified,
            parts: Mutex::new(parts),
            writer: Writers::of(1),
        }
    }

    /// Every byte from the first to the last was written.
    fn check_parts(&self, expectation: &UploadExpectation) -> Result<()> {
        let mut end = 0;
        for (offset, length) in locked(&self.parts).values() {
            if *offset != end {
                return Err(corrupt(&self.target.key, "a part is missing"));
            }
            end += length;
        }
        if end == expectation.size {
            Ok(())
        } else {
            Err(corrupt(&self.target.key, &format!("{end} bytes instead of {}", expectation.size)))
        }
    }
}

/// Everything but the check of the parts.
fn finish(
    target: &Target,
    file: &RwLock<Option<File>>,
    temporary: &Mutex<Option<TempPath>>,
    size: u64,
    modified: Option<DateTime<Utc>>,
) -> Result<ObjectInfo> {
    let file = file.write().unwrap_or_else(PoisonError::into_inner).take();
    let (Some(file), Some(temporary)) = (file, locked(temporary).take()) else {
        let message = format!("What had arrived of '{}' is not there any more.", target.key);
        let gone = StoreError::new(ErrorKind::NotFound, "write", &target.key, message);
        return Err(gone.with_retry(Retry::Later(None)));
    };
    let stored = file.metadata().map_err(|error| target.fail(error))?.len();
    if stored != size {
        return Err(corrupt(&target.key, &format!("{stored} bytes on the drive instead of {size}")));
    }
    target.publish(file, temporary, &PutMode::Overwrite, modified)
}

fn corrupt(key: &str, what: &str) -> StoreError {
    let message = format!("'{key}' did not arrive as it was sent ({what}), so it was not stored.");
    StoreError::new(ErrorKind::Corrupt, "write", key, message)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The name comes from where anybody may have written: it must be one of ours and stay in its folder.
fn is_kept_name(name: &str) -> bool {
    name.strip_prefix(KEPT_PREFIX).is_some_and(|rest| rest.chars().all(|c| c.is_ascii_alphanumeric()))
}

/// A path that stays when it is dropped.
fn lasting(path: PathBuf) -> io::Result<TempPath> {
    let mut path = TempPath::try_from_path(path)?;
    path.disable_cleanup(true);
    Ok(path)
}

/// Makes the file outlast this process and a power cut; its name from then on.
fn keep(file: &File, temporary: &mut Option<TempPath>) -> io::Result<Option<String>> {
    file.sync_data()?;
    let Some(path) = temporary.as_deref().map(Path::to_owned) else { return Ok(None) };
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return Ok(None) };
    if is_kept_name(name) {
        return Ok(Some(name.to_owned()));
    }
    let kept = name.replacen(PART_PREFIX, KEPT_PREFIX, 1);
    let (folder, to) = (path.parent().unwrap_or(Path::new(".")), path.with_file_name(&kept));
    fs::rename(&path, &to)?;
    if let Some(before) = temporary.replace(lasting(to)?) {
        // Its path is nobody's any more.
        drop(before.keep());
    }
    sync_folder(folder)?;
    Ok(Some(kept))
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
impl Pieces for FolderUpload {
    async fn write(&self, offset: u64, bytes: Bytes) -> Result<()> {
        let (file, working) = (self.file.clone(), self.target.working.clone().read_owned().await);
        let written = self.writer.run(move || {
            let _working = working;
            let file = file.read().unwrap_or_else(PoisonError::into_inner);
            Ok(file.as_ref().map_or(Ok(()), |file| write_at(file, offset, &bytes)))
        });
        written.await?.map_err(|error| self.target.fail(error))
    }

    fn whole(&self, index: u32, offset: u64, length: u64) {
        locked(&self.parts).insert(index, (offset, length));
    }
}

#[async_trait]
impl Upload for FolderUpload {
    async fn part(&self, index: u32, offset: u64, bytes: Bytes) -> Result<()> {
        let length = bytes.len() as u64;
        self.write(offset, bytes).await?;
        self.whole(index, offset, length);
        Ok(())
    }

    fn pieces(&self) -> Option<&dyn Pieces> {
        Some(self)
    }

    async fn finish(&self, expectation: UploadExpectation) -> Result<ObjectInfo> {
        self.check_parts(&expectation)?;
        let (target, file, temporary) = (self.target.clone(), self.file.clone(), self.temporary.clone());
        let (modified, working) = (self.modified, self.target.working.clone().read_owned().await);
        blocking(move || {
            let _working = working;
            finish(&target, &file, &temporary, expectation.size, modified)
        })
        .await
    }

    async fn keep(&self) -> Result<Option<String>> {
        let (file, temporary) = (self.file.clone(), self.temporary.clone());
        let kept = blocking(move || {
            let file = file.read().unwrap_or_else(PoisonError::into_inner);
            Ok(file.as_ref().map_or(Ok(None), |file| keep(file, &mut locked(&temporary))))
        });
        kept.await?.map_err(|error| self.target.fail(error))
    }

    async fn leave(self: Box<Self>) {}

    async fn abort(self: Box<Self>) {
        let removed = blocking(move || {
            let temporary = locked(&self.temporary).take();
            drop(self);
            // A file that cannot be removed now is a leftover, cleared later.
            Ok(temporary.map(|path| fs::remove_file(&path)))
        });
        let _ = removed.await;
    }
}
