//! Snapshots: what is read from where, run, watched, recorded on both sides.

use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use datashare_domain::{ReceivedId, SnapshotId, SnapshotMode, SnapshotStatus};
use datashare_protocol::{Body, DatasetSummary, IdentityKeys};
use datashare_transfer::{
    DatasetRun, HandOver, Outcome, Progress, Run, RunControl, RunRequest, Verification,
};
use tokio::sync::{Notify, watch};
use tracing::field::Empty;
use tracing::{Instrument, Span};

use super::Subscription;
use super::arrived::{ArrivedRows, FullRun};
use super::registry::RunningSnapshot;
use super::renewed::RenewedSource;
use super::run_rows::{finished_record, first_row, last_row};
use super::sources::Sources;
use super::steering::Steering;
use crate::chains::{self, Chain};
use crate::database::received::{self, MappingRow};
use crate::database::{snapshots, ticks};
use crate::dto::{AppEvent, Mirror, RunOptions, Snapshot, SnapshotProgress, SnapshotStart, Tag};
use crate::locks::Lock;
use crate::{App, AppError, Code, Result, trace};

/// How often a run looks whether another process steers it.
const LOOK: Duration = Duration::from_millis(500);

/// The lock of a received share's one run.
pub(crate) fn run_lock(received: &ReceivedId) -> String {
    format!("run-{received}")
}

/// What the row of a run says that was left because its process was asked to end. By it the next one knows that it goes on.
const LEFT: &str = "Datashare was ended while this snapshot was running. What had arrived is kept. A snapshot of a schedule goes on \
                    when Datashare runs again; retry another one to receive the rest.";

/// Whether a run that has ended is to go on by itself.
pub(crate) fn was_left(run: &Snapshot) -> bool {
    run.status == SnapshotStatus::Cancelled && run.message.as_deref() == Some(LEFT)
}

/// Why a run is started, beside that somebody wants it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cause<'a> {
    /// It goes on where others ended; the first of those.
    pub(crate) goes_on_from: Option<String>,
    /// The tick it was due by. That it was started is written down with its first row.
    pub(crate) tick: Option<&'a str>,
}

/// A run that is prepared: every dataset has its source and its target.
struct Prepared {
    request: RunRequest,
    manifest_version: Option<u64>,
}

/// A run that was begun, until it is reported.
struct Attended {
    id: SnapshotId,
    first: Snapshot,
    keys: IdentityKeys,
    manifest_version: Option<u64>,
    /// Of the received share's one run; let go once it is reported.
    _lock: Lock,
}

impl Subscription {
    /// The datasets to run: mapped ones, or those that were named.
    fn chosen(&self, names: &[String]) -> Result<Vec<(DatasetSummary, MappingRow)>> {
        let mappings = self.mappings()?;
        let mut chosen = Vec::new();
        for dataset in &self.state.datasets {
            let named = names.iter().any(|name| name.eq_ignore_ascii_case(&dataset.name));
            match mappings.iter().find(|mapping| mapping.dataset_id == dataset.dataset_id) {
                Some(mapping) if names.is_empty() || named => chosen.push((dataset.clone(), mapping.clone())),
                None if named => {
                    let message = format!("The dataset '{}' has no target yet.", dataset.name);
                    return Err(AppError::invalid(message).hint("Choose where it should go first."));
                }
                _ => {}
            }
        }
        if let Some(unknown) =
            names.iter().find(|name| chosen.iter().all(|(d, _)| !d.name.eq_ignore_ascii_case(name)))
        {
            return Err(AppError::not_found(format!("This share has no dataset '{unknown}'.")));
        }
        if chosen.is_empty() {
            return Err(AppError::invalid("No dataset of this share has a target yet.")
                .hint("Choose where the data should go first."));
        }
        Ok(chosen)
    }

    pub(crate) fn mappings(&self) -> Result<Vec<MappingRow>> {
        self.app.database().read(|connection| received::list_mappings(connection, &self.row.id))
    }

