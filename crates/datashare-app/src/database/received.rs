//! Received shares and their mappings as rows, and what each mapping is known to hold.

use chrono::{DateTime, Utc};
use datashare_domain::{ConnectionId, DatasetId, MailboxId, ReceivedId};
use datashare_protocol::MeetingPlace;
use datashare_storage::VersionTag;
use datashare_transfer::{ArrivedFile, Begun};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};

use super::columns::{id, json, to_json};
use super::{Time, meta};
use crate::Result;

/// The ticket without its secrets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct InvitationPlace {
    pub(crate) place: MeetingPlace,
    /// The provider's signing key, as the ticket named it.
    pub(crate) provider_key: [u8; 32],
    pub(crate) expires_at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ReceivedRow {
    pub(crate) id: ReceivedId,
    pub(crate) name: String,
    pub(crate) mailbox_id: MailboxId,
    pub(crate) invitation: InvitationPlace,
    pub(crate) exchange_folder: Option<String>,
    /// Highest manifest version seen.
    pub(crate) manifest_version: u64,
    pub(crate) created_at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct MappingRow {
    pub(crate) dataset_id: DatasetId,
    pub(crate) connection_id: ConnectionId,
    pub(crate) path: String,
}

const RECEIVED: &str =
    "SELECT id, name, mailbox_id, invitation, exchange_folder, manifest_version, created_at
    FROM received WHERE left_at IS NULL";
const RECEIVED_EVER: &str =
    "SELECT id, name, mailbox_id, invitation, exchange_folder, manifest_version, created_at FROM received";

pub(crate) fn insert(transaction: &Transaction<'_>, row: &ReceivedRow) -> Result<()> {
    transaction.execute(
        "INSERT INTO received (id, name, mailbox_id, invitation, exchange_folder, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            row.id.as_str(),
            row.name,
            row.mailbox_id.as_str(),
            to_json(&row.invitation)?,
            row.exchange_folder,
            Time(row.created_at)
        ],
    )?;
    Ok(())
}

/// Received shares that were not left, by name.
pub(crate) fn list(connection: &Connection) -> Result<Vec<ReceivedRow>> {
    let mut statement = connection.prepare_cached(&format!("{RECEIVED} ORDER BY name"))?;
    Ok(statement.query_map([], received)?.collect::<rusqlite::Result<_>>()?)
}

/// Received shares that were left.
pub(crate) fn list_left(connection: &Connection) -> Result<Vec<ReceivedRow>> {
    let left = RECEIVED.replace("left_at IS NULL", "left_at IS NOT NULL");
    let mut statement = connection.prepare_cached(&left)?;
    Ok(statement.query_map([], received)?.collect::<rusqlite::Result<_>>()?)
}

/// All received shares, those that were left too, oldest first.
pub(crate) fn list_ever(connection: &Connection) -> Result<Vec<ReceivedRow>> {
    let mut statement = connection.prepare_cached(&format!("{RECEIVED_EVER} ORDER BY created_at, id"))?;
    Ok(statement.query_map([], received)?.collect::<rusqlite::Result<_>>()?)
}

/// As [`find`], among those that were left too; what was not left comes first, then the newest.
pub(crate) fn find_ever(connection: &Connection, name_or_id: &str) -> Result<Option<ReceivedRow>> {
    let query = format!(
        "{RECEIVED_EVER} WHERE id = ?1 OR name = ?1 ORDER BY id = ?1 DESC, left_at IS NULL DESC, created_at DESC LIMIT 1"
    );
    Ok(connection.query_row(&query, [name_or_id], received).optional()?)
}

/// By id, or by name whatever its case.
pub(crate) fn find(connection: &Connection, name_or_id: &str) -> Result<Option<ReceivedRow>> {
    let query = format!("{RECEIVED} AND (id = ?1 OR name = ?1) ORDER BY id = ?1 DESC LIMIT 1");
    Ok(connection.query_row(&query, [name_or_id], received).optional()?)
}

pub(crate) fn find_by_mailbox(connection: &Connection, mailbox: &MailboxId) -> Result<Option<ReceivedRow>> {
    let query = format!("{RECEIVED} AND mailbox_id = ?1");
    Ok(connection.query_row(&query, [mailbox.as_str()], received).optional()?)
}

/// Forgets an acceptance that did not come about.
pub(crate) fn forget(transaction: &Transaction<'_>, id: &ReceivedId) -> Result<()> {
    transaction.execute("DELETE FROM received WHERE id = ?1", [id.as_str()])?;
    Ok(())
}

