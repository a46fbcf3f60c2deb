//! One dataset while it runs: its counts, its failures, and what ends it early.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use datashare_domain::{SnapshotEvent, SnapshotStatus};
use datashare_storage::{ErrorKind, SourceEntry, StoreError};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::buffers::Buffers;
use crate::checksum::SideBySide;
use crate::control::Valve;
use crate::delivery::{Delivered, Mover, Side};
use crate::fetch::Fetching;
use crate::hand_over;
use crate::mirror::{self, Mirror, Vanished};
use crate::outcome::{DatasetOutcome, Failure, MOST_FAILURES, status_after};
use crate::pace::Pace;
use crate::progress::Meter;
use crate::request::{ArrivedFile, DatasetRun, Verification};

/// So many failures one after the other, of a kind that is not about one file, end the dataset.
const MOST_IN_A_ROW: u64 = 20;

/// What all datasets of a run share.
pub(crate) struct Shared {
    pub(crate) meter: Arc<Meter>,
    pub(crate) pace: Arc<Pace>,
    pub(crate) valve: Arc<Valve>,
    /// Whoever cancelled the run meant it.
    pub(crate) cancel_asked: Arc<AtomicBool>,
    /// A later run is to go on from where this one stops.
    pub(crate) left: Arc<AtomicBool>,
    pub(crate) verification: Verification,
    pub(crate) buffers: Arc<Buffers>,
    pub(crate) hashing: Arc<SideBySide>,
    pub(crate) failures: Mutex<Vec<Failure>>,
}

/// A dataset that runs.
pub(crate) struct Dataset {
    pub(crate) run: DatasetRun,
    /// Cancelled when the run is, and when this dataset ends early.
    pub(crate) stop: CancellationToken,
    shared: Arc<Shared>,
    mover: Mover,
    bytes_read: Arc<AtomicU64>,
    tally: Mutex<Tally>,
    ended: OnceLock<StoreError>,
    /// What is to be deleted once everything has arrived.
    vanished: Mutex<Vanished>,
    /// What a person is asked before the rest is done.
    question: OnceLock<String>,
}

#[derive(Default)]
struct Tally {
    began: Option<Instant>,
    latest: Option<Instant>,
    listed: bool,
    files_total: u64,
    files_written: u64,
    files_skipped: u64,
    files_failed: u64,
    files_deleted: u64,
    bytes_total: u64,
    bytes_written: u64,
    /// Files that were listed to be written and given up when the dataset or the run was stopped.
    given_up: u64,
    failed_in_a_row: u64,
    /// What arrived could not be remembered, because of this.
    forgetful: Option<String>,
}

impl Dataset {
    pub(crate) fn new(run: DatasetRun, shared: Arc<Shared>, stop: CancellationToken) -> Self {
        let bytes_read = Arc::new(AtomicU64::new(0));
        let count = bytes_read.clone();
        let mover = Mover {
            source: run.source.clone(),
            target: run.target.clone(),
            target_path: run.target_path.clone(),
            meter: shared.meter.clone(),
            arrived: run.arrived.clone(),
            pace: shared.pace.clone(),
            valve: shared.valve.clone(),
            fetching: Fetching::default(),
            verification: shared.verification,
            buffers: shared.buffers.clone(),
            hashing: shared.hashing.clone(),
            stop: stop.clone(),
            target_ended: CancellationToken::new(),
            left: shared.left.clone(),
            on_read: Box::new(move |bytes| _ = count.fetch_add(bytes, Ordering::Relaxed)),
        };
        Self {
            run,
            stop,
            shared,
            mover,
            bytes_read,
            tally: Mutex::default(),
            ended: OnceLock::new(),
            vanished: Mutex::default(),
            question: OnceLock::new(),
        }
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        tally.latest = Some(Instant::now());
        tally
    }

    pub(crate) fn begin(&self) {
        self.tally().began = Some(Instant::now());
    }

    pub(crate) fn listed(&self) {
        self.tally().listed = true;
    }

    pub(crate) fn found(&self, entry: &SourceEntry) {
        let mut tally = self.tally();
        tally.files_total += 1;
        tally.bytes_total += entry.size;
    }

