//! A store that fails as it is told, before the effect, after it, or in the bytes.

use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use datashare_storage::{
    Capabilities, ErrorKind, HeldParts, Level, ObjectInfo, ObjectProperties, ObjectRead, Page, Pieces,
    PutMode, Result, SharedStore, Store, StoreCheck, StoreError, Upload, UploadExpectation, VersionTag,
};
use futures::{StreamExt, stream};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    List,
    Head,
    Read,
    Put,
    Begin,
    Part,
    Finish,
    MakePlace,
}

#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// The error instead of the effect.
    Before(ErrorKind),
    /// The effect, and the error all the same.
    After(ErrorKind),
    /// Half of the bytes, then the error.
    Midway(ErrorKind),
    /// Half of the bytes, then the end, as if that were all.
    Truncated,
    /// One bit is another one.
    Flipped,
    /// More bytes than there are.
    Overlong,
    /// The effect, after so long. For [`Operation::Put`].
    Slow(Duration),
}

type Script = dyn FnMut(Operation, &str) -> Option<Fault> + Send;

/// Asks its script before every operation.
pub struct FaultyStore {
    pub inner: SharedStore,
    script: Arc<Mutex<Box<Script>>>,
    log: Arc<Mutex<Vec<(Operation, String)>>>,
    /// So that tests of uploads in parts need few bytes.
    pub largest_part: u64,
}

impl std::fmt::Debug for FaultyStore {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("FaultyStore")
    }
}

fn error(kind: ErrorKind, key: &str) -> StoreError {
    StoreError::new(kind, "test", key, format!("{kind:?} at '{key}'."))
}

impl FaultyStore {
    pub fn new(inner: SharedStore) -> Self {
        let script: Box<Script> = Box::new(|_, _| None);
        Self { inner, script: Arc::new(Mutex::new(script)), log: Arc::default(), largest_part: 64 * 1024 }
    }

    pub fn script(&self, script: impl FnMut(Operation, &str) -> Option<Fault> + Send + 'static) {
        *self.script.lock().unwrap() = Box::new(script);
    }

    pub fn works_again(&self) {
        self.script(|_, _| None);
    }

    /// Operations asked for since the last call.
    pub fn take_log(&self) -> Vec<(Operation, String)> {
        std::mem::take(&mut self.log.lock().unwrap())
    }

    fn fault(&self, operation: Operation, key: &str) -> Option<Fault> {
        self.log.lock().unwrap().push((operation, key.to_owned()));
        (self.script.lock().unwrap())(operation, key)
    }

    fn before(&self, operation: Operation, key: &str) -> Result<Option<Fault>> {
        match self.fault(operation, key) {
            Some(Fault::Before(kind)) => Err(error(kind, key)),
            fault => Ok(fault),
        }
    }
}

fn after<T>(fault: Option<Fault>, key: &str, value: T) -> Result<T> {
    match fault {
        Some(Fault::After(kind)) => Err(error(kind, key)),
        _ => Ok(value),
    }
}

async fn damaged(read: ObjectRead, fault: Fault) -> ObjectRead {
    let chunks: Vec<Result<Bytes>> = read.body.collect().await;
    let whole: Vec<Bytes> = chunks.into_iter().map(|chunk| chunk.unwrap()).collect();
    let mut bytes = BytesMut::from(&whole.concat()[..]);
    let half = bytes.len() / 2;
    let chunks = match fault {
        Fault::Midway(kind) => vec![Ok(bytes.split_to(half).freeze()), Err(error(kind, &read.info.key))],
        Fault::Truncated => vec![Ok(bytes.split_to(half).freeze())],
        Fault::Overlong => vec![Ok(bytes.freeze()), Ok(Bytes::from_static(b"more"))],
        _ => {
            if let Some(byte) = bytes.get_mut(half) {
                *byte ^= 4;
            }
            vec![Ok(bytes.freeze())]
        }
    };
    ObjectRead { info: read.info, body: stream::iter(chunks).boxed() }
}

#[async_trait]
impl Store for FaultyStore {
    fn describe(&self) -> String {
        "a store that fails".into()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { part_size: 1..self.largest_part, ..self.inner.capabilities() }
    }

    async fn check(&self) -> Result<StoreCheck> {
        self.inner.check().await
    }

    async fn list(&self, prefix: &str, next: Option<&str>) -> Result<Page> {
        let fault = self.before(Operation::List, prefix)?;
        after(fault, prefix, self.inner.list(prefix, next).await?)
    }

