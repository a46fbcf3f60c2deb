//! The local database: one SQLite file in the workspace, used by the window, the agent and the command line at the same
//! time. It never holds a secret, and it never touches a file that a newer version has written.

pub(crate) mod api;
pub(crate) mod approvals;
pub(crate) mod columns;
pub(crate) mod connections;
mod damage;
pub(crate) mod events;
pub(crate) mod grants;
mod header;
pub(crate) mod meta;
mod migrations;
pub(crate) mod received;
pub(crate) mod records;
pub(crate) mod schedules;
pub(crate) mod secret_names;
pub(crate) mod shares;
pub(crate) mod snapshots;
pub(crate) mod ticks;
mod time;

use std::fs::{File, OpenOptions};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::backup::Backup;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::{AppError, Code, Result};

pub(crate) use time::Time;

/// Name of the database in the workspace's directory.
const FILE: &str = "workspace.db";
/// Held while the database is made or migrated, so that two first starts do not meet.
pub(crate) const LOCK_FILE: &str = "workspace.lock";
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
const PAGES_AT_ONCE: i32 = 1000;

/// The open database. Calls are short and block: inside a closure there is no `await`, and no second call of `read` or
/// `write`, which would wait for itself.
#[derive(Debug)]
pub(crate) struct Database {
    connection: Mutex<Connection>,
}

impl Database {
    /// Opens the database of this workspace and brings it to the newest layout; makes it when there is none.
    /// [`Code::NewerDatabase`] when a newer version has written it, [`Code::DamagedWorkspace`] when it cannot be read; both
    /// leave every file as it was.
    pub(crate) fn open(home: &Path) -> Result<Self> {
        let file = home.join(FILE);
        migrations::refuse_newer(header::layout_version(&file)?)?;
        let lock = File::create(home.join(LOCK_FILE)).and_then(|lock| lock.lock().map(|()| lock));
        let lock = lock.map_err(|error| cannot_write(home, error))?;
        make_private(&file).map_err(|error| cannot_write(home, error))?;
        let connection = prepare(&file).map_err(|error| damage::explain(error, &file))?;
        drop(lock);
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// Reads; all statements of the closure see the same state.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        work(&transaction)
    }

    /// Reads and writes: all of it on `Ok`, nothing of it on `Err`. Waits for other processes at the start, so that what
    /// the closure reads is still so when it writes.
    pub(crate) fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        let mut connection = self.connection();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // A newer version may have been started beside this one in the meantime.
        migrations::refuse_newer(migrations::version(&transaction)?)?;
        let answer = work(&transaction)?;
        transaction.commit()?;
        Ok(answer)
    }

    /// Changes when another connection has written something.
    pub(crate) fn data_version(&self) -> Result<i64> {
        Ok(self.connection().pragma_query_value(None, "data_version", |row| row.get(0))?)
    }

    /// Writes a copy of everything, as it is at one moment, into a new file.
    pub(crate) fn copy_to(&self, file: &Path) -> Result<()> {
        self.connection().execute("VACUUM INTO ?1", [file.to_string_lossy()])?;
        Ok(())
    }

    /// Puts everything that is in another database in place of what is in this one, in the newest layout.
    pub(crate) fn restore_from(&self, file: &Path) -> Result<()> {
        migrations::refuse_newer(header::layout_version(file)?)?;
        let source = prepare(file).map_err(|error| damage::explain(error, file))?;
        let mut connection = self.connection();
        let backup = Backup::new(&source, &mut connection)?;
        backup.run_to_completion(PAGES_AT_ONCE, Duration::ZERO, None)?;
        Ok(())
    }

    /// As fast as memory, and not durable.
    #[cfg(test)]
    pub(crate) fn forget_durability(&self) {
        let _ = self.connection().pragma_update(None, "synchronous", "off");
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // A panic inside a closure has rolled its transaction back: the connection is good.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Differs after every change, whoever made it: what others wrote, and what was written here.
pub(crate) fn state(connection: &Connection) -> Result<(i64, i64)> {
    let own = connection.prepare_cached("SELECT total_changes()")?.query_row([], |row| row.get(0))?;
    Ok((data_version(connection)?, own))
}

/// Differs after every change that another process made.
pub(crate) fn data_version(connection: &Connection) -> Result<i64> {
    Ok(connection.pragma_query_value(None, "data_version", |row| row.get(0))?)
}

/// Makes the file, empty, for nobody but its owner; what SQLite puts beside it gets the same permissions.
fn make_private(file: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(|_| ())
}

fn prepare(file: &Path) -> Result<Connection> {
    let mut connection = Connection::open(file)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "foreign_keys", "on")?;
    // FULL: records are promises to another party; after a power cut the log must not be shorter than what they hold.
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    migrations::migrate(&mut connection, &migrations::MIGRATIONS)?;
    Ok(connection)
}

fn cannot_write(home: &Path, error: std::io::Error) -> AppError {
    AppError::new(Code::Internal, format!("The workspace in {} cannot be written: {error}.", home.display()))
        .hint("Check that the directory belongs to you and that its disk is not full or read-only.")
        .because(error)
}

#[cfg(test)]
mod tests;
