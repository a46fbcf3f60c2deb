//! From keys to paths that stay below the root, and which names are the store's own.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use datashare_domain::PathRules;

use super::failure::{failure, no_such_root};
use super::sync::sync_folder;
use crate::{ErrorKind, Result, StoreError};

/// Start of the names of files that are still being written.
pub(super) const PART_PREFIX: &str = ".datashare-part-";
/// Start of the names of files that a later run is to go on with.
pub(super) const KEPT_PREFIX: &str = ".datashare-kept-";
/// The file whose lock makes version-checked writes into a folder wait for each other, across processes.
pub(super) const LOCK_NAME: &str = ".datashare-lock";

/// Whether the name is the store's own and no object.
pub(super) fn is_hidden(name: &str) -> bool {
    name.starts_with(PART_PREFIX) || name.starts_with(KEPT_PREFIX) || name == LOCK_NAME
}

/// What names this computer's file systems hold.
pub(super) const fn path_rules() -> PathRules {
    if cfg!(target_os = "windows") {
        PathRules::WINDOWS_FOLDER
    } else if cfg!(target_os = "macos") {
        PathRules::MAC_FOLDER
    } else {
        PathRules::LINUX_FOLDER
    }
}

/// Refuses every key that a folder cannot hold, or that would lead out of it.
pub(super) fn check_key(operation: &'static str, key: &str) -> Result<()> {
    let own = || {
        key.split('/').any(is_hidden).then(|| format!("'{key}' is a name that Datashare keeps for itself."))
    };
    match path_rules().problem(key).or_else(own) {
        Some(problem) => Err(StoreError::new(ErrorKind::BadName, operation, key, problem)),
        None => Ok(()),
    }
}

/// The root of a store as it is on disk at this moment.
#[derive(Clone, Debug)]
pub(super) struct Root {
    real: PathBuf,
}

impl Root {
    /// Finds the root; a missing one is never made, since it may be a drive that is not plugged in.
    pub(super) fn open(path: &Path, operation: &'static str) -> Result<Self> {
        let missing = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => no_such_root(path, operation),
            _ => failure(error, operation, "", path),
        };
        let real = path.canonicalize().map_err(missing)?;
        if real.is_dir() { Ok(Self { real }) } else { Err(no_such_root(path, operation)) }
    }

    pub(super) fn path(&self) -> &Path {
        &self.real
    }

    /// The path of a key or folder, segment by segment, since verbatim Windows paths know no `/`.
    pub(super) fn join(&self, key: &str) -> PathBuf {
        let mut path = self.real.clone();
        path.extend(key.split('/').filter(|segment| !segment.is_empty()));
        path
    }

    /// The folder on disk with all links resolved; `None` when it is not there, is no folder, or lies outside.
    pub(super) fn folder(&self, folder: &str, operation: &'static str) -> Result<Option<PathBuf>> {
        let path = self.join(folder);
        if self.holds_no_links(folder) {
            return Ok(Some(path));
        }
        match path.canonicalize() {
            Ok(real) => Ok((real.starts_with(&self.real) && real.is_dir()).then_some(real)),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(failure(error, operation, folder, &path)),
        }
    }

    /// Whether everything on the way is a folder of its own, so that no link need be resolved.
    fn holds_no_links(&self, folder: &str) -> bool {
        let mut path = self.real.clone();
        folder.split('/').filter(|segment| !segment.is_empty()).all(|segment| {
            path.push(segment);
            fs::symlink_metadata(&path).is_ok_and(|found| found.is_dir())
        })
    }

    /// The file of a key with all links resolved, and what it is; `None` when it is not there, is no regular file, or
    /// lies outside.
    pub(super) fn file(&self, key: &str, operation: &'static str) -> Result<Option<(PathBuf, fs::Metadata)>> {
        let path = self.join(key);
        let found = path.canonicalize().and_then(|real| {
            let metadata = fs::metadata(&real)?;
            Ok((real, metadata))
        });
        match found {
            Ok((real, metadata)) => {
                Ok((real.starts_with(&self.real) && metadata.is_file()).then_some((real, metadata)))
            }
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(failure(error, operation, key, &path)),
        }
    }

    /// Makes the folder and those above it where missing. A link that leads out of the root is refused.
    pub(super) fn make_folder(&self, folder: &str, operation: &'static str) -> Result<PathBuf> {
        if let Some(found) = self.folder(folder, operation)? {
            return Ok(found);
        }
        let (above, name) = folder.rsplit_once('/').unwrap_or(("", folder));
        let above = if folder.is_empty() { return Err(no_such_root(&self.real, operation)) } else { above };
        let above = self.make_folder(above, operation)?;
        let path = above.join(name);
        match fs::create_dir(&path) {
            Ok(()) => sync_folder(&above).map_err(|error| failure(error, operation, folder, &above))?,
            // Somebody else made it just now; or it is a file or a link that leads out, which `folder` tells.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(failure(error, operation, folder, &path)),
        }
        self.folder(folder, operation)?.ok_or_else(|| {
            let message = format!(
                "'{folder}' is not a folder inside {}, so nothing can be stored below it.",
                self.real.display()
            );
            StoreError::new(ErrorKind::BadName, operation, folder, message)
        })
    }
}

/// Nothing is there, as opposed to: it cannot be told.
pub(super) fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Folder and name of a key.
pub(super) fn split(key: &str) -> (&str, &str) {
    key.rsplit_once('/').unwrap_or(("", key))
}
