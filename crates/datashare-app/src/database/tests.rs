#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use chrono::DateTime;
use rusqlite::Connection;
use tempfile::TempDir;

use super::records::{StoredRecord, append, last, load};
use super::*;

fn home() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// Every file with its bytes.
fn files(home: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(home).unwrap().map(Result::unwrap);
    entries.map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())).collect()
}

fn refused_untouched(home: &Path, code: Code) -> AppError {
    let before = files(home);
    let error = Database::open(home).unwrap_err();
    assert_eq!(error.code, code);
    assert!(error.hint.is_some());
    assert!(before == files(home), "files changed: {:?} to {:?}", before.keys(), files(home).keys());
    error
}

fn record(sequence: u64, envelope: &[u8]) -> StoredRecord {
    StoredRecord {
        sequence,
        kind: "offer".into(),
        at: DateTime::parse_from_rfc3339("2026-11-21T04:00:00.125Z").unwrap().to_utc(),
        sha256: "00".into(),
        envelope: envelope.to_vec(),
    }
}

#[test]
fn a_new_workspace_has_the_newest_layout_and_opens_again() {
    let home = home();
    let database = Database::open(home.path()).unwrap();
    database.write(|transaction| meta::set(transaction, "key", "value")).unwrap();
    drop(database);
    let database = Database::open(home.path()).unwrap();
    assert_eq!(database.read(|connection| meta::get(connection, "key")).unwrap().as_deref(), Some("value"));
    let version = database.read(migrations::version).unwrap();
    assert_eq!(version as usize, migrations::MIGRATIONS.len());
}

