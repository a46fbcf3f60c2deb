//! Where the two parties meet, and how grants are reached: the one place that knows which store is behind an address.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use datashare_exchange::{Layout, Reach};
use datashare_protocol::{Access, MeetingPlace, Ticket};
use datashare_secret::Secret;
use datashare_storage::{
    Delegation, ErrorKind, FolderStore, ObjectInfo, ObjectRead, RemoteObject, Result, SharedStore,
    StoreError, VersionTag,
};
use datashare_storage_azure::{
    AzureBlobStore, AzureCredential, AzureSettings, ConnectionPool, LARGEST_CHECKED_RANGE,
};
use zeroize::Zeroizing;

/// What the token of every invitation says beside its signature; so the ticket carries the signature alone.
const INVITATION_QUERY: &str = "sv=2026-04-06&sr=c&si=inv";

/// Opens places for one received share (or invitation).
#[derive(Clone, Debug)]
pub(crate) struct Places {
    pool: ConnectionPool,
    /// Where a folder exchange is on this computer, when not where the provider sees it.
    folder: Option<String>,
}

impl Places {
    pub(crate) fn new(pool: ConnectionPool, folder: Option<String>) -> Self {
        Self { pool, folder }
    }

    pub(crate) fn shared(self) -> Arc<dyn Reach> {
        Arc::new(self)
    }

    fn account(&self, endpoint: &str, credential: AzureCredential) -> Result<AzureBlobStore> {
        AzureBlobStore::in_pool(&self.pool, AzureSettings::from_endpoint(endpoint)?, credential)
    }

    /// The mailbox's account as the holder of the ticket reaches it.
    pub(crate) fn invitation_access(&self, ticket: &Ticket) -> Access {
        match &ticket.place {
            MeetingPlace::Folder { path } => Access { endpoint: path.clone(), token: None },
            MeetingPlace::AzureBlob { endpoint } => Access {
                endpoint: endpoint.clone(),
                token: ticket.signature.as_ref().map(|signature| invitation_token(signature)),
            },
        }
    }
}

/// How things lie at a meeting place.
pub(crate) fn layout_of(place: &MeetingPlace) -> Layout {
    match place {
        MeetingPlace::Folder { .. } => Layout::Folders { prefix: String::new() },
        MeetingPlace::AzureBlob { .. } => Layout::Containers,
    }
}

fn invitation_token(signature: &[u8; 32]) -> Secret {
    let signature = Zeroizing::new(STANDARD.encode(signature));
    let encoded: String = url::form_urlencoded::byte_serialize(signature.as_bytes()).collect();
    Secret::new(format!("{INVITATION_QUERY}&sig={encoded}"))
}

/// The signature of an invitation's token; an error when the token says anything the ticket does not carry.
pub(crate) fn invitation_signature(delegation: &Delegation) -> Result<Zeroizing<[u8; 32]>> {
    let mut signature = None;
    let mut rest = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in url::form_urlencoded::parse(delegation.query.reveal().as_bytes()) {
        match name.as_ref() {
            "sig" => signature = STANDARD.decode(value.as_bytes()).ok(),
            name => {
                rest.append_pair(name, &value);
            }
        }
    }
    let signature = signature.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    match signature {
        Some(signature) if sorted(&rest.finish()) == sorted(INVITATION_QUERY) => {
            Ok(Zeroizing::new(signature))
        }
        _ => {
            let message = "The store made an access token of another form than an invitation carries.";
            Err(StoreError::new(ErrorKind::Unsupported, "invite", "", message))
        }
    }
}

fn sorted(query: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = query.split('&').collect();
    parts.sort_unstable();
    parts
}

#[async_trait]
impl Reach for Places {
    fn store(&self, access: &Access) -> Result<SharedStore> {
        match &access.token {
            Some(token) => {
                let credential = AzureCredential::Sas(token.clone());
                Ok(Arc::new(self.account(&access.endpoint, credential)?))
            }
            None => {
                let path = self.folder.as_deref().unwrap_or(&access.endpoint);
                Ok(Arc::new(FolderStore::new(PathBuf::from(path))))
            }
        }
    }

    fn checked_range(&self) -> Option<u64> {
        Some(LARGEST_CHECKED_RANGE)
    }

    async fn read_signed(
        &self,
        endpoint: &str,
        key: &str,
        query: &Secret,
        range: Option<Range<u64>>,
        version: Option<&VersionTag>,
    ) -> Result<ObjectRead> {
        self.account(endpoint, AzureCredential::None)?.read_with(key, query, range, version).await
    }

    fn remote_signed(
        &self,
        endpoint: &str,
        key: &str,
        query: &Secret,
        version: &VersionTag,
    ) -> Option<RemoteObject> {
        self.account(endpoint, AzureCredential::None).ok()?.remote_with(key, query, version)
    }

    async fn head_signed(&self, endpoint: &str, key: &str, query: &Secret) -> Result<Option<ObjectInfo>> {
        self.account(endpoint, AzureCredential::None)?.head_with(key, query).await
    }
}

impl crate::App {
    /// Opens places; a folder exchange may be elsewhere on this computer than where the provider sees it.
    pub(crate) fn places(&self, folder: Option<String>) -> crate::Result<Places> {
        Ok(Places::new(self.inner.stores.pool()?.clone(), folder))
    }
}
