//! Which secrets the vault holds: their names, never the secrets. Keyrings cannot list what is theirs, and without the
//! names nothing could be moved to another vault.

use rusqlite::{Connection, Transaction};

use crate::Result;

pub(crate) fn add(transaction: &Transaction<'_>, name: &str) -> Result<()> {
    transaction.execute("INSERT OR IGNORE INTO secret_names (name) VALUES (?1)", [name])?;
    Ok(())
}

pub(crate) fn remove(transaction: &Transaction<'_>, name: &str) -> Result<()> {
    transaction.execute("DELETE FROM secret_names WHERE name = ?1", [name])?;
    Ok(())
}

pub(crate) fn all(connection: &Connection) -> Result<Vec<String>> {
    let mut statement = connection.prepare_cached("SELECT name FROM secret_names ORDER BY name")?;
    let names = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(names)
}
