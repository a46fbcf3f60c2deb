//! A run: one task that lists and compares, a fixed number that move, one that publishes progress.

use std::sync::{Arc, Mutex, PoisonError};

use datashare_domain::SnapshotMode;
use datashare_storage::{ErrorKind, Result, SourceEntry, StoreError};
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::DropGuard;
use tracing::{Instrument, info_span};

use crate::control::RunControl;
use crate::dataset::{Dataset, Shared};
use crate::hand_over::HandedOver;
use crate::mirror::{Mirror, Search};
use crate::outcome::{DatasetOutcome, Outcome};
use crate::pace::{self, Pace};
use crate::patience::Patience;
use crate::progress::{Meter, Progress, publish};
use crate::request::{HandOver, RunRequest};
use crate::scan::{Scan, Verdict};

/// Files on their way; how many requests that are is for [`Pace`] to find.
const FILES_IN_FLIGHT: usize = pace::MOST;
/// How far the listing may run ahead: far enough for totals to be known early, and bounded in memory.
const AHEAD: usize = 50_000;

/// A run under way. Dropped without asking for its outcome, it is cancelled.
pub struct Run {
    /// Changes at most ten times a second.
    pub progress: watch::Receiver<Progress>,
    control: RunControl,
    task: JoinHandle<Outcome>,
    guard: DropGuard,
}

impl Run {
    /// Steers the run, also while somebody waits for the outcome.
    pub fn control(&self) -> RunControl {
        self.control.clone()
    }

    /// Waits for the end. No file is begun after it.
    pub async fn outcome(self) -> Outcome {
        let Self { task, guard, .. } = self;
        let outcome = match task.await {
            Ok(outcome) => outcome,
            Err(error) => broken(&error.to_string()),
        };
        guard.disarm();
        outcome
    }
}

/// A fault of the engine itself: nothing is claimed.
fn broken(fault: &str) -> Outcome {
    let mut outcome = Outcome::of(Vec::new(), Vec::new(), 0);
    outcome.status = datashare_domain::SnapshotStatus::Failed;
    outcome.message = Some(format!("The transfer broke off because of a fault in Datashare: {fault}."));
    outcome
}

/// Starts a run on the runtime it is called in.
pub fn start(request: RunRequest) -> Run {
    start_with(request, RunControl::default())
}

/// As [`start`], steered from the first byte on.
pub fn start_with(request: RunRequest, control: RunControl) -> Run {
    let (sender, progress) = watch::channel(Progress::default());
    let task = tokio::spawn(run(request, control.clone(), sender).in_current_span());
    Run { progress, guard: control.cancelled.clone().drop_guard(), control, task }
}

/// One file to move.
struct Work {
    dataset: Arc<Dataset>,
    entry: SourceEntry,
}

type Queue = Arc<tokio::sync::Mutex<mpsc::Receiver<Work>>>;

async fn run(request: RunRequest, control: RunControl, sender: watch::Sender<Progress>) -> Outcome {
    let RunControl { cancelled, asked, left, valve } = control;
    let began = Instant::now();
    let meter = Arc::new(Meter::default());
    let pace = Arc::new(Pace::default());
    let shared = Shared {
        meter: meter.clone(),
        pace: pace.clone(),
        valve: valve.clone(),
        cancel_asked: asked,
        left,
        verification: request.verification,
        buffers: Arc::default(),
        hashing: Arc::default(),
        failures: Mutex::default(),
    };
    let shared = Arc::new(shared);
    let dataset = |run| Arc::new(Dataset::new(run, shared.clone(), cancelled.child_token()));
    let RunRequest { mode, mirror, hand_over, .. } = request;
    let datasets: Vec<Arc<Dataset>> = request.datasets.into_iter().map(dataset).collect();
    let publisher = tokio::spawn(publish(meter.clone(), valve, sender));

    let (work, queue) = mpsc::channel(AHEAD);
    let queue: Queue = Arc::new(tokio::sync::Mutex::new(queue));
    let mut tasks = JoinSet::new();
    let planning = info_span!("run.plan");
    tasks.spawn(find_work(datasets.clone(), mode, mirror, meter.clone(), work).instrument(planning));
    let handed = (hand_over == HandOver::LargeFiles).then(Arc::<HandedOver>::default);
    for _ in 0..FILES_IN_FLIGHT {
        tasks.spawn(do_work(queue.clone(), handed.clone()));
    }
    let ending = async {
        let mut fault = None;
        while let Some(ended) = tasks.join_next().await {
            if let Err(error) = ended {
                cancelled.cancel();
                fault = Some(error.to_string());
            }
        }
        if let Some(handed) = &handed {
            handed.see_through(&meter).await;
        }
        fault
    };
    let ending = ending.instrument(info_span!("run.transfer"));
    let fault = tokio::select! {
        fault = ending => fault,
        never = pace.find_level(&meter) => match never {},
    };
    let settling = async {
        for dataset in &datasets {
            // A write that was given up must not come after the next run's.
            dataset.run.target.settle().await;
            dataset.delete_vanished(mirror).await;
        }
    };
    settling.instrument(info_span!("run.settle")).await;
    meter.finishing();
    // The publisher ends once it has published the last counts.
    let _ = publisher.await;

    let results: Vec<DatasetOutcome> = datasets.iter().map(|dataset| dataset.outcome()).collect();
    let failures = std::mem::take(&mut *shared.failures.lock().unwrap_or_else(PoisonError::into_inner));
    let outcome = Outcome::of(results, failures, began.elapsed().as_millis() as u64);
    match fault {
        Some(fault) => broken(&fault),
        None if cancelled.is_cancelled() => outcome.cancelled(),
        None => outcome,
    }
}

