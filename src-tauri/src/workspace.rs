//! The open workspace, or why it did not open.

use std::path::{Path, PathBuf};

use datashare_app::dto::ErrorDto;
use datashare_app::{App, AppError, AppOptions};

/// What every command works on. The window opens even when the workspace does not, and says why.
#[derive(Clone, Debug)]
pub struct Workspace(Result<App, ErrorDto>);

impl Workspace {
    /// Opens the workspace. Never fails: a refusal is kept and told.
    pub async fn open(options: AppOptions) -> Self {
        Self(App::open(options).await.map_err(|error| told(&error)))
    }

    /// A workspace that could not even be looked for.
    pub(crate) fn refused(error: ErrorDto) -> Self {
        Self(Err(error))
    }

    /// The application, or the error that every command answers with.
    pub fn app(&self) -> Result<&App, ErrorDto> {
        self.0.as_ref().map_err(Clone::clone)
    }
}

impl From<App> for Workspace {
    fn from(app: App) -> Self {
        Self(Ok(app))
    }
}

/// The error as the window gets it; its causes go to the log only.
pub(crate) fn told(error: &AppError) -> ErrorDto {
    let mut causes = String::new();
    let mut cause = std::error::Error::source(error);
    while let Some(next) = cause {
        causes.push_str(&format!(" <- {next}"));
        cause = next.source();
    }
    tracing::warn!(code = error.code.as_str(), "{error}{causes}");
    error.to_dto()
}

/// The same directory however it was written, so that a second start finds the first.
pub(crate) fn settled(home: &Path) -> PathBuf {
    std::fs::canonicalize(home).or_else(|_| std::path::absolute(home)).unwrap_or_else(|_| home.to_path_buf())
}
