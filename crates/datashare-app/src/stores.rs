//! The stores behind the connections, opened when first asked for and kept.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use datashare_domain::ConnectionId;
use datashare_secret::Secret;
use datashare_storage::{FolderStore, SharedStore};
use datashare_storage_azure::{AzureBlobStore, AzureCredential, AzureSettings, ConnectionPool};

use crate::database::connections::{self, ConnectionRow};
use crate::dto::{ConnectionSettings, CredentialKind};
use crate::{App, AppError, Code, Result};

/// Open stores by connection. A connection's settings never change, so neither does its store.
#[derive(Default)]
pub(crate) struct OpenStores {
    by_connection: Mutex<HashMap<ConnectionId, SharedStore>>,
    pool: OnceLock<ConnectionPool>,
}

impl std::fmt::Debug for OpenStores {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("OpenStores").finish_non_exhaustive()
    }
}

impl OpenStores {
    fn stores(&self) -> MutexGuard<'_, HashMap<ConnectionId, SharedStore>> {
        self.by_connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn forget(&self, id: &ConnectionId) {
        self.stores().remove(id);
    }

    /// All stores share their connections to the network.
    pub(crate) fn pool(&self) -> Result<&ConnectionPool> {
        if let Some(pool) = self.pool.get() {
            return Ok(pool);
        }
        let pool = ConnectionPool::new()?;
        Ok(self.pool.get_or_init(|| pool))
    }

    /// A store that is not (or not yet) a connection's. Reaches nothing.
    pub(crate) fn open(
        &self,
        settings: &ConnectionSettings,
        credential: CredentialKind,
        secret: Option<Secret>,
    ) -> Result<SharedStore> {
        match settings {
            ConnectionSettings::Folder { path } => Ok(Arc::new(FolderStore::new(PathBuf::from(path)))),
            ConnectionSettings::AzureBlob { account, endpoint } => {
                let settings = AzureSettings { account: account.clone(), endpoint: endpoint.clone() };
                let credential = azure_credential(credential, secret)?;
                Ok(Arc::new(AzureBlobStore::in_pool(self.pool()?, settings, credential)?))
            }
        }
    }
}

fn azure_credential(kind: CredentialKind, secret: Option<Secret>) -> Result<AzureCredential> {
    Ok(match (kind, secret) {
        (CredentialKind::AccountKey, Some(key)) => AzureCredential::AccountKey(key),
        (CredentialKind::Sas, Some(sas)) => AzureCredential::Sas(sas),
        (CredentialKind::ConnectionString, Some(text)) => AzureBlobStore::from_connection_string(&text)?.1,
        _ => AzureCredential::None,
    })
}

/// Where a connection's secret is in the vault.
pub(crate) fn secret_name(id: &ConnectionId) -> String {
    format!("connection/{id}")
}

impl App {
    /// The connection of this id or name. [`Code::NotFound`] when there is none.
    pub(crate) fn connection(&self, id_or_name: &str) -> Result<ConnectionRow> {
        let found = self.database().read(|connection| connections::find(connection, id_or_name))?;
        found.ok_or_else(|| {
            AppError::not_found(format!("There is no connection '{id_or_name}'."))
                .hint("Look at the list of connections; add it if it is missing.")
        })
    }

    /// The store of the connection of this id or name, opened with the secret in the vault. Reaches nothing yet.
    pub(crate) async fn store(&self, id_or_name: &str) -> Result<SharedStore> {
        let row = self.connection(id_or_name)?;
        if let Some(store) = self.inner.stores.stores().get(&row.id) {
            return Ok(store.clone());
        }
        let secret = match row.credential {
            CredentialKind::None => None,
            _ => Some(self.connection_secret(&row).await?),
        };
        let store = self.inner.stores.open(&row.settings, row.credential, secret)?;
        self.inner.stores.stores().insert(row.id, store.clone());
        Ok(store)
    }

    async fn connection_secret(&self, row: &ConnectionRow) -> Result<Secret> {
        self.vault().get(&secret_name(&row.id)).await?.ok_or_else(|| {
            let message = format!("The credential of the connection '{}' is not in the vault.", row.name);
            AppError::new(Code::VaultLocked, message).hint(
                "Choose the vault that holds it; or, if it is gone, remove the connection and add it again.",
            )
        })
    }
}
