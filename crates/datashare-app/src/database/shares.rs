//! Sent shares, their terms, datasets and mailboxes as rows.

use chrono::{DateTime, Utc};
use datashare_domain::{
    AcceptanceMode, ConnectionId, DatasetId, DatasetKind, Delivery, MailboxId, PublicationId, ShareId,
    ShareKind,
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::Time;
use super::columns::{id, json, to_json};
use crate::Result;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ShareRow {
    pub(crate) id: ShareId,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) kind: ShareKind,
    pub(crate) connection_id: ConnectionId,
    pub(crate) exchange_prefix: String,
    pub(crate) generation: u64,
    pub(crate) created_at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TermsRow {
    pub(crate) version: u32,
    pub(crate) sha256: String,
    pub(crate) text: String,
    pub(crate) must_be_accepted_again: bool,
    pub(crate) created_at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DatasetRow {
    pub(crate) id: DatasetId,
    pub(crate) share_id: ShareId,
    pub(crate) name: String,
    pub(crate) kind: DatasetKind,
    pub(crate) delivery: Delivery,
    pub(crate) connection_id: ConnectionId,
    pub(crate) path: String,
    /// Marked so when it was added.
    pub(crate) sensitive: bool,
    pub(crate) files: Option<u64>,
    pub(crate) bytes: Option<u64>,
    /// SHA-256 of the listing that recipients were last given.
    pub(crate) listing: Option<String>,
    pub(crate) publication: Option<PublicationId>,
    pub(crate) published_at: Option<DateTime<Utc>>,
    pub(crate) created_at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct MailboxRow {
    pub(crate) id: MailboxId,
    pub(crate) share_id: ShareId,
    pub(crate) email: String,
    pub(crate) acceptance: AcceptanceMode,
    pub(crate) created_at: DateTime<Utc>,
    /// Of the invitation.
    pub(crate) expires_at: DateTime<Utc>,
    /// Of the recipient's access to its mailbox.
    pub(crate) generation: u64,
    /// Of the recipient's access to the data.
    pub(crate) access_expires_at: Option<DateTime<Utc>>,
}

const SHARE: &str =
    "SELECT id, name, description, kind, connection_id, exchange_prefix, generation, created_at
    FROM shares WHERE deleted_at IS NULL";
const SHARE_EVER: &str =
    "SELECT id, name, description, kind, connection_id, exchange_prefix, generation, created_at FROM shares";
const DATASET: &str =
    "SELECT id, share_id, name, kind, delivery, connection_id, path, files, bytes, listing, publication,
    published_at, created_at, sensitive FROM datasets WHERE removed_at IS NULL";
const MAILBOX: &str =
    "SELECT id, share_id, email, acceptance, created_at, expires_at, generation, access_expires_at
    FROM mailboxes";

pub(crate) fn insert_share(transaction: &Transaction<'_>, row: &ShareRow) -> Result<()> {
    transaction.execute(
        "INSERT INTO shares (id, name, description, kind, connection_id, exchange_prefix, generation, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            row.id.as_str(),
            row.name,
            row.description,
            to_json(&row.kind)?,
            row.connection_id.as_str(),
            row.exchange_prefix,
            row.generation.cast_signed(),
            Time(row.created_at)
        ],
    )?;
    Ok(())
}

/// Shares that are not deleted, by name.
pub(crate) fn list_shares(connection: &Connection) -> Result<Vec<ShareRow>> {
    let mut statement = connection.prepare_cached(&format!("{SHARE} ORDER BY name"))?;
    Ok(statement.query_map([], share)?.collect::<rusqlite::Result<_>>()?)
}

/// By id, or by name whatever its case.
pub(crate) fn find_share(connection: &Connection, name_or_id: &str) -> Result<Option<ShareRow>> {
    let query = format!("{SHARE} AND (id = ?1 OR name = ?1) ORDER BY id = ?1 DESC LIMIT 1");
    Ok(connection.query_row(&query, [name_or_id], share).optional()?)
}

/// All shares, deleted ones too, oldest first.
pub(crate) fn list_shares_ever(connection: &Connection) -> Result<Vec<ShareRow>> {
    let mut statement = connection.prepare_cached(&format!("{SHARE_EVER} ORDER BY created_at, id"))?;
    Ok(statement.query_map([], share)?.collect::<rusqlite::Result<_>>()?)
}

/// As [`find_share`], among deleted ones too; what was not deleted comes first, then the newest.
pub(crate) fn find_share_ever(connection: &Connection, name_or_id: &str) -> Result<Option<ShareRow>> {
    let query = format!(
        "{SHARE_EVER} WHERE id = ?1 OR name = ?1 ORDER BY id = ?1 DESC, deleted_at IS NULL DESC, created_at DESC LIMIT 1"
    );
    Ok(connection.query_row(&query, [name_or_id], share).optional()?)
}

pub(crate) fn set_description(
    transaction: &Transaction<'_>,
    share: &ShareId,
    description: &str,
) -> Result<()> {
    transaction.execute("UPDATE shares SET description = ?2 WHERE id = ?1", [share.as_str(), description])?;
    Ok(())
}

pub(crate) fn set_generation(transaction: &Transaction<'_>, share: &ShareId, generation: u64) -> Result<()> {
    let update = "UPDATE shares SET generation = ?2 WHERE id = ?1";
    transaction.execute(update, params![share.as_str(), generation.cast_signed()])?;
    Ok(())
}

pub(crate) fn delete_share(transaction: &Transaction<'_>, share: &ShareId, at: DateTime<Utc>) -> Result<()> {
    transaction
        .execute("UPDATE shares SET deleted_at = ?2 WHERE id = ?1", params![share.as_str(), Time(at)])?;
    Ok(())
}

/// Differs after every change to a share, its mailboxes, what was granted, or what was said to or by its recipients.
pub(crate) fn standing(connection: &Connection, share: &ShareId) -> Result<String> {
    let mut statement = connection.prepare_cached(
        "SELECT concat_ws(' ', s.generation,
            (SELECT max(sequence) FROM records WHERE chain = 'share:' || s.id),
            (SELECT count(*) || ' ' || count(removed_at) FROM datasets WHERE share_id = s.id),
            (SELECT max(version) FROM terms WHERE share_id = s.id),
            (SELECT changed_at FROM schedules WHERE share_id = s.id),
            (SELECT value FROM meta WHERE key = 'generation-to-end:' || s.id),
            (SELECT group_concat(concat_ws(' ', m.id, m.generation, m.access_expires_at,
                (SELECT max(sequence) FROM records WHERE chain = 'mailbox:' || m.id || ':out'),
                (SELECT max(sequence) FROM records WHERE chain = 'mailbox:' || m.id || ':in'),
                (SELECT concat_ws(' ', max(issued_at), max(expires_at), count(ended_at))
                 FROM grants WHERE mailbox_id = m.id),
                (SELECT count(*) FROM meta WHERE key = 'notice-due:' || m.id)), ';')
             FROM mailboxes m WHERE m.share_id = s.id))
         FROM shares s WHERE s.id = ?1",
    )?;
    Ok(statement.query_row([share.as_str()], |row| row.get(0))?)
}

pub(crate) fn insert_terms(transaction: &Transaction<'_>, share: &ShareId, row: &TermsRow) -> Result<()> {
    transaction.execute(
        "INSERT INTO terms (share_id, version, sha256, text, must_be_accepted_again, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            share.as_str(),
            row.version,
            row.sha256,
            row.text,
            row.must_be_accepted_again,
            Time(row.created_at)
        ],
    )?;
    Ok(())
}

