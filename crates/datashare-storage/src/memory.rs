//! A store in memory, for tests and for screens that are shown without an account.
//!
//! It behaves like a blob account: the first segment of a key is a container, which must be made before anything is
//! written into it. It delegates no access.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use datashare_domain::PathRules;
use futures::StreamExt;
use futures::stream;
use md5::{Digest, Md5};

use crate::level::part_of_level;
use crate::{
    Capabilities, ErrorKind, HeldParts, Level, LevelEntry, LevelKind, ObjectInfo, ObjectProperties,
    ObjectRead, Page, PutMode, Result, Store, StoreCheck, StoreError, Upload, UploadExpectation, VersionTag,
};

const PAGE: usize = 1000;
const CHUNK: usize = 1 << 20;

/// Objects in memory. Clones share them.
#[derive(Clone, Debug)]
pub struct MemoryStore {
    objects: Arc<Mutex<Objects>>,
    paths: PathRules,
}

#[derive(Debug, Default)]
struct Objects {
    containers: BTreeSet<String>,
    by_key: BTreeMap<String, (ObjectInfo, Bytes)>,
    versions: u64,
    /// Parts of uploads that were kept.
    kept: BTreeMap<String, Parts>,
}

/// Offset and bytes, by index.
type Parts = BTreeMap<u32, (u64, Bytes)>;

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryStore {
    /// An empty account with the names of blobs.
    pub fn new() -> Self {
        Self::with_paths(PathRules::BLOB)
    }

    /// An empty account that holds only what these rules allow, to stand for a target of another kind.
    pub fn with_paths(paths: PathRules) -> Self {
        Self { objects: Arc::default(), paths }
    }

    fn objects(&self) -> MutexGuard<'_, Objects> {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check_key(&self, operation: &'static str, key: &str) -> Result<()> {
        match self.paths.problem(key) {
            Some(problem) => Err(StoreError::new(ErrorKind::BadName, operation, key, problem)),
            None => Ok(()),
        }
    }
}

fn container_of(key: &str) -> &str {
    key.split_once('/').map_or(key, |(container, _)| container)
}

fn no_such_container(operation: &'static str, key: &str) -> StoreError {
    let message = format!("There is no container '{}'. Make it first, or check the name.", container_of(key));
    StoreError::new(ErrorKind::NoSuchPlace, operation, key, message)
}

fn no_such_object(operation: &'static str, key: &str) -> StoreError {
    StoreError::new(ErrorKind::NotFound, operation, key, format!("There is no object '{key}'."))
}

impl Objects {
    fn insert(&mut self, key: &str, bytes: Bytes, properties: &ObjectProperties) -> ObjectInfo {
        self.versions += 1;
        let info = ObjectInfo {
            key: key.to_owned(),
            size: bytes.len() as u64,
            version: VersionTag(format!("v{}", self.versions)),
            modified: Some(properties.modified.unwrap_or_else(|| SystemTime::now().into())),
            md5: Some(Md5::digest(&bytes).into()),
            properties: properties.clone(),
        };
        self.by_key.insert(key.to_owned(), (info.clone(), bytes));
        info
    }

    fn allow(&self, key: &str, mode: &PutMode) -> Result<()> {
        let present = self.by_key.get(key).map(|(info, _)| &info.version);
        match mode {
            PutMode::Create if present.is_some() => {
                let message = format!("'{key}' is there already.");
                Err(StoreError::new(ErrorKind::AlreadyExists, "write", key, message))
            }
            PutMode::Update(version) if present != Some(version) => {
                let message = format!("'{key}' was changed by somebody else in the meantime.");
                Err(StoreError::new(ErrorKind::Changed, "write", key, message))
            }
            _ => Ok(()),
        }
    }

    fn below<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a ObjectInfo> {
        self.by_key
            .range(prefix.to_owned()..)
            .take_while(move |(key, _)| key.starts_with(prefix))
            .map(|(_, (info, _))| info)
    }

    fn has_container_for(&self, prefix: &str) -> bool {
        match prefix.split_once('/') {
            Some((container, _)) => self.containers.contains(container),
            None => prefix.is_empty() || self.containers.iter().any(|name| name.starts_with(prefix)),
        }
    }

