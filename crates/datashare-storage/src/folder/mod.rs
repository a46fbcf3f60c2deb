//! A folder as a store: keys are relative paths with `/`.
//!
//! Never leaves its root (no `..`, no link that leads out), never shows a half-written file under its final name, and
//! never makes the root itself. Content type and metadata are not kept; modification times are.

mod failure;
mod leftovers;
mod place;
mod read;
mod sync;
mod upload;
mod walk;
mod write;
mod writers;

use std::fs;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use datashare_domain::join_path;
use tokio::sync::RwLock;

use crate::{
    Capabilities, ErrorKind, HeldParts, Level, LevelEntry, LevelKind, ObjectInfo, ObjectProperties,
    ObjectRead, Page, PutMode, Result, Store, StoreCheck, StoreError, Upload, VersionTag,
};
use failure::failure;
use leftovers::Leftovers;
use place::{Root, check_key, is_absent, path_rules};
use sync::{FolderSyncs, sync_folder};
use upload::FolderUpload;
use walk::Walk;
use write::Target;
use writers::Writers;

const PAGE: usize = 1000;
const MOST_PARKED: usize = 4;
const MOST_WRITERS: usize = 64;

/// One folder of this computer, of a network drive or of a synchronised folder. Clones share it. Needs a Tokio runtime with
/// its clock.
#[derive(Clone, Debug)]
pub struct FolderStore {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    root: PathBuf,
    leftovers: Leftovers,
    syncs: Arc<FolderSyncs>,
    /// Listings that wait for their next page to be asked for, oldest first.
    parked: Mutex<Vec<(String, String, Walk)>>,
    /// Held for reading by all work on files until it has really ended: it goes on when nobody waits for it any more.
    working: Arc<RwLock<()>>,
    writers: Arc<Writers>,
}

/// Runs file work where it may block.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(broken_off(error)))
}

fn broken_off(error: impl std::error::Error + Send + Sync + 'static) -> StoreError {
    let message =
        "The work on a file was broken off, because Datashare is closing or met a fault of its own.";
    StoreError::new(ErrorKind::Other, "work", "", message).with_source(error)
}

impl FolderStore {
    /// The folder need not be there yet; every operation says so while it is not.
    pub fn new(root: PathBuf) -> Self {
        Self {
            inner: Arc::new(Inner {
                root,
                leftovers: Leftovers::default(),
                syncs: Arc::default(),
                parked: Mutex::default(),
                working: Arc::default(),
                writers: Writers::of(MOST_WRITERS),
            }),
        }
    }

    /// Runs an operation on the root as it is now.
    async fn with_root<T: Send + 'static>(
        &self,
        operation: &'static str,
        work: impl FnOnce(&Inner, Root) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let inner = self.inner.clone();
        let working = inner.working.clone().read_owned().await;
        blocking(move || {
            let _working = working;
            let root = Root::open(&inner.root, operation)?;
            work(&inner, root)
        })
        .await
    }
}

impl Inner {
    fn target(&self, root: &Root, key: &str) -> Result<Target> {
        let target = Target::make(root, key, self.syncs.clone(), self.working.clone())?;
        self.leftovers.clear_once(target.folder());
        Ok(target)
    }

    /// The listing that stopped at `next`, or a new one that descends to it.
    fn walk(&self, root: Root, prefix: &str, next: Option<&str>) -> Result<Walk> {
        let mut parked = self.parked.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = parked.iter().position(|(of, at, _)| of == prefix && Some(at.as_str()) == next);
        if let Some(found) = waiting {
            return Ok(parked.remove(found).2);
        }
        drop(parked);
        Walk::start(root, prefix, next)
    }

    fn park(&self, prefix: &str, next: &str, walk: Walk) {
        let mut parked = self.parked.lock().unwrap_or_else(PoisonError::into_inner);
        if parked.len() >= MOST_PARKED {
            parked.remove(0);
        }
        parked.push((prefix.to_owned(), next.to_owned(), walk));
    }

    fn page(&self, root: Root, prefix: &str, next: Option<&str>) -> Result<Page> {
        let mut walk = self.walk(root, prefix, next)?;
        let objects = walk.take(PAGE)?;
        let next = if objects.len() == PAGE { objects.last().map(|last| last.key.clone()) } else { None };
        if let Some(next) = &next {
            self.park(prefix, next, walk);
        }
        Ok(Page { objects, next })
    }
}

fn level(root: &Root, path: &str, limit: usize, after: Option<&str>) -> Result<Level> {
    let (names, more) = walk::level(root, path, limit, after)?;
    let next = if more { names.last().map(|name| name.to_string()) } else { None };
    let mut entries = Vec::with_capacity(names.len());
    for name in names {
        if let Some(name) = name.strip_suffix('/') {
            entries.push(LevelEntry {
                key: join_path(path, name),
                name: name.to_owned(),
                kind: LevelKind::Folder,
            });
        } else if let Some(info) = walk::look_below(root, path, &name)? {
            let kind = LevelKind::File { size: info.size, modified: info.modified };
            entries.push(LevelEntry { name: name.into_string(), key: info.key, kind });
        }
    }
    Ok(Level { entries, next })
}

fn delete(root: &Root, key: &str) -> Result<()> {
    let (folder, name) = place::split(key);
    let Some(folder) = root.folder(folder, "delete")? else { return Ok(()) };
    let path = folder.join(name);
    let fail = |error| failure(error, "delete", key, &path);
    match fs::symlink_metadata(&path) {
        Ok(metadata) if metadata.is_dir() => return Ok(()),
        Ok(_) => {}
        Err(error) if is_absent(&error) => return Ok(()),
        Err(error) => return Err(fail(error)),
    }
    match fs::remove_file(&path) {
        Err(error) if !is_absent(&error) => Err(fail(error)),
        _ => sync_folder(&folder).map_err(fail),
    }
}

