//! Runs as rows: the whole row as it is shown, with the columns it is found by.

use chrono::{DateTime, Utc};
use datashare_domain::{ReceivedId, SnapshotStatus};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::Time;
use super::columns::{json, to_json};
use crate::Result;
use crate::dto::{Snapshot, SnapshotMetrics};
use crate::news;

/// Adds or replaces a run; its end is noted as an event. One that has ended stays as it is.
pub(crate) fn save(transaction: &Transaction<'_>, received: &ReceivedId, snapshot: &Snapshot) -> Result<()> {
    let written = transaction.execute(
        "INSERT INTO snapshots (id, received_id, mode, status, started_at, ended_at, document)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (id) DO UPDATE SET status = excluded.status, ended_at = excluded.ended_at, document = excluded.document
         WHERE ended_at IS NULL",
        params![
            snapshot.snapshot_id,
            received.as_str(),
            to_json(&snapshot.mode)?,
            to_json(&snapshot.status)?,
            Time(snapshot.started_at),
            snapshot.ended_at.map(Time),
            to_json(snapshot)?
        ],
    )?;
    if written > 0 { news::of_run(transaction, snapshot) } else { Ok(()) }
}

/// Runs of a received share (all when `None`), newest first, since a time.
pub(crate) fn list(
    connection: &Connection,
    received: Option<&ReceivedId>,
    since: Option<DateTime<Utc>>,
    most: u32,
) -> Result<Vec<(ReceivedId, Snapshot)>> {
    let mut statement = connection.prepare_cached(
        "SELECT received_id, document FROM snapshots
         WHERE (?1 IS NULL OR received_id = ?1) AND (?2 IS NULL OR started_at >= ?2)
         ORDER BY started_at DESC, id LIMIT ?3",
    )?;
    let of = params![received.map(|id| id.as_str()), since.map(Time), most];
    let rows =
        statement.query_map(of, |row| Ok((super::columns::id(row, 0, ReceivedId::parse)?, json(row, 1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The newest runs of all received shares that fit, at most `most`.
pub(crate) fn find_all(
    connection: &Connection,
    most: usize,
    fits: &dyn Fn(&Snapshot) -> bool,
) -> Result<Vec<Snapshot>> {
    let mut statement =
        connection.prepare_cached("SELECT document FROM snapshots ORDER BY started_at DESC, id")?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while found.len() < most {
        let Some(row) = rows.next()? else { break };
        let run: Snapshot = json(row, 0)?;
        if fits(&run) {
            found.push(run);
        }
    }
    Ok(found)
}

pub(crate) fn find(connection: &Connection, id: &str) -> Result<Option<(ReceivedId, Snapshot)>> {
    let query = "SELECT received_id, document FROM snapshots WHERE id = ?1";
    let row = connection
        .query_row(query, [id], |row| Ok((super::columns::id(row, 0, ReceivedId::parse)?, json(row, 1)?)));
    Ok(row.optional()?)
}

/// Changes the status of a run that goes on; the row as it is then.
pub(crate) fn set_status(
    transaction: &Transaction<'_>,
    id: &str,
    status: SnapshotStatus,
) -> Result<Option<Snapshot>> {
    let Some((received, run)) = find(transaction, id)? else { return Ok(None) };
    save(transaction, &received, &Snapshot { status, ..run })?;
    Ok(find(transaction, id)?.map(|(_, run)| run))
}

/// All runs, summed up by status.
pub(crate) fn sums(connection: &Connection) -> Result<Vec<SnapshotMetrics>> {
    let mut statement = connection.prepare_cached(
        "SELECT json_extract(document, '$.status'), count(*), sum(json_extract(document, '$.files_written')),
                sum(json_extract(document, '$.bytes_written')), sum(json_extract(document, '$.files_failed')),
                sum(coalesce(json_extract(document, '$.duration_ms'), 0)), ended_at IS NOT NULL AS ended
         FROM snapshots GROUP BY 1, ended ORDER BY 1",
    )?;
    let number = |row: &rusqlite::Row<'_>, index| row.get::<_, i64>(index).map(i64::cast_unsigned);
    let rows = statement.query_map([], |row| {
        Ok(SnapshotMetrics {
            status: row.get(0)?,
            runs: number(row, 1)?,
            files_written: number(row, 2)?,
            bytes_written: number(row, 3)?,
            files_failed: number(row, 4)?,
            duration_ms: number(row, 5)?,
            ended: row.get(6)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Runs that have not ended, of a received share.
pub(crate) fn open(connection: &Connection, received: &ReceivedId) -> Result<Vec<Snapshot>> {
    let runs = list(connection, Some(received), None, 100)?;
    let open = |status: SnapshotStatus| !status.is_terminal() && status != SnapshotStatus::NeedsAttention;
    Ok(runs.into_iter().map(|(_, run)| run).filter(|run| open(run.status)).collect())
}
