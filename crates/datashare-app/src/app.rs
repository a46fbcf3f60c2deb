//! One open workspace.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use datashare_domain::{ShareId, WorkspaceId};
use datashare_secret::Secret;
use tokio::sync::broadcast;

use crate::clock::Clock;
use crate::consumer::{QuietReceived, RunRegistry};
use crate::database::{Database, meta};
use crate::dto::{AppEvent, Tag, VaultKind};
use crate::due::DueWork;
use crate::provider::QuietShares;
use crate::stores::OpenStores;
use crate::vault::Vault;
use crate::{AppError, Code, Result};

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
    pub(crate) database: Arc<Database>,
    pub(crate) vault: Vault,
    pub(crate) stores: OpenStores,
    pub(crate) runs: RunRegistry,
    pub(crate) due: DueWork,
    pub(crate) quiet: QuietShares,
    pub(crate) quiet_received: QuietReceived,
    pub(crate) clock: Clock,
    /// The local logs were verified in this process.
    pub(crate) checked: AtomicBool,
    /// When the contents of each share were looked at last, by this process.
    pub(crate) listed: Mutex<HashMap<ShareId, DateTime<Utc>>>,
    pub(crate) events: broadcast::Sender<AppEvent>,
}

impl App {
    /// Opens the workspace. A keyring that is locked or absent is not an error: `workspace_status` says so.
    pub async fn open(options: AppOptions) -> Result<Self, AppError> {
        Self::open_with_clock(options, Clock::system()).await
    }

    /// As [`Self::open`], with a clock of the caller's.
    pub async fn open_with_clock(options: AppOptions, clock: Clock) -> Result<Self, AppError> {
        let home = make_home(&options.home)?;
        let database = Arc::new(Database::open(&home)?);
        let workspace = workspace_id(&database)?;
        let vault = Vault::new(&home, database.clone(), &workspace, options.vault);
        let (events, _) = broadcast::channel(256);
        Ok(Self {
            inner: Arc::new(Inner {
                home,
                database,
                vault,
                stores: OpenStores::default(),
                runs: RunRegistry::default(),
                due: DueWork::default(),
                quiet: QuietShares::default(),
                quiet_received: QuietReceived::default(),
                clock,
                checked: AtomicBool::new(false),
                listed: Mutex::default(),
                events,
            }),
        })
    }

    /// What happens from now on. A receiver that falls behind loses the oldest and should reload everything.
    pub fn events(&self) -> broadcast::Receiver<AppEvent> {
        self.inner.events.subscribe()
    }

    /// Another number as soon as another process has changed something in the workspace's database.
    pub fn data_version(&self) -> Result<i64> {
        self.database().data_version()
    }

    /// Tells whoever listens that answers with these tags are stale.
    pub(crate) fn changed(&self, tags: &[Tag]) {
        // No receiver is no error: the command line listens only while it shows progress.
        let _ = self.inner.events.send(AppEvent::Changed { tags: tags.to_vec() });
    }

    /// The time now, in the milliseconds that the database keeps.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.inner.clock.now()
    }

    /// Fresh random bytes, for ids and keys.
    pub(crate) fn random<const N: usize>(&self) -> Result<[u8; N]> {
        random()
    }

    pub(crate) fn database(&self) -> &Database {
        &self.inner.database
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.inner.vault
    }
}

/// Fresh random bytes, for ids and keys.
pub(crate) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| {
        AppError::new(
            Code::Internal,
            "This computer gives no random numbers, without which no key can be made.",
        )
        .because(error)
    })?;
    Ok(bytes)
}

/// The directory, absolute; made for nobody but its owner.
fn make_home(home: &Path) -> Result<PathBuf> {
    let unusable = |error: std::io::Error| {
        AppError::new(
            Code::Internal,
            format!("The workspace's directory {} cannot be used: {error}.", home.display()),
        )
        .hint("Choose another directory, or check that this one belongs to you and may be written.")
        .because(error)
    };
    let absolute = std::path::absolute(home).map_err(unusable)?;
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&absolute).map_err(unusable)?;
    Ok(absolute)
}

/// Made once; names this workspace's entries in the keyring.
fn workspace_id(database: &Database) -> Result<String> {
    if let Some(id) = database.read(|connection| meta::get(connection, meta::WORKSPACE))? {
        return Ok(id);
    }
    let fresh = WorkspaceId::from_random(random()?);
    database.write(|transaction| match meta::get(transaction, meta::WORKSPACE)? {
        Some(id) => Ok(id),
        None => {
            meta::set(transaction, meta::WORKSPACE, fresh.as_str())?;
            Ok(fresh.to_string())
        }
    })
}
