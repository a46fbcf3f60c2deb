//! Single values of the workspace, by name.

use rusqlite::{Connection, OptionalExtension, Transaction};

use crate::Result;

/// Id of the workspace, made with the database.
pub(crate) const WORKSPACE: &str = "workspace";
/// Kind of the vault, as in [`crate::dto::VaultKind`]'s JSON.
pub(crate) const VAULT: &str = "vault";
/// Public card, JSON.
pub(crate) const CARD: &str = "card";
/// There while the sample shares are here.
pub(crate) const DEMO: &str = "demo";

/// The mail server, JSON; its password is in the vault.
pub(crate) const MAIL: &str = "mail";
/// What is told where, JSON; addresses and secrets are in the vault.
pub(crate) const NOTIFICATIONS: &str = "notifications";
/// The rules of the workspace, JSON.
pub(crate) const POLICY: &str = "policy";

pub(crate) fn get(connection: &Connection, key: &str) -> Result<Option<String>> {
    Ok(connection.query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0)).optional()?)
}

pub(crate) fn set(transaction: &Transaction<'_>, key: &str, value: &str) -> Result<()> {
    const SET: &str = "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    transaction.execute(SET, [key, value])?;
    Ok(())
}

/// No error when it is not there.
pub(crate) fn remove(transaction: &Transaction<'_>, key: &str) -> Result<()> {
    transaction.execute("DELETE FROM meta WHERE key = ?1", [key])?;
    Ok(())
}
