//! Secrets in a file of the workspace, sealed under a passphrase.
//!
//! Every change is made under a lock, on what the file holds at that moment, so that no process loses what another has
//! written; the file is replaced whole. A file that cannot be opened is never written over.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use datashare_secret::Secret;

use super::sealed::{Derivation, SealProblem, SealedVault, SecretMap, VaultKey, seal};
use super::{Secrets, locked};
use crate::{AppError, Code, Result};

/// Name of the file in the workspace's directory.
pub(super) const FILE: &str = "vault.json";

const OTHER_CHOICES: &str =
    "Or keep the secrets in the keyring of this computer, or in memory until Datashare ends.";

/// The vault file of one workspace. The passphrase and its key stay in memory once they are known.
#[derive(Clone)]
pub(super) struct PassphraseFile {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    unlocked: Mutex<Unlocked>,
}

#[derive(Default)]
struct Unlocked {
    passphrase: Option<Secret>,
    key: Option<VaultKey>,
}

impl std::fmt::Debug for PassphraseFile {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("PassphraseFile").field("path", &self.inner.path).finish_non_exhaustive()
    }
}

impl PassphraseFile {
    pub(super) fn new(home: &Path, passphrase: Option<Secret>) -> Self {
        let unlocked = Mutex::new(Unlocked { passphrase, key: None });
        Self { inner: Arc::new(Inner { path: home.join(FILE), unlocked }) }
    }

    /// The file is there and has not been opened yet.
    pub(super) fn waits_for_passphrase(&self) -> bool {
        self.inner.path.exists() && self.inner.unlocked(|unlocked| unlocked.key.is_none())
    }

    /// Opens the file with this passphrase, or makes an empty one under it when there is none.
    /// [`Code::WrongPassphrase`] leaves everything as it was.
    pub(super) async fn unlock(&self, passphrase: Secret) -> Result<()> {
        if passphrase.is_empty() {
            return Err(AppError::invalid("The passphrase is empty.").hint("Choose one that only you know."));
        }
        self.blocking(move |inner| {
            inner.unlocked(|current| {
                let mut unlocked = Unlocked { passphrase: Some(passphrase), key: None };
                inner.change(&mut unlocked, |_| ())?;
                *current = unlocked;
                Ok(())
            })
        })
        .await
    }

    /// Seals what is in the file under another passphrase, with a new salt.
    pub(super) async fn change_passphrase(&self, old: Secret, new: Secret) -> Result<()> {
        if new.is_empty() {
            return Err(
                AppError::invalid("The new passphrase is empty.").hint("Choose one that only you know.")
            );
        }
        self.blocking(move |inner| {
            let changed = inner.locked(|| Ok(inner.seal_anew(old, new)));
            let after = changed.map_err(|error| inner.unwritable(error))??;
            inner.unlocked(|current| *current = after);
            Ok(())
        })
        .await
    }

    /// Removes the file with all that is in it, and forgets its passphrase.
    pub(super) async fn erase(&self) -> Result<()> {
        self.blocking(|inner| {
            inner.unlocked(|unlocked| *unlocked = Unlocked::default());
            match inner.locked(|| fs::remove_file(&inner.path)) {
                Err(error) if error.kind() != ErrorKind::NotFound => Err(inner.unwritable(error)),
                _ => Ok(()),
            }
        })
        .await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let inner = self.inner.clone();
        tokio::task::spawn_blocking(move || work(&inner)).await.map_err(|error| {
            AppError::new(Code::Internal, "The work on the vault file was broken off.").because(error)
        })?
    }
}

#[async_trait]
impl Secrets for PassphraseFile {
    async fn check(&self) -> Result<()> {
        self.blocking(|inner| inner.unlocked(|unlocked| inner.read(unlocked)).map(|_| ())).await
    }

    async fn get(&self, name: &str) -> Result<Option<Secret>> {
        let name = name.to_owned();
        self.blocking(move |inner| {
            let secrets = inner.unlocked(|unlocked| inner.read(unlocked))?;
            Ok(secrets.and_then(|mut secrets| secrets.remove(&name)))
        })
        .await
    }

    async fn set(&self, name: &str, secret: &Secret) -> Result<()> {
        let (name, secret) = (name.to_owned(), secret.clone());
        self.blocking(move |inner| {
            inner.unlocked(|unlocked| inner.change(unlocked, |secrets| _ = secrets.insert(name, secret)))
        })
        .await
    }

    async fn delete(&self, name: &str) -> Result<()> {
        let name = name.to_owned();
        self.blocking(move |inner| {
            inner.unlocked(|unlocked| inner.change(unlocked, |secrets| _ = secrets.remove(&name)))
        })
        .await
    }
}

