//! Server-sent events: the progress of one snapshot, and everything that goes on.

use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use datashare_app::App;
use datashare_app::dto::{AppEvent, HappenedEvent, Snapshot, SnapshotId, SnapshotProgress, Tag};
use datashare_domain::SnapshotStatus;
use futures::Stream;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use crate::operation::Context;

/// What another process of the workspace does is looked for this often.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// A line without meaning, so that nobody on the way takes the connection for dead.
const ALIVE: Duration = Duration::from_secs(15);

/// What was heard last.
enum Heard {
    Event(Box<AppEvent>),
    /// Time to look what others did.
    Look,
    Stop,
}

/// The events of this process, and when to look for those of others.
struct Ears {
    events: Receiver<AppEvent>,
    look: tokio::time::Interval,
    stopping: CancellationToken,
}

impl Ears {
    fn new(context: &Context) -> Self {
        let mut look = tokio::time::interval(LOOK_AGAIN);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        Self { events: context.app.events(), look, stopping: context.stopping.clone() }
    }

    async fn next(&mut self) -> Heard {
        tokio::select! {
            () = self.stopping.cancelled() => Heard::Stop,
            event = self.events.recv() => match event {
                Ok(event) => Heard::Event(Box::new(event)),
                Err(RecvError::Lagged(_)) => Heard::Look,
                Err(RecvError::Closed) => Heard::Stop,
            },
            _ = self.look.tick() => Heard::Look,
        }
    }
}

/// The events of one run: `synchronization` whenever its row is another, `progress` in between. Ends with the run, or where
/// it needs a person.
pub(crate) fn of_snapshot(context: &Context, run: Snapshot) -> Response {
    let watch = Watch { app: context.app.clone(), ears: Ears::new(context), run, told: None, over: false };
    respond(futures::stream::unfold(watch, async |mut watch| Some((watch.next().await?, watch))))
}

/// The events of one run, for the description.
pub(crate) fn names_of_snapshot(generator: &mut SchemaGenerator) -> Vec<(&'static str, Schema)> {
    vec![
        ("synchronization", generator.subschema_for::<Snapshot>()),
        ("progress", generator.subschema_for::<SnapshotProgress>()),
    ]
}

struct Watch {
    app: App,
    ears: Ears,
    run: Snapshot,
    /// The row as it was told last, as JSON.
    told: Option<String>,
    over: bool,
}

impl Watch {
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.news() {
                return Some(event);
            }
            if self.over {
                return None;
            }
            match self.ears.next().await {
                Heard::Stop => return None,
                Heard::Look => {}
                Heard::Event(heard) => match *heard {
                    AppEvent::Progress { progress } if progress.snapshot_id == self.run.snapshot_id => {
                        return event("progress", &progress);
                    }
                    AppEvent::Changed { tags } if tags.contains(&Tag::Snapshots) => {}
                    _ => continue,
                },
            }
            let id = SnapshotId { snapshot_id: self.run.snapshot_id.clone() };
            self.run = self.app.snapshot_show(id).await.ok()?;
        }
    }

    /// The row, when it is another than was told.
    fn news(&mut self) -> Option<Event> {
        let row = serde_json::to_string(&self.run).ok()?;
        if self.told.as_ref() == Some(&row) {
            return None;
        }
        self.over = self.run.ended_at.is_some() || self.run.status == SnapshotStatus::NeedsAttention;
        self.told = Some(row.clone());
        Some(Event::default().event("synchronization").data(row))
    }
}

/// Everything that goes on: `progress` of each run, `changed` with what should be read again, `notice` for people.
pub(crate) fn of_everything(context: &Context) -> Response {
    let version = context.app.data_version().ok();
    let start = (context.app.clone(), Ears::new(context), version);
    respond(futures::stream::unfold(start, async |(app, mut ears, mut version)| {
        loop {
            let next = match ears.next().await {
                Heard::Stop => return None,
                Heard::Event(heard) => told(*heard),
                Heard::Look => {
                    let now = app.data_version().ok();
                    let other = std::mem::replace(&mut version, now) != now;
                    other.then(|| event("changed", &Changed { tags: ALL.to_vec() })).flatten()
                }
            };
            if let Some(next) = next {
                return Some((next, (app, ears, version)));
            }
        }
    }))
}

/// The events of everything, for the description.
pub(crate) fn names_of_everything(generator: &mut SchemaGenerator) -> Vec<(&'static str, Schema)> {
    vec![
        ("changed", generator.subschema_for::<Changed>()),
        ("progress", generator.subschema_for::<SnapshotProgress>()),
        ("notice", generator.subschema_for::<Notice>()),
        ("happened", generator.subschema_for::<HappenedEvent>()),
    ]
}

/// What another process changed could be anything.
const ALL: [Tag; 5] = [Tag::Workspace, Tag::Connections, Tag::Shares, Tag::Received, Tag::Snapshots];

/// What should be read again.
#[derive(Serialize, JsonSchema)]
struct Changed {
    tags: Vec<Tag>,
}

/// For people.
#[derive(Serialize, JsonSchema)]
struct Notice {
    message: String,
}

fn told(heard: AppEvent) -> Option<Event> {
    match heard {
        AppEvent::Changed { tags } => event("changed", &Changed { tags }),
        AppEvent::Progress { progress } => event("progress", &progress),
        AppEvent::Notice { message } => event("notice", &Notice { message }),
        AppEvent::Happened { news } => event("happened", &news),
        // For the window; the link in an invitation is a secret.
        AppEvent::OpenInvitation { .. } | AppEvent::OpenApproval { .. } | AppEvent::ClosedToTray => None,
    }
}

fn event(name: &str, data: &impl Serialize) -> Option<Event> {
    Some(Event::default().event(name).data(serde_json::to_string(data).ok()?))
}

fn respond(events: impl Stream<Item = Event> + Send + 'static) -> Response {
    let events = futures::StreamExt::map(events, Ok::<_, Infallible>);
    Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE)).into_response()
}
