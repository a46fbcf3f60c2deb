//! Schedules, triggers, and requests for a fresh publication.

use datashare_domain::{Recurrence, Schedule, SnapshotMode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Time;

/// A schedule as a person asks for it.
#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct ScheduleWish {
    pub recurrence: Recurrence,
    /// Time of day in the time zone, `HH:MM`; `None` with a cron expression.
    pub at: Option<String>,
    /// Name of the IANA time zone database: `Europe/Berlin`.
    pub time_zone: String,
    /// No tick before; now when `None`.
    #[serde(default)]
    #[ts(optional)]
    pub start: Option<Time>,
    /// Followers start up to so many seconds after a tick, so that not all come at once; 0 when left out.
    #[serde(default)]
    #[ts(optional, as = "Option<u32>")]
    pub jitter_seconds: u32,
}

/// A schedule with what it means.
#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct ScheduleView {
    pub schedule: Schedule,
    /// In English: `every day at 02:30 (Europe/Berlin)`.
    pub in_words: String,
    /// The next five ticks.
    pub next: Vec<Time>,
    /// When it was set; `None` in a preview.
    pub changed_at: Option<Time>,
    /// Why it cannot be followed by this version.
    pub problem: Option<String>,
}

#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct ScheduleSet {
    pub share: String,
    pub schedule: ScheduleWish,
}

/// What a share offers its recipients.
#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct ShareSchedule {
    /// Name of the share.
    pub share: String,
    pub schedule: Option<ScheduleView>,
    /// The newest tick for which this workspace published, while there is a schedule.
    pub last: Option<Tick>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema, TS)]
pub enum TriggerStatus {
    /// Snapshots are taken by themselves.
    Active,
    Inactive,
    /// It is on, and the provider took the schedule away.
    SourceScheduleDeleted,
}

#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct TriggerEnable {
    pub received: String,
    pub mode: SnapshotMode,
    /// A schedule of one's own, no more often than the provider's; follows the provider's when `None`.
    #[serde(default)]
    #[ts(optional)]
    pub own: Option<ScheduleWish>,
}

/// How a received share is kept up to date.
#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct Trigger {
    /// Name of the received share.
    pub received: String,
    pub status: TriggerStatus,
    /// `None` while it is off.
    pub mode: Option<SnapshotMode>,
    /// A schedule of one's own.
    pub own: Option<ScheduleView>,
    /// The next five runs, by the schedule that holds now.
    pub next: Vec<Time>,
    /// The newest tick that was dealt with.
    pub last: Option<Tick>,
    /// What the person should know: the provider's schedule is followed instead of the own one, and why …
    pub message: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema, TS)]
pub enum TickStatus {
    /// Being started, or its run goes on.
    Running,
    /// Tried again at `retry_at`.
    Waiting,
    /// Dealt with; the snapshot says how it went.
    Done,
    /// Not done; the message says why.
    Missed,
}

/// A moment of a schedule, and what came of it.
#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct Tick {
    pub at: Time,
    pub status: TickStatus,
    /// From 1.
    pub attempt: u32,
    pub retry_at: Option<Time>,
    pub snapshot_id: Option<String>,
    pub message: Option<String>,
}

/// A recipient's newest request for a fresh publication.
#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct PublicationRequest {
    pub asked_at: Time,
    /// `None` while the provider has not answered.
    pub answered_at: Option<Time>,
    /// Why the provider refused, if it did.
    pub refusal: Option<String>,
}

/// Answers a recipient that asked for a fresh publication.
#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct PublicationAnswer {
    pub share: String,
    /// Id or e-mail address.
    pub recipient: String,
    /// Why not, in a sentence for the recipient; publishes when `None`.
    pub refusal: Option<String>,
}
