//! Connected data stores.

use std::path::Path;

use datashare_domain::{ConnectionId, check_name};
use datashare_secret::Secret;
use datashare_storage::{LevelEntry, LevelKind, SharedStore};
use datashare_storage_azure::{AzureBlobStore, AzureSettings};
use rusqlite::Transaction;
use url::Url;

use crate::database::connections::{self, ConnectionRow};
use crate::dto::{
    BrowseEntry, BrowseLevel, Connection, ConnectionAdd, ConnectionBrowse, ConnectionCheck, ConnectionName,
    ConnectionSettings, Credential, CredentialKind, EntryKind, Nothing, Tag,
};
use crate::find::Words;
use crate::stores::secret_name;
use crate::{App, AppError, Code, Result};

/// Entries of one level that are shown when nobody says how many.
const USUAL_ENTRIES: u32 = 1000;
const MOST_ENTRIES: u32 = 100_000;
/// A search looks at so many entries of a level with one question to the store, and answers after so many in all: who asked
/// may ask on.
const SEARCHED_AT_ONCE: usize = 50_000;
const MOST_SEARCHED: usize = 200_000;

impl App {
    pub async fn connection_list(&self, _request: Nothing) -> Result<Vec<Connection>> {
        self.database().read(|connection| {
            let rows = connections::list(connection)?;
            rows.into_iter()
                .map(|row| {
                    let used_by = connections::used_by(connection, &row.id)?;
                    Ok(shown(row, used_by))
                })
                .collect()
        })
    }

    /// Reaches the store and says what was found; what is wrong is an answer, not an error.
    pub async fn connection_test(&self, request: ConnectionName) -> Result<ConnectionCheck> {
        answer(check(self.store(&request.connection).await).await)
    }

    /// As `connection_test`, with settings that are not saved.
    pub async fn connection_try(&self, request: ConnectionAdd) -> Result<ConnectionCheck> {
        let opened = self
            .examine(request.settings, request.credential)
            .and_then(|found| self.inner.stores.open(&found.settings, found.kind, found.secret));
        answer(check(opened).await)
    }

    pub async fn connection_browse(&self, request: ConnectionBrowse) -> Result<BrowseLevel> {
        let store = self.store(&request.connection).await?;
        let path = request.path.trim_matches('/').to_owned();
        let limit = request.limit.unwrap_or(USUAL_ENTRIES).clamp(1, MOST_ENTRIES) as usize;
        let words = Words::of(request.find.as_deref().unwrap_or_default());
        if words.is_empty() {
            let level = store.level(&path, limit, request.next.as_deref()).await?;
            let entries = level.entries.into_iter().map(entry).collect();
            return Ok(BrowseLevel { path, entries, next: level.next });
        }
        let (mut entries, mut next, mut looked_at) = (Vec::new(), request.next, 0);
        loop {
            let level = store.level(&path, SEARCHED_AT_ONCE, next.as_deref()).await?;
            looked_at += level.entries.len();
            next = level.next;
            let fits = |found: &LevelEntry| words.are_in(&[&found.name]);
            entries.extend(level.entries.into_iter().filter(fits).map(entry));
            if next.is_none() || entries.len() >= limit || looked_at >= MOST_SEARCHED {
                return Ok(BrowseLevel { path, entries, next });
            }
        }
    }

    /// Saves a connection: its settings in the database, its secret in the vault. Does not reach the store.
    pub async fn connection_add(&self, request: ConnectionAdd) -> Result<Connection> {
        let name = request.name.trim().to_owned();
        check_name(&name).map_err(|problem| AppError::invalid(problem.to_string()))?;
        let found = self.examine(request.settings, request.credential)?;
        self.database().read(|connection| refuse_taken(connection, &name))?;
        let row = ConnectionRow {
            id: ConnectionId::from_random(self.random()?),
            name,
            settings: found.settings,
            credential: found.kind,
            created_at: self.now(),
        };
        if let Some(secret) = &found.secret {
            self.vault().set(&secret_name(&row.id), secret).await?;
        }
        let saved = self.database().write(|transaction| {
            refuse_taken(transaction, &row.name)?;
            connections::insert(transaction, &row)
        });
        if let (Err(_), Some(_)) = (&saved, &found.secret) {
            self.vault().delete(&secret_name(&row.id)).await?;
        }
        saved?;
        self.changed(&[Tag::Connections]);
        Ok(shown(row, Vec::new()))
    }