    fn level(&self, path: &str) -> Vec<LevelEntry> {
        if path.is_empty() {
            let container = |name: &String| LevelEntry {
                name: name.clone(),
                key: name.clone(),
                kind: LevelKind::Container,
            };
            return self.containers.iter().map(container).collect();
        }
        let prefix = format!("{path}/");
        let (mut folders, mut files) = (BTreeSet::new(), Vec::new());
        for info in self.below(&prefix) {
            let rest = &info.key[prefix.len()..];
            match rest.split_once('/') {
                Some((folder, _)) => _ = folders.insert(folder.to_owned()),
                None => files.push(LevelEntry {
                    name: rest.to_owned(),
                    key: info.key.clone(),
                    kind: LevelKind::File { size: info.size, modified: info.modified },
                }),
            }
        }
        let folder =
            |name: String| LevelEntry { key: format!("{prefix}{name}"), name, kind: LevelKind::Folder };
        folders.into_iter().map(folder).chain(files).collect()
    }
}

#[async_trait]
impl Store for MemoryStore {
    fn describe(&self) -> String {
        "memory".to_owned()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            paths: self.paths,
            delegates_access: false,
            part_size: 1..(1 << 30),
            most_parts: 50_000,
            keeps_modified: true,
            checked_range: None,
            keeps_md5: false,
        }
    }

    async fn check(&self) -> Result<StoreCheck> {
        let containers = self.objects().containers.len();
        Ok(StoreCheck { message: format!("The memory of this computer holds {containers} containers.") })
    }

    async fn list(&self, prefix: &str, next: Option<&str>) -> Result<Page> {
        let objects = self.objects();
        if !objects.has_container_for(prefix) {
            return Err(no_such_container("list", prefix));
        }
        let after = next.unwrap_or_default();
        let from = if after > prefix { after } else { prefix };
        let found: Vec<ObjectInfo> = objects
            .by_key
            .range(from.to_owned()..)
            .skip_while(|(key, _)| next == Some(key.as_str()))
            .take_while(|(key, _)| key.starts_with(prefix))
            .map(|(_, (info, _))| info.clone())
            .take(PAGE)
            .collect();
        let next = if found.len() == PAGE { found.last().map(|info| info.key.clone()) } else { None };
        Ok(Page { objects: found, next })
    }

    async fn level(&self, path: &str, limit: usize, next: Option<&str>) -> Result<Level> {
        let path = path.trim_matches('/');
        let objects = self.objects();
        if !path.is_empty() && !objects.containers.contains(container_of(path)) {
            return Err(no_such_container("list", path));
        }
        Ok(part_of_level(objects.level(path), limit, next))
    }

    async fn head(&self, key: &str) -> Result<Option<ObjectInfo>> {
        self.check_key("read", key)?;
        Ok(self.objects().by_key.get(key).map(|(info, _)| info.clone()))
    }

    async fn read(
        &self,
        key: &str,
        range: Option<Range<u64>>,
        version: Option<&VersionTag>,
    ) -> Result<ObjectRead> {
        self.check_key("read", key)?;
        let found = self.objects().by_key.get(key).cloned();
        let (info, bytes) = found.ok_or_else(|| no_such_object("read", key))?;
        if version.is_some_and(|version| *version != info.version) {
            let message = format!("'{key}' has changed since it was listed.");
            return Err(StoreError::new(ErrorKind::Changed, "read", key, message));
        }
        let length = bytes.len() as u64;
        let range = range.unwrap_or(0..length);
        let (start, end) = (range.start.min(length) as usize, range.end.min(length) as usize);
        let mut bytes = bytes.slice(start..end.max(start));
        let chunks: Vec<Result<Bytes>> = std::iter::from_fn(|| {
            let size = bytes.len().min(CHUNK);
            (size > 0).then(|| Ok(bytes.split_to(size)))
        })
        .collect();
        Ok(ObjectRead { info, body: stream::iter(chunks).boxed() })
    }

    async fn put(
        &self,
        key: &str,
        bytes: Bytes,
        mode: PutMode,
        properties: &ObjectProperties,
    ) -> Result<ObjectInfo> {
        self.check_key("write", key)?;
        let mut objects = self.objects();
        if !objects.containers.contains(container_of(key)) {
            return Err(no_such_container("write", key));
        }
        if container_of(key) == key {
            let message = format!("'{key}' names a container; an object needs a name inside of it.");
            return Err(StoreError::new(ErrorKind::BadName, "write", key, message));
        }
        objects.allow(key, &mode)?;
        Ok(objects.insert(key, bytes, properties))
    }

    async fn upload(&self, key: &str, properties: &ObjectProperties) -> Result<Box<dyn Upload>> {
        self.check_key("write", key)?;
        if !self.objects().containers.contains(container_of(key)) {
            return Err(no_such_container("write", key));
        }
        let (key, properties) = (key.to_owned(), properties.clone());
        Ok(Box::new(MemoryUpload { store: self.clone(), key, properties, parts: Mutex::default() }))
    }

    async fn resume(
        &self,
        key: &str,
        properties: &ObjectProperties,
        kept: &str,
        held: HeldParts,
    ) -> Result<Option<Box<dyn Upload>>> {
        let Some(mut parts) = self.objects().kept.get(kept).cloned() else { return Ok(None) };
        parts.retain(|index, _| *index < held.count);
        if parts.values().map(|(_, bytes)| bytes.len() as u64).sum::<u64>() != held.bytes {
            return Ok(None);
        }
        let (key, properties) = (key.to_owned(), properties.clone());
        Ok(Some(Box::new(MemoryUpload { store: self.clone(), key, properties, parts: Mutex::new(parts) })))
    }

    async fn delete(&self, key: &str) -> Result<()> {
        self.check_key("delete", key)?;
        self.objects().by_key.remove(key);
        Ok(())
    }

    async fn remove_place(&self, place: &str) -> Result<()> {
        let place = place.trim_matches('/');
        self.check_key("delete", place)?;
        let (mut objects, below) = (self.objects(), format!("{place}/"));
        objects.by_key.retain(|key, _| !key.starts_with(&below));
        objects.containers.remove(place);
        Ok(())
    }

    async fn make_place(&self, place: &str) -> Result<()> {
        let place = place.trim_matches('/');
        if !place.is_empty() {
            self.check_key("make", place)?;
            self.objects().containers.insert(container_of(place).to_owned());
        }
        Ok(())
    }

    async fn place_exists(&self, place: &str) -> Result<bool> {
        let (place, objects) = (place.trim_matches('/'), self.objects());
        Ok(match place.contains('/') {
            true => objects.below(&format!("{place}/")).next().is_some(),
            false => place.is_empty() || objects.containers.contains(place),
        })
    }
}

