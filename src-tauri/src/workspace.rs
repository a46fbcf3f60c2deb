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
    tracing::warn!(code = error.code.as_str(), "{}", with_causes(error));
    error.to_dto()
}

/// The error with everything that led to it, for the log.
pub(crate) fn with_causes(error: &AppError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(next) = cause {
        text.push_str(&format!(" <- {next}"));
        cause = next.source();
    }
    text
}

/// The same directory however it is written, so that a second start finds the first. Made when missing, for its owner.
pub(crate) fn settled(home: &Path) -> PathBuf {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    // A directory that cannot be made is reported when the workspace is opened.
    let _ = builder.create(home);
    std::fs::canonicalize(home).or_else(|_| std::path::absolute(home)).unwrap_or_else(|_| home.to_path_buf())
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn a_workspace_is_the_same_by_every_path_and_open_to_its_owner_only() {
        let place = tempfile::tempdir().unwrap();
        symlink(place.path(), place.path().join("detour")).unwrap();
        let first = settled(&place.path().join("detour/new/workspace"));
        assert_eq!(first, settled(&place.path().join("new/workspace")));
        assert_eq!(std::fs::metadata(&first).unwrap().permissions().mode() & 0o777, 0o700);
    }
}
