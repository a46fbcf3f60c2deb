//! The keyring of the operating system: Secret Service, Keychain, Credential Manager.
//!
//! A keyring can ask a person for a password, or never answer at all. So its calls run on a thread of their own (not on
//! tokio's blocking threads, which the end of the process waits for) and nobody waits for long.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;

use ::keyring::v1::{Entry, Error};
use async_trait::async_trait;
use datashare_secret::Secret;
use tokio::sync::oneshot;

use super::{Secrets, locked};
use crate::{AppError, Code, Result};

/// What all entries of this application have in common.
const SERVICE: &str = "datashare";
/// Where `check` proves that the keyring can be written.
const CHECK: &str = "check";
/// Long enough for a slow bus, short enough for a person who looks at a window.
const PATIENCE: Duration = Duration::from_secs(5);

const OTHER_CHOICES: &str = "Or keep the secrets in a file under a passphrase, or in memory until Datashare ends; on the command line by \
     DATASHARE_VAULT=file, with DATASHARE_VAULT_PASSPHRASE_FILE, or DATASHARE_VAULT=session.";

/// Why a keyring did not do what was asked, without anything that it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// There is none that this session can reach.
    Absent,
    /// It refused; the text is the platform's.
    Refused(String),
}

/// Entries by user name, blocking. The one real implementation is [`SystemEntries`].
pub(super) trait Entries: Send {
    fn get(&self, user: &str) -> Result<Option<String>, Failure>;
    fn set(&self, user: &str, text: &str) -> Result<(), Failure>;
    fn delete(&self, user: &str) -> Result<(), Failure>;
}

type Call = Box<dyn FnOnce(&dyn Entries) + Send>;

/// The entries of one workspace.
pub(super) struct Keyring {
    workspace: String,
    /// To the thread that makes them; it ends with this value.
    calls: Sender<Call>,
    /// Alive while a call that nobody waits for any more still runs.
    overdue: Mutex<Weak<()>>,
    proven: OnceLock<()>,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Keyring").field("workspace", &self.workspace).finish_non_exhaustive()
    }
}

impl Keyring {
    pub(super) fn of_system(workspace: &str) -> Self {
        Self::over(workspace, Box::new(SystemEntries))
    }

    pub(super) fn over(workspace: &str, entries: Box<dyn Entries>) -> Self {
        let (calls, waiting) = channel::<Call>();
        std::thread::spawn(move || waiting.into_iter().for_each(|call| call(entries.as_ref())));
        Self { workspace: workspace.to_owned(), calls, overdue: Mutex::default(), proven: OnceLock::new() }
    }

    async fn call<T: Send + 'static>(
        &self,
        name: &str,
        work: impl FnOnce(&dyn Entries, &str) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T> {
        if self.overdue().upgrade().is_some() {
            return Err(silent());
        }
        let user = format!("{}/{name}", self.workspace);
        let running = Arc::new(());
        let overdue = Arc::downgrade(&running);
        let (answer, answered) = oneshot::channel();
        let call: Call = Box::new(move |entries| {
            let _running = running;
            // Nobody waits for a call that stood too long behind one that hangs: it must not happen late.
            if !answer.is_closed() {
                let _ = answer.send(work(entries, &user));
            }
        });
        self.calls.send(call).map_err(|_| broken())?;
        match tokio::time::timeout(PATIENCE, answered).await {
            Ok(Ok(result)) => result.map_err(explain),
            Ok(Err(_)) => Err(broken()),
            Err(_) => {
                self.set_overdue(overdue);
                Err(silent())
            }
        }
    }

    fn overdue(&self) -> Weak<()> {
        self.overdue.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_overdue(&self, call: Weak<()>) {
        *self.overdue.lock().unwrap_or_else(PoisonError::into_inner) = call;
    }
}

#[async_trait]
impl Secrets for Keyring {
    /// Writes an entry and removes it: a locked keyring still says truthfully that it holds nothing.
    async fn check(&self) -> Result<()> {
        if self.proven.get().is_some() {
            return self.get(CHECK).await.map(|_| ());
        }
        self.set(CHECK, &Secret::new(CHECK)).await?;
        self.delete(CHECK).await?;
        let _ = self.proven.set(());
        Ok(())
    }

    async fn get(&self, name: &str) -> Result<Option<Secret>> {
        self.call(name, |entries, user| entries.get(user)).await.map(|text| text.map(Secret::new))
    }

    async fn set(&self, name: &str, secret: &Secret) -> Result<()> {
        let secret = secret.clone();
        self.call(name, move |entries, user| entries.set(user, secret.reveal())).await
    }

    async fn delete(&self, name: &str) -> Result<()> {
        self.call(name, |entries, user| entries.delete(user)).await
    }
}

fn explain(failure: Failure) -> AppError {
    match failure {
        Failure::Absent => locked(
            "This computer offers Datashare no keyring.",
            format!("Start a keyring (GNOME Keyring, KWallet) and then Datashare again. {OTHER_CHOICES}"),
        ),
        Failure::Refused(why) => locked(
            format!("The keyring of this computer is locked or refuses: {why}."),
            format!("Unlock the keyring and try again. {OTHER_CHOICES}"),
        ),
    }
}

fn silent() -> AppError {
    locked(
        "The keyring of this computer does not answer.",
        format!("If it asks for its password in a window, type it there and try again. {OTHER_CHOICES}"),
    )
}

fn broken() -> AppError {
    AppError::new(Code::VaultLocked, "The connection to the keyring of this computer is broken.")
        .hint(format!("Start Datashare again. {OTHER_CHOICES}"))
}

/// The platform's own.
struct SystemEntries;

impl SystemEntries {
    fn with<T>(user: &str, work: impl FnOnce(&Entry) -> Result<T, Error>) -> Result<Option<T>, Failure> {
        match Entry::new(SERVICE, user).and_then(|entry| work(&entry)) {
            Ok(value) => Ok(Some(value)),
            Err(Error::NoEntry) => Ok(None),
            Err(Error::NoDefaultStore) => Err(Failure::Absent),
            Err(Error::NoStorageAccess(why) | Error::PlatformFailure(why)) => {
                Err(Failure::Refused(why.to_string()))
            }
            // The others can carry what is stored: only their kind is told.
            Err(Error::BadEncoding(_) | Error::BadDataFormat(..)) => {
                Err(Failure::Refused("the entry is not text".into()))
            }
            Err(Error::TooLong(..)) => Err(Failure::Refused("the secret is too long for it".into())),
            Err(Error::Ambiguous(_)) => Err(Failure::Refused("it holds the entry twice".into())),
            Err(_) => Err(Failure::Refused("it does not offer what is needed".into())),
        }
    }
}

impl Entries for SystemEntries {
    fn get(&self, user: &str) -> Result<Option<String>, Failure> {
        Self::with(user, Entry::get_password)
    }

    fn set(&self, user: &str, text: &str) -> Result<(), Failure> {
        Self::with(user, |entry| entry.set_password(text)).map(|_| ())
    }

    fn delete(&self, user: &str) -> Result<(), Failure> {
        Self::with(user, Entry::delete_credential).map(|_| ())
    }
}
