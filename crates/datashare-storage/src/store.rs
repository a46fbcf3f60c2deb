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

use crate::{ErrorKind, Result, StoreError};

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
    /// What a store can find objects by. Kept from account to account, where both credentials may see them.
    pub tags: BTreeMap<String, String>,
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
    /// Folders first, each group in order of names. A level of very many entries comes in stretches, each in this order.
    pub entries: Vec<LevelEntry>,
    /// Where to go on; `None` when this was the end.
    pub next: Option<String>,
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
    /// `finish` of an upload keeps an MD5 of the whole beside it, so that it is worth computing.
    pub keeps_md5: bool,
    /// Bytes of the largest range that comes with a checksum of its own, which `read` verifies: a wrong one ends the body
    /// with [`crate::ErrorKind::Corrupt`].
    pub checked_range: Option<u64>,
}

/// What `check` found, in words: the account answers, the credential is good, this is what it can see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreCheck {
    pub message: String,
}

/// What `finish` must find: a mismatch is [`crate::ErrorKind::Corrupt`] and nothing becomes visible.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UploadExpectation {
    /// Bytes.
    pub size: u64,
    /// MD5 of the whole as the caller computed it, kept beside the object where the store keeps one. Parts are checked one
    /// by one on their way in; the whole is not read again.
    pub md5: Option<[u8; 16]>,
}

/// What of an upload a store holds already: parts 0..`count`, without a gap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeldParts {
    pub count: u32,
    /// Of all parts but the last of the object, bytes.
    pub part_size: u64,
    /// Of all held parts together.
    pub bytes: u64,
}

/// Where a store can fetch an object by itself, so that its bytes need not pass through this computer.
#[derive(Clone, Debug)]
pub struct RemoteObject {
    /// The whole address, with the proof that opens it.
    pub address: Secret,
    /// The version to fetch, and no other.
    pub version: VersionTag,
}

/// A large object on its way in. Parts may arrive in any order and at the same time. Dropped without `finish`, it
/// leaves nothing visible; a store clears what remains by itself (uncommitted blocks, temporary files).
#[async_trait]
pub trait Upload: Send + Sync {
    /// Writes part `index` (from 0), whose first byte stands at `offset`. Writing the same part again replaces it.
    async fn part(&self, index: u32, offset: u64, bytes: Bytes) -> Result<()>;
    /// As [`Self::part`], with bytes that the store fetches by itself. Only where the store has [`Store::server_copy`].
    async fn part_from(&self, index: u32, offset: u64, from: &RemoteObject, range: Range<u64>) -> Result<()> {
        let _ = (index, offset, from, range);
        Err(StoreError::new(ErrorKind::Unsupported, "copy", "", "This store cannot fetch from another one."))
    }
    /// Where parts can be written as their bytes come, so that none of them need lie in memory whole.
    fn pieces(&self) -> Option<&dyn Pieces> {
        None
    }
    /// Makes the object visible, whole, in place of any older one. All parts 0..n must have been written. It may be
    /// called again after an error that says so; where the parts are gone by then, it is [`ErrorKind::NotFound`].
    async fn finish(&self, expectation: UploadExpectation) -> Result<ObjectInfo>;
    /// Makes the parts that were written outlast this process, and says what [`Store::resume`] needs to go on with them. `None` where
    /// the store cannot. No secret is in it.
    async fn keep(&self) -> Result<Option<String>> {
        Ok(None)
    }
    /// Ends this process's part in it; what was kept stays for [`Store::resume`].
    async fn leave(self: Box<Self>) {
        self.abort().await;
    }
    /// Gives up; an older object under the key stays as it was.
    async fn abort(self: Box<Self>);
}

