//! The one error of the application's edge: a code somebody branches on, words for people, the cause for the log.

use datashare_mail::Problem;
use datashare_storage::{ErrorKind, Retry, StoreError};

use crate::dto::ErrorDto;

pub type Result<T, E = AppError> = std::result::Result<T, E>;

/// What went wrong, so that exit codes and buttons can follow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The request itself cannot be: a name that is taken, a path that does not exist.
    InvalidRequest,
    NotFound,
    /// The rules of the workspace forbid it.
    NotAllowed,
    /// The rules of the workspace ask for a second person's approval first.
    ApprovalNeeded,
    /// There is no workspace yet.
    NotInitialised,
    /// Secrets cannot be read now.
    VaultLocked,
    /// A passphrase that does not open the vault file.
    WrongPassphrase,
    /// The database was written by a newer version.
    NewerDatabase,
    /// The database or the vault file is damaged.
    DamagedWorkspace,
    /// A ticket, link or file that is no (whole) invitation.
    BadInvitation,
    /// The invitation's date is over.
    InvitationExpired,
    InvitationWithdrawn,
    /// Somebody accepted it already.
    InvitationSpent,
    /// The provider took the access back.
    Revoked,
    /// The provider deleted the share.
    ShareDeleted,
    /// The recipient's access has passed its date.
    AccessExpired,
    /// The provider did not accept the claim.
    Refused,
    /// The other side has not answered yet.
    WaitingForProvider,
    /// New terms wait for agreement.
    TermsChanged,
    /// A record or manifest is not genuine, or the log has a gap.
    NotGenuine,
    /// Another run of the same share is going on.
    AlreadyRunning,
    Cancelled,
    /// No mail server was named yet.
    MailNotSetUp,
    /// A mail was not sent; the message names the cause.
    Mail(Problem),
    /// A receiver of notifications refused them or could not be reached.
    NotTold,
    /// A store refused or could not be reached; the message names the cause.
    Store(ErrorKind),
    Internal,
}

impl Code {
    /// Stable and kebab-case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid-request",
            Self::NotFound => "not-found",
            Self::NotAllowed => "not-allowed",
            Self::ApprovalNeeded => "approval-needed",
            Self::NotInitialised => "not-initialised",
            Self::VaultLocked => "vault-locked",
            Self::WrongPassphrase => "wrong-passphrase",
            Self::NewerDatabase => "newer-database",
            Self::DamagedWorkspace => "damaged-workspace",
            Self::BadInvitation => "bad-invitation",
            Self::InvitationExpired => "invitation-expired",
            Self::InvitationWithdrawn => "invitation-withdrawn",
            Self::InvitationSpent => "invitation-spent",
            Self::Revoked => "revoked",
            Self::ShareDeleted => "share-deleted",
            Self::AccessExpired => "access-expired",
            Self::Refused => "refused",
            Self::WaitingForProvider => "waiting-for-provider",
            Self::TermsChanged => "terms-changed",
            Self::NotGenuine => "not-genuine",
            Self::AlreadyRunning => "already-running",
            Self::Cancelled => "cancelled",
            Self::MailNotSetUp => "mail-not-set-up",
            Self::Mail(problem) => mail_code(problem),
            Self::NotTold => "not-told",
            Self::Store(kind) => store_code(kind),
            Self::Internal => "internal",
        }
    }

    /// Exit code of the command line: 1 failed, 3 needs attention, 4 cancelled, 5 refused.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::VaultLocked
            | Self::WaitingForProvider
            | Self::TermsChanged
            | Self::WrongPassphrase
            | Self::ApprovalNeeded => 3,
            Self::Store(ErrorKind::Expired | ErrorKind::BadCredential) => 3,
            Self::MailNotSetUp | Self::Mail(Problem::Login) => 3,
            Self::Cancelled => 4,
            Self::Revoked
            | Self::ShareDeleted
            | Self::AccessExpired
            | Self::Refused
            | Self::InvitationExpired
            | Self::InvitationWithdrawn
            | Self::InvitationSpent => 5,
            _ => 1,
        }
    }
}

/// Kebab-case name of a store's error kind.
pub fn store_code(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::NotFound => "no-such-file",
        ErrorKind::NoSuchPlace => "no-such-container",
        ErrorKind::NoSuchAccount => "no-such-account",
        ErrorKind::AlreadyExists => "already-exists",
        ErrorKind::Changed => "changed",
        ErrorKind::BadCredential => "bad-credential",
        ErrorKind::Denied => "denied",
        ErrorKind::Expired => "expired-credential",
        ErrorKind::Firewall => "firewall",
        ErrorKind::ClockSkew => "clock-skew",
        ErrorKind::Proxy => "proxy",
        ErrorKind::Certificate => "certificate",
        ErrorKind::Unreachable => "unreachable",
        ErrorKind::Busy => "busy",
        ErrorKind::Interrupted => "interrupted",
        ErrorKind::NoSpace => "no-space",
        ErrorKind::BadName => "bad-name",
        ErrorKind::Corrupt => "corrupt",
        ErrorKind::Unsupported => "unsupported",
        ErrorKind::Other => "store-error",
    }
}