    pub(crate) fn skipped(&self) {
        self.tally().files_skipped += 1;
        self.shared.meter.found_done();
    }

    /// A name that the target cannot hold. Nothing is tried.
    pub(crate) fn impossible(&self, path: &str, reason: String) {
        self.tally().files_failed += 1;
        self.shared.meter.found_done();
        self.report(path, &StoreError::new(ErrorKind::BadName, "write", path, reason));
    }

    /// Ends the dataset for a reason that is about all of it.
    pub(crate) fn end(&self, error: StoreError) {
        if self.ended.set(error).is_ok() {
            self.stop.cancel();
        }
    }

    /// As [`Self::end`], for what is not told as the failure of a file.
    pub(crate) fn end_as_a_whole(&self, error: StoreError) {
        self.report("", &error);
        self.end(error);
    }

    /// Moves one file, and sees to everything that follows from how it went.
    pub(crate) async fn deliver(&self, entry: SourceEntry) {
        if self.stop.is_cancelled() {
            self.tally().given_up += 1;
            return;
        }
        let path = entry.path.clone();
        let _shown = self.shared.meter.show(&path);
        match self.mover.deliver(entry).await {
            Ok(delivered) => self.arrived(&path, delivered).await,
            Err(_) if self.stop.is_cancelled() => {
                self.tally().given_up += 1;
                return;
            }
            Err(trouble) => self.failed(&path, trouble.side, trouble.error),
        }
        self.shared.meter.file_done();
    }

    pub(crate) async fn hand_over(&self, entry: &SourceEntry) -> bool {
        !self.stop.is_cancelled() && self.mover.hand_over(entry).await
    }

    /// Where a file stands that was handed over. What nobody wants any more is withdrawn.
    pub(crate) async fn handed(&self, entry: &SourceEntry) -> hand_over::State {
        if !self.stop.is_cancelled() {
            return self.mover.handed_state(entry).await;
        }
        if self.shared.cancel_asked.load(Ordering::Relaxed) {
            self.mover.withdraw_handed(entry).await;
        }
        hand_over::State::Settled
    }

    async fn arrived(&self, path: &str, delivered: Delivered) {
        let Delivered { entry, info } = delivered;
        let file = ArrivedFile {
            version: entry.version,
            size: entry.size,
            modified: entry.modified,
            target_version: info.version,
        };
        let remembered = self.run.arrived.arrived(path, &file).await;
        let mut tally = self.tally();
        tally.files_written += 1;
        tally.bytes_written += file.size;
        tally.failed_in_a_row = 0;
        if let Err(message) = remembered {
            tracing::warn!(path, message, "a received file could not be remembered");
            tally.forgetful.get_or_insert(message);
        }
    }

    pub(crate) fn vanished(&self, vanished: Vanished) {
        *self.vanished.lock().unwrap_or_else(PoisonError::into_inner) = vanished;
    }

    /// Deletes what vanished at the source, if everything else went well.
    pub(crate) async fn delete_vanished(&self, mirror: Mirror) {
        let vanished = std::mem::take(&mut *self.vanished.lock().unwrap_or_else(PoisonError::into_inner));
        let went_well = {
            let tally = self.tally();
            tally.listed && tally.files_failed == 0 && tally.given_up == 0 && self.ended.get().is_none()
        };
        if !went_well || self.stop.is_cancelled() {
            return;
        }
        if mirror == Mirror::On && vanished.is_suspicious() {
            // Asked once: a dataset runs once.
            let _ = self.question.set(vanished.question());
            return;
        }
        for file in &vanished.files {
            if self.stop.is_cancelled() {
                self.tally().given_up += 1;
                return;
            }
            match mirror::delete(&self.run.target, &self.run.target_path, file, &self.shared.meter).await {
                Ok(deleted) => {
                    self.tally().files_deleted += u64::from(deleted);
                    if let Err(message) = self.run.arrived.forget(&file.0).await {
                        self.tally().forgetful.get_or_insert(message);
                    }
                }
                Err(error) => self.failed(&file.0, Side::Target, error),
            }
        }
    }

