//! Watching a run to its end.

use datashare_app::dto::{AppEvent, Snapshot, SnapshotId};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::failure::Failure;
use crate::progress::Progress;
use crate::session::Session;

/// Shows the run's progress and answers its final row. The first request to stop cancels the run.
pub(crate) async fn follow(
    session: &Session,
    events: Receiver<AppEvent>,
    id: &str,
) -> Result<Snapshot, Failure> {
    let app = &session.app;
    let cancelled = async {
        session.stop.asked(1).await;
        if let Err(error) = app.snapshot_cancel(SnapshotId { snapshot_id: id.to_owned() }).await {
            tracing::warn!(%error, "the run could not be cancelled");
        }
        // The run itself says when it has ended.
        std::future::pending::<datashare_app::Result<Snapshot>>().await
    };
    let ended = async {
        tokio::select! {
            ended = app.snapshot_wait(id) => ended,
            never = cancelled => never,
        }
    };
    Ok(with_progress(session, events, Some(id), ended).await?)
}

/// Does the work and shows progress meanwhile: of this run, or of all.
pub(crate) async fn with_progress<T>(
    session: &Session,
    mut events: Receiver<AppEvent>,
    id: Option<&str>,
    work: impl Future<Output = T>,
) -> T {
    let progress = Progress::new(&session.output);
    let shown = async {
        loop {
            match events.recv().await {
                Ok(AppEvent::Progress { progress: now }) if id.is_none_or(|id| now.snapshot_id == id) => {
                    progress.show(&now);
                }
                // Progress that was missed is in the next.
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => std::future::pending::<()>().await,
            }
        }
    };
    let done = tokio::select! {
        biased;
        never = shown => never,
        done = work => done,
    };
    progress.finish();
    done
}