struct MemoryUpload {
    store: MemoryStore,
    key: String,
    properties: ObjectProperties,
    parts: Mutex<Parts>,
}

#[async_trait]
impl Upload for MemoryUpload {
    async fn part(&self, index: u32, offset: u64, bytes: Bytes) -> Result<()> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner).insert(index, (offset, bytes));
        Ok(())
    }

    async fn finish(&self, expectation: UploadExpectation) -> Result<ObjectInfo> {
        let mut whole = BytesMut::new();
        let parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for (offset, bytes) in parts.into_values() {
            if offset != whole.len() as u64 {
                let message = format!("A part of '{}' is missing.", self.key);
                return Err(StoreError::new(ErrorKind::Corrupt, "write", &self.key, message));
            }
            whole.extend_from_slice(&bytes);
        }
        if whole.len() as u64 != expectation.size {
            let message = format!("'{}' did not arrive as it was sent, so it was not stored.", self.key);
            return Err(StoreError::new(ErrorKind::Corrupt, "write", &self.key, message));
        }
        self.store.objects().kept.remove(&self.key);
        self.store.put(&self.key, whole.freeze(), PutMode::Overwrite, &self.properties).await
    }

    async fn keep(&self) -> Result<Option<String>> {
        let parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.store.objects().kept.insert(self.key.clone(), parts);
        Ok(Some(self.key.clone()))
    }

    async fn leave(self: Box<Self>) {}

    /// As on Azure, what was kept is cleared by nobody but time.
    async fn abort(self: Box<Self>) {}
}
