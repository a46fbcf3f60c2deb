//! The MD5s of whole files, several side by side when several wait.
//!
//! MD5 is a chain in which each step waits for the one before, so one file leaves most of a core idle. Files that come
//! faster than they are hashed one by one are hashed together, in a quarter of the time.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::oneshot;

use super::lanes::{self, LANES};
use super::md5::Md5;

/// With fewer files, one after the other is faster.
const WORTH_IT: usize = 5;
/// So many are begun without waiting for more; what comes meanwhile takes the free lanes.
const ENOUGH: usize = LANES / 2;
/// How long a file waits at most for others that are on their way: less than anybody notices.
const PATIENCE: Duration = Duration::from_millis(10);

/// How long files of so many bytes wait for others: small ones take less time alone than large ones, and come faster.
fn patience(bytes: usize) -> Duration {
    PATIENCE.min(Duration::from_millis(1) + Duration::from_nanos(10 * bytes as u64))
}

/// The files of one run that wait for their MD5.
#[derive(Debug, Default)]
pub(crate) struct SideBySide {
    waiting: Mutex<Waiting>,
    /// Told when enough wait to begin, and when no more are on their way.
    enough: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    files: VecDeque<(Bytes, oneshot::Sender<[u8; 16]>)>,
    /// Files that were announced.
    coming: usize,
    /// Bytes of the file that came last.
    latest: usize,
    /// Threads that take files from here.
    threads: usize,
    /// Those of them that wait for more.
    gathering: usize,
}

impl Waiting {
    /// More are on their way, and worth waiting for.
    fn are_few(&self) -> bool {
        self.files.len() < ENOUGH && self.coming > 0
    }
}

/// A file that is on its way, for which others may wait a moment.
#[derive(Debug)]
pub(crate) struct Announced(Arc<SideBySide>);

impl Announced {
    /// The MD5 of all of it; `None` when the runtime is closing.
    pub(crate) async fn md5(self, bytes: Bytes) -> Option<[u8; 16]> {
        let (answer, answered) = oneshot::channel();
        if self.0.add(bytes, answer) {
            let these = self.0.clone();
            // Ends by itself when no file waits.
            drop(tokio::task::spawn_blocking(move || these.work()));
        }
        drop(self);
        answered.await.ok()
    }
}

impl Drop for Announced {
    fn drop(&mut self) {
        let mut waiting = self.0.waiting();
        waiting.coming -= 1;
        if waiting.gathering > 0 && !waiting.are_few() {
            self.0.enough.notify_all();
        }
    }
}

impl SideBySide {
    pub(crate) fn announce(self: &Arc<Self>) -> Announced {
        self.waiting().coming += 1;
        Announced(self.clone())
    }

    /// Whether one more thread is to take files: the first one, and another when the lanes of those there are do not
    /// suffice.
    fn add(&self, bytes: Bytes, answer: oneshot::Sender<[u8; 16]>) -> bool {
        let mut waiting = self.waiting();
        waiting.latest = bytes.len();
        waiting.files.push_back((bytes, answer));
        let one_more = waiting.files.len() > LANES * waiting.threads;
        waiting.threads += usize::from(one_more);
        one_more
    }

    fn work(&self) {
        // Who hung up does not need the hash.
        let tell = |answer: oneshot::Sender<_>, hash| answer.send(hash).unwrap_or_default();
        loop {
            if lanes::are_wide() && self.gathered() >= WORTH_IT {
                lanes::md5(|| self.waiting().files.pop_front(), tell);
            }
            let Some((bytes, answer)) = self.next_or_leave() else { return };
            tell(answer, Md5::of(&bytes));
        }
    }

    /// How many wait, once there are enough or none that is worth waiting for.
    fn gathered(&self) -> usize {
        let mut waiting = self.waiting();
        let patience = patience(waiting.latest);
        waiting.gathering += 1;
        let waited = self.enough.wait_timeout_while(waiting, patience, |waiting| waiting.are_few());
        let mut waiting = waited.unwrap_or_else(PoisonError::into_inner).0;
        waiting.gathering -= 1;
        waiting.files.len()
    }

    fn next_or_leave(&self) -> Option<(Bytes, oneshot::Sender<[u8; 16]>)> {
        let mut waiting = self.waiting();
        let next = waiting.files.pop_front();
        waiting.threads -= usize::from(next.is_none());
        next
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use futures::future::join_all;

    use super::*;

    #[tokio::test]
    async fn each_of_many_at_once_learns_its_own_hash_and_the_threads_leave() {
        let hashing = Arc::new(SideBySide::default());
        for count in [1, 3, 100] {
            let files: Vec<Bytes> = (0..count).map(|size| Bytes::from(vec![size as u8; size * 97])).collect();
            let hashes = join_all(files.iter().map(|file| hashing.announce().md5(file.clone()))).await;
            for (file, hash) in files.iter().zip(hashes) {
                assert_eq!(hash.unwrap(), Md5::of(file));
            }
        }
        while hashing.waiting().threads > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(hashing.waiting().coming, 0);
    }

    #[tokio::test]
    async fn a_file_that_never_comes_holds_nobody_up() {
        let hashing = Arc::new(SideBySide::default());
        let (late, failed) = (hashing.announce(), hashing.announce());
        drop(failed);
        let hash = hashing.announce().md5(Bytes::from_static(b"one")).await;
        assert_eq!(hash.unwrap(), Md5::of(b"one"));
        assert_eq!(hashing.waiting().coming, 1);
        drop(late);
    }
}
