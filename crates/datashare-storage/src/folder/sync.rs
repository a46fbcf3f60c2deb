//! Making the names in folders survive a power cut, once for many files that were written at the same time.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Syncs one folder now, where the drive offers that for folders (Windows and some network drives do not) and the folder
/// may be opened.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    let Ok(opened) = File::open(folder) else { return Ok(()) };
    match opened.sync_all() {
        Err(error) if !matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => {
            Err(error)
        }
        _ => Ok(()),
    }
}

/// Folders that are being synced. Who comes while a sync of the same folder runs waits for the next one, and all who wait
/// share it: for small files, the sync of the folder costs more than that of the file.
#[derive(Debug, Default)]
pub(super) struct FolderSyncs {
    folders: Mutex<HashMap<PathBuf, Arc<Shared>>>,
}

#[derive(Debug, Default)]
struct Shared {
    turns: Mutex<Turns>,
    ended: Condvar,
}

#[derive(Debug, Default)]
struct Turns {
    running: bool,
    waiting: usize,
    begun: u64,
    /// The latest that succeeded. After a failure whoever waits tries for itself, and so learns the reason.
    succeeded: u64,
}

impl FolderSyncs {
    /// Comes back when a sync that began after this call has ended.
    pub(super) fn sync(&self, folder: &Path) -> io::Result<()> {
        let shared = locked(&self.folders).entry(folder.to_owned()).or_default().clone();
        let result = shared.sync(|| sync_folder(folder));
        let mut folders = locked(&self.folders);
        // The map and this call: nobody else waits.
        if Arc::strong_count(&shared) <= 2 {
            folders.remove(folder);
        }
        result
    }
}

impl Shared {
    fn sync(&self, sync: impl Fn() -> io::Result<()>) -> io::Result<()> {
        let mut turns = locked(&self.turns);
        let mine = turns.begun + 1;
        while turns.succeeded < mine {
            if turns.running {
                turns.waiting += 1;
                turns = self.ended.wait(turns).unwrap_or_else(PoisonError::into_inner);
                turns.waiting -= 1;
                continue;
            }
            turns.running = true;
            turns.begun += 1;
            let turn = turns.begun;
            drop(turns);
            let result = sync();
            turns = locked(&self.turns);
            turns.running = false;
            if turns.waiting > 0 {
                self.ended.notify_all();
            }
            result?;
            turns.succeeded = turn;
        }
        Ok(())
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::*;

    /// Every caller's own write is synced: what was written before the call is covered when it comes back.
    #[test]
    fn a_sync_covers_what_was_written_before_it_was_asked_for() {
        let (shared, written, synced) = (Shared::default(), AtomicUsize::new(0), AtomicUsize::new(0));
        let calls = AtomicUsize::new(0);
        let sync = || {
            calls.fetch_add(1, Ordering::SeqCst);
            let seen = written.load(Ordering::SeqCst);
            thread::yield_now();
            synced.fetch_max(seen, Ordering::SeqCst);
            Ok(())
        };
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        let mine = written.fetch_add(1, Ordering::SeqCst) + 1;
                        shared.sync(sync).unwrap();
                        assert!(synced.load(Ordering::SeqCst) >= mine);
                    }
                });
            }
        });
        assert!(calls.load(Ordering::SeqCst) <= 1600);
    }

    #[test]
    fn who_waits_for_a_sync_that_fails_learns_it() {
        let (shared, calls) = (Shared::default(), AtomicUsize::new(0));
        let fail = || {
            calls.fetch_add(1, Ordering::SeqCst);
            Err(io::ErrorKind::StorageFull.into())
        };
        let failed = thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| shared.sync(fail).is_err())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).filter(|failed| *failed).count()
        });
        assert_eq!((failed, calls.load(Ordering::SeqCst)), (8, 8));
        assert!(shared.sync(|| Ok(())).is_ok());
    }
}
