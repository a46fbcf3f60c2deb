//! Connections as rows. A removed connection stays as a row: deleted shares and ended mappings still name it.

use chrono::{DateTime, Utc};
use datashare_domain::ConnectionId;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::Time;
use crate::Result;
use crate::dto::{ConnectionSettings, CredentialKind};

/// One connection, without its secret.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ConnectionRow {
    pub(crate) id: ConnectionId,
    pub(crate) name: String,
    pub(crate) settings: ConnectionSettings,
    pub(crate) credential: CredentialKind,
    pub(crate) created_at: DateTime<Utc>,
}

const COLUMNS: &str =
    "SELECT id, name, settings, credential, created_at FROM connections WHERE removed_at IS NULL";

pub(crate) fn insert(transaction: &Transaction<'_>, row: &ConnectionRow) -> Result<()> {
    const INSERT: &str =
        "INSERT INTO connections (id, name, settings, credential, created_at) VALUES (?1, ?2, ?3, ?4, ?5)";
    let settings = serde_json::to_string(&row.settings)?;
    let credential = serde_json::to_string(&row.credential)?;
    transaction
        .execute(INSERT, params![row.id.as_str(), row.name, settings, credential, Time(row.created_at)])?;
    Ok(())
}

/// All connections that are not removed, by name.
pub(crate) fn list(connection: &Connection) -> Result<Vec<ConnectionRow>> {
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} ORDER BY name"))?;
    let rows = statement.query_map([], row)?.collect::<rusqlite::Result<_>>()?;
    Ok(rows)
}

/// By id, or by name whatever its case.
pub(crate) fn find(connection: &Connection, name_or_id: &str) -> Result<Option<ConnectionRow>> {
    let query = format!("{COLUMNS} AND (id = ?1 OR name = ?1) ORDER BY id = ?1 DESC LIMIT 1");
    Ok(connection.query_row(&query, [name_or_id], row).optional()?)
}

/// Marks it removed; its name is free again.
pub(crate) fn remove(transaction: &Transaction<'_>, id: &ConnectionId, at: DateTime<Utc>) -> Result<()> {
    transaction
        .execute("UPDATE connections SET removed_at = ?2 WHERE id = ?1", params![id.as_str(), Time(at)])?;
    Ok(())
}

/// Names of the shares and received shares that use it now.
pub(crate) fn used_by(connection: &Connection, id: &ConnectionId) -> Result<Vec<String>> {
    const USED_BY: &str = "
        SELECT name FROM shares WHERE connection_id = ?1 AND deleted_at IS NULL
        UNION
        SELECT shares.name FROM datasets JOIN shares ON shares.id = datasets.share_id
        WHERE datasets.connection_id = ?1 AND datasets.removed_at IS NULL AND shares.deleted_at IS NULL
        UNION
        SELECT received.name FROM mappings JOIN received ON received.id = mappings.received_id
        WHERE mappings.connection_id = ?1 AND received.left_at IS NULL
        ORDER BY 1";
    let mut statement = connection.prepare_cached(USED_BY)?;
    let names = statement.query_map([id.as_str()], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(names)
}

fn row(row: &Row<'_>) -> rusqlite::Result<ConnectionRow> {
    Ok(ConnectionRow {
        id: column(row, 0, |text| ConnectionId::parse(text).ok_or_else(|| "not an id".into()))?,
        name: row.get(1)?,
        settings: column(row, 2, |text| Ok(serde_json::from_str(text)?))?,
        credential: column(row, 3, |text| Ok(serde_json::from_str(text)?))?,
        created_at: row.get::<_, Time>(4)?.0,
    })
}

type Cause = Box<dyn std::error::Error + Send + Sync>;

fn column<T>(
    row: &Row<'_>,
    index: usize,
    parse: impl FnOnce(&str) -> Result<T, Cause>,
) -> rusqlite::Result<T> {
    let text: String = row.get(index)?;
    parse(&text)
        .map_err(|cause| rusqlite::Error::FromSqlConversionFailure(index, rusqlite::types::Type::Text, cause))
}
