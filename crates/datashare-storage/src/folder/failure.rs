//! From what the operating system says to what a person can act on.

use std::io;
use std::path::Path;

use crate::{ErrorKind, StoreError};

pub(super) fn no_such_root(root: &Path, operation: &'static str) -> StoreError {
    let message = format!(
        "The folder {} does not exist. If it is on a drive or a network, connect that first; else choose another folder.",
        root.display()
    );
    StoreError::new(ErrorKind::NoSuchPlace, operation, "", message)
}

pub(super) fn no_such_folder(folder: &str, path: &Path, operation: &'static str) -> StoreError {
    let message = format!("There is no folder {}. Check the name, or make it first.", path.display());
    StoreError::new(ErrorKind::NoSuchPlace, operation, folder, message)
}

pub(super) fn no_such_file(key: &str, path: &Path, operation: &'static str) -> StoreError {
    StoreError::new(ErrorKind::NotFound, operation, key, format!("There is no file {}.", path.display()))
}

pub(super) fn changed(key: &str, path: &Path, operation: &'static str) -> StoreError {
    let message = format!("The file {} was changed by somebody else in the meantime.", path.display());
    StoreError::new(ErrorKind::Changed, operation, key, message)
}

/// The error for one path, with the sentence that fits.
pub(super) fn failure(error: io::Error, operation: &'static str, key: &str, path: &Path) -> StoreError {
    let kind = kind_of(&error);
    let message = sentence(kind, &error, operation, &path.display().to_string());
    StoreError::new(kind, operation, key, message).with_source(error)
}

fn kind_of(error: &io::Error) -> ErrorKind {
    use io::ErrorKind as Io;
    match error.kind() {
        Io::NotFound => ErrorKind::NotFound,
        Io::AlreadyExists => ErrorKind::AlreadyExists,
        Io::PermissionDenied | Io::ReadOnlyFilesystem => ErrorKind::Denied,
        Io::StorageFull | Io::QuotaExceeded | Io::FileTooLarge => ErrorKind::NoSpace,
        Io::InvalidFilename | Io::NotADirectory | Io::IsADirectory => ErrorKind::BadName,
        Io::ResourceBusy | Io::WouldBlock | Io::ExecutableFileBusy => ErrorKind::Busy,
        Io::Interrupted | Io::TimedOut | Io::StaleNetworkFileHandle | Io::HostUnreachable => {
            ErrorKind::Interrupted
        }
        Io::NetworkUnreachable | Io::NetworkDown | Io::ConnectionReset | Io::NotConnected => {
            ErrorKind::Interrupted
        }
        Io::Unsupported => ErrorKind::Unsupported,
        _ if is_for_a_moment(error) => ErrorKind::Busy,
        _ => ErrorKind::Other,
    }
}

/// Conditions without a kind of their own that pass: too many open files; on Windows, a file that another program holds.
fn is_for_a_moment(error: &io::Error) -> bool {
    let codes: &[i32] = if cfg!(windows) { &[4, 32, 33] } else { &[23, 24] };
    error.raw_os_error().is_some_and(|code| codes.contains(&code))
}

fn sentence(kind: ErrorKind, error: &io::Error, operation: &str, path: &str) -> String {
    let read_only = error.kind() == io::ErrorKind::ReadOnlyFilesystem;
    match kind {
        ErrorKind::NotFound => format!("{path} does not exist (any more)."),
        ErrorKind::AlreadyExists => format!("{path} is there already."),
        ErrorKind::Denied if read_only => {
            format!(
                "{path} is on a drive that can only be read. Choose another folder, or make the drive writable."
            )
        }
        ErrorKind::Denied => format!(
            "You have no permission to {operation} {path}. Ask its owner for the permission, or choose another folder."
        ),
        ErrorKind::NoSpace => {
            format!(
                "The drive (or your quota on it) that holds {path} is full. Free some space, then start again."
            )
        }
        ErrorKind::BadName if error.kind() == io::ErrorKind::InvalidFilename => {
            format!(
                "The name of {path} is longer than the drive can hold, or has a character that it does not allow."
            )
        }
        ErrorKind::BadName => {
            format!("A folder and a file would have the same name at {path}, which the drive cannot hold.")
        }
        ErrorKind::Unsupported => {
            format!("The drive that holds {path} does not offer what is needed to {operation}: {error}.")
        }
        _ => format!("It was not possible to {operation} {path}: {error}."),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn told(error: impl Into<io::Error>) -> StoreError {
        failure(error.into(), "write", "in/a.csv", Path::new("/data/in/a.csv"))
    }

    #[cfg(unix)]
    #[test]
    fn the_conditions_a_person_can_change_have_their_kind_and_name_the_path() {
        let cases = [
            (13, ErrorKind::Denied),  // EACCES
            (1, ErrorKind::Denied),   // EPERM
            (30, ErrorKind::Denied),  // EROFS
            (28, ErrorKind::NoSpace), // ENOSPC
            (21, ErrorKind::BadName), // EISDIR
            (20, ErrorKind::BadName), // ENOTDIR
        ];
        for (code, kind) in cases {
            let error = told(io::Error::from_raw_os_error(code));
            assert_eq!(error.kind, kind, "{code}");
            assert!(error.message.contains("/data/in/a.csv"), "{}", error.message);
            assert_eq!(error.retry, crate::Retry::Never);
        }
        assert!(told(io::Error::from_raw_os_error(30)).message.contains("only be read"));
    }

    #[test]
    fn what_passes_is_tried_again() {
        for kind in
            [io::ErrorKind::TimedOut, io::ErrorKind::ResourceBusy, io::ErrorKind::StaleNetworkFileHandle]
        {
            assert_eq!(told(kind).retry, crate::Retry::Later(None), "{kind:?}");
        }
    }
}
