//! So much of something may be in use at once, and how much changes while it is in use.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// An amount that is handed out and comes back.
#[derive(Debug)]
pub(crate) struct Allowance {
    free: Arc<Semaphore>,
    /// What is to go when it comes back.
    debt: Arc<AtomicUsize>,
}

/// A part of an allowance. It goes back when it is dropped.
#[derive(Debug)]
pub(crate) struct Share {
    permit: Option<OwnedSemaphorePermit>,
    debt: Arc<AtomicUsize>,
}

impl Allowance {
    pub(crate) fn new(amount: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(amount)), debt: Arc::default() }
    }

    /// Waits for this much, first come, first served.
    pub(crate) async fn take(&self, amount: u32) -> Share {
        // The semaphore is never closed.
        let permit = self.free.clone().acquire_many_owned(amount).await.ok();
        Share { permit, debt: self.debt.clone() }
    }

    pub(crate) fn left(&self) -> usize {
        self.free.available_permits()
    }

    pub(crate) fn change(&self, from: usize, to: usize) {
        if to >= from {
            let owed = self.debt.swap(0, Ordering::Relaxed);
            let more = to - from;
            self.debt.fetch_add(owed.saturating_sub(more), Ordering::Relaxed);
            self.free.add_permits(more.saturating_sub(owed));
        } else {
            let gone = self.free.forget_permits(from - to);
            self.debt.fetch_add(from - to - gone, Ordering::Relaxed);
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let Some(permit) = &mut self.permit else { return };
        let held = permit.num_permits();
        let less = |debt: usize| (debt > 0).then(|| debt.saturating_sub(held));
        if let Ok(debt) = self.debt.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less)
            && let Some(paid) = permit.split(debt.min(held))
        {
            paid.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_out_is_taken_back_when_it_comes_back() {
        let allowance = Allowance::new(16);
        let out: Vec<Share> = futures::future::join_all((0..16).map(|_| allowance.take(1))).await;
        allowance.change(16, 6);
        drop(out);
        assert_eq!(allowance.left(), 6);
        let out: Vec<Share> = futures::future::join_all((0..6).map(|_| allowance.take(1))).await;
        allowance.change(6, 4);
        allowance.change(4, 9);
        drop(out);
        assert_eq!(allowance.left(), 9);
    }

    #[tokio::test]
    async fn large_shares_pay_as_much_as_they_hold() {
        let allowance = Allowance::new(30);
        let (one, other) = (allowance.take(20).await, allowance.take(10).await);
        allowance.change(30, 5);
        drop(one);
        assert_eq!(allowance.left(), 0);
        drop(other);
        assert_eq!(allowance.left(), 5);
    }
}
