//! What a run reads from: an ordered listing and a way to open each object pinned to its version.

use std::fmt::Debug;
use std::ops::Range;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use futures::stream::{self, BoxStream, StreamExt};

use crate::{
    ByteStream, ErrorKind, ObjectInfo, ObjectProperties, RemoteObject, Result, SharedStore, StoreError,
    VersionTag,
};

/// One file of a dataset.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceEntry {
    /// Path within the dataset, `/` between segments. For a dataset that is one file: its name.
    pub path: String,
    /// Bytes.
    pub size: u64,
    pub version: VersionTag,
    pub modified: Option<DateTime<Utc>>,
    pub md5: Option<[u8; 16]>,
    /// SHA-256 where the publisher computed and signed one.
    pub sha256: Option<[u8; 32]>,
    pub properties: ObjectProperties,
    /// The source's own handle: how to find the object again. Not for people, holds no secret.
    pub handle: String,
}

/// Where a dataset's bytes come from. Listings are in ascending order of path bytes.
#[async_trait]
pub trait Source: Send + Sync + Debug {
    /// Every file, in order of path bytes, listed while it is consumed. A source that does not exist is an error.
    fn list(&self) -> BoxStream<'static, Result<SourceEntry>>;
    /// Opens a range of the entry's version; `Changed` when the file is another by now.
    async fn open(&self, entry: &SourceEntry, range: Option<Range<u64>>) -> Result<ByteStream>;
    /// The entry as it is now, after `Changed`; `None` when it is gone.
    async fn refresh(&self, entry: &SourceEntry) -> Result<Option<SourceEntry>>;
    /// Bytes of the largest range whose bytes are checked on their way, see [`crate::Capabilities::checked_range`].
    fn checked_range(&self) -> Option<u64> {
        None
    }
    /// The entry as a store can fetch it by itself, where it can.
    async fn remote(&self, _entry: &SourceEntry) -> Option<RemoteObject> {
        None
    }
    /// For messages.
    fn describe(&self) -> String;
}

/// A part of a store as a source: everything below a prefix, or one object.
#[derive(Clone, Debug)]
pub struct StoreSource {
    store: SharedStore,
    base: String,
    one_file: bool,
}

impl StoreSource {
    /// Everything below a container or folder.
    pub fn folder(store: SharedStore, path: &str) -> Self {
        Self { store, base: path.trim_matches('/').to_owned(), one_file: false }
    }

    /// Exactly one object.
    pub fn file(store: SharedStore, key: &str) -> Self {
        Self { store, base: key.to_owned(), one_file: true }
    }

    fn entry(&self, info: ObjectInfo) -> SourceEntry {
        let path = if self.one_file {
            info.key.rsplit('/').next().unwrap_or(&info.key).to_owned()
        } else if self.base.is_empty() {
            info.key.clone()
        } else {
            info.key[self.base.len() + 1..].to_owned()
        };
        SourceEntry {
            path,
            size: info.size,
            version: info.version,
            modified: info.modified,
            md5: info.md5,
            sha256: None,
            properties: info.properties,
            handle: info.key,
        }
    }

    fn list_file(&self) -> BoxStream<'static, Result<SourceEntry>> {
        let this = self.clone();
        stream::once(async move {
            match this.store.head(&this.base).await? {
                Some(info) => Ok(this.entry(info)),
                None => {
                    let message = format!("There is no file '{}' in {}.", this.base, this.store.describe());
                    Err(StoreError::new(ErrorKind::NotFound, "list", &this.base, message))
                }
            }
        })
        .boxed()
    }

    fn list_folder(&self) -> BoxStream<'static, Result<SourceEntry>> {
        let this = self.clone();
        let prefix = if this.base.is_empty() { String::new() } else { format!("{}/", this.base) };
        stream::try_unfold(Some(None::<String>), move |state| {
            let (this, prefix) = (this.clone(), prefix.clone());
            async move {
                let Some(next) = state else { return Ok(None) };
                let page = this.store.list(&prefix, next.as_deref()).await?;
                let entries: Vec<Result<SourceEntry>> =
                    page.objects.into_iter().map(|info| Ok(this.entry(info))).collect();
                Ok(Some((stream::iter(entries), page.next.map(Some))))
            }
        })
        .try_flatten()
        .boxed()
    }
}

#[async_trait]
impl Source for StoreSource {
    fn list(&self) -> BoxStream<'static, Result<SourceEntry>> {
        if self.one_file { self.list_file() } else { self.list_folder() }
    }

    async fn open(&self, entry: &SourceEntry, range: Option<Range<u64>>) -> Result<ByteStream> {
        Ok(self.store.read(&entry.handle, range, Some(&entry.version)).await?.body)
    }

    async fn refresh(&self, entry: &SourceEntry) -> Result<Option<SourceEntry>> {
        Ok(self.store.head(&entry.handle).await?.map(|info| self.entry(info)))
    }

    fn checked_range(&self) -> Option<u64> {
        self.store.capabilities().checked_range
    }

    async fn remote(&self, entry: &SourceEntry) -> Option<RemoteObject> {
        self.store.remote(&entry.handle, &entry.version)
    }

    fn describe(&self) -> String {
        format!(
            "{} in {}",
            if self.base.is_empty() { "everything" } else { &self.base },
            self.store.describe()
        )
    }
}
