//! Snapshots: taken, watched, steered, and reported to the provider.

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use datashare_app::dto::{
    Find, HistoryRequest, Nothing, ReceivedSummary, RunOptions, Snapshot, SnapshotId, SnapshotLimit,
    SnapshotPlan, SnapshotStart,
};
use datashare_app::{App, AppError, Result};
use datashare_domain::SnapshotMode;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::CONSUMER;
use crate::operation::{AnswerShape, Context, Operation, Reply, get, post};
use crate::problem::Problem;
use crate::{events, input};

#[derive(Deserialize, JsonSchema)]
struct OfShare {
    share: String,
    /// Only those that started then or later.
    since: Option<DateTime<Utc>>,
}

#[derive(Deserialize, JsonSchema)]
struct OfReceived {
    received: String,
    /// Only those that started then or later.
    since: Option<DateTime<Utc>>,
}

#[derive(Deserialize, JsonSchema)]
struct Synchronize {
    received: String,
    #[serde(default)]
    mode: SnapshotMode,
    /// All mapped datasets when empty.
    #[serde(default)]
    datasets: Vec<String>,
    #[serde(default)]
    options: RunOptions,
}

#[derive(Deserialize, JsonSchema)]
struct RunOf {
    received: String,
    snapshot_id: String,
}

#[derive(Deserialize, JsonSchema)]
struct Limit {
    received: String,
    snapshot_id: String,
    /// Null lifts it.
    bytes_per_second: Option<u64>,
}

#[derive(Deserialize, JsonSchema)]
struct Activity {
    /// Only runs that have all of these words in them, whatever their case.
    words: Option<String>,
}

pub(super) fn operations() -> Vec<Operation> {
    [taken(), steered(), reported(), events()].into_iter().flatten().collect()
}

fn taken() -> Vec<Operation> {
    vec![
        post(
            "/v1/shareSubscriptions/{received}/synchronize",
            "ShareSubscriptions_Synchronize",
            "Start a snapshot",
        )
        .needs(CONSUMER)
        .answers(StatusCode::ACCEPTED)
        .one(start),
        post(
            "/v1/shareSubscriptions/{received}/planSynchronization",
            "ShareSubscriptions_PlanSynchronization",
            "What a snapshot would write and delete; changes nothing",
        )
        .needs(CONSUMER)
        .one(plan),
        post(
            "/v1/shareSubscriptions/{received}/cancelSynchronization",
            "ShareSubscriptions_CancelSynchronization",
            "Stop a running snapshot; what arrived stays",
        )
        .needs(CONSUMER)
        .one(cancel),
        get(
            "/v1/shareSubscriptions/{received}/synchronizations",
            "ShareSubscriptionSynchronizations_List",
            "The snapshots of a received share, newest first",
        )
        .list(list),
        get(
            "/v1/shareSubscriptions/{received}/synchronizations/{snapshot_id}",
            "ShareSubscriptionSynchronizations_Get",
            "One snapshot with its datasets and failures",
        )
        .one(show),
    ]
}

fn events() -> Vec<Operation> {
    vec![
        get(
            "/v1/shareSubscriptions/{received}/synchronizations/{snapshot_id}/events",
            "ShareSubscriptionSynchronizations_Watch",
            "The progress of one snapshot until it ends: events 'progress' and 'synchronization'",
        )
        .with_work::<RunOf>(AnswerShape::Events(events::names_of_snapshot), |context, input| {
            Box::pin(watch(context, input))
        }),
        get(
            "/v1/activity/events",
            "Activity_Watch",
            "Everything that goes on: events 'progress', 'changed' and 'notice'",
        )
        .with_work::<Nothing>(AnswerShape::Events(events::names_of_everything), |context, _| {
            Box::pin(async move { Ok(Reply::Stream(events::of_everything(&context))) })
        }),
    ]
}

async fn watch(context: Context, input: Value) -> std::result::Result<Reply, Problem> {
    let run = show(context.app.clone(), input::read(input)?).await?;
    Ok(Reply::Stream(events::of_snapshot(&context, run)))
}

