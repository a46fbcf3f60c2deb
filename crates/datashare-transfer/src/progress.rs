//! How far a run is: counted while it runs, published at most ten times a second.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use crate::control::Valve;

const EVERY: Duration = Duration::from_millis(100);
/// Seconds over which the shown speed is smoothed.
const SMOOTHING: f64 = 3.0;
/// Before this, an estimate says nothing.
const FIRST_ESTIMATE: Duration = Duration::from_secs(2);
/// How many times the least estimate the most may be.
const WIDEST_ESTIMATE: u64 = 20;
/// Up to here, in seconds, any range is worth saying.
const SURELY_SOON: u64 = 60;
const MOST_CURRENT: usize = 4;
/// So long without a byte is worth a word. The stores bear a minute of it.
const QUIET: Duration = Duration::from_secs(10);

/// What a run is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Listing and comparing; nothing was found to write so far.
    #[default]
    Planning,
    /// Writing, while the listing may still go on.
    Running,
    /// Every file is done with; the result is being put together.
    Finishing,
}

/// How far a run is.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Progress {
    pub phase: Phase,
    /// Written, left out as unchanged, or failed.
    pub files_done: u64,
    /// Files in all sources; known once they are listed.
    pub files_total: Option<u64>,
    /// Bytes written of files that are written or on their way.
    pub bytes_done: u64,
    /// Bytes of all files that are to be written; known once the sources are listed.
    pub bytes_total: Option<u64>,
    /// Smoothed.
    pub bytes_per_second: u64,
    /// At best, at worst.
    pub eta_seconds: Option<(u64, u64)>,
    /// What the run is waiting for, when it is.
    pub note: Option<String>,
    /// Somebody paused the run.
    pub paused: bool,
    /// A few of the paths on their way.
    pub current: Vec<String>,
}

/// Counts of a run. Shared by everything that moves.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    counts: Mutex<Counts>,
    finished: Notify,
}

#[derive(Debug, Default)]
struct Counts {
    phase: Phase,
    listed: bool,
    files_found: u64,
    files_done: u64,
    bytes_to_write: u64,
    bytes_done: u64,
    /// Never taken back, unlike `bytes_done`.
    bytes_moved: u64,
    note: Option<String>,
    current: BTreeMap<u64, String>,
    starts: u64,
    /// When a byte came in or a part arrived, or when there was something to move.
    heard: Option<Instant>,
}

impl Counts {
    /// What is being waited for: as was noted, or that nothing is heard.
    fn waiting_for(&self, held_back: bool) -> Option<String> {
        let quiet = self.heard.filter(|_| self.phase == Phase::Running && !held_back)?.elapsed();
        let seconds = quiet.as_secs();
        (quiet >= QUIET).then(|| {
            format!(
                "Nothing has arrived for {seconds} seconds. After a minute of silence it is tried again over a new connection."
            )
        })
    }
}

impl Meter {
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn found_to_write(&self, bytes: u64) {
        let mut counts = self.counts();
        counts.phase = Phase::Running;
        counts.heard.get_or_insert_with(Instant::now);
        counts.files_found += 1;
        counts.bytes_to_write += bytes;
    }

    /// A file that needs no writing, or cannot be written.
    pub(crate) fn found_done(&self) {
        let mut counts = self.counts();
        counts.files_found += 1;
        counts.files_done += 1;
    }

    /// All sources are listed: totals are known.
    pub(crate) fn all_listed(&self) {
        self.counts().listed = true;
    }

    pub(crate) fn finishing(&self) {
        self.counts().phase = Phase::Finishing;
        self.finished.notify_one();
    }

    pub(crate) fn file_done(&self) {
        self.counts().files_done += 1;
    }

    /// A file that changed has another size now.
    pub(crate) fn resized(&self, before: u64, now: u64) {
        let mut counts = self.counts();
        counts.bytes_to_write = counts.bytes_to_write.saturating_sub(before) + now;
    }

    /// Bytes came from a source.
    pub(crate) fn heard(&self) {
        self.counts().heard = Some(Instant::now());
    }

    /// Something to wait for.
    pub(crate) fn note(&self, note: String) {
        self.counts().note = Some(note);
    }

    /// Shows the path as current until the guard is dropped.
    pub(crate) fn show(self: &Arc<Self>, path: &str) -> Shown {
        let mut counts = self.counts();
        counts.starts += 1;
        let number = counts.starts;
        counts.current.insert(number, path.to_owned());
        Shown { meter: self.clone(), number }
    }

    /// Starts to count the bytes of one try to write a file.
    pub(crate) fn attempt(self: &Arc<Self>) -> Attempt {
        Attempt { meter: self.clone(), bytes: Mutex::new(0) }
    }

    /// Bytes moved and files done with: never less than before.
    pub(crate) fn work_done(&self) -> (u64, u64) {
        let counts = self.counts();
        (counts.bytes_moved, counts.files_done)
    }