    async fn level(&self, path: &str, limit: usize, next: Option<&str>) -> Result<Level> {
        self.inner.level(path, limit, next).await
    }

    async fn head(&self, key: &str) -> Result<Option<ObjectInfo>> {
        let fault = self.before(Operation::Head, key)?;
        after(fault, key, self.inner.head(key).await?)
    }

    async fn read(
        &self,
        key: &str,
        range: Option<Range<u64>>,
        version: Option<&VersionTag>,
    ) -> Result<ObjectRead> {
        let fault = self.before(Operation::Read, key)?;
        let read = self.inner.read(key, range, version).await?;
        Ok(match fault {
            Some(fault) => damaged(read, fault).await,
            None => read,
        })
    }

    async fn put(
        &self,
        key: &str,
        bytes: Bytes,
        mode: PutMode,
        properties: &ObjectProperties,
    ) -> Result<ObjectInfo> {
        let fault = self.before(Operation::Put, key)?;
        if let Some(Fault::Slow(duration)) = fault {
            tokio::time::sleep(duration).await;
        }
        after(fault, key, self.inner.put(key, bytes, mode, properties).await?)
    }

    async fn upload(&self, key: &str, properties: &ObjectProperties) -> Result<Box<dyn Upload>> {
        self.before(Operation::Begin, key)?;
        let inner = self.inner.upload(key, properties).await?;
        let (script, log) = (self.script.clone(), self.log.clone());
        Ok(Box::new(FaultyUpload { key: key.to_owned(), inner, script, log }))
    }

    async fn resume(
        &self,
        key: &str,
        properties: &ObjectProperties,
        kept: &str,
        held: HeldParts,
    ) -> Result<Option<Box<dyn Upload>>> {
        let Some(inner) = self.inner.resume(key, properties, kept, held).await? else { return Ok(None) };
        let (script, log) = (self.script.clone(), self.log.clone());
        Ok(Some(Box::new(FaultyUpload { key: key.to_owned(), inner, script, log })))
    }

    async fn settle(&self) {
        self.inner.settle().await;
    }

    async fn delete(&self, key: &str) -> Result<()> {
        self.inner.delete(key).await
    }

    async fn remove_place(&self, place: &str) -> Result<()> {
        self.inner.remove_place(place).await
    }

    async fn make_place(&self, place: &str) -> Result<()> {
        self.before(Operation::MakePlace, place)?;
        self.inner.make_place(place).await
    }

    async fn place_exists(&self, place: &str) -> Result<bool> {
        self.inner.place_exists(place).await
    }
}

struct FaultyUpload {
    key: String,
    inner: Box<dyn Upload>,
    script: Arc<Mutex<Box<Script>>>,
    log: Arc<Mutex<Vec<(Operation, String)>>>,
}

impl FaultyUpload {
    fn before(&self, operation: Operation) -> Result<Option<Fault>> {
        self.log.lock().unwrap().push((operation, self.key.clone()));
        match (self.script.lock().unwrap())(operation, &self.key) {
            Some(Fault::Before(kind)) => Err(error(kind, &self.key)),
            fault => Ok(fault),
        }
    }
}

#[async_trait]
impl Pieces for FaultyUpload {
    async fn write(&self, offset: u64, bytes: Bytes) -> Result<()> {
        let fault = self.before(Operation::Part)?;
        self.inner.pieces().unwrap().write(offset, bytes).await?;
        after(fault, &self.key, ())
    }

    fn whole(&self, index: u32, offset: u64, length: u64) {
        self.inner.pieces().unwrap().whole(index, offset, length);
    }
}

#[async_trait]
impl Upload for FaultyUpload {
    async fn part(&self, index: u32, offset: u64, bytes: Bytes) -> Result<()> {
        let fault = self.before(Operation::Part)?;
        self.inner.part(index, offset, bytes).await?;
        after(fault, &self.key, ())
    }

    fn pieces(&self) -> Option<&dyn Pieces> {
        self.inner.pieces().map(|_| self as &dyn Pieces)
    }

    async fn finish(&self, expectation: UploadExpectation) -> Result<ObjectInfo> {
        let fault = self.before(Operation::Finish)?;
        let info = self.inner.finish(expectation).await?;
        after(fault, &self.key, info)
    }

    async fn keep(&self) -> Result<Option<String>> {
        self.inner.keep().await
    }

    async fn leave(self: Box<Self>) {
        self.inner.leave().await;
    }

    async fn abort(self: Box<Self>) {
        self.inner.abort().await;
    }
}
