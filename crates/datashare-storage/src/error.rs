//! What can go wrong at a store, and whether trying again helps.

use std::time::Duration;

/// What happened, as far as somebody decides by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// No such object.
    NotFound,
    /// No such container or folder.
    NoSuchPlace,
    /// No such account, or its name does not resolve.
    NoSuchAccount,
    /// A create-only write met an object that is already there.
    AlreadyExists,
    /// The object is not the pinned version (any more).
    Changed,
    /// The credential is wrong.
    BadCredential,
    /// The credential is good, and does not allow this; or its policy was removed.
    Denied,
    /// The credential was good and has expired.
    Expired,
    /// The store's network rules refuse this computer.
    Firewall,
    /// This computer's clock is too far from the store's.
    ClockSkew,
    /// The proxy refused or could not be reached.
    Proxy,
    /// The server's certificate is not trusted here.
    Certificate,
    /// Nothing answers at that address.
    Unreachable,
    /// The store asks to slow down, or is out of order for the moment.
    Busy,
    /// The connection broke or went silent.
    Interrupted,
    /// The disk or the quota is full.
    NoSpace,
    /// The store cannot hold this name.
    BadName,
    /// The bytes are not what their length or hash says.
    Corrupt,
    /// The store does not offer this.
    Unsupported,
    /// Anything else; the message says what.
    Other,
}

impl ErrorKind {
    /// The kind as it stands in JSON and records: `no-such-place`.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::NoSuchPlace => "no-such-place",
            Self::NoSuchAccount => "no-such-account",
            Self::AlreadyExists => "already-exists",
            Self::Changed => "changed",
            Self::BadCredential => "bad-credential",
            Self::Denied => "denied",
            Self::Expired => "expired",
            Self::Firewall => "firewall",
            Self::ClockSkew => "clock-skew",
            Self::Proxy => "proxy",
            Self::Certificate => "certificate",
            Self::Unreachable => "unreachable",
            Self::Busy => "busy",
            Self::Interrupted => "interrupted",
            Self::NoSpace => "no-space",
            Self::BadName => "bad-name",
            Self::Corrupt => "corrupt",
            Self::Unsupported => "unsupported",
            Self::Other => "other",
        }
    }
}

/// Whether doing the same again can succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    Never,
    /// Yes, after this time if the store named one.
    Later(Option<Duration>),
}

/// An error of one operation on one key. The message is for people and contains no secret.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct StoreError {
    pub kind: ErrorKind,
    pub retry: Retry,
    /// What was being done: `read`, `write`, `list` …
    pub operation: &'static str,
    pub key: String,
    /// What happened and why, a sentence, redacted.
    pub message: String,
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

pub type Result<T> = std::result::Result<T, StoreError>;

impl StoreError {
    pub fn new(
        kind: ErrorKind,
        operation: &'static str,
        key: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        let retry = match kind {
            ErrorKind::Busy | ErrorKind::Interrupted | ErrorKind::Unreachable | ErrorKind::Corrupt => {
                Retry::Later(None)
            }
            _ => Retry::Never,
        };
        let message = datashare_secret::redact_text(&message.into());
        Self { kind, retry, operation, key: key.into(), message, source: None }
    }

    pub fn with_source(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }

    pub fn with_retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }
}
