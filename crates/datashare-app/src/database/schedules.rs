//! Schedules of sent shares and triggers of received ones as rows.

use chrono::{DateTime, Utc};
use datashare_domain::{ReceivedId, Schedule, ShareId, SnapshotMode};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::Time;
use super::columns::{id, json, to_json};
use crate::Result;

/// What a share offers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ScheduleRow {
    /// `None` once it was taken away.
    pub(crate) schedule: Option<Schedule>,
    pub(crate) changed_at: DateTime<Utc>,
}

/// How a received share is kept up to date.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TriggerRow {
    pub(crate) mode: SnapshotMode,
    /// `None` follows the provider's.
    pub(crate) own: Option<Schedule>,
    pub(crate) enabled_at: DateTime<Utc>,
}

pub(crate) fn set_schedule(transaction: &Transaction<'_>, share: &ShareId, row: &ScheduleRow) -> Result<()> {
    let schedule = row.schedule.as_ref().map(to_json).transpose()?;
    transaction.execute(
        "INSERT INTO schedules (share_id, schedule, changed_at) VALUES (?1, ?2, ?3)
         ON CONFLICT (share_id) DO UPDATE SET schedule = excluded.schedule, changed_at = excluded.changed_at, look_at = NULL",
        params![share.as_str(), schedule, Time(row.changed_at)],
    )?;
    Ok(())
}

/// `None` when there never was one.
pub(crate) fn schedule(connection: &Connection, share: &ShareId) -> Result<Option<ScheduleRow>> {
    let mut statement =
        connection.prepare_cached("SELECT schedule, changed_at FROM schedules WHERE share_id = ?1")?;
    Ok(statement.query_row([share.as_str()], schedule_row).optional()?)
}

fn schedule_row(row: &Row<'_>) -> rusqlite::Result<ScheduleRow> {
    let schedule = match row.get_ref(0)? {
        rusqlite::types::ValueRef::Null => None,
        _ => Some(json(row, 0)?),
    };
    Ok(ScheduleRow { schedule, changed_at: row.get::<_, Time>(1)?.0 })
}

/// Shares with a schedule for which a publication may be due.
pub(crate) fn shares_to_look_at(connection: &Connection, now: DateTime<Utc>) -> Result<Vec<ShareId>> {
    let mut statement = connection.prepare_cached(
        "SELECT share_id FROM schedules JOIN shares ON shares.id = share_id
         WHERE deleted_at IS NULL AND schedule IS NOT NULL AND (look_at IS NULL OR look_at <= ?1)",
    )?;
    let rows = statement.query_map([Time(now)], |row| id(row, 0, ShareId::parse))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn look_at_share(transaction: &Transaction<'_>, share: &ShareId, at: DateTime<Utc>) -> Result<()> {
    let update = "UPDATE schedules SET look_at = ?2 WHERE share_id = ?1";
    transaction.execute(update, params![share.as_str(), Time(at)])?;
    Ok(())
}

pub(crate) fn set_trigger(
    transaction: &Transaction<'_>,
    received: &ReceivedId,
    row: &TriggerRow,
) -> Result<()> {
    transaction.execute(
        "INSERT OR REPLACE INTO triggers (received_id, mode, own, enabled_at) VALUES (?1, ?2, ?3, ?4)",
        params![
            received.as_str(),
            to_json(&row.mode)?,
            row.own.as_ref().map(to_json).transpose()?,
            Time(row.enabled_at)
        ],
    )?;
    Ok(())
}

pub(crate) fn remove_trigger(transaction: &Transaction<'_>, received: &ReceivedId) -> Result<()> {
    transaction.execute("DELETE FROM triggers WHERE received_id = ?1", [received.as_str()])?;
    Ok(())
}

pub(crate) fn trigger(connection: &Connection, received: &ReceivedId) -> Result<Option<TriggerRow>> {
    let mut statement =
        connection.prepare_cached("SELECT mode, own, enabled_at FROM triggers WHERE received_id = ?1")?;
    let row = statement.query_row([received.as_str()], |row| {
        let own = match row.get_ref(1)? {
            rusqlite::types::ValueRef::Null => None,
            _ => Some(json(row, 1)?),
        };
        Ok(TriggerRow { mode: json(row, 0)?, own, enabled_at: row.get::<_, Time>(2)?.0 })
    });
    Ok(row.optional()?)
}

/// Received shares with a trigger for which a snapshot may be due.
pub(crate) fn received_to_look_at(connection: &Connection, now: DateTime<Utc>) -> Result<Vec<ReceivedId>> {
    let mut statement = connection.prepare_cached(
        "SELECT received_id FROM triggers JOIN received ON received.id = received_id
         WHERE left_at IS NULL AND (look_at IS NULL OR look_at <= ?1)",
    )?;
    let rows = statement.query_map([Time(now)], |row| id(row, 0, ReceivedId::parse))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn look_at_received(
    transaction: &Transaction<'_>,
    received: &ReceivedId,
    at: DateTime<Utc>,
) -> Result<()> {
    let update = "UPDATE triggers SET look_at = ?2 WHERE received_id = ?1";
    transaction.execute(update, params![received.as_str(), Time(at)])?;
    Ok(())
}

/// Something is other than when it was last looked at.
pub(crate) fn look_at_received_now(transaction: &Transaction<'_>, received: &ReceivedId) -> Result<()> {
    transaction.execute("UPDATE triggers SET look_at = NULL WHERE received_id = ?1", [received.as_str()])?;
    Ok(())
}
