//! The store trait and the values that go through it.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use datashare_domain::PathRules;
use datashare_secret::Secret;
use futures::stream::BoxStream;

use crate::Result;

/// A version of one object: an ETag, or for folders size and modification time. Opaque; equal means the same bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct VersionTag(pub String);

/// What travels with an object beside its bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObjectProperties {
    pub content_type: Option<String>,
    pub content_encoding: Option<String>,
    pub cache_control: Option<String>,
    /// User metadata; names are lower case.
    pub metadata: BTreeMap<String, String>,
    /// Kept by targets that can (folders).
    pub modified: Option<DateTime<Utc>>,
}

/// One object as a listing or a read shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectInfo {
    /// Whole key in the account.
    pub key: String,
    /// Bytes.
    pub size: u64,
    pub version: VersionTag,
    pub modified: Option<DateTime<Utc>>,
    /// MD5 of the whole content where the store keeps one.
    pub md5: Option<[u8; 16]>,
    pub properties: ObjectProperties,
}

/// A part of an ordered listing.
#[derive(Debug, Default)]
pub struct Page {
    /// In ascending order of the key's UTF-8 bytes, across pages too.
    pub objects: Vec<ObjectInfo>,
    /// Give it back to get the next page; `None` at the end.
    pub next: Option<String>,
}

/// One level of the tree, for browsing.
#[derive(Clone, Debug, PartialEq)]
pub struct LevelEntry {
    /// Last segment.
    pub name: String,
    pub key: String,
    pub kind: LevelKind,
}

/// What an entry of a level is.
#[derive(Clone, Debug, PartialEq)]
pub enum LevelKind {
    Container,
    Folder,
    File {
        /// Bytes.
        size: u64,
        modified: Option<DateTime<Utc>>,
    },
}

#[derive(Debug, Default)]
pub struct Level {
    /// Folders first, each group in order of names.
    pub entries: Vec<LevelEntry>,
    /// There are more than were asked for.
    pub truncated: bool,
}

pub type ByteStream = BoxStream<'static, Result<Bytes>>;

/// An open object: what it is, and its bytes (of the range asked for).
pub struct ObjectRead {
    pub info: ObjectInfo,
    pub body: ByteStream,
}

/// When a whole-object write may happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PutMode {
    Overwrite,
    /// Only if nothing is there; else [`crate::ErrorKind::AlreadyExists`].
    Create,
    /// Only over this version; else [`crate::ErrorKind::Changed`].
    Update(VersionTag),
}

/// What a store can do. A plain record, so that callers choose a way instead of trying and failing.
#[derive(Clone, Debug, PartialEq)]
pub struct Capabilities {
    /// What a path may look like here.
    pub paths: PathRules,
    /// Others can be given read access, and it can be taken back.
    pub delegates_access: bool,
    /// Smallest and largest useful part of an upload, bytes.
    pub part_size: Range<u64>,
    pub most_parts: u32,
    /// `finish` of an upload keeps `ObjectProperties::modified`.
    pub keeps_modified: bool,
}

/// What `check` found, in words: the account answers, the credential is good, this is what it can see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreCheck {
    pub message: String,
}

/// What `finish` must find in the bytes it received; a mismatch is [`crate::ErrorKind::Corrupt`] and nothing becomes visible.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UploadExpectation {
    /// Bytes.
    pub size: u64,
    pub md5: Option<[u8; 16]>,
}

/// A large object on its way in. Parts may arrive in any order and at the same time. Dropped without `finish`, it
/// leaves nothing visible; a store clears what remains by itself (uncommitted blocks, temporary files).
#[async_trait]
pub trait Upload: Send + Sync {
    /// Writes part `index` (from 0), whose first byte stands at `offset`. Writing the same part again replaces it.
    async fn part(&self, index: u32, offset: u64, bytes: Bytes) -> Result<()>;
    /// Makes the object visible, whole, in place of any older one. All parts 0..n must have been written.
    async fn finish(self: Box<Self>, expectation: UploadExpectation) -> Result<ObjectInfo>;
    /// Gives up; an older object under the key stays as it was.
    async fn abort(self: Box<Self>);
}

