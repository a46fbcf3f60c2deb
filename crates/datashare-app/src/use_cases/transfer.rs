//! The engine alone: from one connection to another, without a share, remembered for the next incremental one.

use std::convert::Infallible;
use std::num::NonZeroU64;
use std::sync::Arc;

use datashare_domain::{SnapshotId, hex, join_path};
use datashare_storage::SharedStore;
use datashare_transfer::{DatasetRun, Progress, Run, RunControl, RunRequest};
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use crate::consumer::{ArrivedRows, first_row, last_row, run_request};
use crate::database::connections::ConnectionRow;
use crate::dto::{Snapshot, SnapshotPlan, SnapshotStart, TransferPlace, TransferStart};
use crate::locks::Lock;
use crate::provider::{kind_of, source_of};
use crate::use_cases::snapshots::plan_dto;
use crate::{App, AppError, Code, Result};

/// What arrived is kept under these instead of the ids of a received share and its dataset.
const DATASET: &str = "-";

/// One end of a transfer.
struct End {
    connection: ConnectionRow,
    store: SharedStore,
    path: String,
}

/// A transfer that is prepared.
struct Prepared {
    /// Names this pair of ends, whatever the connections are called.
    key: String,
    request: RunRequest,
    title: String,
}

/// A transfer that has begun. Dropped, it is interrupted.
pub struct Transfer {
    app: App,
    first: Snapshot,
    run: Run,
    _lock: Lock,
}

impl App {
    /// What a transfer would do. [`Code::InvalidRequest`] when there is nothing at the source.
    pub async fn transfer_plan(&self, request: TransferStart) -> Result<SnapshotPlan> {
        let prepared = self.prepare_transfer(&request).await?;
        Ok(plan_dto(datashare_transfer::plan(&prepared.request).await?))
    }

    /// Copies what is at the source into the target, which is made when missing, and answers when it has ended. Once
    /// `stop` ends, no new file is begun. Progress is told as of a snapshot.
    pub async fn transfer(
        &self,
        request: TransferStart,
        stop: impl Future<Output = ()> + Send,
    ) -> Result<Snapshot> {
        Ok(self.transfer_begin(request).await?.end(stop).await)
    }

    /// As [`App::transfer`], for whoever wants to know that it has begun.
    pub async fn transfer_begin(&self, request: TransferStart) -> Result<Transfer> {
        let prepared = self.prepare_transfer(&request).await?;
        let lock = self.try_lock(&format!("transfer-{}", prepared.key))?.ok_or_else(|| {
            AppError::new(Code::AlreadyRunning, "The same transfer is running already.")
                .hint("Wait until it has ended.")
        })?;
        let id = SnapshotId::from_random(self.random()?);
        let asked = SnapshotStart {
            received: String::new(),
            mode: request.mode,
            datasets: Vec::new(),
            options: request.options.clone(),
        };
        let first = first_row(&id, &prepared.title, &asked, self.now());
        let control = RunControl::default();
        control.limit(request.options.limit.and_then(NonZeroU64::new));
        let run = datashare_transfer::start_with(prepared.request, control);
        Ok(Transfer { app: self.clone(), first, run, _lock: lock })
    }

    async fn prepare_transfer(&self, request: &TransferStart) -> Result<Prepared> {
        let (from, to) = (self.end(&request.source).await?, self.end(&request.target).await?);
        refuse_overlap(&from, &to)?;
        let kind = kind_of(&from.store, &from.path).await?;
        let key = key_of(&from, &to);
        let name = join_path(&from.connection.name, &from.path);
        let title = format!("{name} to {}", join_path(&to.connection.name, &to.path));
        let arrived = ArrivedRows::new(self.clone(), format!("transfer:{key}"), DATASET.to_owned(), None);
        let dataset = DatasetRun {
            name,
            source: source_of(&from.store, kind, &from.path),
            target: to.store,
            target_path: to.path,
            arrived: Arc::new(arrived),
        };
        Ok(Prepared { key, request: run_request(vec![dataset], request.mode, &request.options), title })
    }

    async fn end(&self, place: &TransferPlace) -> Result<End> {
        let connection = self.connection(&place.connection)?;
        let store = self.store(connection.id.as_str()).await?;
        Ok(End { connection, store, path: place.path.trim_matches('/').to_owned() })
    }
}

impl Transfer {
    /// Its row as it began.
    pub fn row(&self) -> &Snapshot {
        &self.first
    }

    /// Waits for the end. Once `stop` ends, no new file is begun.
    pub async fn end(self, stop: impl Future<Output = ()> + Send) -> Snapshot {
        let Self { app, first, run, _lock } = self;
        let told = tell(&app, &first, run.progress.clone());
        let stopped = cancel_after(stop, run.control());
        let outcome = tokio::select! {
            outcome = run.outcome() => outcome,
            never = told => match never {},
            never = stopped => match never {},
        };
        last_row(first, outcome, app.now())
    }
}

/// Passes progress on; ends only by being dropped.
async fn tell(app: &App, row: &Snapshot, mut progress: watch::Receiver<Progress>) -> Infallible {
    while progress.changed().await.is_ok() {
        let now = progress.borrow_and_update().clone();
        app.tell_progress(&row.snapshot_id, &row.share, now);
    }
    std::future::pending().await
}

async fn cancel_after(stop: impl Future<Output = ()>, control: RunControl) -> Infallible {
    stop.await;
    control.cancel();
    // The run itself says when it has ended.
    std::future::pending().await
}

/// A folder copied into itself would find its own copies.
fn refuse_overlap(from: &End, to: &End) -> Result<()> {
    let inside = |outer: &str, inner: &str| {
        outer.is_empty()
            || inner == outer
            || inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'))
    };
    let overlap = inside(&from.path, &to.path) || inside(&to.path, &from.path);
    if from.connection.id == to.connection.id && overlap {
        return Err(AppError::invalid("The source and the target lie in each other.")
            .hint("Choose a target beside the source, or in another connection."));
    }
    Ok(())
}

fn key_of(from: &End, to: &End) -> String {
    let end = |end: &End| format!("{}\n{}", end.connection.id, end.path);
    hex(&Sha256::digest(format!("{}\n{}", end(from), end(to))))
}