    /// Opens sources and targets.
    async fn prepare(&self, request: &SnapshotStart, full: Option<FullRun>) -> Result<Prepared> {
        let chosen = self.chosen(&request.datasets)?;
        let summaries: Vec<DatasetSummary> = chosen.iter().map(|(dataset, _)| dataset.clone()).collect();
        let Sources { opened, basis } = self.sources_in_time(&summaries).await?;
        let mut datasets = Vec::new();
        for ((dataset, mapping), source) in chosen.into_iter().zip(opened) {
            let (app, row) = (self.app.clone(), self.row.clone());
            let of = (row.id.to_string(), dataset.dataset_id.to_string());
            let arrived = ArrivedRows::new(app.clone(), of.0, of.1, full.clone());
            datasets.push(DatasetRun {
                name: dataset.name.clone(),
                source: Arc::new(RenewedSource::new(app, row, dataset, source, basis)),
                target: self.app.store(mapping.connection_id.as_str()).await?,
                target_path: mapping.path,
                arrived: Arc::new(arrived),
            });
        }
        let manifest_version = basis.manifest_version;
        let goes_on = full.is_some_and(|full| full.goes_on);
        let mode = if goes_on { SnapshotMode::Incremental } else { request.mode };
        let request = run_request(datasets, mode, &request.options);
        Ok(Prepared { request, manifest_version })
    }

    /// What a run would do.
    pub(crate) async fn plan(&self, request: &SnapshotStart) -> Result<datashare_transfer::Plan> {
        let prepared = self.prepare(request, None).await?;
        Ok(datashare_transfer::plan(&prepared.request).await?)
    }

    /// Starts a run and answers its first row. The lock is held to the end of the run.
    pub(crate) async fn start_run(
        self,
        request: &SnapshotStart,
        cause: Cause<'_>,
        lock: Lock,
    ) -> Result<Snapshot> {
        let Cause { goes_on_from, tick } = cause;
        let id = SnapshotId::from_random(self.app.random()?);
        let span = Span::current();
        span.record("snapshot.id", id.as_str());
        span.record("received.id", self.row.id.as_str());
        let full = (request.mode == SnapshotMode::Full).then(|| FullRun {
            first: goes_on_from.clone().unwrap_or_else(|| id.to_string()),
            goes_on: goes_on_from.is_some(),
        });
        let prepared = trace::in_span(trace::span!("snapshot.prepare"), self.prepare(request, full)).await?;
        let keys = self.app.identity().await?;
        let first = first_row(&id, &self.row.name, request, self.app.now());
        let first = Snapshot { goes_on_from, ..first };
        self.save_first(&first, tick)?;
        if let Some(limit) = request.options.limit {
            self.app.steer(id.as_str(), |steering| steering.limit = NonZeroU64::new(limit))?;
        }
        self.report_broken_off(&keys)?;
        self.tell(&keys, Body::SnapshotStarted { snapshot_id: id.clone(), mode: request.mode }).await?;
        let manifest_version = prepared.manifest_version;
        let control = RunControl::default();
        self.app.steering(id.as_str())?.apply(&Steering::default(), &control);
        self.attend(
            datashare_transfer::start_with(prepared.request, control),
            Attended { id, first: first.clone(), keys, manifest_version, _lock: lock },
        );
        Ok(first)
    }

    /// Sees it to its end beside everything else.
    fn attend(self, run: Run, attended: Attended) {
        let (ended_sender, ended) = watch::channel(false);
        let steered = Arc::new(Notify::new());
        let running = RunningSnapshot { control: run.control(), steered: steered.clone(), ended };
        let (app, id, span) = (self.app.clone(), attended.id.to_string(), Span::current());
        app.inner.runs.add(&id, running);
        tokio::spawn(async move {
            self.see_to_end(run, steered, attended).instrument(span).await;
            // Whoever waits for the end may end the process next: by now the span has ended too, and is sent.
            app.inner.runs.remove(&id);
            let _ = ended_sender.send(true);
            app.changed(&[Tag::Snapshots, Tag::Received]);
        });
    }

    async fn see_to_end(&self, run: Run, steered: Arc<Notify>, attended: Attended) {
        let (id, control) = (attended.id.to_string(), run.control());
        let watched = self.watch(id.clone(), run.progress.clone(), control.clone(), steered);
        let mut outcome = tokio::select! {
            outcome = run.outcome() => outcome,
            never = watched => match never {},
        };
        if control.is_left() && outcome.status == SnapshotStatus::Cancelled {
            outcome.message = Some(LEFT.to_owned());
        }
        note_outcome(&Span::current(), &outcome);
        let finished = self.finish(attended, outcome);
        if let Err(error) = trace::in_span(trace::span!("snapshot.report"), finished).await {
            tracing::error!("the end of a snapshot could not be recorded: {error}");
        }
        if let Err(error) = self.app.forget_steering(&id) {
            tracing::warn!("what a snapshot was asked for could not be removed: {error}");
        }
    }

