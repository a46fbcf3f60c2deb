//! Secrets in memory, until the process ends.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use datashare_secret::Secret;

use super::Secrets;
use crate::Result;

/// What a person should know who keeps secrets this way.
pub(super) const NOTE: &str = "Keys and credentials are kept in memory only. When Datashare ends they are gone: connections must be given their \
     credentials again, and what was shared or received under this identity cannot be continued. Choose the keyring or a \
     passphrase file to keep them.";

#[derive(Debug, Default)]
pub(super) struct Session(Mutex<BTreeMap<String, Secret>>);

impl Session {
    fn secrets(&self) -> MutexGuard<'_, BTreeMap<String, Secret>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Secrets for Session {
    async fn check(&self) -> Result<()> {
        Ok(())
    }

    async fn get(&self, name: &str) -> Result<Option<Secret>> {
        Ok(self.secrets().get(name).cloned())
    }

    async fn set(&self, name: &str, secret: &Secret) -> Result<()> {
        self.secrets().insert(name.to_owned(), secret.clone());
        Ok(())
    }

    async fn delete(&self, name: &str) -> Result<()> {
        self.secrets().remove(name);
        Ok(())
    }
}
