//! Removing what killed processes left behind, and never what a living one is writing.

use std::collections::HashSet;
use std::fs::{self, File};
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use super::place::{KEPT_PREFIX, PART_PREFIX};

/// On a drive without locks, younger files may still be being written.
const STALE: Duration = Duration::from_secs(60 * 60);
/// What is kept to go on with, and nobody went on with for so long, is given up. Azure does the same.
const GIVEN_UP: Duration = Duration::from_secs(7 * 24 * 60 * 60);
const MOST_REMEMBERED: usize = 100_000;

/// Remembers (as hashes) which folders were looked at, so that each is read once and not for every file written.
#[derive(Debug, Default)]
pub(super) struct Leftovers {
    seen: Mutex<HashSet<u64>>,
    hasher: RandomState,
}

impl Leftovers {
    /// Clears the folder if this store has not done so yet.
    pub(super) fn clear_once(&self, folder: &Path) {
        let hash = self.hasher.hash_one(folder);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= MOST_REMEMBERED {
            seen.clear();
        }
        let first = seen.insert(hash);
        drop(seen);
        if first {
            // A folder that can be written but not read is still a good target.
            let _ = clear(folder, SystemTime::now());
        }
    }
}

/// Removes temporary files that no process holds.
fn clear(folder: &Path, now: SystemTime) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(PART_PREFIX) {
            remove_if_abandoned(&entry, now, Duration::ZERO);
        } else if name.starts_with(KEPT_PREFIX) {
            remove_if_abandoned(&entry, now, GIVEN_UP);
        }
    }
    Ok(())
}

fn remove_if_abandoned(entry: &fs::DirEntry, now: SystemTime, oldest: Duration) {
    let Ok(file) = File::open(entry.path()) else { return };
    let abandoned = match file.try_lock() {
        // Nobody writes it, and nobody can begin to while we hold the lock.
        Ok(()) => oldest.is_zero() || is_older(&file, now, oldest),
        Err(fs::TryLockError::WouldBlock) => false,
        Err(fs::TryLockError::Error(_)) => is_older(&file, now, oldest.max(STALE)),
    };
    if abandoned {
        let _ = fs::remove_file(entry.path());
    }
}

fn is_older(file: &File, now: SystemTime, than: Duration) -> bool {
    let modified = file.metadata().and_then(|metadata| metadata.modified());
    modified.is_ok_and(|time| now.duration_since(time).is_ok_and(|age| age > than))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_what_nobody_writes_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let make = |name: &str| File::create(folder.path().join(name)).unwrap();
        make(".datashare-part-abandoned");
        make("kept.csv");
        make(".datashare-kept-for-later");
        let written = make(".datashare-part-written");
        written.lock().unwrap();

        clear(folder.path(), SystemTime::now()).unwrap();

        let mut left: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, [".datashare-kept-for-later", ".datashare-part-written", "kept.csv"]);
        clear(folder.path(), SystemTime::now() + 2 * GIVEN_UP).unwrap();
        assert!(!folder.path().join(".datashare-kept-for-later").exists(), "nobody came back for it");
    }

    #[test]
    fn without_locks_only_old_files_count_as_abandoned() {
        let file = tempfile::tempfile().unwrap();
        assert!(!is_older(&file, SystemTime::now(), STALE));
        assert!(is_older(&file, SystemTime::now() + 2 * STALE, STALE));
    }
}
