//! One open workspace.

use std::path::PathBuf;
use std::sync::Arc;

use datashare_secret::Secret;
use tokio::sync::broadcast;

use crate::dto::{AppEvent, VaultKind};
use crate::{AppError, Result};

/// How to open the vault, when the caller says so (the command line's environment); else as the workspace remembers.
#[derive(Clone, Debug, Default)]
pub struct VaultChoice {
    pub kind: Option<VaultKind>,
    pub passphrase: Option<Secret>,
}

#[derive(Clone, Debug)]
pub struct AppOptions {
    /// The workspace's data directory; made when missing.
    pub home: PathBuf,
    pub vault: VaultChoice,
}

/// One open workspace. Cheap to clone; all clones are the same workspace.
#[derive(Clone, Debug)]
pub struct App {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) home: PathBuf,
    pub(crate) events: broadcast::Sender<AppEvent>,
}

impl App {
    /// Opens the workspace. A keyring that is locked or absent is not an error: `workspace_status` says so.
    pub async fn open(options: AppOptions) -> Result<Self, AppError> {
        let (events, _) = broadcast::channel(256);
        Ok(Self { inner: Arc::new(Inner { home: options.home, events }) })
    }

    /// What happens from now on. A receiver that falls behind loses the oldest and should reload everything.
    pub fn events(&self) -> broadcast::Receiver<AppEvent> {
        self.inner.events.subscribe()
    }
}