fn steered() -> Vec<Operation> {
    vec![
        post(
            "/v1/shareSubscriptions/{received}/synchronizations/{snapshot_id}/retry",
            "ShareSubscriptionSynchronizations_Retry",
            "Go on where a snapshot ended without having brought everything",
        )
        .needs(CONSUMER)
        .answers(StatusCode::ACCEPTED)
        .one(retry),
        post(
            "/v1/shareSubscriptions/{received}/synchronizations/{snapshot_id}/pause",
            "ShareSubscriptionSynchronizations_Pause",
            "Let a running snapshot rest",
        )
        .needs(CONSUMER)
        .one(pause),
        post(
            "/v1/shareSubscriptions/{received}/synchronizations/{snapshot_id}/resume",
            "ShareSubscriptionSynchronizations_Resume",
            "Let a paused snapshot go on",
        )
        .needs(CONSUMER)
        .one(resume),
        post(
            "/v1/shareSubscriptions/{received}/synchronizations/{snapshot_id}/limit",
            "ShareSubscriptionSynchronizations_Limit",
            "Limit the speed of a running snapshot, or lift the limit",
        )
        .needs(CONSUMER)
        .one(limit),
    ]
}

async fn retry(app: App, run: RunOf) -> Result<Snapshot> {
    let id = checked(&app, run).await?;
    app.snapshot_retry(id).await
}

fn reported() -> Vec<Operation> {
    vec![
        get(
            "/v1/shares/{share}/synchronizations",
            "ShareSynchronizations_List",
            "The snapshots that recipients of a share reported, newest first",
        )
        .list(reports),
        get("/v1/activity", "Activity_List", "All snapshots of this workspace, newest first").list(activity),
    ]
}

async fn start(app: App, input: Synchronize) -> Result<Snapshot> {
    app.snapshot_start(request(input)).await
}

async fn plan(app: App, input: Synchronize) -> Result<SnapshotPlan> {
    app.snapshot_plan(request(input)).await
}

fn request(Synchronize { received, mode, datasets, options }: Synchronize) -> SnapshotStart {
    SnapshotStart { received, mode, datasets, options }
}

async fn list(app: App, OfReceived { received, since }: OfReceived) -> Result<Vec<Snapshot>> {
    // By its id, which no sent share can have too.
    let ReceivedSummary { id, .. } = find_received(&app, &received).await?;
    app.share_history(HistoryRequest { name: id, since }).await
}

async fn reports(app: App, OfShare { share, since }: OfShare) -> Result<Vec<Snapshot>> {
    let known = app.share_list(Nothing {}).await?.into_iter();
    let mut known = known.filter(|known| known.name.eq_ignore_ascii_case(&share) || known.id == share);
    let found = known.next().ok_or_else(|| AppError::not_found(format!("There is no share '{share}'.")))?;
    app.share_history(HistoryRequest { name: found.id, since }).await
}

async fn activity(app: App, Activity { words }: Activity) -> Result<Vec<Snapshot>> {
    match words {
        Some(words) => app.activity_find(Find { words, most: None }).await,
        None => app.activity(Nothing {}).await,
    }
}

/// A received share by name or id.
async fn find_received(app: &App, received: &str) -> Result<ReceivedSummary> {
    let known = app.received_list(Nothing {}).await?.into_iter();
    let mut known = known.filter(|known| known.name.eq_ignore_ascii_case(received) || known.id == received);
    known.next().ok_or_else(|| AppError::not_found(format!("There is no received share '{received}'.")))
}

/// The run, which has to be one of this received share.
async fn show(app: App, RunOf { received, snapshot_id }: RunOf) -> Result<Snapshot> {
    let ReceivedSummary { name, .. } = find_received(&app, &received).await?;
    let run = app.snapshot_show(SnapshotId { snapshot_id }).await?;
    if run.share == name {
        return Ok(run);
    }
    Err(AppError::not_found(format!("'{name}' has no snapshot '{}'.", run.snapshot_id)))
}

async fn checked(app: &App, run: RunOf) -> Result<SnapshotId> {
    let Snapshot { snapshot_id, .. } = show(app.clone(), run).await?;
    Ok(SnapshotId { snapshot_id })
}

async fn cancel(app: App, run: RunOf) -> Result<Snapshot> {
    let id = checked(&app, run).await?;
    app.snapshot_cancel(id).await
}

async fn pause(app: App, run: RunOf) -> Result<Snapshot> {
    let id = checked(&app, run).await?;
    app.snapshot_pause(id).await
}

async fn resume(app: App, run: RunOf) -> Result<Snapshot> {
    let id = checked(&app, run).await?;
    app.snapshot_resume(id).await
}

async fn limit(app: App, input: Limit) -> Result<Snapshot> {
    let Limit { received, snapshot_id, bytes_per_second } = input;
    let SnapshotId { snapshot_id } = checked(&app, RunOf { received, snapshot_id }).await?;
    app.snapshot_limit(SnapshotLimit { snapshot_id, bytes_per_second }).await
}
