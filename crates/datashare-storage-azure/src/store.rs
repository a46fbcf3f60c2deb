//! The store: Azure Blob Storage behind the port.

use std::fmt::{self, Debug};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use async_trait::async_trait;
use azure_storage_blob::models::{BlobClientDeleteOptions, DeleteSnapshotsOptionType};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use datashare_domain::PathRules;
use datashare_secret::Secret;
use datashare_storage::{
    AccessPermission, Capabilities, DelegateAccess, DelegatedScope, Delegation, ErrorKind, Handed, HeldParts,
    Level, ObjectInfo, ObjectProperties, ObjectRead, Page, PutMode, RemoteObject, Result, ServerCopy, Store,
    StoreCheck, Upload, UploadExpectation, VersionTag,
};
use futures::{TryStreamExt, stream};

use crate::account::Account;
use crate::failure::has_code;
use crate::listing::Selection;
use crate::transport::ConnectionPool;
use crate::upload::BlockUpload;
use crate::{AzureCredential, AzureSettings, names, sas, server_copy};

/// Deletions under way at once.
const DELETIONS: usize = 16;

/// One storage account, reached by key, by SAS, or without a credential. Clones share it.
#[derive(Clone)]
pub struct AzureBlobStore {
    account: Arc<Account>,
}

impl AzureBlobStore {
    /// A store with connections of its own.
    pub fn new(settings: AzureSettings, credential: AzureCredential) -> Result<Self> {
        Self::in_pool(&ConnectionPool::new()?, settings, credential)
    }

    /// A store that shares its connections with others: cheap to make, for many grants.
    pub fn in_pool(
        pool: &ConnectionPool,
        settings: AzureSettings,
        credential: AzureCredential,
    ) -> Result<Self> {
        Ok(Self::of(Account::new(pool.clone(), &settings, credential)?))
    }

    pub(crate) fn of(account: Account) -> Self {
        Self { account: Arc::new(account) }
    }

    /// A store that proves itself with a SAS in every request, as recipients of a grant do. What it can do is what the
    /// SAS allows: read by name, list one container, create objects.
    pub fn with_query(endpoint: &str, query: &Secret) -> Result<Self> {
        Self::new(AzureSettings::from_endpoint(endpoint)?, AzureCredential::Sas(query.clone()))
    }

    /// The store's connections, to share.
    pub fn pool(&self) -> &ConnectionPool {
        &self.account.pool
    }

    /// As [`Store::read`], with this query as the only proof, whatever the store's own credential: for grants that
    /// have a SAS for each object.
    pub async fn read_with(
        &self,
        key: &str,
        query: &Secret,
        range: Option<Range<u64>>,
        version: Option<&VersionTag>,
    ) -> Result<ObjectRead> {
        self.account.requests_with(query).read(key, range, version).await
    }

    /// As [`Store::head`], with this query as the only proof.
    pub async fn head_with(&self, key: &str, query: &Secret) -> Result<Option<ObjectInfo>> {
        self.account.requests_with(query).head(key).await
    }

    /// As [`Store::remote`], with this query as the proof.
    pub fn remote_with(&self, key: &str, query: &Secret, version: &VersionTag) -> Option<RemoteObject> {
        self.account.remote_with(key, query, version)
    }

    fn begin(&self, key: &str, properties: &ObjectProperties) -> Result<BlockUpload> {
        let (container, name) = names::object("write", key)?;
        let client = self.account.service.blob_client(container, name).block_blob_client();
        BlockUpload::new(self.account.clone(), client, self.account.attempt("write", key), properties)
    }

    async fn delete_container(&self, container: &str) -> Result<()> {
        match self.account.service.blob_container_client(container).delete(None).await {
            Err(error) if !has_code(&error, "ContainerBeingDeleted") => {
                Err(self.account.attempt("delete", container).failed(&error))
            }
            _ => Ok(()),
        }
    }