pub(crate) fn leave(transaction: &Transaction<'_>, id: &ReceivedId, at: DateTime<Utc>) -> Result<()> {
    transaction.execute("UPDATE received SET left_at = ?2 WHERE id = ?1", params![id.as_str(), Time(at)])?;
    Ok(())
}

/// Never goes back. The hash of each manifest is kept: receipts name it, and the next manifest has to.
/// Differs after every change to what was said in a mailbox, and to where it is found.
pub(crate) fn standing(connection: &Connection, mailbox: &MailboxId) -> Result<String> {
    let mut statement = connection.prepare_cached(
        "SELECT concat_ws(' ', exchange_folder,
            (SELECT max(sequence) FROM records WHERE chain = 'mailbox:' || ?1 || ':out'),
            (SELECT max(sequence) FROM records WHERE chain = 'mailbox:' || ?1 || ':in'),
            (SELECT value FROM meta WHERE key = 'pushed:mailbox:' || ?1 || ':in'))
         FROM received WHERE mailbox_id = ?1",
    )?;
    Ok(statement.query_row([mailbox.as_str()], |row| row.get(0))?)
}

pub(crate) fn pin_manifest(
    transaction: &Transaction<'_>,
    id: &ReceivedId,
    version: u64,
    sha256: &str,
) -> Result<()> {
    meta::set(transaction, &manifest_key(id, version), sha256)?;
    transaction.execute(
        "UPDATE received SET manifest_version = max(manifest_version, ?2) WHERE id = ?1",
        params![id.as_str(), version.cast_signed()],
    )?;
    Ok(())
}

/// Hex SHA-256 of a manifest's envelope, when it was read.
pub(crate) fn manifest_sha256(
    connection: &Connection,
    id: &ReceivedId,
    version: u64,
) -> Result<Option<String>> {
    meta::get(connection, &manifest_key(id, version))
}

fn manifest_key(id: &ReceivedId, version: u64) -> String {
    format!("manifest:{id}:{version}")
}