fn remove_place(root: &Root, place: &str) -> Result<()> {
    let (above, name) = place::split(place);
    let Some(above) = root.folder(above, "delete")? else { return Ok(()) };
    let path = above.join(name);
    match fs::remove_dir_all(&path) {
        Err(error) if !is_absent(&error) => Err(failure(error, "delete", place, &path)),
        _ => Ok(()),
    }
}

/// A place: a key, or nothing for the root.
fn check_place(operation: &'static str, place: &str) -> Result<()> {
    if place.is_empty() { Ok(()) } else { check_key(operation, place) }
}

#[async_trait]
impl Store for FolderStore {
    fn describe(&self) -> String {
        format!("folder {}", self.inner.root.display())
    }

    async fn settle(&self) {
        drop(self.inner.working.write().await);
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            paths: path_rules(),
            delegates_access: false,
            part_size: 1..(1 << 30),
            most_parts: u32::MAX,
            keeps_modified: true,
            checked_range: None,
            keeps_md5: false,
        }
    }

    async fn check(&self) -> Result<StoreCheck> {
        self.with_root("list", |_, root| {
            fs::read_dir(root.path()).map_err(|error| failure(error, "list", "", root.path()))?;
            Ok(StoreCheck {
                message: format!("The folder {} is there and can be read.", root.path().display()),
            })
        })
        .await
    }

    async fn list(&self, prefix: &str, next: Option<&str>) -> Result<Page> {
        // Only the folders of the prefix are walked down; the rest is compared as text.
        check_place("list", place::split(prefix).0)?;
        let (prefix, next) = (prefix.to_owned(), next.map(str::to_owned));
        self.with_root("list", move |inner, root| inner.page(root, &prefix, next.as_deref())).await
    }

    async fn level(&self, path: &str, limit: usize, next: Option<&str>) -> Result<Level> {
        let (path, next) = (path.trim_end_matches('/').to_owned(), next.map(str::to_owned));
        check_place("list", &path)?;
        self.with_root("list", move |_, root| level(&root, &path, limit, next.as_deref())).await
    }

    async fn head(&self, key: &str) -> Result<Option<ObjectInfo>> {
        check_key("read", key)?;
        let key = key.to_owned();
        self.with_root("read", move |_, root| {
            Ok(root.file(&key, "read")?.map(|(_, metadata)| read::info_of(&key, &metadata)))
        })
        .await
    }

    async fn read(
        &self,
        key: &str,
        range: Option<Range<u64>>,
        version: Option<&VersionTag>,
    ) -> Result<ObjectRead> {
        check_key("read", key)?;
        let (key, version) = (key.to_owned(), version.cloned());
        self.with_root("read", move |_, root| read::open(&root, &key, range, version.as_ref())).await
    }

    async fn put(
        &self,
        key: &str,
        bytes: Bytes,
        mode: PutMode,
        properties: &ObjectProperties,
    ) -> Result<ObjectInfo> {
        check_key("write", key)?;
        let (key, modified) = (key.to_owned(), properties.modified);
        let inner = self.inner.clone();
        let working = inner.working.clone().read_owned().await;
        let write = move || {
            let _working = working;
            let root = Root::open(&inner.root, "write")?;
            inner.target(&root, &key)?.put(&bytes, &mode, modified)
        };
        self.inner.writers.run(write).await
    }

    async fn upload(&self, key: &str, properties: &ObjectProperties) -> Result<Box<dyn Upload>> {
        check_key("write", key)?;
        let (key, modified) = (key.to_owned(), properties.modified);
        self.with_root("write", move |inner, root| {
            let upload = FolderUpload::begin(inner.target(&root, &key)?, modified)?;
            Ok(Box::new(upload) as Box<dyn Upload>)
        })
        .await
    }

    async fn resume(
        &self,
        key: &str,
        properties: &ObjectProperties,
        kept: &str,
        held: HeldParts,
    ) -> Result<Option<Box<dyn Upload>>> {
        check_key("write", key)?;
        let (key, kept, modified) = (key.to_owned(), kept.to_owned(), properties.modified);
        self.with_root("write", move |inner, root| {
            let upload = FolderUpload::resume(inner.target(&root, &key)?, &kept, held, modified)?;
            Ok(upload.map(|upload| Box::new(upload) as Box<dyn Upload>))
        })
        .await
    }

    async fn delete(&self, key: &str) -> Result<()> {
        check_key("delete", key)?;
        let key = key.to_owned();
        self.with_root("delete", move |_, root| delete(&root, &key)).await
    }

    async fn remove_place(&self, place: &str) -> Result<()> {
        let place = place.trim_end_matches('/').to_owned();
        // The root is the user's own folder, so an empty place is refused here like any other bad name.
        check_key("delete", &place)?;
        self.with_root("delete", move |_, root| remove_place(&root, &place)).await
    }

    async fn make_place(&self, place: &str) -> Result<()> {
        let place = place.trim_end_matches('/').to_owned();
        check_place("make", &place)?;
        self.with_root("make", move |_, root| root.make_folder(&place, "make").map(drop)).await
    }

    async fn place_exists(&self, place: &str) -> Result<bool> {
        let place = place.trim_end_matches('/').to_owned();
        check_place("list", &place)?;
        let found = self.with_root("list", move |_, root| Ok(root.folder(&place, "list")?.is_some())).await;
        match found {
            Err(error) if error.kind == ErrorKind::NoSuchPlace => Ok(false),
            other => other,
        }
    }
}