/// Newest first.
pub(crate) fn list_terms(connection: &Connection, share: &ShareId) -> Result<Vec<TermsRow>> {
    let mut statement = connection.prepare_cached(
        "SELECT version, sha256, text, must_be_accepted_again, created_at FROM terms WHERE share_id = ?1
         ORDER BY version DESC",
    )?;
    let rows = statement.query_map([share.as_str()], |row| {
        Ok(TermsRow {
            version: row.get(0)?,
            sha256: row.get(1)?,
            text: row.get(2)?,
            must_be_accepted_again: row.get(3)?,
            created_at: row.get::<_, Time>(4)?.0,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn insert_dataset(transaction: &Transaction<'_>, row: &DatasetRow) -> Result<()> {
    transaction.execute(
        "INSERT INTO datasets (id, share_id, name, kind, delivery, connection_id, path, files, bytes, created_at, sensitive)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        params![
            row.id.as_str(),
            row.share_id.as_str(),
            row.name,
            to_json(&row.kind)?,
            to_json(&row.delivery)?,
            row.connection_id.as_str(),
            row.path,
            row.files.map(u64::cast_signed),
            row.bytes.map(u64::cast_signed),
            Time(row.created_at),
            row.sensitive
        ],
    )?;
    Ok(())
}

/// Datasets of a share that are not removed, by name.
pub(crate) fn list_datasets(connection: &Connection, share: &ShareId) -> Result<Vec<DatasetRow>> {
    let mut statement = connection.prepare_cached(&format!("{DATASET} AND share_id = ?1 ORDER BY name"))?;
    Ok(statement.query_map([share.as_str()], dataset)?.collect::<rusqlite::Result<_>>()?)
}

/// Datasets of a share, also those that were taken out of it.
pub(crate) fn list_all_datasets(connection: &Connection, share: &ShareId) -> Result<Vec<DatasetRow>> {
    let every = DATASET.replace("removed_at IS NULL", "share_id = ?1");
    let mut statement = connection.prepare_cached(&format!("{every} ORDER BY name"))?;
    Ok(statement.query_map([share.as_str()], dataset)?.collect::<rusqlite::Result<_>>()?)
}

/// What was last counted and given to recipients.
pub(crate) fn set_listing(
    transaction: &Transaction<'_>,
    dataset: &DatasetId,
    files: u64,
    bytes: u64,
    listing: Option<&str>,
) -> Result<()> {
    transaction.execute(
        "UPDATE datasets SET files = ?2, bytes = ?3, listing = ?4 WHERE id = ?1",
        params![dataset.as_str(), files.cast_signed(), bytes.cast_signed(), listing],
    )?;
    Ok(())
}

pub(crate) fn set_published(
    transaction: &Transaction<'_>,
    dataset: &DatasetId,
    publication: &PublicationId,
    at: DateTime<Utc>,
) -> Result<()> {
    transaction.execute(
        "UPDATE datasets SET publication = ?2, published_at = ?3 WHERE id = ?1",
        params![dataset.as_str(), publication.as_str(), Time(at)],
    )?;
    Ok(())
}

pub(crate) fn remove_dataset(
    transaction: &Transaction<'_>,
    dataset: &DatasetId,
    at: DateTime<Utc>,
) -> Result<()> {
    transaction
        .execute("UPDATE datasets SET removed_at = ?2 WHERE id = ?1", params![dataset.as_str(), Time(at)])?;
    Ok(())
}

pub(crate) fn insert_mailbox(transaction: &Transaction<'_>, row: &MailboxRow) -> Result<()> {
    transaction.execute(
        "INSERT INTO mailboxes (id, share_id, email, acceptance, created_at, expires_at, generation, access_expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            row.id.as_str(),
            row.share_id.as_str(),
            row.email,
            to_json(&row.acceptance)?,
            Time(row.created_at),
            Time(row.expires_at),
            row.generation.cast_signed(),
            row.access_expires_at.map(Time)
        ],
    )?;
    Ok(())
}

/// Mailboxes of a share, oldest first.
pub(crate) fn list_mailboxes(connection: &Connection, share: &ShareId) -> Result<Vec<MailboxRow>> {
    let mut statement =
        connection.prepare_cached(&format!("{MAILBOX} WHERE share_id = ?1 ORDER BY created_at, id"))?;
    Ok(statement.query_map([share.as_str()], mailbox)?.collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn find_mailbox(connection: &Connection, id: &str) -> Result<Option<MailboxRow>> {
    Ok(connection.query_row(&format!("{MAILBOX} WHERE id = ?1"), [id], mailbox).optional()?)
}

pub(crate) fn set_mailbox_access(
    transaction: &Transaction<'_>,
    mailbox: &MailboxId,
    generation: u64,
    expires_at: Option<DateTime<Utc>>,
) -> Result<()> {
    transaction.execute(
        "UPDATE mailboxes SET generation = ?2, access_expires_at = ?3 WHERE id = ?1",
        params![mailbox.as_str(), generation.cast_signed(), expires_at.map(Time)],
    )?;
    Ok(())
}

fn share(row: &Row<'_>) -> rusqlite::Result<ShareRow> {
    Ok(ShareRow {
        id: id(row, 0, ShareId::parse)?,
        name: row.get(1)?,
        description: row.get(2)?,
        kind: json(row, 3)?,
        connection_id: id(row, 4, ConnectionId::parse)?,
        exchange_prefix: row.get(5)?,
        generation: row.get::<_, i64>(6)?.cast_unsigned(),
        created_at: row.get::<_, Time>(7)?.0,
    })
}

fn dataset(row: &Row<'_>) -> rusqlite::Result<DatasetRow> {
    let publication: Option<String> = row.get(10)?;
    Ok(DatasetRow {
        id: id(row, 0, DatasetId::parse)?,
        share_id: id(row, 1, ShareId::parse)?,
        name: row.get(2)?,
        kind: json(row, 3)?,
        delivery: json(row, 4)?,
        connection_id: id(row, 5, ConnectionId::parse)?,
        path: row.get(6)?,
        files: row.get::<_, Option<i64>>(7)?.map(i64::cast_unsigned),
        bytes: row.get::<_, Option<i64>>(8)?.map(i64::cast_unsigned),
        listing: row.get(9)?,
        publication: publication.as_deref().and_then(PublicationId::parse),
        published_at: row.get::<_, Option<Time>>(11)?.map(|time| time.0),
        created_at: row.get::<_, Time>(12)?.0,
        sensitive: row.get(13)?,
    })
}

fn mailbox(row: &Row<'_>) -> rusqlite::Result<MailboxRow> {
    Ok(MailboxRow {
        id: id(row, 0, MailboxId::parse)?,
        share_id: id(row, 1, ShareId::parse)?,
        email: row.get(2)?,
        acceptance: json(row, 3)?,
        created_at: row.get::<_, Time>(4)?.0,
        expires_at: row.get::<_, Time>(5)?.0,
        generation: row.get::<_, i64>(6)?.cast_unsigned(),
        access_expires_at: row.get::<_, Option<Time>>(7)?.map(|time| time.0),
    })
}