    /// Reports the end of runs whose process ended without a word. The caller holds the run lock, so none of them goes on.
    fn report_broken_off(&self, keys: &IdentityKeys) -> Result<()> {
        for report in self.state.snapshots.iter().filter(|report| report.finished.is_none()) {
            let id = &report.snapshot_id;
            let found = self.app.database().read(|connection| snapshots::find(connection, id.as_str()))?;
            if let Some((_, run)) = found.filter(|(_, run)| run.ended_at.is_some()) {
                let finished = finished_record(&run, None, id.clone(), self.app.now());
                self.tell_locally(keys, Body::SnapshotFinished(Box::new(finished)))?;
            }
        }
        Ok(())
    }

    /// Passes progress on and does what the run is asked to; ends only by being dropped.
    fn watch(
        &self,
        id: String,
        mut progress: watch::Receiver<Progress>,
        control: RunControl,
        steered: Arc<Notify>,
    ) -> impl Future<Output = std::convert::Infallible> + Send + use<> {
        let (app, received) = (self.app.clone(), self.row.name.clone());
        async move {
            let mut look = tokio::time::interval(LOOK);
            let mut steering = Steering::default();
            loop {
                tokio::select! {
                    biased;
                    _ = async { tokio::select! { _ = look.tick() => {}, () = steered.notified() => {} } } => {
                        // A database that cannot be read for a moment is asked again.
                        if let Ok(asked) = app.steering(&id) {
                            asked.apply(&steering, &control);
                            steering = asked;
                        }
                    }
                    changed = progress.changed() => {
                        if changed.is_err() {
                            // The run is over and its outcome is on the way.
                            return std::future::pending().await;
                        }
                        let now = progress.borrow_and_update().clone();
                        app.tell_progress(&id, &received, now);
                    }
                }
            }
        }
    }

    async fn finish(&self, attended: Attended, outcome: Outcome) -> Result<()> {
        let Attended { id, first, keys, manifest_version, _lock } = attended;
        let now = self.app.now();
        let last = last_row(first, outcome, now);
        let mut finished = finished_record(&last, manifest_version, id, now);
        finished.manifest_sha256 =
            manifest_version.map(|version| self.manifest_sha256(version)).transpose()?.flatten();
        let (chain, body) =
            (Chain::In(self.row.mailbox_id.clone()), Body::SnapshotFinished(Box::new(finished)));
        // A run that has ended is one that was reported, whenever the process ends.
        self.app.database().write(|transaction| {
            snapshots::save(transaction, &self.row.id, &last)?;
            chains::append_in(transaction, &chain, &keys, now, |_| Ok(body))
        })?;
        self.app.changed(&[Tag::Snapshots, Tag::Received]);
        // The grant may have been renewed meanwhile; the newest access is used.
        Self::of_row(&self.app, self.row.clone())?.send_told(&keys).await
    }

    fn save_first(&self, snapshot: &Snapshot, tick: Option<&str>) -> Result<()> {
        self.app.database().write(|transaction| {
            snapshots::save(transaction, &self.row.id, snapshot)?;
            tick.map_or(Ok(()), |owner| {
                ticks::started(transaction, owner, &snapshot.snapshot_id, snapshot.started_at)
            })
        })?;
        self.app.changed(&[Tag::Snapshots, Tag::Received]);
        Ok(())
    }
}

impl App {
    pub(crate) fn tell_progress(&self, id: &str, received: &str, progress: Progress) {
        let phase = match progress.phase {
            datashare_transfer::Phase::Planning => "planning",
            datashare_transfer::Phase::Running => "running",
            datashare_transfer::Phase::Finishing => "finishing",
        };
        let status = match phase {
            _ if progress.paused => SnapshotStatus::Paused,
            "planning" => SnapshotStatus::Planning,
            _ => SnapshotStatus::Running,
        };
        let progress = SnapshotProgress {
            snapshot_id: id.to_owned(),
            received: received.to_owned(),
            status,
            phase: phase.to_owned(),
            files_done: progress.files_done,
            files_total: progress.files_total,
            bytes_done: progress.bytes_done,
            bytes_total: progress.bytes_total,
            bytes_per_second: progress.bytes_per_second,
            eta_seconds: progress.eta_seconds,
            note: progress.note,
            current: progress.current,
        };
        // No receiver is no error: nobody watches.
        let _ = self.inner.events.send(AppEvent::Progress { progress });
    }
}

