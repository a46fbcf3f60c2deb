//! Threads for many small writes. A write waits for a thread that is at work rather than waking one of its own: waking costs
//! more than such a write. What waits for longer, as on a slow drive, wakes another thread.

use std::collections::VecDeque;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use super::broken_off;
use crate::Result;

/// Threads that a fast drive gets.
const FEW: usize = 2;
/// How long a write waits before it wakes another thread: longer than a fast drive takes for all that wait at once.
const PATIENCE: Duration = Duration::from_millis(1);

type Work = Box<dyn FnOnce() + Send>;

pub(super) struct Writers {
    /// Threads that are at work at the same time.
    most: usize,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    works: VecDeque<Work>,
    threads: usize,
}

impl fmt::Debug for Writers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Writers")
    }
}

impl Writers {
    pub(super) fn of(most: usize) -> Arc<Self> {
        Arc::new(Self { most, waiting: Mutex::default() })
    }

    /// Runs the work to its end, also when nobody waits for it any more.
    pub(super) async fn run<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, mut answered) = oneshot::channel();
        self.waiting().works.push_back(Box::new(move || drop(answer.send(work()))));
        self.start_up_to(self.most.min(FEW));
        let answered = match timeout(PATIENCE, &mut answered).await {
            Ok(answered) => answered,
            Err(_) => {
                self.start_up_to(self.most);
                answered.await
            }
        };
        answered.unwrap_or_else(|error| Err(broken_off(error)))
    }

    /// One more thread, if there is work for it and fewer than so many are at work.
    fn start_up_to(self: &Arc<Self>, most: usize) {
        let mut waiting = self.waiting();
        if waiting.threads < most && !waiting.works.is_empty() {
            waiting.threads += 1;
            drop(waiting);
            let thread = Thread(Some(self.clone()));
            drop(tokio::task::spawn_blocking(move || thread.work()));
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counted until it finds no work, or is never started because the runtime closes.
struct Thread(Option<Arc<Writers>>);

impl Thread {
    fn work(mut self) {
        while let Some(work) = self.next() {
            // Whoever waits for it learns it by the answer that does not come.
            drop(catch_unwind(AssertUnwindSafe(work)));
        }
    }

    /// The next work. Where there is none the thread is not counted any more, at the same moment: what is added then starts
    /// another.
    fn next(&mut self) -> Option<Work> {
        let writers = self.0.as_ref()?.clone();
        let mut waiting = writers.waiting();
        let work = waiting.works.pop_front();
        if work.is_none() {
            waiting.threads -= 1;
            self.0 = None;
        }
        work
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        if let Some(writers) = self.0.take() {
            writers.waiting().threads -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, clippy::unwrap_used)]
    use std::sync::Barrier;

    use futures::future::join_all;

    use super::*;

    /// A slow drive gets more than one thread.
    #[tokio::test]
    async fn what_waits_for_long_goes_on_at_the_same_time() {
        let (writers, barrier) = (Writers::of(8), Arc::new(Barrier::new(6)));
        let works = (0..6).map(|number| {
            let barrier = barrier.clone();
            writers.run(move || {
                barrier.wait();
                Ok(number)
            })
        });
        let done: Vec<i32> = join_all(works).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(done, [0, 1, 2, 3, 4, 5]);
        while writers.waiting().threads > 0 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn no_more_are_at_work_than_may_be() {
        let (writers, alone) = (Writers::of(1), Arc::new(Mutex::new(())));
        let works = (0..20).map(|_| {
            let alone = alone.clone();
            writers.run(move || {
                let is_alone = alone.try_lock();
                std::thread::sleep(PATIENCE);
                Ok(is_alone.is_ok())
            })
        });
        assert!(join_all(works).await.into_iter().all(Result::unwrap));
    }

    #[tokio::test]
    async fn a_fault_in_one_is_told_and_holds_up_no_other() {
        let writers = Writers::of(8);
        let works = (0..4).map(|number| {
            writers.run(move || {
                assert!(number != 1, "a fault, as the test wants it");
                Ok(number)
            })
        });
        let done: Vec<bool> = join_all(works).await.iter().map(Result::is_ok).collect();
        assert_eq!(done, [true, false, true, true]);
    }

    #[test]
    fn a_thread_goes_on_after_a_fault() {
        let (writers, answered) = (Writers::of(8), Arc::new(Mutex::new(false)));
        let answer = answered.clone();
        writers.waiting().works.push_back(Box::new(|| panic!("a fault, as the test wants it")));
        writers.waiting().works.push_back(Box::new(move || *answer.lock().unwrap() = true));
        writers.waiting().threads = 1;
        Thread(Some(writers.clone())).work();
        assert!(*answered.lock().unwrap());
        assert_eq!(writers.waiting().threads, 0);
    }

    /// Work that a closing runtime did not begin keeps no later one waiting.
    #[test]
    fn a_thread_that_was_never_started_is_not_counted() {
        let writers = Writers::of(8);
        writers.waiting().works.push_back(Box::new(|| ()));
        writers.waiting().threads = 1;
        drop(Thread(Some(writers.clone())));
        let runtime = tokio::runtime::Runtime::new().unwrap();
        for number in [7, 8] {
            assert_eq!(runtime.block_on(writers.run(move || Ok(number))).unwrap(), number);
        }
    }
}