#[cfg(unix)]
#[test]
fn the_database_is_its_owners_alone_wherever_it_lies() {
    use std::os::unix::fs::PermissionsExt;
    let home = home();
    let database = Database::open(home.path()).unwrap();
    database.write(|transaction| meta::set(transaction, "key", "value")).unwrap();
    for name in ["workspace.db", "workspace.db-wal", "workspace.db-shm"] {
        let mode = fs::metadata(home.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn writes_are_durable_and_keys_are_checked() {
    let home = home();
    let database = Database::open(home.path()).unwrap();
    let pragma = |name: &str| -> String {
        let ask = |connection: &Connection| {
            Ok(connection.pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0))?)
        };
        format!("{:?}", database.read(ask).unwrap())
    };
    assert_eq!(pragma("journal_mode"), "Text(\"wal\")");
    assert_eq!(pragma("synchronous"), "Integer(2)");
    let orphan = "INSERT INTO terms VALUES ('none', 1, '', '', 0, '')";
    assert!(database.write(|transaction| Ok(transaction.execute(orphan, [])?)).is_err());
}

#[test]
fn a_migration_that_fails_leaves_the_layout_before_it() {
    let mut connection = Connection::open_in_memory().unwrap();
    let good = "CREATE TABLE one (a INTEGER) STRICT;";
    let bad = "CREATE TABLE two (a INTEGER) STRICT; CREATE TABLE one (b INTEGER) STRICT;";
    assert!(migrations::migrate(&mut connection, &[good, bad]).is_err());
    assert_eq!(migrations::version(&connection).unwrap(), 1);
    assert!(!connection.table_exists(None, "two").unwrap());
}

#[test]
fn later_migrations_are_applied_once() {
    let mut connection = Connection::open_in_memory().unwrap();
    let first = "CREATE TABLE one (a INTEGER) STRICT;";
    migrations::migrate(&mut connection, &[first]).unwrap();
    connection.execute("INSERT INTO one VALUES (1)", []).unwrap();
    // No newer than what this version knows, else it would be refused.
    migrations::migrate(&mut connection, &[first]).unwrap();
    let kept: i64 = connection.query_row("SELECT count(*) FROM one", [], |row| row.get(0)).unwrap();
    assert_eq!(kept, 1);
}

#[test]
fn a_newer_database_is_refused_and_left_as_it_is() {
    let home = home();
    drop(Database::open(home.path()).unwrap());
    let connection = Connection::open(home.path().join(FILE)).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    connection.execute("CREATE TABLE of_the_future (a INTEGER)", []).unwrap();
    drop(connection);
    fs::remove_file(home.path().join(LOCK_FILE)).unwrap();
    let error = refused_untouched(home.path(), Code::NewerDatabase);
    assert!(error.message.contains("99"), "{error}");
}

/// A newer version that was killed leaves its layout in the write-ahead log only.
#[test]
fn a_newer_layout_that_waits_in_the_log_is_refused_too() {
    let (home, killed) = (home(), self::home());
    drop(Database::open(home.path()).unwrap());
    let connection = Connection::open(home.path().join(FILE)).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    // Copied while it is open: as a kill would leave it.
    for (name, bytes) in files(home.path()) {
        fs::write(killed.path().join(name), bytes).unwrap();
    }
    assert!(files(killed.path()).contains_key("workspace.db-wal"));
    refused_untouched(killed.path(), Code::NewerDatabase);
}

#[test]
fn nothing_is_written_beside_a_newer_version_that_was_started_meanwhile() {
    let home = home();
    let database = Database::open(home.path()).unwrap();
    let newer = Connection::open(home.path().join(FILE)).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    let error = database.write(|transaction| meta::set(transaction, "key", "value")).unwrap_err();
    assert_eq!(error.code, Code::NewerDatabase);
    assert_eq!(meta::get(&newer, "key").unwrap(), None);
}

#[test]
fn a_damaged_database_is_named_and_left_as_it_is() {
    let home = home();
    drop(Database::open(home.path()).unwrap());
    let file = home.path().join(FILE);
    let whole = fs::read(&file).unwrap();
    let garbage = vec![0x5a; whole.len()];
    let beheaded = whole[50..].to_vec();
    let short = whole[..60].to_vec();
    let half = whole[..whole.len() / 2].to_vec();
    let mut scrambled = whole.clone();
    scrambled[100..4096].fill(0xff);
    for (what, bytes) in [
        ("garbage", garbage),
        ("beheaded", beheaded),
        ("short", short),
        ("half", half),
        ("scrambled", scrambled),
    ] {
        fs::write(&file, &bytes).unwrap();
        let error = Database::open(home.path()).expect_err(what);
        assert_eq!(error.code, Code::DamagedWorkspace, "{what}: {error:?}");
        assert!(error.hint.is_some_and(|hint| hint.contains("backup")), "{what}");
        assert!(fs::read(&file).unwrap() == bytes, "{what}: the file was changed");
    }
}

#[test]
fn a_write_that_fails_leaves_nothing() {
    let home = home();
    let database = Database::open(home.path()).unwrap();
    let failed: Result<()> = database.write(|transaction| {
        meta::set(transaction, "key", "value")?;
        Err(AppError::invalid("no"))
    });
    assert!(failed.is_err());
    assert_eq!(database.read(|connection| meta::get(connection, "key")).unwrap(), None);
}

/// Each has its own connection, as the window, the agent and the command line have.
#[test]
fn first_starts_and_writes_at_the_same_time_lose_nothing() {
    const WRITERS: u64 = 6;
    const WRITES: u64 = 20;
    let home = home();
    std::thread::scope(|scope| {
        for _ in 0..WRITERS {
            scope.spawn(|| {
                let database = Database::open(home.path()).unwrap();
                for _ in 0..WRITES {
                    database
                        .write(|transaction| {
                            let count: u64 =
                                meta::get(transaction, "count")?.map_or(0, |text| text.parse().unwrap());
                            meta::set(transaction, "count", &(count + 1).to_string())
                        })
                        .unwrap();
                }
            });
        }
    });
    let database = Database::open(home.path()).unwrap();
    let count = database.read(|connection| meta::get(connection, "count")).unwrap();
    assert_eq!(count, Some((WRITERS * WRITES).to_string()));
}

#[test]
fn records_come_back_in_order_byte_for_byte() {
    let home = home();
    let database = Database::open(home.path()).unwrap();
    let (first, second) = (record(0, b"\x00first\xff"), record(1, b"second"));
    database
        .write(|transaction| {
            append(transaction, "share:a", &second)?;
            append(transaction, "share:a", &first)?;
            append(transaction, "share:b", &record(7, b"other"))
        })
        .unwrap();
    assert_eq!(database.read(|connection| load(connection, "share:a")).unwrap(), [first, second.clone()]);
    assert_eq!(database.read(|connection| last(connection, "share:a")).unwrap(), Some(second));
    assert_eq!(database.read(|connection| last(connection, "share:c")).unwrap(), None);
}

#[test]
fn a_record_once_seen_cannot_be_replaced() {
    let home = home();
    let database = Database::open(home.path()).unwrap();
    let seen = record(3, b"seen first");
    database.write(|transaction| append(transaction, "mailbox:m:in", &seen)).unwrap();
    database.write(|transaction| append(transaction, "mailbox:m:in", &seen)).unwrap();
    let changed = record(3, b"changed");
    let error = database.write(|transaction| append(transaction, "mailbox:m:in", &changed)).unwrap_err();
    assert_eq!(error.code, Code::NotGenuine);
    assert_eq!(database.read(|connection| load(connection, "mailbox:m:in")).unwrap(), [seen]);
}

/// With a thousand triggers and ten thousand mailboxes these are asked every second or two.
#[test]
fn what_is_due_and_the_newest_records_are_found_by_an_index() {
    let home = home();
    let database = Database::open(home.path()).unwrap();
    let plan = |query: &str| {
        let ask = |connection: &Connection| {
            let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {query}"))?;
            let lines = statement.query_map([], |row| row.get::<_, String>("detail"))?;
            Ok(lines.collect::<rusqlite::Result<Vec<_>>>()?.join("; "))
        };
        database.read(ask).unwrap()
    };
    for (query, index) in [
        ("SELECT received_id FROM triggers WHERE look_at IS NULL OR look_at <= 'now'", "triggers_by_look"),
        ("SELECT share_id FROM schedules WHERE look_at IS NULL OR look_at <= 'now'", "schedules_by_look"),
        ("SELECT max(sequence) FROM records WHERE chain = 'share:a'", "records_by_place"),
    ] {
        let plan = plan(query);
        assert!(plan.contains(index) && !plan.contains("SCAN"), "{query}: {plan}");
    }
}
