//! Where the two parties meet, and how grants are reached: the one place that knows which store is behind an address. A
//! grant never leads into a folder other than the one where they meet: that would be the recipient's own files.

use std::ops::Range;
use std::path::{Component, Path, PathBuf, Prefix};
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

use crate::{AppError, Code};

/// What the token of every invitation says beside its signature; so the ticket carries the signature alone.
const INVITATION_QUERY: &str = "sv=2026-04-06&sr=c&si=inv";

/// Opens places for one received share (or invitation).
#[derive(Clone, Debug)]
pub(crate) struct Places {
    pool: ConnectionPool,
    /// The folder where the two parties meet, as it is on this computer; none where they meet on an account.
    folder: Option<PathBuf>,
}

impl Places {
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
            // Wherever the provider sees it.
            None => match &self.folder {
                Some(folder) => Ok(Arc::new(FolderStore::new(folder.clone()))),
                None => {
                    let message = "The access leads into a folder, and this share is not met in one.";
                    Err(StoreError::new(ErrorKind::Denied, "open", "", message))
                }
            },
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
    /// Opens what was granted on accounts.
    pub(crate) fn places(&self) -> crate::Result<Places> {
        Ok(Places { pool: self.inner.stores.pool()?.clone(), folder: None })
    }

    /// Opens places around this one. `chosen` is where a folder is on this computer, when not where the provider sees it.
    /// [`ErrorKind::NoSuchPlace`] when nobody chose it and it is not one of this computer.
    pub(crate) fn places_around(&self, place: &MeetingPlace, chosen: Option<&str>) -> crate::Result<Places> {
        let folder = match (place, chosen) {
            (MeetingPlace::AzureBlob { .. }, _) => None,
            (MeetingPlace::Folder { .. }, Some(chosen)) => Some(PathBuf::from(chosen)),
            (MeetingPlace::Folder { path }, None) if is_here(Path::new(path)) => Some(PathBuf::from(path)),
            (MeetingPlace::Folder { path }, None) => return Err(elsewhere(path)),
        };
        Ok(Places { folder, ..self.places()? })
    }
}

/// Whether opening a path reaches this computer alone. Windows tells its user's name and a proof of the password to
/// whatever computer a path of the network names, so no invitation may name one by itself.
fn is_here(path: &Path) -> bool {
    let of_the_network = |prefix: Prefix<'_>| !matches!(prefix, Prefix::Disk(_) | Prefix::VerbatimDisk(_));
    let network = match path.components().next() {
        Some(Component::Prefix(prefix)) => of_the_network(prefix.kind()),
        _ => false,
    };
    path.is_absolute() && !network
}

fn elsewhere(path: &str) -> AppError {
    let message = format!("The invitation leads to the folder '{path}', which is not one of this computer.");
    AppError::new(Code::Store(ErrorKind::NoSuchPlace), message)
        .hint("If you know the folder and trust the computer that has it, say where it is.")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_grant_leads_into_no_folder_but_the_one_where_they_meet() {
        let granted = Access { endpoint: "/home/ben/secret".into(), token: None };
        let open = |folder| Places { pool: ConnectionPool::new().unwrap(), folder }.store(&granted);
        assert_eq!(open(None).unwrap_err().kind, ErrorKind::Denied);
        let met = format!("{:?}", open(Some("/mnt/exchange".into())).unwrap());
        assert!(met.contains("/mnt/exchange") && !met.contains("secret"), "{met}");
    }

    #[test]
    fn a_folder_opens_by_itself_on_this_computer_only() {
        let here = std::env::temp_dir();
        assert!(is_here(&here));
        for elsewhere in ["", "exchange", "../exchange", r"\\attacker.example\share"] {
            assert!(!is_here(Path::new(elsewhere)), "{elsewhere}");
        }
    }
}