/// One connected account.
#[async_trait]
pub trait Store: Send + Sync + Debug {
    /// For messages: `folder /data/in`, `account contoso`. No secret.
    fn describe(&self) -> String;
    fn capabilities(&self) -> Capabilities;
    /// Reaches the account with its credential, changes nothing. The error names the exact cause.
    async fn check(&self) -> Result<StoreCheck>;
    /// One page of all objects whose key starts with `prefix`, recursive, in order of key bytes. A prefix whose container
    /// or folder does not exist is [`crate::ErrorKind::NoSuchPlace`]. `next` continues an earlier page.
    async fn list(&self, prefix: &str, next: Option<&str>) -> Result<Page>;
    /// One level: containers and folders and files right below `path` (empty for the root), at most `limit`.
    async fn level(&self, path: &str, limit: usize) -> Result<Level>;
    /// `None` when there is no such object (or no such place).
    async fn head(&self, key: &str) -> Result<Option<ObjectInfo>>;
    /// Opens `range` (all of it when `None`) of exactly this version: `Changed` when it is another by now, at the start
    /// or while reading. [`crate::ErrorKind::NotFound`] when there is none.
    async fn read(
        &self,
        key: &str,
        range: Option<Range<u64>>,
        version: Option<&VersionTag>,
    ) -> Result<ObjectRead>;
    /// Writes a small object whole (up to some MiB). Parent folders are made; containers are not (see `make_place`).
    async fn put(
        &self,
        key: &str,
        bytes: Bytes,
        mode: PutMode,
        properties: &ObjectProperties,
    ) -> Result<ObjectInfo>;
    /// Starts a large object that will replace whatever is under the key when finished.
    async fn upload(&self, key: &str, properties: &ObjectProperties) -> Result<Box<dyn Upload>>;
    /// Deletes one object; it is no error when it is not there.
    async fn delete(&self, key: &str) -> Result<()>;
    /// Deletes all objects below `place` and, where containers or folders exist, the place itself. Not there: no error.
    async fn remove_place(&self, place: &str) -> Result<()>;
    /// Makes the container or folder; no error when it is there. Exact cause when it cannot be made.
    async fn make_place(&self, place: &str) -> Result<()>;
    /// Whether the container or folder exists.
    async fn place_exists(&self, place: &str) -> Result<bool>;
    /// Giving others access, where [`Capabilities::delegates_access`].
    fn delegate(&self) -> Option<&dyn DelegateAccess> {
        None
    }
}

/// What delegated access allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessPermission {
    /// Read objects whose name is known.
    Read,
    /// Read and list.
    ReadList,
    /// Read, and create new objects, never overwrite.
    ReadCreate,
}

/// What one signature opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DelegatedScope {
    Container(String),
    /// One object, by whole key (container first).
    Object(String),
}

/// A ready access token: query text to append to the address. Its parts are public but for the signature.
#[derive(Clone, Debug)]
pub struct Delegation {
    /// Address of the account, without secrets.
    pub endpoint: String,
    /// The whole query (`sv=…&sr=…&si=…&rscd=…&sig=…`).
    pub query: Secret,
    /// SHA-256 of the signature text as it stands in storage logs (percent-decoded base64), lower-case hex.
    pub signature_sha256: String,
}

/// Access by stored policies: start, end and permission live in the container's policy, the token names the policy. So
/// removing the policy ends every token that names it.
#[async_trait]
pub trait DelegateAccess: Send + Sync {
    /// Adds or replaces one policy of the container; the others stay. `NoSpace` when all five are taken.
    async fn set_policy(
        &self,
        container: &str,
        id: &str,
        permission: AccessPermission,
        expires: DateTime<Utc>,
    ) -> Result<()>;
    /// Removes these policies; no error when they are not there (or the container is gone).
    async fn remove_policies(&self, container: &str, ids: &[String]) -> Result<()>;
    /// Ids of the container's policies.
    async fn policies(&self, container: &str) -> Result<Vec<String>>;
    /// A token under no policy. Nothing takes it back before its time, so it should end soon.
    fn delegate_until(
        &self,
        scope: &DelegatedScope,
        permission: AccessPermission,
        expires: DateTime<Utc>,
        distinct: Option<&str>,
    ) -> Result<Delegation>;
    /// A token under a policy. `distinct` makes it this recipient's own, so that storage logs can tell who read.
    fn delegate(&self, scope: &DelegatedScope, policy: &str, distinct: Option<&str>) -> Result<Delegation>;
}

pub type SharedStore = Arc<dyn Store>;
