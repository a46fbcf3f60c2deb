//! Where the secrets of a workspace are kept: the keyring of the operating system, a file under a passphrase, or memory.
//!
//! Nothing here blocks or fails the start: a vault that is locked or absent says so in its status, and with
//! [`Code::VaultLocked`] when a secret is asked for. Secrets never reach the database; their names do.

mod archive;
mod choose;
mod file;
mod keyring;
mod sealed;
mod session;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use datashare_secret::Secret;

use crate::database::{Database, meta, secret_names};
use crate::dto::{VaultKind, VaultStatus};
use crate::{AppError, Code, Result, VaultChoice};

pub(crate) use archive::Archive;
pub use archive::costs_of_sealed;
use file::PassphraseFile;
use keyring::Keyring;
pub use sealed::SealCosts;
use session::Session;

/// One place that keeps secrets by name. [`Code::VaultLocked`] while it cannot.
#[async_trait]
trait Secrets: Send + Sync {
    /// Whether secrets can be read and written now; the error says why not, and what can be done.
    async fn check(&self) -> Result<()>;
    async fn get(&self, name: &str) -> Result<Option<Secret>>;
    async fn set(&self, name: &str, secret: &Secret) -> Result<()>;
    /// No error when it is not there.
    async fn delete(&self, name: &str) -> Result<()>;
}

/// The vault of one workspace. Names are paths: `identity/signing`, `connection/<id>`.
#[derive(Debug)]
pub(crate) struct Vault {
    database: Arc<Database>,
    /// What the caller of [`crate::App::open`] asked for; goes before what the workspace remembers.
    asked: Mutex<Option<VaultKind>>,
    keyring: Keyring,
    file: PassphraseFile,
    session: Session,
}

impl Vault {
    /// Opens nothing yet.
    pub(crate) fn new(home: &Path, database: Arc<Database>, workspace: &str, choice: VaultChoice) -> Self {
        Self {
            database,
            asked: Mutex::new(choice.kind),
            keyring: Keyring::of_system(workspace),
            file: PassphraseFile::new(home, choice.passphrase),
            session: Session::default(),
        }
    }

    /// The kind in use. Another process may have changed it, so it is asked for every time.
    pub(crate) fn kind(&self) -> Result<VaultKind> {
        let asked = *self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let kind = match asked {
            Some(kind) => Some(kind),
            None => self
                .database
                .read(|connection| meta::get(connection, meta::VAULT))?
                .and_then(|name| by_name(&name)),
        };
        Ok(kind.unwrap_or(VaultKind::Keyring))
    }

    /// Makes the kind in use the one that this workspace opens with from now on.
    pub(crate) fn remember(&self) -> Result<()> {
        let kind = self.kind()?;
        self.database.write(|transaction| meta::set(transaction, meta::VAULT, name_of(kind)))
    }

    pub(crate) async fn get(&self, name: &str) -> Result<Option<Secret>> {
        self.secrets(self.kind()?).get(name).await
    }

    pub(crate) async fn set(&self, name: &str, secret: &Secret) -> Result<()> {
        // The name first: a name without a secret is harmless, a secret without a name would never be moved.
        self.database.write(|transaction| secret_names::add(transaction, name))?;
        self.secrets(self.kind()?).set(name, secret).await
    }

    /// No error when it is not there.
    pub(crate) async fn delete(&self, name: &str) -> Result<()> {
        self.secrets(self.kind()?).delete(name).await?;
        self.database.write(|transaction| secret_names::remove(transaction, name))
    }

    pub(crate) async fn status(&self) -> Result<VaultStatus> {
        let kind = self.kind()?;
        let problem = self.secrets(kind).check().await.err();
        let note = (kind == VaultKind::Session).then(|| session::NOTE.to_owned());
        Ok(VaultStatus {
            kind,
            ready: problem.is_none(),
            message: problem.as_ref().map(AppError::in_words).or(note),
            passphrase_needed: self.file.waits_for_passphrase(),
        })
    }

    /// Seals the vault file under another passphrase. [`Code::WrongPassphrase`] leaves everything as it was.
    pub(crate) async fn change_passphrase(&self, old: Secret, new: Secret) -> Result<()> {
        if self.kind()? != VaultKind::File {
            return Err(AppError::invalid("The secrets of this workspace are not in a vault file.")
                .hint("Only the vault file has a passphrase of Datashare's own."));
        }
        self.file.change_passphrase(old, new).await
    }

    fn secrets(&self, kind: VaultKind) -> &dyn Secrets {
        match kind {
            VaultKind::Keyring => &self.keyring,
            VaultKind::File => &self.file,
            VaultKind::Session => &self.session,
        }
    }
}

fn name_of(kind: VaultKind) -> &'static str {
    match kind {
        VaultKind::Keyring => "keyring",
        VaultKind::File => "file",
        VaultKind::Session => "session",
    }
}

fn by_name(name: &str) -> Option<VaultKind> {
    [VaultKind::Keyring, VaultKind::File, VaultKind::Session].into_iter().find(|kind| name_of(*kind) == name)
}

fn locked(message: impl Into<String>, hint: impl Into<String>) -> AppError {
    AppError::new(Code::VaultLocked, message).hint(hint)
}

#[cfg(test)]
mod tests;
