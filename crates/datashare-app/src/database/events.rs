//! Events and where they still have to be told. An event is written in the transaction that brought it, so it is neither
//! lost nor told of something that did not happen.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, Transaction, params};
use serde::{Deserialize, Serialize};

use super::columns::{json, to_json};
use super::{Time, meta};
use crate::Result;
use crate::app::random;
use crate::dto::{
    Channel, EventKind, HappenedEvent, NotificationRule, NotificationTarget, ShareSide, TargetKind,
};

/// Names of the deliveries that go to no target of the list.
pub(crate) const DESKTOP: &str = "desktop";
pub(crate) const EMAIL: &str = "email";

/// Events are kept so long, for those who ask what happened.
const KEPT: TimeDelta = TimeDelta::days(90);

/// What the workspace wants to hear of, and where.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Wishes {
    pub(crate) rules: Vec<NotificationRule>,
    pub(crate) email_to: Option<String>,
    pub(crate) targets: Vec<NotificationTarget>,
}

impl Wishes {
    /// Where this kind is told. What nobody decided is told on the desktop, but for what happens all the time.
    pub(crate) fn channels(&self, kind: EventKind) -> Vec<Channel> {
        let quiet = [EventKind::RecipientSnapshotSucceeded, EventKind::NewPublication];
        match self.rules.iter().find(|rule| rule.kind == kind) {
            Some(rule) => rule.channels.clone(),
            None if quiet.contains(&kind) => Vec::new(),
            None => vec![Channel::Desktop],
        }
    }

    fn deliveries(&self, kind: EventKind) -> Vec<String> {
        let channels = self.channels(kind);
        let told = |target: &&NotificationTarget| match target.kind {
            TargetKind::Webhook => channels.contains(&Channel::Webhook),
            TargetKind::Teams => channels.contains(&Channel::Teams),
        };
        let fixed = [(Channel::Desktop, DESKTOP), (Channel::Email, EMAIL)];
        let fixed = fixed.iter().filter(|(channel, _)| channels.contains(channel));
        let targets = self.targets.iter().filter(told).map(|target| target.target_id.clone());
        fixed.map(|(_, name)| (*name).to_owned()).chain(targets).collect()
    }
}

pub(crate) fn wishes(connection: &Connection) -> Result<Wishes> {
    let text = meta::get(connection, meta::NOTIFICATIONS)?;
    Ok(text.map(|text| serde_json::from_str(&text)).transpose()?.unwrap_or_default())
}

pub(crate) fn set_wishes(transaction: &Transaction<'_>, wishes: &Wishes) -> Result<()> {
    meta::set(transaction, meta::NOTIFICATIONS, &to_json(wishes)?)
}

/// Something that happened, before it has a number.
#[derive(Clone, Debug)]
pub(crate) struct News {
    pub(crate) kind: EventKind,
    /// What it is about: the same again is no second event.
    pub(crate) about: String,
    pub(crate) at: DateTime<Utc>,
    pub(crate) side: ShareSide,
    pub(crate) share: String,
    pub(crate) who: Option<String>,
    pub(crate) ends_at: Option<DateTime<Utc>>,
    pub(crate) detail: Option<String>,
    pub(crate) snapshot_id: Option<String>,
}

/// Notes what happened, with its deliveries; nothing when it is known.
pub(crate) fn happened(transaction: &Transaction<'_>, news: News) -> Result<()> {
    let id = datashare_domain::EventId::from_random(random()?).to_string();
    let event = HappenedEvent {
        event_id: id.clone(),
        kind: news.kind,
        at: news.at,
        side: news.side,
        share: news.share,
        who: news.who,
        ends_at: news.ends_at,
        detail: news.detail,
        snapshot_id: news.snapshot_id,
    };
    const ADD: &str =
        "INSERT INTO events (id, about, at, document) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (about) DO NOTHING";
    if transaction.execute(ADD, params![id, news.about, Time(event.at), to_json(&event)?])? == 0 {
        return Ok(());
    }
    for target in wishes(transaction)?.deliveries(event.kind) {
        const DELIVER: &str =
            "INSERT INTO deliveries (event_id, target, tries, due_at) VALUES (?1, ?2, 0, ?3)";
        transaction.execute(DELIVER, params![id, target, Time(DateTime::UNIX_EPOCH)])?;
    }
    Ok(())
}

