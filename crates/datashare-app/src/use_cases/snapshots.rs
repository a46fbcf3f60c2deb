//! Runs: starting, watching, history.

use std::num::NonZeroU64;
use std::time::Duration;

use datashare_domain::{SnapshotStatus, SubscriptionStatus};
use datashare_protocol::{MailboxState, SnapshotReport};
use datashare_transfer::Reason;

use crate::consumer::{Cause, Steering, Subscription, runs};
use crate::database::shares::ShareRow;
use crate::database::snapshots;
use crate::dto::{
    FileCount, HistoryRequest, Mirror, Nothing, OnlyFiles, PathProblem, PlannedFile, ReceivedName,
    RunOptions, Snapshot, SnapshotDataset, SnapshotId, SnapshotLimit, SnapshotPlan, SnapshotStart, Tag,
};
use crate::provider::{MailboxView, ShareContext};
use crate::{App, AppError, Code, Result, trace};

const MOST_ROWS: u32 = 10_000;
/// Files of a plan that are named one by one.
const MOST_PLANNED: usize = 1000;
const LOOK_AGAIN: Duration = Duration::from_millis(250);

impl App {
    /// Starts a run. Refused while another of the same share goes on, without access, or with terms to agree to first.
    pub async fn snapshot_start(&self, request: SnapshotStart) -> Result<Snapshot> {
        self.start_snapshot(request, Cause::default()).await
    }

    /// As [`Self::snapshot_start`], for a reason.
    pub(crate) async fn start_snapshot(&self, request: SnapshotStart, cause: Cause<'_>) -> Result<Snapshot> {
        let span = runs::span_of(&request, &cause);
        trace::in_span(span, self.start_in_span(request, cause)).await
    }

    async fn start_in_span(&self, request: SnapshotStart, cause: Cause<'_>) -> Result<Snapshot> {
        let subscription = self.ready_to_run(&request.received).await?;
        let lock = self.begin_run(&subscription.row.id, &subscription.row.name)?;
        subscription.start_run(&request, cause, lock).await
    }

    /// Goes on where a run of a received share ended without having brought everything: with the same datasets and options,
    /// and without what had arrived. [`Code::InvalidRequest`] for a run that goes on, or that left nothing to do.
    pub async fn snapshot_retry(&self, request: SnapshotId) -> Result<Snapshot> {
        self.retry_snapshot(request, None).await
    }

    /// As [`Self::snapshot_retry`], for the tick of a schedule where the run was started for one.
    pub(crate) async fn retry_snapshot(&self, request: SnapshotId, tick: Option<&str>) -> Result<Snapshot> {
        let run = self.snapshot_show(SnapshotId { snapshot_id: request.snapshot_id.clone() }).await?;
        let refusal = match run.status {
            SnapshotStatus::Succeeded => Some(("This snapshot brought everything.", "Take a new snapshot.")),
            _ if run.ended_at.is_none() => {
                Some(("This snapshot has not ended yet.", "Wait until it has ended, or cancel it."))
            }
            _ => None,
        };
        if let Some((message, hint)) = refusal {
            return Err(AppError::invalid(message).hint(hint));
        }
        let (received, _) = self
            .database()
            .read(|c| snapshots::find(c, &request.snapshot_id))?
            .ok_or_else(|| AppError::not_found(format!("There is no snapshot '{}'.", run.snapshot_id)))?;
        // What was confirmed once is asked again.
        let mirror = if run.options.mirror == Mirror::Off { Mirror::Off } else { Mirror::On };
        let options = RunOptions { mirror, ..run.options };
        let again =
            SnapshotStart { received: received.to_string(), mode: run.mode, datasets: run.chosen, options };
        let first = run.goes_on_from.unwrap_or(run.snapshot_id);
        self.start_snapshot(again, Cause { goes_on_from: Some(first), tick }).await
    }

    /// What a run would do.
    pub async fn snapshot_plan(&self, request: SnapshotStart) -> Result<SnapshotPlan> {
        let subscription = self.ready_to_run(&request.received).await?;
        Ok(plan_dto(subscription.plan(&request).await?))
    }

    /// The newest word of the provider decides whether data may be read.
    async fn ready_to_run(&self, received: &str) -> Result<Subscription> {
        let subscription = match self.wait_until_answered(Subscription::open(self, received)?).await {
            Ok(subscription) => subscription,
            // Nobody answers, or not any more: what is known of the access says more than that.
            Err(error) => {
                let known = Subscription::open(self, received)?;
                let over = known.status() != SubscriptionStatus::WaitingForProvider;
                return Err(known.must_be_active().err().filter(|_| over).unwrap_or(error));
            }
        };
        subscription.must_be_active()?;
        if let Some(terms) = subscription.state.terms_to_accept() {
            let message = format!(
                "The provider changed the terms (version {}) and asks for your agreement.",
                terms.version
            );
            return Err(
                AppError::new(Code::TermsChanged, message).hint("Read and agree to the new terms first.")
            );
        }
        Ok(subscription)
    }