/// A run from the wish for it to its report. Its id is filled in once it has one, and how it ended at its end.
pub(crate) fn span_of(request: &SnapshotStart, cause: &Cause<'_>) -> Span {
    trace::span!(
        "snapshot",
        snapshot.id = Empty,
        received.id = Empty,
        snapshot.mode = mode_in_words(request.mode),
        scheduled = cause.tick.is_some(),
        goes_on_from = cause.goes_on_from,
        snapshot.status = Empty,
        files.total = Empty,
        files.written = Empty,
        files.skipped = Empty,
        files.deleted = Empty,
        files.failed = Empty,
        bytes.total = Empty,
        bytes.written = Empty
    )
}

fn note_outcome(span: &Span, outcome: &Outcome) {
    span.record("snapshot.status", format!("{:?}", outcome.status));
    span.record("files.total", trace::count(outcome.files_total));
    span.record("files.written", trace::count(outcome.files_written));
    span.record("files.skipped", trace::count(outcome.files_skipped));
    span.record("files.deleted", trace::count(outcome.files_deleted));
    span.record("files.failed", trace::count(outcome.files_failed));
    span.record("bytes.total", trace::count(outcome.bytes_total));
    span.record("bytes.written", trace::count(outcome.bytes_written));
    if let Some(failure) = outcome.failures.first() {
        trace::failed(span, &failure.code);
    }
}

fn mode_in_words(mode: SnapshotMode) -> &'static str {
    match mode {
        SnapshotMode::Full => "full",
        SnapshotMode::Incremental => "incremental",
    }
}

/// A run as the engine takes it.
pub(crate) fn run_request(datasets: Vec<DatasetRun>, mode: SnapshotMode, options: &RunOptions) -> RunRequest {
    let mirror = match options.mirror {
        Mirror::Off => datashare_transfer::Mirror::Off,
        Mirror::On => datashare_transfer::Mirror::On,
        Mirror::Confirmed => datashare_transfer::Mirror::Confirmed,
    };
    let verification = if options.verify { Verification::ReadBack } else { Verification::InTransit };
    let hand_over = if options.hand_over { HandOver::LargeFiles } else { HandOver::No };
    RunRequest { datasets, mode, mirror, verification, hand_over }
}

impl App {
    /// Takes the run lock of a received share, after settling runs whose process ended without a word.
    pub(crate) fn begin_run(&self, received: &ReceivedId, name: &str) -> Result<Lock> {
        let lock = self.try_lock(&run_lock(received))?.ok_or_else(|| {
            AppError::new(Code::AlreadyRunning, format!("A snapshot of '{name}' is running already."))
                .hint("Wait until it has ended, or cancel it.")
        })?;
        self.settle(received)?;
        Ok(lock)
    }

    /// Marks runs that did not end and that nobody runs: what arrived is kept, the next run goes on from there. The
    /// caller holds the run lock.
    fn settle(&self, received: &ReceivedId) -> Result<()> {
        let open = self.database().read(|connection| snapshots::open(connection, received))?;
        for mut run in open {
            run.status = SnapshotStatus::Failed;
            run.ended_at = Some(self.now());
            run.message = Some(
                "Datashare ended while this snapshot was running. What had arrived is kept; retry it to receive the \
                 rest."
                    .into(),
            );
            self.database().write(|transaction| snapshots::save(transaction, received, &run))?;
        }
        Ok(())
    }

    /// Settles abandoned runs unless one is really running.
    pub(crate) fn settle_abandoned(&self, received: &ReceivedId) -> Result<()> {
        let any = !self.database().read(|connection| snapshots::open(connection, received))?.is_empty();
        if any && let Some(_lock) = self.try_lock(&run_lock(received))? {
            self.settle(received)?;
        }
        Ok(())
    }
}
