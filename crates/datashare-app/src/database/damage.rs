//! What is said when the database cannot be read.

use std::path::Path;

use crate::{AppError, Code};

/// The database at this path is damaged, with what to do.
pub(super) fn damaged(file: &Path) -> AppError {
    let home = file.parent().unwrap_or(file);
    AppError::new(
        Code::DamagedWorkspace,
        format!("The workspace's database {} is damaged and cannot be read.", file.display()),
    )
    .hint(format!(
        "Datashare left it as it is. Restore the directory {} from a backup; or move it aside and set up the workspace \
         again, after which shares must be made and invitations sent anew.",
        home.display()
    ))
}

/// The same error, with the place where it is about damage.
pub(super) fn explain(error: AppError, file: &Path) -> AppError {
    match (error.code, error.cause) {
        (Code::DamagedWorkspace, cause) => AppError { cause, ..damaged(file) },
        (_, cause) => AppError { cause, ..error },
    }
}