    /// Waits until the run has ended (or needs a person) and answers its final row.
    pub async fn snapshot_wait(&self, snapshot_id: &str) -> Result<Snapshot> {
        self.inner.runs.wait(snapshot_id).await;
        loop {
            let run = self.snapshot_show(SnapshotId { snapshot_id: snapshot_id.to_owned() }).await?;
            if run.ended_at.is_some() || run.status == SnapshotStatus::NeedsAttention {
                return Ok(run);
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    pub async fn snapshot_list(&self, request: ReceivedName) -> Result<Vec<Snapshot>> {
        let subscription = Subscription::open(self, &request.received)?;
        self.settle_abandoned(&subscription.row.id)?;
        let rows =
            self.database().read(|c| snapshots::list(c, Some(&subscription.row.id), None, MOST_ROWS))?;
        Ok(rows.into_iter().map(|(_, run)| run).collect())
    }

    pub async fn snapshot_show(&self, request: SnapshotId) -> Result<Snapshot> {
        let find = || {
            let found = self.database().read(|c| snapshots::find(c, &request.snapshot_id))?;
            found.ok_or_else(|| {
                AppError::not_found(format!("There is no snapshot '{}'.", request.snapshot_id))
            })
        };
        let (received, run) = find()?;
        if run.ended_at.is_some() {
            return Ok(run);
        }
        self.settle_abandoned(&received)?;
        Ok(find()?.1)
    }

    /// Asks a run to stop, wherever it runs. What arrived is kept.
    pub async fn snapshot_cancel(&self, request: SnapshotId) -> Result<Snapshot> {
        let mut run = self.snapshot_show(SnapshotId { snapshot_id: request.snapshot_id.clone() }).await?;
        if run.ended_at.is_some() {
            return Ok(run);
        }
        self.steer(&request.snapshot_id, |steering| steering.cancel = true)?;
        self.inner.runs.look(&request.snapshot_id);
        run.status = SnapshotStatus::Cancelling;
        Ok(run)
    }

    /// Asks a run to send nothing more until it is resumed. What is on its way arrives.
    pub async fn snapshot_pause(&self, request: SnapshotId) -> Result<Snapshot> {
        self.steer_running(&request.snapshot_id, SnapshotStatus::Paused, |steering| steering.pause = true)
            .await
    }

    /// Lets a paused run go on.
    pub async fn snapshot_resume(&self, request: SnapshotId) -> Result<Snapshot> {
        self.steer_running(&request.snapshot_id, SnapshotStatus::Running, |steering| steering.pause = false)
            .await
    }

    /// Limits the speed of a run, or lifts the limit.
    pub async fn snapshot_limit(&self, request: SnapshotLimit) -> Result<Snapshot> {
        let run = self.snapshot_show(SnapshotId { snapshot_id: request.snapshot_id.clone() }).await?;
        let limit = request.bytes_per_second.and_then(NonZeroU64::new);
        self.steer_running(&request.snapshot_id, run.status, |steering| steering.limit = limit).await
    }

    /// [`Code::InvalidRequest`] for a run that is over.
    async fn steer_running(
        &self,
        id: &str,
        status: SnapshotStatus,
        change: impl FnOnce(&mut Steering),
    ) -> Result<Snapshot> {
        let run = self.snapshot_show(SnapshotId { snapshot_id: id.to_owned() }).await?;
        if run.ended_at.is_some() {
            let message = "This snapshot has ended; it cannot be paused, resumed or limited any more.";
            return Err(AppError::invalid(message)
                .hint("Retry it: that goes on where this one ended, also inside large files."));
        }
        self.steer(id, change)?;
        self.inner.runs.look(id);
        let run = self.database().write(|transaction| snapshots::set_status(transaction, id, status))?;
        self.changed(&[Tag::Snapshots, Tag::Received]);
        run.ok_or_else(|| AppError::not_found(format!("There is no snapshot '{id}'.")))
    }

    /// All runs of this workspace, newest first.
    pub async fn activity(&self, _request: Nothing) -> Result<Vec<Snapshot>> {
        let rows = self.database().read(|c| snapshots::list(c, None, None, MOST_ROWS))?;
        Ok(rows.into_iter().map(|(_, run)| run).collect())
    }

    /// The runs of a received share; or, of a sent share, what its recipients reported.
    pub async fn share_history(&self, request: HistoryRequest) -> Result<Vec<Snapshot>> {
        let sent = self.database().read(|c| crate::database::shares::find_share(c, &request.name))?;
        let Some(row) = sent else {
            let subscription = Subscription::open(self, &request.name)?;
            self.settle_abandoned(&subscription.row.id)?;
            let rows = self
                .database()
                .read(|c| snapshots::list(c, Some(&subscription.row.id), request.since, MOST_ROWS))?;
            return Ok(rows.into_iter().map(|(_, run)| run).collect());
        };
        let mut reports = self.reports_of(row).await?;
        reports.retain(|run| request.since.is_none_or(|since| run.started_at >= since));
        reports.sort_by_key(|run| std::cmp::Reverse(run.started_at));
        Ok(reports)
    }

    /// What the recipients of a share reported.
    pub(crate) async fn reports_of(&self, row: ShareRow) -> Result<Vec<Snapshot>> {
        let context = ShareContext::of_row(self, row).await?;
        Ok(context.views()?.iter().flat_map(|view| reported(&context.row.name, view)).collect())
    }
}

pub(crate) fn plan_dto(plan: datashare_transfer::Plan) -> SnapshotPlan {
    let problem =
        |conflict: datashare_transfer::Conflict| PathProblem { path: conflict.path, reason: conflict.reason };
    SnapshotPlan {
        to_write: FileCount { files: plan.to_write.files, bytes: plan.to_write.bytes },
        unchanged: OnlyFiles { files: plan.unchanged.files },
        to_delete: OnlyFiles { files: plan.to_delete.files },
        conflicts: plan.conflicts.into_iter().map(problem).collect(),
        files: plan.files.into_iter().take(MOST_PLANNED).map(planned_file).collect(),
    }
}

fn planned_file(file: datashare_transfer::PlannedFile) -> PlannedFile {
    let reason = file.reason.map(|reason| match reason {
        Reason::Full => "full",
        Reason::New => "new",
        Reason::Changed => "changed",
        Reason::Missing => "missing",
    });
    PlannedFile { path: file.path, size: file.size, reason: reason.map(str::to_owned) }
}

fn reported(share: &str, view: &MailboxView) -> Vec<Snapshot> {
    let recipient = who(&view.state, &view.row.email);
    view.state.snapshots.iter().map(|report| report_dto(share, &recipient, report)).collect()
}

fn who(state: &MailboxState, email: &str) -> String {
    match state.recipient() {
        Some(card) => format!("{} ({})", card.name, card.email),
        None => email.to_owned(),
    }
}

fn report_dto(share: &str, recipient: &str, report: &SnapshotReport) -> Snapshot {
    let finished = report.finished.as_ref();
    let count = |of: fn(&datashare_protocol::SnapshotFinished) -> u64| finished.map_or(0, of);
    let datasets = finished.map(|finished| finished.datasets.as_slice()).unwrap_or_default();
    Snapshot {
        snapshot_id: report.snapshot_id.to_string(),
        share: share.to_owned(),
        recipient: Some(recipient.to_owned()),
        mode: report.mode,
        options: RunOptions::default(),
        chosen: Vec::new(),
        goes_on_from: None,
        status: finished.map_or(SnapshotStatus::Running, |finished| finished.status),
        started_at: report.started_at,
        ended_at: finished.map(|finished| finished.ended_at),
        duration_ms: finished.map(|f| (f.ended_at - f.started_at).num_milliseconds().max(0).cast_unsigned()),
        files_total: count(|f| f.files_total),
        files_written: count(|f| f.files_written),
        files_skipped: count(|f| f.files_skipped),
        files_deleted: 0,
        files_failed: count(|f| f.files_failed),
        bytes_total: count(|f| f.bytes_total),
        bytes_written: count(|f| f.bytes_written),
        message: None,
        datasets: datasets.iter().map(counts_dto).collect(),
        failures: Vec::new(),
    }
}

fn counts_dto(counts: &datashare_protocol::DatasetCounts) -> SnapshotDataset {
    SnapshotDataset {
        name: counts.name.clone(),
        status: Some(counts.status),
        files_read: counts.files_read,
        files_written: counts.files_written,
        files_skipped: counts.files_skipped,
        files_failed: counts.files_failed,
        bytes_read: counts.bytes_read,
        bytes_written: counts.bytes_written,
        rows_copied: None,
        duration_ms: counts.duration_ms,
        message: None,
    }
}
