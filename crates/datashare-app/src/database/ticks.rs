//! The newest tick of each schedule that was dealt with. It is written before anything is started for it, so that a crash
//! loses none and repeats none.

use chrono::{DateTime, Utc};
use datashare_domain::{DealtTick, TickState};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::Time;
use crate::Result;

/// A tick with what came of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TickRow {
    pub(crate) dealt: DealtTick,
    /// Of the newest attempt that came to start one.
    pub(crate) snapshot_id: Option<String>,
    /// Why it did not come about, in sentences.
    pub(crate) message: Option<String>,
}

pub(crate) fn find(connection: &Connection, owner: &str) -> Result<Option<TickRow>> {
    let mut statement = connection.prepare_cached(
        "SELECT tick, state, attempt, retry_at, snapshot_id, message, passed FROM ticks WHERE owner = ?1",
    )?;
    Ok(statement.query_row([owner], tick).optional()?)
}

fn tick(row: &Row<'_>) -> rusqlite::Result<TickRow> {
    let retry_at = row.get::<_, Option<Time>>(3)?.map(|time| time.0);
    let state = match (row.get::<_, String>(1)?.as_str(), retry_at) {
        ("claimed", _) => TickState::Claimed,
        ("started", _) => TickState::Started,
        ("waiting", Some(until)) => TickState::Waiting(until),
        _ => TickState::Done,
    };
    let passed = row.get::<_, Option<Time>>(6)?.map(|time| time.0);
    let dealt = DealtTick { tick: row.get::<_, Time>(0)?.0, state, attempt: row.get(2)?, passed };
    Ok(TickRow { dealt, snapshot_id: row.get(4)?, message: row.get(5)? })
}

/// Writes down that an attempt at a tick begins.
pub(crate) fn claim(
    transaction: &Transaction<'_>,
    owner: &str,
    tick: DateTime<Utc>,
    attempt: u32,
    now: DateTime<Utc>,
) -> Result<()> {
    transaction.execute(
        "INSERT INTO ticks (owner, tick, state, attempt, changed_at) VALUES (?1, ?2, 'claimed', ?3, ?4)
         ON CONFLICT (owner) DO UPDATE SET
            snapshot_id = CASE WHEN tick = excluded.tick THEN snapshot_id END,
            tick = excluded.tick, state = excluded.state, attempt = excluded.attempt, retry_at = NULL, message = NULL,
            changed_at = excluded.changed_at",
        params![owner, Time(tick), attempt, Time(now)],
    )?;
    Ok(())
}

/// Writes down that a tick is passed over, because a run goes on. What that run is for stays the newest tick.
pub(crate) fn pass(
    transaction: &Transaction<'_>,
    owner: &str,
    tick: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<()> {
    transaction.execute(
        "INSERT INTO ticks (owner, tick, state, attempt, message, changed_at) VALUES (?1, ?2, 'done', 1, ?3, ?4)
         ON CONFLICT (owner) DO UPDATE SET passed = excluded.tick",
        params![owner, Time(tick), "Another snapshot of this share was running at that time.", Time(now)],
    )?;
    Ok(())
}

/// Its run exists now. In the transaction that brings the run's row.
pub(crate) fn started(
    transaction: &Transaction<'_>,
    owner: &str,
    snapshot: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let update = "UPDATE ticks SET state = 'started', snapshot_id = ?2, changed_at = ?3 WHERE owner = ?1";
    transaction.execute(update, params![owner, snapshot, Time(now)])?;
    Ok(())
}

/// Takes back that an attempt was begun.
pub(crate) fn uncount(transaction: &Transaction<'_>, owner: &str) -> Result<()> {
    let update = "UPDATE ticks SET attempt = max(attempt - 1, 0) WHERE owner = ?1";
    transaction.execute(update, [owner])?;
    Ok(())
}

/// What the attempt came to.
pub(crate) fn ended(
    transaction: &Transaction<'_>,
    owner: &str,
    (state, message): (TickState, Option<&str>),
    now: DateTime<Utc>,
) -> Result<()> {
    let (state, retry_at) = match state {
        TickState::Claimed => ("claimed", None),
        TickState::Started => ("started", None),
        TickState::Waiting(until) => ("waiting", Some(Time(until))),
        TickState::Done => ("done", None),
    };
    let update = "UPDATE ticks SET state = ?2, retry_at = ?3, message = ?4, changed_at = ?5 WHERE owner = ?1";
    transaction.execute(update, params![owner, state, retry_at, message, Time(now)])?;
    Ok(())
}