pub(crate) fn list_mappings(connection: &Connection, received: &ReceivedId) -> Result<Vec<MappingRow>> {
    let mut statement = connection
        .prepare_cached("SELECT dataset_id, connection_id, path FROM mappings WHERE received_id = ?1")?;
    let rows = statement.query_map([received.as_str()], |row| {
        Ok(MappingRow {
            dataset_id: id(row, 0, DatasetId::parse)?,
            connection_id: id(row, 1, ConnectionId::parse)?,
            path: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Sets a mapping. A target that changes is known to hold nothing.
pub(crate) fn set_mapping(
    transaction: &Transaction<'_>,
    received: &ReceivedId,
    row: &MappingRow,
    at: DateTime<Utc>,
) -> Result<()> {
    let same: bool = transaction.query_row(
        "SELECT EXISTS (SELECT 1 FROM mappings WHERE received_id = ?1 AND dataset_id = ?2 AND connection_id = ?3 AND path = ?4)",
        params![received.as_str(), row.dataset_id.as_str(), row.connection_id.as_str(), row.path],
        |row| row.get(0),
    )?;
    if same {
        return Ok(());
    }
    clear_mapping(transaction, received, &row.dataset_id)?;
    transaction.execute(
        "INSERT INTO mappings (received_id, dataset_id, connection_id, path, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![received.as_str(), row.dataset_id.as_str(), row.connection_id.as_str(), row.path, Time(at)],
    )?;
    Ok(())
}

pub(crate) fn clear_mapping(
    transaction: &Transaction<'_>,
    received: &ReceivedId,
    dataset: &DatasetId,
) -> Result<()> {
    let of = params![received.as_str(), dataset.as_str()];
    transaction.execute("DELETE FROM mappings WHERE received_id = ?1 AND dataset_id = ?2", of)?;
    transaction.execute("DELETE FROM arrived WHERE received_id = ?1 AND dataset_id = ?2", of)?;
    transaction.execute("DELETE FROM begun WHERE received_id = ?1 AND dataset_id = ?2", of)?;
    Ok(())
}

/// What a target is known to hold of one file; of those only that this full snapshot wrote, if one is given.
pub(crate) fn known(
    connection: &Connection,
    received: &str,
    dataset: &str,
    path: &str,
    written_in: Option<&str>,
) -> Result<Option<ArrivedFile>> {
    let mut statement = connection.prepare_cached(
        "SELECT version, size, modified, target_version FROM arrived
         WHERE received_id = ?1 AND dataset_id = ?2 AND path = ?3 AND (?4 IS NULL OR written_in = ?4)",
    )?;
    Ok(statement.query_row(params![received, dataset, path, written_in], arrived_file).optional()?)
}

/// From the columns version, size, modified, target_version.
fn arrived_file(row: &Row<'_>) -> rusqlite::Result<ArrivedFile> {
    Ok(ArrivedFile {
        version: VersionTag(row.get(0)?),
        size: row.get::<_, i64>(1)?.cast_unsigned(),
        modified: row.get::<_, Option<Time>>(2)?.map(|time| time.0),
        target_version: VersionTag(row.get(3)?),
    })
}

pub(crate) fn arrived(
    transaction: &Transaction<'_>,
    received: &str,
    dataset: &str,
    path: &str,
    file: &ArrivedFile,
    written_in: Option<&str>,
) -> Result<()> {
    let mut statement = transaction.prepare_cached(
        "INSERT OR REPLACE INTO arrived
         (received_id, dataset_id, path, version, size, modified, target_version, written_in)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    statement.execute(params![
        received,
        dataset,
        path,
        file.version.0,
        file.size.cast_signed(),
        file.modified.map(Time),
        file.target_version.0,
        written_in
    ])?;
    Ok(())
}

/// Remembered files after a path, in order of path bytes: a page of them.
pub(crate) fn known_after(
    connection: &Connection,
    received: &str,
    dataset: &str,
    path: Option<&str>,
) -> Result<Vec<(String, ArrivedFile)>> {
    let mut statement = connection.prepare_cached(
        "SELECT version, size, modified, target_version, path FROM arrived
         WHERE received_id = ?1 AND dataset_id = ?2 AND path > ?3 ORDER BY path LIMIT 1000",
    )?;
    let rows = statement.query_map([received, dataset, path.unwrap_or_default()], |row| {
        Ok((row.get(4)?, arrived_file(row)?))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn forget_file(
    transaction: &Transaction<'_>,
    received: &str,
    dataset: &str,
    path: &str,
) -> Result<()> {
    let mut statement = transaction
        .prepare_cached("DELETE FROM arrived WHERE received_id = ?1 AND dataset_id = ?2 AND path = ?3")?;
    statement.execute(params![received, dataset, path])?;
    Ok(())
}

/// How far a large file of a mapping is.
pub(crate) fn begun(
    connection: &Connection,
    received: &str,
    dataset: &str,
    path: &str,
) -> Result<Option<Begun>> {
    let mut statement = connection
        .prepare_cached("SELECT file FROM begun WHERE received_id = ?1 AND dataset_id = ?2 AND path = ?3")?;
    let file: Option<String> = statement.query_row([received, dataset, path], |row| row.get(0)).optional()?;
    // What cannot be read any more is begun anew.
    Ok(file.and_then(|file| serde_json::from_str(&file).ok()))
}

pub(crate) fn progressed(
    transaction: &Transaction<'_>,
    received: &str,
    dataset: &str,
    path: &str,
    file: &Begun,
) -> Result<()> {
    let file = serde_json::to_string(file)?;
    let mut statement = transaction.prepare_cached(
        "INSERT OR REPLACE INTO begun (received_id, dataset_id, path, file) VALUES (?1, ?2, ?3, ?4)",
    )?;
    statement.execute(params![received, dataset, path, file])?;
    Ok(())
}

/// The file is whole at the target.
pub(crate) fn not_begun(
    transaction: &Transaction<'_>,
    received: &str,
    dataset: &str,
    path: &str,
) -> Result<()> {
    let mut statement = transaction
        .prepare_cached("DELETE FROM begun WHERE received_id = ?1 AND dataset_id = ?2 AND path = ?3")?;
    statement.execute(params![received, dataset, path])?;
    Ok(())
}

fn received(row: &Row<'_>) -> rusqlite::Result<ReceivedRow> {
    Ok(ReceivedRow {
        id: id(row, 0, ReceivedId::parse)?,
        name: row.get(1)?,
        mailbox_id: id(row, 2, MailboxId::parse)?,
        invitation: json(row, 3)?,
        exchange_folder: row.get(4)?,
        manifest_version: row.get::<_, i64>(5)?.cast_unsigned(),
        created_at: row.get::<_, Time>(6)?.0,
    })
}