/// Whether it is known that this happened.
pub(crate) fn is_known(connection: &Connection, about: &str) -> Result<bool> {
    const KNOWN: &str = "SELECT EXISTS (SELECT 1 FROM events WHERE about = ?1)";
    Ok(connection.query_row(KNOWN, [about], |row| row.get(0))?)
}

/// An event that still has to be told somewhere.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) event: HappenedEvent,
    pub(crate) target: String,
    pub(crate) tries: u32,
    pub(crate) problem: Option<String>,
}

fn delivery(row: &rusqlite::Row<'_>) -> rusqlite::Result<Delivery> {
    Ok(Delivery { event: json(row, 0)?, target: row.get(1)?, tries: row.get(2)?, problem: row.get(3)? })
}

/// What is due now, the oldest first: that of the desktop, or that of all others.
pub(crate) fn due(
    connection: &Connection,
    desktop: Desktop,
    now: DateTime<Utc>,
    most: u32,
) -> Result<Vec<Delivery>> {
    let mut statement = connection.prepare_cached(
        "SELECT e.document, d.target, d.tries, d.problem FROM deliveries d JOIN events e ON e.id = d.event_id
         WHERE d.due_at <= ?1 AND (d.target = 'desktop') = ?2 ORDER BY d.due_at, e.at, e.id LIMIT ?3",
    )?;
    let rows = statement.query_map(params![Time(now), desktop == Desktop::Only, most], delivery)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Whether the desktop's deliveries are meant, or all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Desktop {
    Only,
    Not,
}

/// It was told; whether it still had to be, so that of two who tell only one does.
pub(crate) fn told(transaction: &Transaction<'_>, event: &str, target: &str) -> Result<bool> {
    let delete = "DELETE FROM deliveries WHERE event_id = ?1 AND target = ?2";
    Ok(transaction.execute(delete, [event, target])? > 0)
}

/// It could not be told: again at this time, or never by itself.
pub(crate) fn failed(
    transaction: &Transaction<'_>,
    delivery: &Delivery,
    problem: &str,
    again: Option<DateTime<Utc>>,
) -> Result<()> {
    transaction.execute(
        "UPDATE deliveries SET tries = tries + 1, problem = ?3, due_at = ?4 WHERE event_id = ?1 AND target = ?2",
        params![delivery.event.event_id, delivery.target, problem, again.map(Time)],
    )?;
    Ok(())
}

/// Dead letters, the newest first.
pub(crate) fn dead(connection: &Connection) -> Result<Vec<Delivery>> {
    let mut statement = connection.prepare_cached(
        "SELECT e.document, d.target, d.tries, d.problem FROM deliveries d JOIN events e ON e.id = d.event_id
         WHERE d.due_at IS NULL ORDER BY e.at DESC, e.id, d.target LIMIT 1000",
    )?;
    Ok(statement.query_map([], delivery)?.collect::<rusqlite::Result<_>>()?)
}

/// Makes dead letters due; how many.
pub(crate) fn resend(transaction: &Transaction<'_>, event: Option<&str>, now: DateTime<Utc>) -> Result<u32> {
    let update =
        "UPDATE deliveries SET due_at = ?2, tries = 0 WHERE due_at IS NULL AND (?1 IS NULL OR event_id = ?1)";
    Ok(u32::try_from(transaction.execute(update, params![event, Time(now)])?).unwrap_or(u32::MAX))
}

/// Forgets everything that waits for a target that is no more.
pub(crate) fn forget_target(transaction: &Transaction<'_>, target: &str) -> Result<()> {
    transaction.execute("DELETE FROM deliveries WHERE target = ?1", [target])?;
    Ok(())
}

/// Forgets what is old and was told.
pub(crate) fn forget_old(transaction: &Transaction<'_>, now: DateTime<Utc>) -> Result<()> {
    transaction.execute(
        "DELETE FROM events WHERE at < ?1 AND NOT EXISTS (SELECT 1 FROM deliveries WHERE event_id = events.id)",
        [Time(now - KEPT)],
    )?;
    Ok(())
}

/// How many deliveries wait, and how many are dead.
pub(crate) fn counts(connection: &Connection) -> Result<(u32, u32)> {
    let query = "SELECT count(due_at), count(*) - count(due_at) FROM deliveries WHERE target <> 'desktop'";
    Ok(connection.query_row(query, [], |row| Ok((row.get(0)?, row.get(1)?)))?)
}
