//! Files that people name: exports, receipts.

use std::path::Path;

use crate::{AppError, Code, Result};

/// Writes a file that somebody asked for, whole or not at all.
pub(crate) fn write_file(path: &str, bytes: &[u8]) -> Result<()> {
    let cannot = |error: std::io::Error| {
        AppError::new(Code::InvalidRequest, format!("The file '{path}' cannot be written: {error}."))
            .hint("Choose another place for it.")
            .because(error)
    };
    let whole = std::path::absolute(path).map_err(cannot)?;
    let folder = whole.parent().unwrap_or(&whole);
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(cannot)?;
    std::io::Write::write_all(&mut file, bytes).map_err(cannot)?;
    file.as_file().sync_all().map_err(cannot)?;
    file.persist(&whole).map_err(|error| cannot(error.error))?;
    Ok(())
}

/// Reads a file of at most `longest` bytes.
pub(crate) fn read_file(path: &Path, longest: u64) -> Result<Vec<u8>> {
    let cannot = |error: std::io::Error| {
        AppError::new(Code::InvalidRequest, format!("The file '{}' cannot be read: {error}.", path.display()))
            .hint("Check its name and that you may read it.")
            .because(error)
    };
    let length = std::fs::metadata(path).map_err(cannot)?.len();
    if length > longest {
        let message = format!("The file '{}' is too long to be what was asked for.", path.display());
        return Err(AppError::invalid(message));
    }
    std::fs::read(path).map_err(cannot)
}
