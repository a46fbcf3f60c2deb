//! The keyring of the operating system, as it is met: unlocked, locked, absent, silent. Each runs in a process of its own,
//! on a session bus of its own, and never touches the keyring of whoever runs the tests.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{CANARY, add_canary, assert_not_in_any_file, initialise, open, status};
use datashare_app::Code;
use datashare_app::dto::{ConnectionName, VaultChoose, VaultKind};
use datashare_secret::Secret;
use tempfile::TempDir;

const HOME: &str = "DATASHARE_TEST_HOME";

fn home() -> PathBuf {
    std::env::var_os(HOME).expect("run by another test of this file").into()
}

/// One test of this file, to be run with nothing of this session's keyring in reach.
struct Apart {
    /// Holds the workspace and whatever the session writes.
    place: TempDir,
}

impl Apart {
    fn new() -> Self {
        Self { place: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> &Path {
        self.place.path()
    }

    fn isolate(&self, mut command: Command) -> Command {
        command.env_remove("DBUS_SESSION_BUS_ADDRESS").env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
        for name in ["HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"] {
            command.env(name, self.path());
        }
        command.env(HOME, self.path().join("workspace"));
        command
    }

    /// These tests, one after the other, each in a process of its own.
    fn tests(&self, names: &[&str]) -> String {
        let program = std::env::current_exe().unwrap();
        let line = |name: &&str| format!("'{}' --exact {name} --ignored --nocapture", program.display());
        names.iter().map(line).collect::<Vec<_>>().join(" && ")
    }

    /// On a session bus of their own, after this preparation.
    fn run_on_bus(&self, preparation: &str, names: &[&str]) {
        for needed in ["dbus-run-session", "gnome-keyring-daemon"] {
            let found = std::env::split_paths(&std::env::var_os("PATH").unwrap())
                .any(|path| path.join(needed).exists());
            assert!(found, "{needed} is missing: apt-get install dbus gnome-keyring");
        }
        let mut command = Command::new("dbus-run-session");
        command.args(["--", "bash", "-c", &format!("set -e; {preparation}; {}", self.tests(names))]);
        assert!(self.isolate(command).status().unwrap().success());
    }

    fn run(&self, bus: Option<&str>, names: &[&str]) {
        let mut command = Command::new("bash");
        command.args(["-c", &self.tests(names)]);
        let mut command = self.isolate(command);
        if let Some(bus) = bus {
            command.env("DBUS_SESSION_BUS_ADDRESS", bus);
        }
        assert!(command.status().unwrap().success());
    }
}

#[test]
fn keys_in_a_keyring_outlive_the_process_and_move() {
    let unlocked = "printf test | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1";
    let apart = Apart::new();
    apart.run_on_bus(unlocked, &["first_process_with_a_keyring", "second_process_with_a_keyring"]);
    assert_not_in_any_file(&apart.path().join("workspace"), CANARY);
}

#[tokio::test]
#[ignore = "run on a bus of its own by keys_in_a_keyring_outlive_the_process_and_move"]
async fn first_process_with_a_keyring() {
    let app = open(&home(), None, None).await;
    let vault = status(&app).await.vault;
    assert_eq!(vault.kind, VaultKind::Keyring);
    assert!(vault.ready && vault.message.is_none(), "{vault:?}");
    initialise(&app).await.unwrap();
    add_canary(&app).await;
}

#[tokio::test]
#[ignore = "run on a bus of its own by keys_in_a_keyring_outlive_the_process_and_move"]
async fn second_process_with_a_keyring() {
    let app = open(&home(), None, None).await;
    let vault = status(&app).await.vault;
    assert!(vault.ready && vault.message.is_none(), "the identity's keys are in the keyring: {vault:?}");
    let lake = || ConnectionName { connection: "lake".into() };
    let check = app.connection_test(lake()).await.expect("its key was found");
    assert_eq!(check.code.as_deref(), Some("unreachable"));

    let to_file = VaultChoose { kind: VaultKind::File, passphrase: Some(Secret::new("pass")) };
    let vault = app.vault_choose(to_file).await.unwrap().vault;
    assert!(vault.ready && vault.message.is_none(), "{vault:?}");
    let entry = || keyring::v1::Entry::new("datashare", &entry_name("identity/signing")).unwrap();
    assert!(matches!(entry().get_password(), Err(keyring::v1::Error::NoEntry)), "moved, not copied");

    let to_keyring = VaultChoose { kind: VaultKind::Keyring, passphrase: None };
    let vault = app.vault_choose(to_keyring).await.unwrap().vault;
    assert!(vault.ready && vault.message.is_none(), "{vault:?}");
    assert!(entry().get_password().is_ok());
    assert!(!home().join("vault.json").exists());

    let key = || {
        keyring::v1::Entry::new("datashare", &entry_name(&format!("connection/{}", connection_id()))).unwrap()
    };
    assert_eq!(key().get_password().unwrap(), CANARY);
    app.connection_remove(lake()).await.unwrap();
    assert!(matches!(key().get_password(), Err(keyring::v1::Error::NoEntry)));
}

fn from_database(query: &str) -> String {
    let database = rusqlite::Connection::open(home().join("workspace.db")).unwrap();
    database.query_row(query, [], |row| row.get(0)).unwrap()
}

fn entry_name(name: &str) -> String {
    format!("{}/{name}", from_database("SELECT value FROM meta WHERE key = 'workspace'"))
}

fn connection_id() -> String {
    from_database("SELECT id FROM connections WHERE name = 'lake' ORDER BY removed_at IS NULL DESC")
}

/// Without its password and without anybody to type it.
#[test]
fn a_locked_keyring_does_not_block_the_start() {
    Apart::new().run_on_bus(
        "gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1",
        &["start_without_keyring"],
    );
}

/// A bus, and nobody on it who keeps secrets.
#[test]
fn a_bus_without_keyring_does_not_block_the_start() {
    let apart = Apart::new();
    let bus = apart.path().join("bus");
    let config = apart.path().join("bus.conf");
    let policy = format!(
        "<busconfig><type>session</type><listen>unix:path={}</listen><policy context=\"default\">\
         <allow send_destination=\"*\"/><allow eavesdrop=\"false\"/><allow own=\"*\"/></policy></busconfig>",
        bus.display()
    );
    std::fs::write(&config, policy).unwrap();
    let mut command = Command::new("dbus-run-session");
    command.arg("--config-file").arg(&config).args([
        "--",
        "bash",
        "-c",
        &apart.tests(&["start_without_keyring"]),
    ]);
    assert!(apart.isolate(command).status().unwrap().success());
}

#[test]
fn no_session_bus_does_not_block_the_start() {
    Apart::new().run(None, &["start_without_keyring"]);
}

/// The worst: somebody takes the call and never answers. The process must end by itself, too.
#[test]
fn a_silent_keyring_does_not_block_the_start_or_the_end() {
    let apart = Apart::new();
    let socket = apart.path().join("silent");
    let _silent = UnixListener::bind(&socket).unwrap();
    apart.run(Some(&format!("unix:path={}", socket.display())), &["start_without_keyring"]);
}

#[tokio::test]
#[ignore = "run in a process of its own by the tests above"]
async fn start_without_keyring() {
    let app = open(&home(), None, None).await;
    let vault = status(&app).await.vault;
    assert_eq!(vault.kind, VaultKind::Keyring);
    assert!(!vault.ready && !vault.passphrase_needed);
    let message = vault.message.unwrap();
    assert!(
        message.contains("keyring") && message.contains("passphrase") && message.contains("memory"),
        "{message}"
    );
    assert_eq!(initialise(&app).await.unwrap_err().code, Code::VaultLocked);
    assert!(status(&app).await.card.is_none());

    let to_file = VaultChoose { kind: VaultKind::File, passphrase: Some(Secret::new("pass")) };
    assert!(app.vault_choose(to_file).await.unwrap().vault.ready);
    assert!(initialise(&app).await.unwrap().vault.message.is_none());
}
