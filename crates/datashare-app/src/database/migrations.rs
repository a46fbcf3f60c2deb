//! The layouts of the database, in order. `PRAGMA user_version` is the number of the last one that was applied.

use rusqlite::{Connection, TransactionBehavior};

use crate::{AppError, Code, Result};

/// Never edited once released: a change is a new one at the end.
pub(super) const MIGRATIONS: [&str; 9] = [
    include_str!("0001_workspace.sql"),
    include_str!("0002_begun.sql"),
    include_str!("0003_approvals.sql"),
    include_str!("0004_schedules.sql"),
    include_str!("0005_events.sql"),
    include_str!("0006_api.sql"),
    include_str!("0008_full_runs.sql"),
    include_str!("0009_api_seats.sql"),
    include_str!("0010_looks.sql"),
];

pub(super) fn version(connection: &Connection) -> Result<u32> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// [`Code::NewerDatabase`] for a version that this program does not know.
pub(super) fn refuse_newer(version: u32) -> Result<()> {
    let known = MIGRATIONS.len() as u32;
    if version <= known {
        return Ok(());
    }
    let message = format!(
        "This workspace was written by a newer version of Datashare (layout {version}; this version knows {known})."
    );
    Err(AppError::new(Code::NewerDatabase, message)
        .hint("Install the newest version of Datashare. Nothing in the workspace was changed."))
}

/// Applies what is missing, each migration whole or not at all.
pub(super) fn migrate(connection: &mut Connection, migrations: &[&str]) -> Result<()> {
    for (number, migration) in (1..).zip(migrations) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Asked again inside the transaction: another process may have been first.
        if version(&transaction)? < number {
            transaction.execute_batch(migration)?;
            transaction.pragma_update(None, "user_version", number)?;
        }
        transaction.commit()?;
    }
    refuse_newer(version(connection)?)?;
    // Into the file at once, where the header shows the layout to every version.
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
    Ok(())
}