    async fn delete_below(&self, container: &str, prefix: &str, place: &str) -> Result<()> {
        let mut marker = String::new();
        loop {
            let selection = Selection { prefix, marker: &marker, ..Selection::default() };
            let listed = self.account.requests().list_blobs(container, selection, place).await?;
            stream::iter(listed.objects.into_iter().map(Ok))
                .try_for_each_concurrent(DELETIONS, async |object: ObjectInfo| self.delete(&object.key).await)
                .await?;
            match listed.next {
                Some(next) => marker = next,
                None => return Ok(()),
            }
        }
    }
}

impl Debug for AzureBlobStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "AzureBlobStore({})", self.account.endpoint)
    }
}

#[async_trait]
impl Store for AzureBlobStore {
    fn describe(&self) -> String {
        self.account.label()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            paths: PathRules::BLOB,
            delegates_access: self.account.key.is_some(),
            part_size: 1024 * 1024..4000 * 1024 * 1024,
            most_parts: 50_000,
            keeps_modified: false,
            keeps_md5: true,
            checked_range: self.account.checked_range(),
        }
    }

    async fn check(&self) -> Result<StoreCheck> {
        self.account.check().await
    }

    async fn list(&self, prefix: &str, next: Option<&str>) -> Result<Page> {
        self.account.list(prefix, next).await
    }

    async fn level(&self, path: &str, limit: usize, next: Option<&str>) -> Result<Level> {
        self.account.level(path, limit, next).await
    }

    async fn head(&self, key: &str) -> Result<Option<ObjectInfo>> {
        self.account.requests().head(key).await
    }

    async fn read(
        &self,
        key: &str,
        range: Option<Range<u64>>,
        version: Option<&VersionTag>,
    ) -> Result<ObjectRead> {
        self.account.requests().read(key, range, version).await
    }

    async fn put(
        &self,
        key: &str,
        bytes: Bytes,
        mode: PutMode,
        properties: &ObjectProperties,
    ) -> Result<ObjectInfo> {
        self.account.requests().put(key, bytes, mode, properties).await
    }

    async fn upload(&self, key: &str, properties: &ObjectProperties) -> Result<Box<dyn Upload>> {
        Ok(Box::new(self.begin(key, properties)?))
    }

    async fn resume(
        &self,
        key: &str,
        properties: &ObjectProperties,
        kept: &str,
        held: HeldParts,
    ) -> Result<Option<Box<dyn Upload>>> {
        let resumed = self.begin(key, properties)?.resume(kept, held).await?;
        Ok(resumed.map(|upload| Box::new(upload) as Box<dyn Upload>))
    }

    async fn delete(&self, key: &str) -> Result<()> {
        let (container, name) = names::object("delete", key)?;
        let options = BlobClientDeleteOptions {
            delete_snapshots: Some(DeleteSnapshotsOptionType::Include),
            ..BlobClientDeleteOptions::default()
        };
        match self.account.service.blob_client(container, name).delete(Some(options)).await {
            Ok(_) => Ok(()),
            Err(error) => match self.account.attempt("delete", key).failed(&error) {
                error if matches!(error.kind, ErrorKind::NotFound | ErrorKind::NoSuchPlace) => Ok(()),
                error => Err(error),
            },
        }
    }

    async fn remove_place(&self, place: &str) -> Result<()> {
        let (container, prefix) = names::place("delete", place)?;
        let removed = if prefix.is_empty() {
            self.delete_container(container).await
        } else {
            self.delete_below(container, &prefix, place).await
        };
        match removed {
            Err(error) if matches!(error.kind, ErrorKind::NoSuchPlace | ErrorKind::NotFound) => Ok(()),
            removed => removed,
        }
    }

    async fn make_place(&self, place: &str) -> Result<()> {
        let (container, _) = names::place("make", place)?;
        match self.account.service.blob_container_client(container).create(None).await {
            Ok(_) => Ok(()),
            Err(error) => match self.account.attempt("make", container).failed(&error) {
                error if error.kind == ErrorKind::AlreadyExists => Ok(()),
                error => Err(error),
            },
        }
    }

    async fn place_exists(&self, place: &str) -> Result<bool> {
        let Ok((container, prefix)) = names::place("look into", place) else { return Ok(false) };
        let mut marker = String::new();
        loop {
            let selection =
                Selection { prefix: &prefix, marker: &marker, most: Some(1), ..Selection::default() };
            let listed = match self.account.requests().list_blobs(container, selection, place).await {
                Err(error) if error.kind == ErrorKind::NoSuchPlace => return Ok(false),
                listed => listed?,
            };
            if prefix.is_empty() || !listed.objects.is_empty() {
                return Ok(true);
            }
            // An answer may be empty and still not the last one.
            match listed.next {
                Some(next) => marker = next,
                None => return Ok(false),
            }
        }
    }

    fn remote(&self, key: &str, version: &VersionTag) -> Option<RemoteObject> {
        self.account.remote(key, version)
    }

    fn server_copy(&self) -> Option<&dyn ServerCopy> {
        Some(self)
    }

    fn delegate(&self) -> Option<&dyn DelegateAccess> {
        self.account.key.as_ref().map(|_| self as &dyn DelegateAccess)
    }
}

