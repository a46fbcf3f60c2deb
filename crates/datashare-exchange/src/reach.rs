//! How the places named in grants are reached; the caller knows the stores.

use std::ops::Range;

use async_trait::async_trait;
use datashare_protocol::Access;
use datashare_secret::Secret;
use datashare_storage::{ObjectInfo, ObjectRead, RemoteObject, Result, SharedStore, VersionTag};

/// Opens what a grant names.
#[async_trait]
pub trait Reach: Send + Sync + std::fmt::Debug {
    /// The account behind an access, with its token.
    fn store(&self, access: &Access) -> Result<SharedStore>;
    /// Reads one object with a token of its own; as [`datashare_storage::Store::read`].
    async fn read_signed(
        &self,
        endpoint: &str,
        key: &str,
        query: &Secret,
        range: Option<Range<u64>>,
        version: Option<&VersionTag>,
    ) -> Result<ObjectRead>;
    /// One object as another account can fetch it, with a token of its own; as [`datashare_storage::Store::remote`].
    fn remote_signed(
        &self,
        endpoint: &str,
        key: &str,
        query: &Secret,
        version: &VersionTag,
    ) -> Option<RemoteObject>;
    /// As [`datashare_storage::Capabilities::checked_range`], for [`Self::read_signed`].
    fn checked_range(&self) -> Option<u64> {
        None
    }
    /// What one object is, with a token of its own; `None` when it is not there.
    async fn head_signed(&self, endpoint: &str, key: &str, query: &Secret) -> Result<Option<ObjectInfo>>;
}
