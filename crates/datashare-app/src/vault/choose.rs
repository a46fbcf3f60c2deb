//! From one kind of vault to another: secrets are copied, looked at again, and only then removed where they were.

use std::sync::PoisonError;

use datashare_secret::Secret;

use super::{Vault, meta, name_of, secret_names};
use crate::dto::VaultKind;
use crate::{AppError, Code, Result};

impl Vault {
    /// Uses this kind from now on, and opens it with the passphrase where it is the file (a new one where there is none).
    /// Takes the secrets along when they can be read; when not, they stay where they are, for a later way back.
    pub(crate) async fn choose(&self, kind: VaultKind, passphrase: Option<Secret>) -> Result<()> {
        let old = self.kind()?;
        if let (VaultKind::File, Some(passphrase)) = (kind, passphrase) {
            self.file.unlock(passphrase).await?;
        }
        self.secrets(kind).check().await?;
        let moved = if kind == old { None } else { self.copy(old, kind).await? };
        self.database.write(|transaction| meta::set(transaction, meta::VAULT, name_of(kind)))?;
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = None;
        if let Some(moved) = moved {
            // What cannot be removed now stays behind: a copy too many, in a vault of the same person.
            if let Err(error) = self.clear(old, &moved).await {
                tracing::warn!(%error, "moved secrets could not be removed from the former vault");
            }
        }
        Ok(())
    }

    /// Names of what was copied; `None` when the old vault cannot be read.
    async fn copy(&self, old: VaultKind, new: VaultKind) -> Result<Option<Vec<String>>> {
        if self.secrets(old).check().await.is_err() {
            return Ok(None);
        }
        let mut copied = Vec::new();
        for name in self.database.read(secret_names::all)? {
            let Some(secret) = self.secrets(old).get(&name).await? else { continue };
            self.secrets(new).set(&name, &secret).await?;
            if self.secrets(new).get(&name).await?.as_ref() != Some(&secret) {
                let message =
                    "The chosen vault did not keep what was put into it. The secrets stay where they were.";
                return Err(AppError::new(Code::Internal, message).hint("Choose another kind of vault."));
            }
            copied.push(name);
        }
        Ok(Some(copied))
    }

    async fn clear(&self, old: VaultKind, moved: &[String]) -> Result<()> {
        if old == VaultKind::File {
            return self.file.erase().await;
        }
        for name in moved {
            self.secrets(old).delete(name).await?;
        }
        Ok(())
    }
}