/// Kebab-case name of the step at which a mail was stopped.
fn mail_code(problem: Problem) -> &'static str {
    match problem {
        Problem::UnknownServer => "mail-server-unknown",
        Problem::Refused => "mail-server-refused",
        Problem::Unreachable => "mail-unreachable",
        Problem::Timeout => "mail-timeout",
        Problem::Encryption => "mail-encryption",
        Problem::Certificate => "mail-certificate",
        Problem::Login => "mail-login",
        Problem::Sender => "mail-sender",
        Problem::Recipient => "mail-recipient",
        Problem::Address | Problem::Rejected => "mail-rejected",
    }
}

/// An error as it leaves a use case.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct AppError {
    pub code: Code,
    /// What happened and why, in sentences, without secrets.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    pub retry: bool,
    #[source]
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl AppError {
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: datashare_secret::redact_text(&message.into()),
            hint: None,
            retry: false,
            cause: None,
        }
    }

    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(Code::InvalidRequest, message)
    }

    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(Code::NotFound, message)
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub fn retryable(mut self) -> Self {
        self.retry = true;
        self
    }

    pub fn because(mut self, cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.cause = Some(Box::new(cause));
        self
    }

    /// Message and hint as one text.
    pub fn in_words(&self) -> String {
        match &self.hint {
            Some(hint) => format!("{} {hint}", self.message),
            None => self.message.clone(),
        }
    }

    /// The form that crosses the edge.
    pub fn to_dto(&self) -> ErrorDto {
        ErrorDto {
            code: self.code.as_str().to_owned(),
            message: self.message.clone(),
            hint: self.hint.clone(),
            retry: self.retry,
        }
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        let retry = !matches!(error.retry, Retry::Never);
        let hint = store_hint(error.kind).map(str::to_owned);
        Self {
            code: Code::Store(error.kind),
            message: error.message.clone(),
            hint,
            retry,
            cause: Some(Box::new(error)),
        }
    }
}

impl From<rusqlite::Error> for AppError {
    fn from(error: rusqlite::Error) -> Self {
        let message = match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => "The disk that holds the workspace is full.",
            Some(
                rusqlite::ErrorCode::ReadOnly
                | rusqlite::ErrorCode::CannotOpen
                | rusqlite::ErrorCode::PermissionDenied,
            ) => "The workspace's database cannot be written.",
            Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase) => {
                "The workspace's database is damaged."
            }
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
                "Another process holds the workspace's database."
            }
            _ => "The workspace's database did not do what was asked.",
        };
        let (code, hint) = match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase) => (
                Code::DamagedWorkspace,
                "Restore the workspace's directory from a backup. See the log for the cause.",
            ),
            _ => (Code::Internal, "Nothing was lost. See the log for the cause."),
        };
        Self::new(code, message).hint(hint).because(error)
    }
}

impl From<serde_json::Error> for AppError {
    fn from(error: serde_json::Error) -> Self {
        Self::new(Code::Internal, "Something stored in the workspace could not be read.").because(error)
    }
}

/// What to do about a store's error.
pub(crate) fn store_hint(kind: ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::BadCredential => {
            "Copy the key or SAS again from the storage account, and update the connection."
        }
        ErrorKind::Denied => "Ask the owner of the store for the permission, or use another connection.",
        ErrorKind::Expired => "Get a new credential and update the connection.",
        ErrorKind::NoSuchAccount => "Check the account's name, and the endpoint if one was given.",
        ErrorKind::NoSuchPlace => {
            "Check the name of the container or folder; browse the connection to see what is there."
        }
        ErrorKind::Firewall => {
            "Ask the owner of the account to allow this computer's address in its network rules."
        }
        ErrorKind::ClockSkew => "Set this computer's clock (switch on automatic time) and try again.",
        ErrorKind::Proxy => "Check the proxy settings of this computer.",
        ErrorKind::Certificate => {
            "If your organisation inspects encrypted traffic, add its certificate to this computer's trusted ones."
        }
        ErrorKind::Unreachable | ErrorKind::Interrupted => "Check the network connection and try again.",
        ErrorKind::Busy => "Try again in a moment.",
        ErrorKind::NoSpace => "Make room in the target, then start the snapshot again: what arrived is kept.",
        ErrorKind::BadName => "Choose another name or another target.",
        ErrorKind::Changed => "Start an incremental snapshot when the file is no longer being written.",
        ErrorKind::Corrupt => "Start the snapshot again; the damaged copy was not kept.",
        _ => return None,
    })
}

impl From<datashare_exchange::ExchangeError> for AppError {
    fn from(error: datashare_exchange::ExchangeError) -> Self {
        use datashare_exchange::ExchangeError as E;
        match error {
            E::Store(error) => error.into(),
            E::Finding(finding) => crate::chains::not_genuine(finding),
            E::NotPublished(_) => Self::new(Code::WaitingForProvider, error.to_string())
                .hint("The provider publishes it when its Datashare runs. Try again later.")
                .retryable(),
            E::Resealed(_) => Self::new(Code::WaitingForProvider, error.to_string())
                .hint("Try again in a moment; if it stays so, the provider's Datashare was interrupted and goes on when it runs.")
                .retryable()
                .because(error),
            E::NotGranted(_) => Self::new(Code::NotFound, error.to_string()).hint("Ask the provider."),
            E::TooLong(_) | E::Manifest(_) | E::Seal(_) | E::IndexNotGenuine(_) | E::Envelope(_) => {
                Self::new(Code::NotGenuine, error.to_string())
                    .hint("Nothing was taken from it. Ask the provider what happened to its exchange.")
                    .because(error)
            }
        }
    }
}
