//! Threads for many small writes. A write waits for a thread that is at work rather than waking one of its own: waking costs
//! more than such a write. Where the drive is slow, more wait, and so more threads are woken.

use std::collections::VecDeque;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::broken_off;
use crate::Result;

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
        let (answer, answered) = oneshot::channel();
        if let Some(thread) = self.add(Box::new(move || drop(answer.send(work())))) {
            drop(tokio::task::spawn_blocking(move || thread.work()));
        }
        answered.await.unwrap_or_else(|error| Err(broken_off(error)))
    }

    /// One more thread when more wait than are at work.
    fn add(self: &Arc<Self>, work: Work) -> Option<Thread> {
        let mut waiting = self.waiting();
        waiting.works.push_back(work);
        (waiting.threads < self.most.min(waiting.works.len())).then(|| {
            waiting.threads += 1;
            Thread(Some(self.clone()))
        })
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

    /// A slow drive gets more than one thread: half of what is asked for at once goes on at the same time.
    #[tokio::test]
    async fn as_many_are_at_work_as_wait() {
        let (writers, barrier) = (Writers::of(8), Arc::new(Barrier::new(3)));
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
            writers.run(move || Ok(alone.try_lock().is_ok()))
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
        let thread = writers.add(Box::new(|| panic!("a fault, as the test wants it"))).unwrap();
        let answer = answered.clone();
        drop(writers.add(Box::new(move || *answer.lock().unwrap() = true)));
        thread.work();
        assert!(*answered.lock().unwrap());
        assert_eq!(writers.waiting().threads, 0);
    }

    /// Work that a closing runtime did not begin keeps no later one waiting.
    #[test]
    fn a_thread_that_was_never_started_is_not_counted() {
        let writers = Writers::of(8);
        drop(writers.add(Box::new(|| ())));
        let runtime = tokio::runtime::Runtime::new().unwrap();
        for number in [7, 8] {
            assert_eq!(runtime.block_on(writers.run(move || Ok(number))).unwrap(), number);
        }
    }
}
