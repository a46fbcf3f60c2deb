//! Reading a file pinned to its version.

use std::fs::{File, Metadata};
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::PathBuf;
use std::time::UNIX_EPOCH;

use bytes::Bytes;
use futures::{StreamExt, stream};

use super::blocking;
use super::failure::{changed, failure, no_such_file};
use super::place::Root;
use crate::{ByteStream, ObjectInfo, ObjectProperties, ObjectRead, Result, VersionTag};

const CHUNK: u64 = 512 * 1024;

/// Size and modification time, and which file it is where the system tells: a replaced file is another one even when
/// it has the size and time of the old one.
pub(super) fn version_of(metadata: &Metadata) -> VersionTag {
    let nanos = metadata.modified().ok().map_or(0, |time| match time.duration_since(UNIX_EPOCH) {
        Ok(after) => after.as_nanos() as i128,
        Err(before) => -(before.duration().as_nanos() as i128),
    });
    VersionTag(format!("{:x}-{nanos:x}-{:x}", metadata.len(), file_number(metadata)))
}

#[cfg(unix)]
fn file_number(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn file_number(_: &Metadata) -> u64 {
    0
}

pub(super) fn info_of(key: &str, metadata: &Metadata) -> ObjectInfo {
    let modified = metadata.modified().ok().map(Into::into);
    ObjectInfo {
        key: key.to_owned(),
        size: metadata.len(),
        version: version_of(metadata),
        modified,
        md5: None,
        properties: ObjectProperties { modified, ..ObjectProperties::default() },
    }
}

/// A file being read. Every chunk is read by a blocking call of its own, so a slow reader holds no thread.
struct OpenFile {
    file: File,
    path: PathBuf,
    key: String,
    version: VersionTag,
    /// Bytes still to come; at none, the version is checked once more.
    left: u64,
}

/// Opens a range and reads its first chunk; for small files that is all.
pub(super) fn open(
    root: &Root,
    key: &str,
    range: Option<Range<u64>>,
    version: Option<&VersionTag>,
) -> Result<ObjectRead> {
    let (path, _) = root.file(key, "read")?.ok_or_else(|| no_such_file(key, &root.join(key), "read"))?;
    let fail = |error| failure(error, "read", key, &path);
    let mut file = File::open(&path).map_err(fail)?;
    let info = info_of(key, &file.metadata().map_err(fail)?);
    if version.is_some_and(|version| *version != info.version) {
        return Err(changed(key, &path, "read"));
    }
    let range = range.unwrap_or(0..info.size);
    let (start, end) = (range.start.min(info.size), range.end.min(info.size));
    if start > 0 {
        file.seek(SeekFrom::Start(start)).map_err(fail)?;
    }
    let version = info.version.clone();
    let mut open = OpenFile { file, path, key: key.to_owned(), version, left: end.saturating_sub(start) };
    let first = open.next();
    let more = open.left > 0 && first.is_ok();
    Ok(ObjectRead { info, body: stream::iter([first]).chain(open.rest(more)).boxed() })
}

impl OpenFile {
    fn next(&mut self) -> Result<Bytes> {
        let size = self.left.min(CHUNK);
        let mut bytes = Vec::with_capacity(size as usize);
        let fail = |error| failure(error, "read", &self.key, &self.path);
        (&self.file).take(size).read_to_end(&mut bytes).map_err(fail)?;
        self.left -= bytes.len() as u64;
        let cut_short = (bytes.len() as u64) < size;
        if cut_short || (self.left == 0 && version_of(&self.file.metadata().map_err(fail)?) != self.version) {
            return Err(changed(&self.key, &self.path, "read"));
        }
        Ok(bytes.into())
    }

    fn rest(self, more: bool) -> ByteStream {
        let step = |open: Option<Self>| async move {
            let mut open = open?;
            let (open, chunk) = match blocking(move || Ok((open.next(), open))).await {
                Ok((chunk, open)) => ((open.left > 0 && chunk.is_ok()).then_some(open), chunk),
                Err(error) => (None, Err(error)),
            };
            Some((chunk, open))
        };
        stream::unfold(more.then_some(self), step).boxed()
    }
}
