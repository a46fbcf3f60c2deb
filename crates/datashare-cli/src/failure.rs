//! How a command can end badly, and how that is shown: in words, or as JSON.

use std::io::Write;

use clap::error::{ContextKind, ErrorKind};
use datashare_app::dto::ErrorDto;
use datashare_app::{AppError, Code};
use datashare_secret::redact_text;

use crate::output::{self, Output};

/// Exit codes that no error carries by itself.
pub(crate) const DONE: u8 = 0;
pub(crate) const FAILED: u8 = 1;
pub(crate) const WRONG_USAGE: u8 = 2;
pub(crate) const NEEDS_ATTENTION: u8 = 3;
pub(crate) const CANCELLED: u8 = 4;

#[derive(Debug)]
pub(crate) enum Failure {
    App(Box<AppError>),
    /// The command line asks for what cannot be, and nothing was tried.
    Usage(String),
    /// What another process of this program reported.
    Reported {
        error: ErrorDto,
        code: u8,
    },
}

impl Failure {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    pub(crate) fn cancelled() -> Self {
        AppError::new(Code::Cancelled, "Stopped before it was finished.").into()
    }

    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::App(error) => error.code.exit_code(),
            Self::Usage(_) => WRONG_USAGE,
            Self::Reported { code, .. } => *code,
        }
    }

    /// The form that leaves the process.
    pub(crate) fn to_dto(&self) -> ErrorDto {
        match self {
            Self::App(error) => error.to_dto(),
            Self::Reported { error, .. } => error.clone(),
            Self::Usage(message) => usage_error(message),
        }
    }

    /// Writes it to standard error and answers the exit code.
    pub(crate) fn show(&self, output: &Output) -> u8 {
        if let Self::App(error) = self {
            tracing::debug!(code = error.code.as_str(), cause = ?error.cause, "the command failed");
        }
        show(&self.to_dto(), output.json);
        self.exit_code()
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        Self::App(Box::new(error))
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        AppError::new(Code::Internal, format!("This computer did not do what was asked: {error}.")).into()
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        AppError::from(error).into()
    }
}

fn usage_error(message: &str) -> ErrorDto {
    ErrorDto {
        code: "usage".to_owned(),
        message: message.to_owned(),
        hint: Some(
            "'datashare help' lists the commands; every command explains itself with --help.".to_owned(),
        ),
        retry: false,
    }
}

/// Shows an error of the arguments (or the help that was asked for) and answers the exit code.
pub(crate) fn show_usage(error: &clap::Error, json: bool) -> u8 {
    let asked_for = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    if asked_for || !json {
        // Nothing can be done when even this cannot be written.
        let _ = error.print();
        return if asked_for { DONE } else { WRONG_USAGE };
    }
    show(&usage_error(&sentence(error)), json);
    WRONG_USAGE
}

/// The first paragraph of what clap says, without its `error:`.
fn sentence(error: &clap::Error) -> String {
    if error.get(ContextKind::InvalidSubcommand).is_none()
        && error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    {
        return "The command is incomplete.".to_owned();
    }
    let text = error.to_string();
    let first = text.split("\n\n").next().unwrap_or_default();
    first.trim_start_matches("error: ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn show(error: &ErrorDto, json: bool) {
    let text = if json {
        serde_json::json!({ "error": error }).to_string()
    } else {
        let hint = error.hint.as_ref().map(|hint| format!("\nhint: {hint}")).unwrap_or_default();
        output::printable(&format!("error: {}{hint}", error.message))
    };
    // Standard error that cannot be written leaves nobody to tell.
    let _ = writeln!(std::io::stderr(), "{}", redact_text(&text));
}
