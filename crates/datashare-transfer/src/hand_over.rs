//! Handing large files over: the target's side fetches them while nothing runs here, also while the computer sleeps.
//!
//! What was handed over is in the journal. It arrives where nobody sees it; this run, or a later one, puts it in its place,
//! or moves the file in the ordinary way when it did not arrive.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use datashare_storage::{Handed, ObjectInfo, ServerCopy, SourceEntry};
use futures::{StreamExt, stream};

use crate::dataset::Dataset;
use crate::delivery::{Mover, Outcome, Side};
use crate::progress::{Attempt, Meter};
use crate::request::{Begun, HandedFile};

/// Smaller files take one request either way.
pub(crate) const WORTH_HANDING_OVER: u64 = 64 << 20;
const AT_ONCE: usize = 16;
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Where a file that was handed over stands.
pub(crate) enum State {
    /// So many bytes of it are there.
    Copying(u64),
    /// It is time to deliver it, from where it was copied to or in the ordinary way.
    Settled,
}

/// The files of a run that are on their way without it.
#[derive(Default)]
pub(crate) struct HandedOver(Mutex<Vec<(Arc<Dataset>, SourceEntry)>>);

impl HandedOver {
    pub(crate) fn add(&self, dataset: Arc<Dataset>, entry: SourceEntry) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((dataset, entry));
    }

    /// Waits for all of them and delivers each as it settles.
    pub(crate) async fn see_through(&self, meter: &Meter) {
        let mut waiting = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let mut pause = FIRST_PAUSE;
        loop {
            let looked: Vec<_> = stream::iter(waiting)
                .map(|(dataset, entry)| async move {
                    let state = dataset.handed(&entry).await;
                    if matches!(state, State::Settled) {
                        dataset.deliver(entry).await;
                        return None;
                    }
                    Some((dataset, entry, state))
                })
                .buffer_unordered(AT_ONCE)
                .filter_map(std::future::ready)
                .collect()
                .await;
            if looked.is_empty() {
                return;
            }
            meter.note(words(&looked));
            waiting = looked.into_iter().map(|(dataset, entry, _)| (dataset, entry)).collect();
            let stopped = waiting.iter().map(|(dataset, _)| Box::pin(dataset.stop.cancelled()));
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = futures::future::select_all(stopped) => {}
            }
            pause = (pause * 3 / 2).min(LONGEST_PAUSE);
        }
    }
}

fn words(looked: &[(Arc<Dataset>, SourceEntry, State)]) -> String {
    let total: u64 = looked.iter().map(|(_, entry, _)| entry.size).sum();
    let there = looked.iter().map(|(_, _, state)| match state {
        State::Copying(bytes) => *bytes,
        State::Settled => 0,
    });
    let percent = there.sum::<u64>().saturating_mul(100) / total.max(1);
    let files = if looked.len() == 1 { "1 large file" } else { &format!("{} large files", looked.len()) };
    format!("The storage copies {files} by itself ({percent} % so far). This computer may sleep.")
}

impl Mover {
    /// Whether the file is on its way without this computer from now on, or was already.
    pub(crate) async fn hand_over(&self, entry: &SourceEntry) -> bool {
        if entry.size < WORTH_HANDING_OVER {
            return false;
        }
        let Some(copies) = self.target.server_copy() else { return false };
        let Some(from) = self.source.remote(entry).await else { return false };
        if self.handed_of(entry).await.is_some() {
            return true;
        }
        let handed = self.unless_stopped(async {
            let _slot = self.turn().await;
            copies.hand_over(&self.key(entry), &from).await.map_err(Side::Target.fresh())
        });
        // Whatever stands against it, the ordinary way meets it too and says so.
        let Ok(handle) = handed.await else { return false };
        let file = HandedFile { version: entry.version.clone(), size: entry.size, handle };
        let remembered = self.arrived.progressed(&entry.path, &Begun::HandedOver(file.clone())).await;
        if remembered.is_err() {
            copies.drop_handed(&file.handle).await;
        }
        remembered.is_ok()
    }

    /// What the journal says of this very version.
    async fn handed_of(&self, entry: &SourceEntry) -> Option<HandedFile> {
        match self.arrived.begun(&entry.path).await {
            Ok(Some(Begun::HandedOver(file))) => {
                if file.version == entry.version && file.size == entry.size {
                    return Some(file);
                }
                self.withdraw(entry, &file).await;
                None
            }
            _ => None,
        }
    }

    pub(crate) async fn handed_state(&self, entry: &SourceEntry) -> State {
        let Some(copies) = self.target.server_copy() else { return State::Settled };
        let Some(file) = self.handed_of(entry).await else { return State::Settled };
        match copies.handed(&file.handle).await {
            Ok(Handed::Copying { bytes }) => State::Copying(bytes),
            // A network that is away for a while changes nothing.
            Err(error) if matches!(error.retry, datashare_storage::Retry::Later(_)) => State::Copying(0),
            _ => State::Settled,
        }
    }

    /// Puts a file in its place that arrived where it was handed over to. `None` when it is to be moved in the ordinary
    /// way.
    pub(crate) async fn take_handed(
        &self,
        entry: &SourceEntry,
        counted: &Attempt,
    ) -> Option<Outcome<ObjectInfo>> {
        let copies = self.target.server_copy().filter(|_| entry.size >= WORTH_HANDING_OVER)?;
        let file = self.handed_of(entry).await?;
        let taken = match copies.handed(&file.handle).await {
            Ok(Handed::Whole(from)) => self.fetch_from(copies, &from, entry, counted).await,
            Ok(Handed::Copying { .. } | Handed::Failed) => None,
            Err(error) => return Some(Err(Side::Target.fresh()(error))),
        };
        if matches!(taken, None | Some(Ok(_))) {
            self.withdraw(entry, &file).await;
        }
        taken
    }

    /// Nobody waits for it any more.
    pub(crate) async fn withdraw_handed(&self, entry: &SourceEntry) {
        if let Some(file) = self.handed_of(entry).await {
            self.withdraw(entry, &file).await;
        }
    }

    async fn withdraw(&self, entry: &SourceEntry, file: &HandedFile) {
        if let Some(copies) = self.target.server_copy() {
            ServerCopy::drop_handed(copies, &file.handle).await;
        }
        if let Err(message) = self.arrived.not_begun(&entry.path).await {
            tracing::warn!(path = entry.path, message, "a file that was handed over could not be forgotten");
        }
    }
}