#[async_trait]
impl ServerCopy for AzureBlobStore {
    fn most_at_once(&self) -> u64 {
        server_copy::MOST_AT_ONCE
    }

    fn part_size(&self) -> u64 {
        server_copy::PART
    }

    async fn copy(
        &self,
        key: &str,
        from: &RemoteObject,
        expectation: &UploadExpectation,
        properties: &ObjectProperties,
    ) -> Result<ObjectInfo> {
        self.account.requests().copy(key, from, expectation, properties).await
    }

    async fn hand_over(&self, key: &str, from: &RemoteObject) -> Result<String> {
        let requests = self.account.requests();
        if let Ok((container, _)) = names::object("copy to", key)
            && !self.account.ways.cleared.swap(true, Ordering::Relaxed)
        {
            requests.clear_handed(container).await;
        }
        requests.hand_over(key, from).await
    }

    async fn handed(&self, handle: &str) -> Result<Handed> {
        self.account.requests().handed(handle).await
    }

    async fn drop_handed(&self, handle: &str) {
        self.account.requests().drop_handed(handle).await;
    }
}

#[async_trait]
impl DelegateAccess for AzureBlobStore {
    async fn set_policy(
        &self,
        container: &str,
        id: &str,
        permission: AccessPermission,
        expires: DateTime<Utc>,
    ) -> Result<()> {
        self.account.set_policy(container, id, permission, expires).await
    }

    async fn remove_policies(&self, container: &str, ids: &[String]) -> Result<()> {
        self.account.remove_policies(container, ids).await
    }

    async fn policies(&self, container: &str) -> Result<Vec<String>> {
        self.account.policies(container).await
    }

    async fn opens_directories(&self) -> Result<bool> {
        self.account.is_hierarchical().await
    }

    fn delegate(&self, scope: &DelegatedScope, policy: &str, distinct: Option<&str>) -> Result<Delegation> {
        self.sign(scope, &sas::Basis::Policy(policy), distinct)
    }

    fn delegate_until(
        &self,
        scope: &DelegatedScope,
        permission: AccessPermission,
        expires: DateTime<Utc>,
        distinct: Option<&str>,
    ) -> Result<Delegation> {
        self.sign(scope, &sas::Basis::Until { permission, expires }, distinct)
    }
}

impl AzureBlobStore {
    fn sign(
        &self,
        scope: &DelegatedScope,
        basis: &sas::Basis<'_>,
        distinct: Option<&str>,
    ) -> Result<Delegation> {
        let Account { name, endpoint, key, .. } = &*self.account;
        let Some(key) = key else {
            let message =
                format!("Access to account '{name}' can only be given with its key, and none is at hand.");
            return Err(self.account.attempt("give access to", "").error(ErrorKind::Unsupported, message));
        };
        sas::delegate(name, key, endpoint, scope, basis, distinct)
    }
}
