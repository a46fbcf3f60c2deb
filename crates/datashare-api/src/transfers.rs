//! Transfers that this server runs, and those that ended in it. They are of this process alone: nothing is written down
//! of a transfer but which files arrived, so that the next one goes on from there.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use datashare_app::dto::{Snapshot, SnapshotId, TransferStart};
use datashare_app::{App, AppError, Code, Result};
use datashare_domain::SnapshotStatus;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Transfers that ended are forgotten from here on, the oldest first.
const KEPT: usize = 100;

#[derive(Debug)]
pub(crate) struct Transfers {
    /// Newest first.
    known: Mutex<VecDeque<Known>>,
    /// What the server waits for before it ends.
    under_way: TaskTracker,
    stopping: CancellationToken,
}

#[derive(Debug)]
struct Known {
    row: Snapshot,
    stop: CancellationToken,
}

impl Transfers {
    pub(crate) fn new(under_way: TaskTracker, stopping: CancellationToken) -> Self {
        Self { known: Mutex::default(), under_way, stopping }
    }

    /// Starts one, which goes on by itself; answers its row as it began.
    pub(crate) async fn start(self: Arc<Self>, app: App, request: TransferStart) -> Result<Snapshot> {
        let transfer = app.transfer_begin(request).await?;
        let (row, stop) = (transfer.row().clone(), self.stopping.child_token());
        self.known().push_front(Known { row: row.clone(), stop: stop.clone() });
        self.under_way.clone().spawn(async move {
            let ended = transfer.end(stop.cancelled_owned()).await;
            self.ended(ended);
        });
        Ok(row)
    }

    pub(crate) fn list(&self) -> Vec<Snapshot> {
        self.known().iter().map(|known| known.row.clone()).collect()
    }

    pub(crate) fn show(&self, SnapshotId { snapshot_id }: &SnapshotId) -> Result<Snapshot> {
        let known = self.known();
        let found = known.iter().find(|known| known.row.snapshot_id == *snapshot_id);
        found.map(|known| known.row.clone()).ok_or_else(|| none(snapshot_id))
    }

    /// Asks one to end: no new file is begun, what arrived stays.
    pub(crate) fn cancel(&self, SnapshotId { snapshot_id }: &SnapshotId) -> Result<Snapshot> {
        let mut known = self.known();
        let found = known.iter_mut().find(|known| known.row.snapshot_id == *snapshot_id);
        let found = found.ok_or_else(|| none(snapshot_id))?;
        if found.row.ended_at.is_some() {
            return Err(AppError::new(Code::InvalidRequest, "The transfer has ended already."));
        }
        found.stop.cancel();
        found.row.status = SnapshotStatus::Cancelling;
        Ok(found.row.clone())
    }

    fn ended(&self, row: Snapshot) {
        let mut known = self.known();
        if let Some(found) = known.iter_mut().find(|known| known.row.snapshot_id == row.snapshot_id) {
            found.row = row;
        }
        let mut kept = 0;
        known.retain(|known| {
            kept += usize::from(known.row.ended_at.is_some());
            known.row.ended_at.is_none() || kept <= KEPT
        });
    }

    fn known(&self) -> MutexGuard<'_, VecDeque<Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn none(id: &str) -> AppError {
    AppError::not_found(format!("This server has run no transfer '{id}'."))
        .hint("Transfers are forgotten when the server ends; 'GET /v1/transfers' lists those that it knows.")
}