    /// Removes a connection that nothing uses, and its secret.
    pub async fn connection_remove(&self, request: ConnectionName) -> Result<Nothing> {
        let row = self.connection(&request.connection)?;
        let has_secret = row.credential != CredentialKind::None;
        if has_secret {
            // A locked vault is found out before anything is removed.
            self.vault().get(&secret_name(&row.id)).await?;
        }
        let now = self.now();
        self.database().write(|transaction| {
            refuse_used(transaction, &row)?;
            connections::remove(transaction, &row.id, now)
        })?;
        self.inner.stores.forget(&row.id);
        self.changed(&[Tag::Connections]);
        if has_secret {
            self.vault().delete(&secret_name(&row.id)).await?;
        }
        Ok(Nothing {})
    }

    /// What can be said about settings and credential without reaching the store.
    fn examine(&self, settings: ConnectionSettings, credential: Credential) -> Result<Examined> {
        let (kind, secret) = parts(credential);
        if secret.as_ref().is_some_and(Secret::is_empty) {
            return Err(AppError::invalid("The credential is empty.")
                .hint("Copy it from the storage account, or choose a connection without one."));
        }
        let settings = match settings {
            ConnectionSettings::Folder { path } => folder(path, kind)?,
            ConnectionSettings::AzureBlob { account, endpoint } => azure(
                account,
                endpoint,
                secret.as_ref().filter(|_| kind == CredentialKind::ConnectionString),
            )?,
        };
        Ok(Examined { settings, kind, secret })
    }
}

/// Settings as they will be saved.
struct Examined {
    settings: ConnectionSettings,
    kind: CredentialKind,
    secret: Option<Secret>,
}

fn parts(credential: Credential) -> (CredentialKind, Option<Secret>) {
    match credential {
        Credential::None => (CredentialKind::None, None),
        Credential::AccountKey(secret) => (CredentialKind::AccountKey, Some(secret)),
        Credential::Sas(secret) => (CredentialKind::Sas, Some(secret)),
        Credential::ConnectionString(secret) => (CredentialKind::ConnectionString, Some(secret)),
    }
}

