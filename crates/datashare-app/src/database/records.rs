//! The signed logs, byte for byte. What is written here once stays as it is.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::Time;
use crate::{AppError, Code, Result};

/// One record of a chain (`share:ID`, `mailbox:ID:out`, `mailbox:ID:in`) as it was written or read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredRecord {
    pub(crate) sequence: u64,
    pub(crate) kind: String,
    pub(crate) at: DateTime<Utc>,
    /// Of the envelope, lower-case hex.
    pub(crate) sha256: String,
    pub(crate) envelope: Vec<u8>,
}

/// Adds a record. The same record again is no error; a different one at its place is [`Code::NotGenuine`], and what is
/// stored stays.
pub(crate) fn append(transaction: &Transaction<'_>, chain: &str, record: &StoredRecord) -> Result<()> {
    const THERE: &str = "SELECT envelope FROM records WHERE chain = ?1 AND sequence = ?2";
    const ADD: &str =
        "INSERT INTO records (chain, sequence, kind, at, sha256, envelope) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let sequence = number(record.sequence)?;
    let there: Option<Vec<u8>> =
        transaction.query_row(THERE, params![chain, sequence], |row| row.get(0)).optional()?;
    match there {
        None => {
            transaction.execute(
                ADD,
                params![chain, sequence, record.kind, Time(record.at), record.sha256, record.envelope],
            )?;
            Ok(())
        }
        Some(envelope) if envelope == record.envelope => Ok(()),
        Some(_) => {
            let message =
                format!("Record {sequence} of the log {chain} is not the one that was seen before.");
            Err(AppError::new(Code::NotGenuine, message)
                .hint("Somebody changed the log in the exchange. Ask the other party; the record seen first is kept."))
        }
    }
}

/// All records of a chain, in order.
pub(crate) fn load(connection: &Connection, chain: &str) -> Result<Vec<StoredRecord>> {
    const LOAD: &str =
        "SELECT sequence, kind, at, sha256, envelope FROM records WHERE chain = ?1 ORDER BY sequence";
    let mut statement = connection.prepare_cached(LOAD)?;
    let records = statement.query_map([chain], record)?.collect::<rusqlite::Result<_>>()?;
    Ok(records)
}

/// The record with the highest number.
pub(crate) fn last(connection: &Connection, chain: &str) -> Result<Option<StoredRecord>> {
    const LAST: &str = "SELECT sequence, kind, at, sha256, envelope FROM records WHERE chain = ?1 ORDER BY sequence DESC LIMIT 1";
    Ok(connection.query_row(LAST, [chain], record).optional()?)
}

/// The newest record of a kind.
pub(crate) fn newest_of(connection: &Connection, chain: &str, kind: &str) -> Result<Option<StoredRecord>> {
    const NEWEST: &str = "SELECT sequence, kind, at, sha256, envelope FROM records
         WHERE chain = ?1 AND kind = ?2 ORDER BY sequence DESC LIMIT 1";
    Ok(connection.prepare_cached(NEWEST)?.query_row([chain, kind], record).optional()?)
}

/// Forgets a chain that came to nothing: a claim that somebody else was faster with.
pub(crate) fn forget(transaction: &Transaction<'_>, chain: &str) -> Result<()> {
    transaction.execute("DELETE FROM records WHERE chain = ?1", [chain])?;
    transaction.execute("DELETE FROM meta WHERE key = 'pushed:' || ?1", [chain])?;
    Ok(())
}

fn record(row: &Row<'_>) -> rusqlite::Result<StoredRecord> {
    Ok(StoredRecord {
        sequence: row.get::<_, i64>("sequence")?.cast_unsigned(),
        kind: row.get("kind")?,
        at: row.get::<_, Time>("at")?.0,
        sha256: row.get("sha256")?,
        envelope: row.get("envelope")?,
    })
}

/// SQLite numbers are signed.
fn number(sequence: u64) -> Result<i64> {
    let too_large =
        || AppError::new(Code::NotGenuine, format!("{sequence} cannot be the number of a record."));
    i64::try_from(sequence).map_err(|_| too_large())
}
