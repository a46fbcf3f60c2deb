//! A whole workspace under a passphrase: its database among its secrets, in the form of a vault file. So a wrong
//! passphrase and damage are told apart in the same way.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use datashare_secret::Secret;
use zeroize::Zeroizing;

use super::sealed::{Derivation, SealCosts, SealProblem, SealedVault, SecretMap, VaultKey, seal};
use super::{Vault, meta, name_of, secret_names};
use crate::{AppError, Code, Result};

/// The database's place among the secrets.
const DATABASE: &str = "workspace/database";

/// What an archive holds.
pub(crate) struct Archive {
    /// The bytes of the database file.
    pub(crate) database: Zeroizing<Vec<u8>>,
    secrets: SecretMap,
}

/// What the bytes of a vault file or of an exported workspace say of themselves before a passphrase proves any of it.
/// [`Code::DamagedWorkspace`] or [`Code::NewerDatabase`] when they are neither, or ask too much.
pub fn costs_of_sealed(bytes: &[u8]) -> Result<SealCosts> {
    SealedVault::parse(bytes).map(|sealed| sealed.costs()).map_err(explain)
}

impl Archive {
    /// [`Code::WrongPassphrase`] or [`Code::DamagedWorkspace`] when it does not open.
    pub(crate) fn open(bytes: &[u8], passphrase: &Secret) -> Result<Self> {
        let opened = SealedVault::parse(bytes).and_then(|sealed| {
            let mut secrets = sealed.open(&VaultKey::derive(passphrase, &sealed.derivation)?)?;
            let database = secrets.remove(DATABASE).ok_or(SealProblem::Damaged)?;
            let database = STANDARD.decode(database.reveal()).map_err(|_| SealProblem::Damaged)?;
            Ok(Self { database: Zeroizing::new(database), secrets })
        });
        opened.map_err(explain)
    }
}

impl Vault {
    /// All secrets and the database, sealed.
    pub(crate) async fn archive(&self, database: &[u8], passphrase: &Secret) -> Result<Vec<u8>> {
        let mut secrets = SecretMap::new();
        for name in self.database.read(secret_names::all)? {
            if let Some(secret) = self.get(&name).await? {
                secrets.insert(name, secret);
            }
        }
        secrets.insert(DATABASE.to_owned(), Secret::new(STANDARD.encode(database)));
        let sealed = Derivation::fresh()
            .and_then(|derivation| VaultKey::derive(passphrase, &derivation))
            .and_then(|key| seal(&key, &secrets));
        sealed.map_err(explain)
    }

    /// Keeps the secrets of an archive in this vault.
    pub(crate) async fn take_over(&self, archive: &Archive) -> Result<()> {
        for (name, secret) in &archive.secrets {
            self.set(name, secret).await?;
        }
        Ok(())
    }

    /// Opens with this kind from now on, whatever a restored database remembers.
    pub(crate) fn stay_with(&self, kind: crate::dto::VaultKind) -> Result<()> {
        self.database.write(|transaction| meta::set(transaction, meta::VAULT, name_of(kind)))
    }
}

fn explain(problem: SealProblem) -> AppError {
    match problem {
        SealProblem::WrongPassphrase => AppError::new(
            Code::WrongPassphrase,
            "This passphrase does not open the exported workspace.",
        )
        .hint("Type it again; upper and lower case differ. It is the one that was chosen for the export."),
        SealProblem::Damaged => {
            AppError::new(Code::DamagedWorkspace, "The file is no exported workspace, or it is damaged.")
                .hint("Nothing was taken from it. Copy the file again, or export the workspace once more.")
        }
        SealProblem::Newer => {
            AppError::new(Code::NewerDatabase, "The workspace was exported by a newer version of Datashare.")
                .hint("Install the newest version of Datashare.")
        }
        SealProblem::Computer => AppError::new(
            Code::Internal,
            "This computer has too little free memory for the exported workspace.",
        )
        .hint("Close other programs and try again."),
    }
}