fn folder(path: String, credential: CredentialKind) -> Result<ConnectionSettings> {
    if credential != CredentialKind::None {
        return Err(AppError::invalid(
            "A folder needs no credential: what you may read and write there, Datashare may.",
        ));
    }
    let place = Path::new(&path);
    if !place.is_absolute() {
        return Err(AppError::invalid(format!("'{path}' is not a whole path."))
            .hint("Give the path from the root, such as /home/ana/data or C:\\data."));
    }
    match place.metadata() {
        Ok(found) if found.is_dir() => Ok(ConnectionSettings::Folder { path }),
        Ok(_) => Err(AppError::invalid(format!("{path} is a file, not a folder."))
            .hint("Choose the folder it lies in.")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(AppError::invalid(format!(
            "There is no folder {path}."
        ))
        .hint("Make the folder, or check the spelling; for a network drive, check that it is connected.")),
        Err(error) => Err(AppError::invalid(format!("The folder {path} cannot be reached: {error}."))
            .hint("Check that the folder may be read by you.")
            .because(error)),
    }
}

/// The account and its address, taken from a connection string or from the address where they are not given.
fn azure(
    account: String,
    endpoint: Option<String>,
    connection_string: Option<&Secret>,
) -> Result<ConnectionSettings> {
    let account = account.trim().to_owned();
    let endpoint = endpoint.map(|endpoint| endpoint.trim().trim_end_matches('/').to_owned());
    let endpoint = endpoint.filter(|endpoint| !endpoint.is_empty());
    if let Some(endpoint) = &endpoint {
        refuse_more_than_address(endpoint)?;
    }
    let found = match (connection_string, &endpoint) {
        (Some(text), _) => AzureBlobStore::from_connection_string(text)?.0,
        (None, Some(endpoint)) => AzureSettings::from_endpoint(endpoint)?,
        (None, None) => AzureSettings { account: account.clone(), endpoint: None },
    };
    if connection_string.is_some() && !account.is_empty() && account != found.account {
        let message =
            format!("The connection string is of the account '{}', not '{account}'.", found.account);
        return Err(AppError::invalid(message)
            .hint("Leave the account's name empty, or copy the other connection string."));
    }
    let account = if account.is_empty() { found.account } else { account };
    if account.is_empty() {
        return Err(AppError::invalid("The name of the storage account is missing.")
            .hint("Copy it from the account's page."));
    }
    Ok(ConnectionSettings::AzureBlob { account, endpoint: endpoint.or(found.endpoint) })
}

/// Settings are stored in clear: an address that carries a signature or a password is none.
fn refuse_more_than_address(endpoint: &str) -> Result<()> {
    let bare = |url: &Url| {
        url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
    };
    match Url::parse(endpoint) {
        Ok(url) if bare(&url) => Ok(()),
        Ok(_) => Err(AppError::invalid("The address contains more than an address.")
            .hint("Give the part before the '?' as the address, and the rest as the SAS.")),
        Err(_) => Err(AppError::invalid("The address of the storage account cannot be read as an address.")
            .hint("It looks like https://contoso.blob.core.windows.net.")),
    }
}

fn refuse_taken(connection: &rusqlite::Connection, name: &str) -> Result<()> {
    match connections::find(connection, name)? {
        None => Ok(()),
        Some(_) => Err(AppError::invalid(format!("There is a connection '{name}' already."))
            .hint("Choose another name, or remove the other connection first.")),
    }
}

fn refuse_used(transaction: &Transaction<'_>, row: &ConnectionRow) -> Result<()> {
    let users = connections::used_by(transaction, &row.id)?;
    if users.is_empty() {
        return Ok(());
    }
    Err(AppError::invalid(format!("The connection '{}' is in use: {}.", row.name, users.join(", ")))
        .hint("Delete these shares, or map the received ones elsewhere; then remove the connection."))
}

async fn check(opened: Result<SharedStore>) -> Result<String> {
    Ok(opened?.check().await?.message)
}

/// What is wrong with the store or its settings is the answer; all else (no such connection, a locked vault) an error.
fn answer(checked: Result<String>) -> Result<ConnectionCheck> {
    match checked {
        Ok(message) => Ok(ConnectionCheck { ok: true, message, code: None, hint: None }),
        Err(error) if matches!(error.code, Code::Store(_) | Code::InvalidRequest) => Ok(ConnectionCheck {
            ok: false,
            message: error.message,
            code: Some(error.code.as_str().to_owned()),
            hint: error.hint,
        }),
        Err(error) => Err(error),
    }
}

fn shown(row: ConnectionRow, used_by: Vec<String>) -> Connection {
    Connection {
        id: row.id.to_string(),
        name: row.name,
        address: row.settings.address(),
        settings: row.settings,
        credential: row.credential,
        created_at: row.created_at,
        used_by,
    }
}

fn entry(entry: LevelEntry) -> BrowseEntry {
    let (kind, size, modified) = match entry.kind {
        LevelKind::Container => (EntryKind::Container, None, None),
        LevelKind::Folder => (EntryKind::Folder, None, None),
        LevelKind::File { size, modified } => (EntryKind::File, Some(size), modified),
    };
    BrowseEntry { name: entry.name, path: entry.key, kind, size, modified }
}