/// Lists and compares one dataset after the other.
async fn find_work(
    datasets: Vec<Arc<Dataset>>,
    mode: SnapshotMode,
    mirror: Mirror,
    meter: Arc<Meter>,
    work: mpsc::Sender<Work>,
) {
    for dataset in datasets {
        dataset.begin();
        let found = tokio::select! {
            biased;
            () = dataset.stop.cancelled() => continue,
            found = find_work_in(&dataset, mode, mirror, &meter, &work) => found,
        };
        match found {
            Ok(()) => dataset.listed(),
            Err(error) => dataset.end_as_a_whole(error),
        }
    }
    meter.all_listed();
}

async fn find_work_in(
    dataset: &Arc<Dataset>,
    mode: SnapshotMode,
    mirror: Mirror,
    meter: &Arc<Meter>,
    work: &mpsc::Sender<Work>,
) -> Result<()> {
    let mut scan = Scan::open(&dataset.run, mode, meter.clone()).await?;
    make_target(dataset, meter).await?;
    let mut search = Search::new(dataset.run.arrived.clone());
    while let Some((entry, verdict)) = scan.next().await? {
        if mirror != Mirror::Off {
            search.passed(&entry.path).await?;
        }
        dataset.found(&entry);
        match verdict {
            Verdict::Unchanged => dataset.skipped(),
            Verdict::Impossible(reason) => dataset.impossible(&entry.path, reason),
            Verdict::Write(_) => {
                meter.found_to_write(entry.size);
                if work.send(Work { dataset: dataset.clone(), entry }).await.is_err() {
                    let message = "The run is ending.";
                    return Err(StoreError::new(ErrorKind::Other, "list", "", message));
                }
            }
        }
    }
    if mirror != Mirror::Off {
        dataset.vanished(search.ended().await?);
    }
    Ok(())
}

/// Makes the folder that receives. Whoever may write need not be allowed to make folders, so a refusal counts only where
/// the folder is known to be missing.
async fn make_target(dataset: &Dataset, meter: &Meter) -> Result<()> {
    let (target, path) = (&dataset.run.target, &dataset.run.target_path);
    let mut patience = Patience::default();
    loop {
        match target.make_place(path).await {
            Ok(()) => return Ok(()),
            Err(error) if matches!(error.kind, ErrorKind::Denied | ErrorKind::Unsupported) => {
                return if matches!(target.place_exists(path).await, Ok(false)) {
                    Err(error)
                } else {
                    Ok(())
                };
            }
            Err(error) => patience.pause(error, meter).await?,
        }
    }
}

/// Moves files until there are no more. Those that go on by themselves are left to the end of the run.
async fn do_work(queue: Queue, handed: Option<Arc<HandedOver>>) {
    loop {
        let next = queue.lock().await.recv().await;
        let Some(Work { dataset, entry }) = next else { return };
        match &handed {
            Some(handed) if dataset.hand_over(&entry).await => handed.add(dataset, entry),
            _ => dataset.deliver(entry).await,
        }
    }
}
