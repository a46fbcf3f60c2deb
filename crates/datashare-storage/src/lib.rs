//! The port every data store implements, and what runs on it without knowing which store it is.
//!
//! A [`Store`] is one connected account: an ordered space of keys. A key is a path with `/` between segments; the first
//! segment is the container on blob stores and just a folder elsewhere. What is written becomes visible whole or not
//! at all; what is read is pinned to a version.

pub mod contract;
mod error;
mod folder;
mod level;
mod memory;
mod source;
mod store;

pub use error::{ErrorKind, Result, Retry, StoreError};
pub use folder::FolderStore;
pub use level::part_of_level;
pub use memory::MemoryStore;
pub use source::{Source, SourceEntry, StoreSource};
pub use store::{
    AccessPermission, ByteStream, Capabilities, DelegateAccess, DelegatedScope, Delegation, Handed,
    HeldParts, Level, LevelEntry, LevelKind, ObjectInfo, ObjectProperties, ObjectRead, Page, Pieces, PutMode,
    RemoteObject, ServerCopy, SharedStore, Store, StoreCheck, Upload, UploadExpectation, VersionTag,
};
