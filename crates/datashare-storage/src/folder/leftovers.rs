//! Removing what killed processes left behind, and never what a living one is writing.

use std::collections::HashSet;
use std::fs::{self, File};
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use super::place::PART_PREFIX;

/// Younger files are left alone even when nobody holds their lock: the drive may have no locks, or the writer may be
/// just about to take it.
const STALE: Duration = Duration::from_secs(60 * 60);
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

/// Removes temporary files that are stale and that no process holds.
fn clear(folder: &Path, now: SystemTime) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(PART_PREFIX) && is_abandoned(&entry, now) {
            let _ = fs::remove_file(entry.path());
        }
    }
    Ok(())
}

fn is_abandoned(entry: &fs::DirEntry, now: SystemTime) -> bool {
    let modified = entry.metadata().and_then(|metadata| metadata.modified());
    let stale = modified.is_ok_and(|time| now.duration_since(time).is_ok_and(|age| age > STALE));
    let free = |file: File| !matches!(file.try_lock(), Err(fs::TryLockError::WouldBlock));
    stale && File::open(entry.path()).is_ok_and(free)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_stale_files_that_nobody_writes_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let make = |name: &str| File::create(folder.path().join(name)).unwrap();
        let old = SystemTime::now() - 2 * STALE;
        for name in [".datashare-part-abandoned", "kept.csv"] {
            make(name).set_modified(old).unwrap();
        }
        make(".datashare-part-young");
        let written = make(".datashare-part-written");
        written.set_modified(old).unwrap();
        written.lock().unwrap();

        clear(folder.path(), SystemTime::now()).unwrap();

        let mut left: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, [".datashare-part-written", ".datashare-part-young", "kept.csv"]);
    }
}
