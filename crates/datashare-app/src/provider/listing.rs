//! What a dataset holds, as it goes by: counted, or kept in a file of its own, so that it is listed once and signed for
//! many. Never held in memory: a folder may have a million files.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use datashare_protocol::{IndexLine, read_index_line, write_index_line};
use datashare_storage::{
    ByteStream, ErrorKind, ObjectProperties, Source, SourceEntry, StoreError, VersionTag,
};
use futures::TryStreamExt;
use futures::stream::{self, BoxStream, StreamExt};
use sha2::{Digest, Sha256};
use tempfile::TempPath;
use tokio::fs::File;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, BufWriter};

use crate::Result;

/// Bytes read or written together.
const BUFFER: usize = 1 << 20;

/// What a dataset holds now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listing {
    pub(crate) files: u64,
    pub(crate) bytes: u64,
    /// Changes when any file is added, changed or removed.
    pub(crate) sha256: String,
}

/// Counts entries as they go by.
#[derive(Default)]
struct Counter {
    files: u64,
    bytes: u64,
    hash: Sha256,
    last: Option<String>,
}

impl Counter {
    /// Whether it is another file than the one before: pages overlap where a store changed meanwhile.
    fn add(&mut self, entry: &SourceEntry) -> bool {
        if self.last.as_ref() == Some(&entry.path) {
            return false;
        }
        self.hash.update(format!("{}\0{}\0{}\n", entry.path, entry.size, entry.version.0));
        self.files += 1;
        self.bytes += entry.size;
        self.last = Some(entry.path.clone());
        true
    }

    fn finish(self) -> Listing {
        let sha256 = datashare_domain::hex(&self.hash.finalize());
        Listing { files: self.files, bytes: self.bytes, sha256 }
    }
}

/// Lists everything and keeps nothing.
pub(crate) async fn count(source: &Arc<dyn Source>) -> Result<Listing> {
    let (mut entries, mut counter) = (source.list(), Counter::default());
    while let Some(entry) = entries.try_next().await? {
        counter.add(&entry);
    }
    Ok(counter.finish())
}

/// A source whose listing was taken once, as far as an index tells it. The file goes with the value.
#[derive(Debug)]
pub(crate) struct KeptListing {
    source: Arc<dyn Source>,
    file: Arc<TempPath>,
}

impl KeptListing {
    /// Lists everything into a file in `folder` that only its owner can read.
    pub(crate) async fn of(source: Arc<dyn Source>, folder: &Path) -> Result<(Self, Listing)> {
        let (file, path) = tempfile::NamedTempFile::new_in(folder).map_err(not_kept)?.into_parts();
        let mut out = BufWriter::with_capacity(BUFFER, File::from_std(file));
        let (mut entries, mut counter, mut line) = (source.list(), Counter::default(), Vec::new());
        while let Some(entry) = entries.try_next().await? {
            if counter.add(&entry) {
                line.clear();
                write_index_line(&line_of(entry), &mut line).map_err(not_kept)?;
                out.write_all(&line).await.map_err(not_kept)?;
            }
        }
        out.flush().await.map_err(not_kept)?;
        Ok((Self { source, file: Arc::new(path) }, counter.finish()))
    }
}

fn line_of(entry: SourceEntry) -> IndexLine {
    IndexLine {
        path: entry.path,
        size: entry.size,
        version: entry.version.0,
        modified: entry.modified,
        sha256: None,
        md5: entry.md5.map(|md5| datashare_domain::hex(&md5)),
        object: entry.handle,
        signature: None,
        content_type: entry.properties.content_type,
    }
}

fn entry_of(line: IndexLine) -> SourceEntry {
    SourceEntry {
        path: line.path,
        size: line.size,
        version: VersionTag(line.version),
        modified: line.modified,
        md5: line.md5.as_deref().and_then(datashare_domain::from_hex),
        sha256: None,
        properties: ObjectProperties { content_type: line.content_type, ..ObjectProperties::default() },
        handle: line.object,
    }
}

fn not_kept(error: impl std::error::Error + Send + Sync + 'static) -> StoreError {
    let message = format!(
        "The list of files could not be kept in the workspace's directory: {error}. Check that its disk is not full or read-only."
    );
    StoreError::new(ErrorKind::Other, "list", "", message).with_source(error)
}

/// The next line of the file; the file itself stays as long as it is read.
async fn next_entry(
    (mut file, path): (BufReader<File>, Arc<TempPath>),
) -> datashare_storage::Result<Option<(SourceEntry, (BufReader<File>, Arc<TempPath>))>> {
    let mut line = Vec::new();
    if file.read_until(b'\n', &mut line).await.map_err(not_kept)? == 0 {
        return Ok(None);
    }
    let entry = entry_of(read_index_line(&line).map_err(not_kept)?);
    Ok(Some((entry, (file, path))))
}

#[async_trait]
impl Source for KeptListing {
    fn list(&self) -> BoxStream<'static, datashare_storage::Result<SourceEntry>> {
        let path = self.file.clone();
        stream::once(async move {
            let file = File::open(&*path).await.map_err(not_kept)?;
            Ok(stream::try_unfold((BufReader::with_capacity(BUFFER, file), path), next_entry))
        })
        .try_flatten()
        .boxed()
    }

    async fn open(
        &self,
        entry: &SourceEntry,
        range: Option<Range<u64>>,
    ) -> datashare_storage::Result<ByteStream> {
        self.source.open(entry, range).await
    }

    async fn refresh(&self, entry: &SourceEntry) -> datashare_storage::Result<Option<SourceEntry>> {
        self.source.refresh(entry).await
    }

    fn describe(&self) -> String {
        self.source.describe()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bytes::Bytes;
    use datashare_storage::{MemoryStore, PutMode, SharedStore, Store, StoreSource};

    use super::*;

    #[tokio::test]
    async fn a_kept_listing_says_the_same_again_and_leaves_nothing_behind() {
        let store = MemoryStore::new();
        store.make_place("pos").await.unwrap();
        let properties = ObjectProperties { content_type: Some("text/csv".into()), ..Default::default() };
        for name in ["pos/a \"b\" c", "pos/ü/c", "pos/d"] {
            store.put(name, Bytes::from_static(b"1"), PutMode::Create, &properties).await.unwrap();
        }
        let store: SharedStore = Arc::new(store);
        let (home, source) =
            (tempfile::tempdir().unwrap(), Arc::new(StoreSource::folder(store.clone(), "pos")));
        let (kept, listing) = KeptListing::of(source.clone(), home.path()).await.unwrap();
        let before: Vec<_> = source.list().try_collect().await.unwrap();
        assert_eq!(listing, count(&(source as Arc<dyn Source>)).await.unwrap());
        assert_eq!((listing.files, listing.bytes), (3, 3));
        store.delete("pos/d").await.unwrap();
        for _ in 0..2 {
            let entries: Vec<_> = kept.list().try_collect().await.unwrap();
            assert_eq!(entries, before);
        }
        drop(kept);
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
    }
}
