//! Steering a run while it goes on: cancelling, pausing, limiting its speed.

use std::num::NonZeroU64;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;
use tokio::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// Steers a run from elsewhere. Clones steer the same run.
#[derive(Clone, Debug, Default)]
pub struct RunControl {
    pub(crate) cancelled: CancellationToken,
    /// Somebody asked for it; without that, a run that ends leaves to the next what goes on by itself.
    pub(crate) asked: Arc<AtomicBool>,
    /// A later run is to go on from where this one stops.
    pub(crate) left: Arc<AtomicBool>,
    pub(crate) valve: Arc<Valve>,
}

impl RunControl {
    /// Takes no new files and gives up those on their way, but for small ones that are about to arrive. A run that was
    /// cancelled never counts as done.
    pub fn cancel(&self) {
        self.asked.store(true, Ordering::Relaxed);
        self.cancelled.cancel();
    }

    /// Stops as [`Self::cancel`] does, so that a later run goes on from there: how far the files on their way are is
    /// remembered, and what goes on by itself is left alone.
    pub fn leave(&self) {
        self.left.store(true, Ordering::Relaxed);
        self.cancelled.cancel();
    }

    /// It was left, and nobody cancelled it.
    pub fn is_left(&self) -> bool {
        self.left.load(Ordering::Relaxed) && !self.asked.load(Ordering::Relaxed)
    }

    /// Sends and asks for nothing more until [`Self::resume`]. What is on its way arrives.
    pub fn pause(&self) {
        self.valve.paused.send_replace(true);
    }

    pub fn resume(&self) {
        self.valve.paused.send_replace(false);
    }

    /// Reads no more than this many bytes a second from now on; `None` is no limit.
    pub fn limit(&self, bytes_per_second: Option<NonZeroU64>) {
        *self.valve.next.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        self.valve.limit.send_replace(bytes_per_second);
    }
}

/// What all bytes of a run pass.
#[derive(Debug)]
pub(crate) struct Valve {
    paused: watch::Sender<bool>,
    limit: watch::Sender<Option<NonZeroU64>>,
    /// When the next bytes may pass.
    next: Mutex<Instant>,
}

impl Default for Valve {
    fn default() -> Self {
        Self {
            paused: watch::Sender::new(false),
            limit: watch::Sender::new(None),
            next: Mutex::new(Instant::now()),
        }
    }
}

impl Valve {
    pub(crate) fn is_paused(&self) -> bool {
        *self.paused.borrow()
    }

    /// Somebody set a limit, however low.
    pub(crate) fn is_limited(&self) -> bool {
        self.limit.borrow().is_some()
    }

    /// Comes back when the run is not paused.
    pub(crate) async fn open(&self) {
        // The sender lives as long as this valve.
        let _ = self.paused.subscribe().wait_for(|paused| !paused).await;
    }

    /// Comes back when so many bytes may have passed.
    pub(crate) async fn pass(&self, bytes: u64) {
        loop {
            let mut limit = self.limit.subscribe();
            let Some(rate) = *limit.borrow_and_update() else { return };
            let until = self.book(bytes, rate);
            tokio::select! {
                () = tokio::time::sleep_until(until) => return,
                // Another limit counts from now on.
                _ = limit.changed() => {}
            }
        }
    }

    /// Takes the next place in the queue.
    fn book(&self, bytes: u64, rate: NonZeroU64) -> Instant {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        *next = (*next).max(Instant::now()) + Duration::from_secs_f64(bytes as f64 / rate.get() as f64);
        *next
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn rate(bytes: u64) -> Option<NonZeroU64> {
        NonZeroU64::new(bytes)
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_holds_for_all_together_and_can_be_changed_and_lifted() {
        let control = RunControl::default();
        control.limit(rate(1000));
        let began = Instant::now();
        let valve = &control.valve;
        futures::future::join_all((0..10).map(|_| valve.pass(500))).await;
        assert_eq!(began.elapsed().as_millis() / 10, 500, "5000 bytes at 1000 a second");

        let began = Instant::now();
        let slow = valve.pass(1_000_000);
        let lifted = async {
            tokio::time::sleep(Duration::from_secs(3)).await;
            control.limit(rate(1_000_000));
        };
        tokio::join!(slow, lifted);
        assert_eq!(began.elapsed().as_secs(), 4, "a new limit counts from when it is set");
        control.limit(None);
        let began = Instant::now();
        valve.pass(u64::MAX).await;
        assert!(began.elapsed().is_zero());
    }

    #[tokio::test(start_paused = true)]
    async fn a_paused_run_goes_on_when_it_is_told_to() {
        let control = RunControl::default();
        control.valve.open().await;
        control.pause();
        let waiting = tokio::spawn({
            let valve = control.valve.clone();
            async move { valve.open().await }
        });
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert!(!waiting.is_finished());
        control.resume();
        waiting.await.unwrap();
    }
}
