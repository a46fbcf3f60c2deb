//! Requests for a second person's approval as rows, with their answers.

use chrono::{DateTime, Utc};
use datashare_domain::{ApprovalId, ShareId};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::Time;
use super::columns::id;
use crate::Result;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ApprovalRow {
    pub(crate) id: ApprovalId,
    pub(crate) share_id: ShareId,
    /// The signed envelopes.
    pub(crate) request: Vec<u8>,
    pub(crate) answer: Option<Vec<u8>>,
    pub(crate) asked_at: DateTime<Utc>,
    /// When all that was approved had been done.
    pub(crate) done_at: Option<DateTime<Utc>>,
}

const APPROVAL: &str = "SELECT id, share_id, request, answer, asked_at, done_at FROM approvals";

pub(crate) fn insert(transaction: &Transaction<'_>, row: &ApprovalRow) -> Result<()> {
    transaction.execute(
        "INSERT INTO approvals (id, share_id, request, asked_at) VALUES (?1, ?2, ?3, ?4)",
        params![row.id.as_str(), row.share_id.as_str(), row.request, Time(row.asked_at)],
    )?;
    Ok(())
}

/// All requests, newest first.
pub(crate) fn list(connection: &Connection) -> Result<Vec<ApprovalRow>> {
    let mut statement = connection.prepare_cached(&format!("{APPROVAL} ORDER BY asked_at DESC, id"))?;
    Ok(statement.query_map([], approval)?.collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn find(connection: &Connection, id: &ApprovalId) -> Result<Option<ApprovalRow>> {
    let query = format!("{APPROVAL} WHERE id = ?1");
    Ok(connection.query_row(&query, [id.as_str()], approval).optional()?)
}

/// The first answer stays.
pub(crate) fn set_answer(transaction: &Transaction<'_>, id: &ApprovalId, answer: &[u8]) -> Result<()> {
    let update = "UPDATE approvals SET answer = ?2 WHERE id = ?1 AND answer IS NULL";
    transaction.execute(update, params![id.as_str(), answer])?;
    Ok(())
}

pub(crate) fn set_done(transaction: &Transaction<'_>, id: &ApprovalId, at: DateTime<Utc>) -> Result<()> {
    transaction.execute("UPDATE approvals SET done_at = ?2 WHERE id = ?1", params![id.as_str(), Time(at)])?;
    Ok(())
}

fn approval(row: &Row<'_>) -> rusqlite::Result<ApprovalRow> {
    Ok(ApprovalRow {
        id: id(row, 0, ApprovalId::parse)?,
        share_id: id(row, 1, ShareId::parse)?,
        request: row.get(2)?,
        answer: row.get(3)?,
        asked_at: row.get::<_, Time>(4)?.0,
        done_at: row.get::<_, Option<Time>>(5)?.map(|time| time.0),
    })
}