    fn failed(&self, path: &str, side: Side, error: StoreError) {
        let in_a_row = {
            let mut tally = self.tally();
            tally.files_failed += 1;
            tally.failed_in_a_row += u64::from(!is_about_one_file(error.kind));
            tally.failed_in_a_row
        };
        self.report(path, &error);
        if is_about_everything(error.kind) || in_a_row >= MOST_IN_A_ROW {
            if side == Side::Target {
                self.mover.target_ended.cancel();
            }
            self.end(error);
        }
    }

    fn report(&self, path: &str, error: &StoreError) {
        let mut failures = self.shared.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() < MOST_FAILURES {
            failures.push(Failure::new(&self.run.name, path, error));
        }
    }

    /// The result, once nothing of it runs any more.
    pub(crate) fn outcome(&self) -> DatasetOutcome {
        let tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        let status = self.status(&tally);
        let duration =
            tally.began.zip(tally.latest).map_or(0, |(began, latest)| (latest - began).as_millis());
        DatasetOutcome {
            name: self.run.name.clone(),
            status,
            files_total: tally.files_total,
            files_read: tally.files_written,
            files_written: tally.files_written,
            files_skipped: tally.files_skipped,
            files_failed: tally.files_failed,
            files_deleted: tally.files_deleted,
            bytes_total: tally.bytes_total,
            bytes_read: self.bytes_read.load(Ordering::Relaxed),
            bytes_written: tally.bytes_written,
            duration_ms: duration as u64,
            message: self.message(&tally, status),
        }
    }

    fn status(&self, tally: &Tally) -> SnapshotStatus {
        use SnapshotEvent as E;
        let end: &[E] = match self.ended.get() {
            Some(error) if needs_a_person(error.kind) => &[E::Blocked],
            Some(_) => &[E::Broke],
            None if self.question.get().is_some() => &[E::Blocked],
            None if !tally.listed || tally.given_up > 0 => &[E::CancelAsked, E::Stopped],
            None => {
                // Files that are there unchanged count as there: one failure beside them is a part that failed.
                let files_written = tally.files_written + tally.files_skipped;
                &[E::Finished { files_written, files_failed: tally.files_failed }]
            }
        };
        status_after(&[&[E::PlanStarted, E::TransferStarted], end].concat())
    }

    fn message(&self, tally: &Tally, status: SnapshotStatus) -> Option<String> {
        let mut sentences = Vec::new();
        if let Some(error) = self.ended.get() {
            sentences.push(error.message.clone());
        }
        sentences.extend(self.question.get().cloned());
        if status == SnapshotStatus::Cancelled {
            sentences.push("The run was cancelled before everything had arrived.".to_owned());
        }
        if tally.files_failed > 0 {
            sentences.push(format!(
                "{} of {} files could not be received.",
                tally.files_failed, tally.files_total
            ));
        }
        if tally.given_up > 0 {
            sentences.push(format!("{} files were not tried to the end.", tally.given_up));
        }
        if let Some(message) = &tally.forgetful {
            sentences.push(format!(
                "It could not be remembered that files arrived, so the next snapshot sends them again: {message}"
            ));
        }
        sentences.extend(self.mover.fetching.in_words());
        (!sentences.is_empty()).then(|| sentences.join(" "))
    }
}

/// Another file is no better off.
fn is_about_everything(kind: ErrorKind) -> bool {
    use ErrorKind as K;
    matches!(
        kind,
        K::NoSuchPlace
            | K::NoSuchAccount
            | K::BadCredential
            | K::Expired
            | K::Firewall
            | K::ClockSkew
            | K::Proxy
            | K::Certificate
            | K::Unreachable
            | K::NoSpace
    )
}

/// Another file may well be better off.
fn is_about_one_file(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::BadName
            | ErrorKind::Changed
            | ErrorKind::NotFound
            | ErrorKind::Corrupt
            | ErrorKind::AlreadyExists
    )
}

fn needs_a_person(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::BadCredential | ErrorKind::Expired | ErrorKind::Denied)
}