    /// Files listed and bytes moved: more when anything worked, and none before both ends were reached.
    pub(crate) fn achieved(&self) -> u64 {
        let counts = self.counts();
        counts.files_found + counts.bytes_moved
    }

    fn progress(&self, speed: &Speed, valve: &Valve) -> Progress {
        let paused = valve.is_paused();
        let held_back = paused || valve.is_limited();
        let counts = self.counts();
        let known = |count| counts.listed.then_some(count);
        Progress {
            phase: counts.phase,
            files_done: counts.files_done,
            files_total: known(counts.files_found),
            bytes_done: counts.bytes_done,
            bytes_total: known(counts.bytes_to_write),
            bytes_per_second: speed.smoothed as u64,
            eta_seconds: counts.listed.then(|| speed.eta(&counts)).flatten(),
            note: counts.note.clone().or_else(|| counts.waiting_for(held_back)),
            paused,
            current: counts.current.values().take(MOST_CURRENT).cloned().collect(),
        }
    }
}

/// A path that is shown as current.
pub(crate) struct Shown {
    meter: Arc<Meter>,
    number: u64,
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.meter.counts().current.remove(&self.number);
    }
}

/// The bytes of one try to write a file. They are taken back unless the try is kept.
pub(crate) struct Attempt {
    meter: Arc<Meter>,
    bytes: Mutex<u64>,
}

impl Attempt {
    pub(crate) fn wrote(&self, bytes: u64) {
        *self.bytes.lock().unwrap_or_else(PoisonError::into_inner) += bytes;
        let mut counts = self.meter.counts();
        counts.bytes_done += bytes;
        counts.bytes_moved += bytes;
        counts.heard = Some(Instant::now());
        // Something moves, so nothing is being waited for.
        counts.note = None;
    }

    /// Bytes that were at the target before: done, and not moved.
    pub(crate) fn held(&self, bytes: u64) {
        *self.bytes.lock().unwrap_or_else(PoisonError::into_inner) += bytes;
        self.meter.counts().bytes_done += bytes;
    }

    /// What was counted so far counts for nothing.
    pub(crate) fn take_back(&self) {
        let bytes = std::mem::take(&mut *self.bytes.lock().unwrap_or_else(PoisonError::into_inner));
        self.meter.counts().bytes_done -= bytes;
    }

    pub(crate) fn keep(self) {
        *self.bytes.lock().unwrap_or_else(PoisonError::into_inner) = 0;
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        self.take_back();
    }
}

/// Bytes per second, smoothed and over all.
struct Speed {
    began: Instant,
    measured: Instant,
    bytes: u64,
    smoothed: f64,
}

impl Speed {
    fn new() -> Self {
        let now = Instant::now();
        Self { began: now, measured: now, bytes: 0, smoothed: 0.0 }
    }

    fn measure(&mut self, bytes: u64) {
        let now = Instant::now();
        let seconds = (now - self.measured).as_secs_f64();
        if seconds > 0.0 {
            let weight = 1.0 - (-seconds / SMOOTHING).exp();
            self.smoothed += weight * ((bytes - self.bytes) as f64 / seconds - self.smoothed);
            (self.measured, self.bytes) = (now, bytes);
        }
    }

    /// By the speed of late and by the speed over all, in bytes and in files: the least and the most of these. None while
    /// they are so far apart that saying both would say nothing.
    fn eta(&self, counts: &Counts) -> Option<(u64, u64)> {
        let elapsed = self.began.elapsed();
        if elapsed < FIRST_ESTIMATE {
            return None;
        }
        let seconds = elapsed.as_secs_f64();
        let bytes_left = counts.bytes_to_write.saturating_sub(counts.bytes_done) as f64;
        let files_left = counts.files_found.saturating_sub(counts.files_done) as f64;
        let estimates = [
            (bytes_left, self.smoothed),
            (bytes_left, counts.bytes_moved as f64 / seconds),
            (files_left, counts.files_done as f64 / seconds),
        ];
        let times: Vec<u64> = estimates
            .into_iter()
            .filter(|(_, rate)| *rate > 0.0)
            .map(|(left, rate)| (left / rate).ceil() as u64)
            .collect();
        let (low, high) = (*times.iter().min()?, *times.iter().max()?);
        (high <= low.saturating_mul(WIDEST_ESTIMATE).max(SURELY_SOON)).then_some((low, high))
    }
}

/// Publishes until the last counts are published.
pub(crate) async fn publish(meter: Arc<Meter>, valve: Arc<Valve>, sender: watch::Sender<Progress>) {
    let mut speed = Speed::new();
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = meter.finished.notified() => {}
        }
        speed.measure(meter.work_done().0);
        let progress = meter.progress(&speed, &valve);
        let last = progress.phase == Phase::Finishing;
        sender.send_if_modified(|shown| {
            let news = *shown != progress;
            *shown = progress;
            news
        });
        if last {
            return;
        }
    }
}