impl Inner {
    fn unlocked<T>(&self, work: impl FnOnce(&mut Unlocked) -> T) -> T {
        work(&mut self.unlocked.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// `None` when there is no file and a passphrase to make one under.
    fn read(&self, unlocked: &mut Unlocked) -> Result<Option<SecretMap>> {
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound && unlocked.passphrase.is_some() => {
                return Ok(None);
            }
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(no_passphrase_yet()),
            Err(error) => return Err(self.unreadable(error)),
        };
        let opened = SealedVault::parse(&bytes).and_then(|vault| {
            let Some(key) = unlocked.key_for(&vault.derivation)? else { return Ok(None) };
            let secrets = vault.open(&key)?;
            // Only a key that opened the file is kept.
            unlocked.key = Some(key);
            Ok(Some(secrets))
        });
        opened.map_err(|problem| self.explain(problem))?.map(Some).ok_or_else(waits_for_passphrase)
    }

    /// Changes the secrets that the file holds now; makes the file when there is none.
    fn change(&self, unlocked: &mut Unlocked, change: impl FnOnce(&mut SecretMap)) -> Result<()> {
        let changed = self.locked(|| {
            Ok(self.read(unlocked).and_then(|secrets| {
                let mut secrets = match secrets {
                    Some(secrets) => secrets,
                    None => unlocked
                        .start()
                        .map(|()| SecretMap::new())
                        .map_err(|problem| self.explain(problem))?,
                };
                change(&mut secrets);
                self.write(unlocked, &secrets)
            }))
        });
        changed.map_err(|error| self.unwritable(error))?
    }

    fn seal_anew(&self, old: Secret, new: Secret) -> Result<Unlocked> {
        let mut before = Unlocked { passphrase: Some(old), key: None };
        let secrets = self.read(&mut before)?.ok_or_else(no_passphrase_yet)?;
        let mut after = Unlocked { passphrase: Some(new), key: None };
        after.start().map_err(|problem| self.explain(problem))?;
        self.write(&after, &secrets)?;
        Ok(after)
    }

    fn write(&self, unlocked: &Unlocked, secrets: &SecretMap) -> Result<()> {
        let Some(key) = &unlocked.key else { return Err(waits_for_passphrase()) };
        let bytes = seal(key, secrets).map_err(|problem| self.explain(problem))?;
        self.replace(&bytes).map_err(|error| self.unwritable(error))
    }

    /// All or nothing, also when the power fails.
    fn replace(&self, bytes: &[u8]) -> io::Result<()> {
        let new = self.path.with_extension("json.new");
        let mut file = private_file(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&new, &self.path)?;
        sync_directory(&self.path)
    }

    /// One process at a time.
    fn locked<T>(&self, work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        let lock = private_file(&self.path.with_extension("lock"))?;
        lock.lock()?;
        let result = work();
        drop(lock);
        result
    }

    fn explain(&self, problem: SealProblem) -> AppError {
        let path = self.path.display();
        match problem {
            SealProblem::WrongPassphrase => {
                AppError::new(Code::WrongPassphrase, format!("This passphrase does not open the vault file {path}."))
                    .hint("Type it again; upper and lower case differ. There is no way to open the file without it.")
            }
            SealProblem::Damaged => {
                AppError::new(Code::DamagedWorkspace, format!("The vault file {path} is damaged."))
                    .hint("Datashare left it as it is. Restore it from a backup: the keys and credentials in it exist nowhere else.")
            }
            SealProblem::Newer => AppError::new(
                Code::NewerDatabase,
                format!("The vault file {path} was written by a newer version of Datashare."),
            )
            .hint("Install the newest version of Datashare. The file was not changed."),
            SealProblem::Computer => {
                AppError::new(Code::Internal, "This computer has too little free memory to open or seal the vault file.")
                    .hint("Close other programs and try again.")
            }
        }
    }

    fn unreadable(&self, error: io::Error) -> AppError {
        let message = format!("The vault file {} cannot be read: {error}.", self.path.display());
        locked(message, "Check that the file belongs to you and may be read.").because(error)
    }

    fn unwritable(&self, error: io::Error) -> AppError {
        let message = format!("The vault file {} cannot be written: {error}.", self.path.display());
        locked(message, "Check that the directory belongs to you and that its disk is not full or read-only.")
            .because(error)
    }
}

impl Unlocked {
    /// The known key when it is of this derivation, else a new one from the passphrase; `None` without a passphrase.
    fn key_for(&mut self, derivation: &Derivation) -> Result<Option<VaultKey>, SealProblem> {
        if let Some(key) = self.key.take_if(|key| key.fits(derivation)) {
            return Ok(Some(key));
        }
        self.passphrase.as_ref().map(|passphrase| VaultKey::derive(passphrase, derivation)).transpose()
    }

    /// A key for a new file.
    fn start(&mut self) -> Result<(), SealProblem> {
        let Some(passphrase) = &self.passphrase else { return Ok(()) };
        self.key = Some(VaultKey::derive(passphrase, &Derivation::fresh()?)?);
        Ok(())
    }
}

fn waits_for_passphrase() -> AppError {
    locked(
        "The vault file waits for its passphrase.",
        format!(
            "Type the passphrase; on the command line name a file that contains it in DATASHARE_VAULT_PASSPHRASE_FILE. \
             {OTHER_CHOICES}"
        ),
    )
}

fn no_passphrase_yet() -> AppError {
    locked(
        "There is no passphrase for the vault file yet.",
        format!(
            "Choose a passphrase; on the command line name a file that contains it in DATASHARE_VAULT_PASSPHRASE_FILE. \
             {OTHER_CHOICES}"
        ),
    )
}

/// Opened for writing, empty, for nobody but its owner.
fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Makes the renaming itself last.
fn sync_directory(file: &Path) -> io::Result<()> {
    match file.parent() {
        Some(directory) if cfg!(unix) => File::open(directory)?.sync_all(),
        _ => Ok(()),
    }
}