/// Writing parts of an [`Upload`] piece by piece, instead of [`Upload::part`].
#[async_trait]
pub trait Pieces: Send + Sync {
    /// Writes bytes, of which the first stands at `offset` in the object. Written again, they are replaced.
    async fn write(&self, offset: u64, bytes: Bytes) -> Result<()>;
    /// Part `index`, of so many bytes from `offset` on, was written to its end and is good: from now on it counts.
    fn whole(&self, index: u32, offset: u64, length: u64);
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
    /// One level: containers and folders and files right below `path` (empty for the root), at most `limit`. `next`
    /// continues an earlier answer. An answer may be empty and not the end.
    async fn level(&self, path: &str, limit: usize, next: Option<&str>) -> Result<Level>;
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
    /// Goes on with an upload by what [`Upload::keep`] said, in this process or a later one. `None` when it is not there any
    /// more, or somebody else is writing it.
    async fn resume(
        &self,
        key: &str,
        properties: &ObjectProperties,
        kept: &str,
        held: HeldParts,
    ) -> Result<Option<Box<dyn Upload>>> {
        let _ = (key, properties, kept, held);
        Ok(None)
    }
    /// Waits until nothing goes on any more that was asked for and given up, as far as that can be known here.
    async fn settle(&self) {}
    /// Deletes one object; it is no error when it is not there.
    async fn delete(&self, key: &str) -> Result<()>;
    /// Deletes all objects below `place` and, where containers or folders exist, the place itself. Not there: no error.
    async fn remove_place(&self, place: &str) -> Result<()>;
    /// Makes the container or folder; no error when it is there. Exact cause when it cannot be made.
    async fn make_place(&self, place: &str) -> Result<()>;
    /// Whether the container or folder exists.
    async fn place_exists(&self, place: &str) -> Result<bool>;
    /// The object as another store of the same kind can fetch it, if it can: for some hours.
    fn remote(&self, _key: &str, _version: &VersionTag) -> Option<RemoteObject> {
        None
    }
    /// Fetching objects without their bytes passing here, where the store can.
    fn server_copy(&self) -> Option<&dyn ServerCopy> {
        None
    }
    /// Giving others access, where [`Capabilities::delegates_access`].
    fn delegate(&self) -> Option<&dyn DelegateAccess> {
        None
    }
}

/// A store that fetches objects by itself. A refusal (the other side's network, an older service) is an ordinary error;
/// the caller then sends the bytes.
#[async_trait]
pub trait ServerCopy: Send + Sync {
    /// Largest object that [`Self::copy`] takes, bytes.
    fn most_at_once(&self) -> u64;
    /// Useful size of a part fetched by [`Upload::part_from`], bytes.
    fn part_size(&self) -> u64;
    /// Fetches a whole object, replacing what is under the key. `md5`, when known, is checked by the store. `Changed`
    /// when the source is another version by now.
    async fn copy(
        &self,
        key: &str,
        from: &RemoteObject,
        expectation: &UploadExpectation,
        properties: &ObjectProperties,
    ) -> Result<ObjectInfo>;
    /// Starts to fetch a whole object to a place beside `key` where nobody looks, and does not wait for it: it goes on when
    /// nobody here is there any more. Says what [`Self::handed`] needs to find it again, in this process or a later one. No
    /// secret is in it.
    async fn hand_over(&self, key: &str, _from: &RemoteObject) -> Result<String> {
        Err(StoreError::new(ErrorKind::Unsupported, "copy", key, "This store copies nothing by itself."))
    }
    /// Where an object stands that was handed over.
    async fn handed(&self, _handle: &str) -> Result<Handed> {
        Ok(Handed::Failed)
    }
    /// Gives it up and removes what is there of it. What cannot be removed now is removed by a later hand-over.
    async fn drop_handed(&self, _handle: &str) {}
}

/// An object that was handed over.
#[derive(Clone, Debug)]
pub enum Handed {
    /// So many bytes are there.
    Copying { bytes: u64 },
    /// Whole, of the version that was asked for.
    Whole(RemoteObject),
    /// It failed, was ended by somebody, or is gone.
    Failed,
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
    /// A directory with all that is in it, by whole key (container first): where [`DelegateAccess::opens_directories`].
    Directory(String),
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
    /// Whether a token can open one directory and nothing beside it.
    async fn opens_directories(&self) -> Result<bool>;
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
