#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::process::Command;
use std::sync::mpsc;

use tempfile::TempDir;

use super::file::FILE;
use super::keyring::{Entries, Failure};
use super::*;

fn secret(text: &str) -> Secret {
    Secret::new(text)
}

fn vault(home: &TempDir, kind: Option<VaultKind>, passphrase: Option<&str>) -> Vault {
    let database = Arc::new(Database::open(home.path()).unwrap());
    Vault::new(home.path(), database, "tests", VaultChoice { kind, passphrase: passphrase.map(Secret::new) })
}

fn file_vault(home: &TempDir, passphrase: &str) -> Vault {
    vault(home, Some(VaultKind::File), Some(passphrase))
}

async fn with_one_secret(home: &TempDir) -> Vec<u8> {
    file_vault(home, "correct").set("connection/a", &secret("canary")).await.unwrap();
    fs::read(home.path().join(FILE)).unwrap()
}

#[tokio::test]
async fn a_file_gives_back_what_was_put_in() {
    let home = tempfile::tempdir().unwrap();
    let bytes = with_one_secret(&home).await;
    assert!(!String::from_utf8(bytes).unwrap().contains("canary"));
    let vault = file_vault(&home, "correct");
    assert_eq!(vault.get("connection/a").await.unwrap(), Some(secret("canary")));
    assert_eq!(vault.get("connection/b").await.unwrap(), None);
    vault.delete("connection/a").await.unwrap();
    vault.delete("connection/a").await.unwrap();
    assert_eq!(file_vault(&home, "correct").get("connection/a").await.unwrap(), None);
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    with_one_secret(&home).await;
    let mode = fs::metadata(home.path().join(FILE)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn a_wrong_passphrase_is_told_and_changes_nothing() {
    let home = tempfile::tempdir().unwrap();
    let bytes = with_one_secret(&home).await;
    let vault = file_vault(&home, "Correct");
    assert_eq!(vault.get("connection/a").await.unwrap_err().code, Code::WrongPassphrase);
    assert_eq!(vault.set("connection/a", &secret("new")).await.unwrap_err().code, Code::WrongPassphrase);
    let status = vault.status().await.unwrap();
    assert!(!status.ready && status.passphrase_needed && status.message.is_some());
    assert_eq!(
        vault.choose(VaultKind::File, Some(secret("correcT"))).await.unwrap_err().code,
        Code::WrongPassphrase
    );
    assert_eq!(fs::read(home.path().join(FILE)).unwrap(), bytes);
    vault.choose(VaultKind::File, Some(secret("correct"))).await.unwrap();
    assert_eq!(vault.get("connection/a").await.unwrap(), Some(secret("canary")));
}

#[tokio::test]
async fn damage_is_never_taken_for_a_wrong_passphrase() {
    let home = tempfile::tempdir().unwrap();
    let whole = with_one_secret(&home).await;
    let vault = file_vault(&home, "correct");
    let cut = (0..whole.len()).map(|length| whole[..length].to_vec());
    let changed = (0..whole.len()).map(|at| {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        bytes
    });
    for bytes in cut.chain(changed) {
        fs::write(home.path().join(FILE), &bytes).unwrap();
        let shown = String::from_utf8_lossy(&bytes);
        assert_eq!(
            vault.get("connection/a").await.map_err(|e| e.code),
            Err(Code::DamagedWorkspace),
            "{shown}"
        );
        assert_eq!(vault.delete("connection/a").await.map_err(|e| e.code), Err(Code::DamagedWorkspace));
        assert_eq!(fs::read(home.path().join(FILE)).unwrap(), bytes, "a damaged file is left as it is");
    }
}

/// Whoever changes the file on purpose can make its hash right; not its seal.
#[tokio::test]
async fn a_forged_hash_does_not_help() {
    use sha2::{Digest, Sha256};
    let home = tempfile::tempdir().unwrap();
    let whole = with_one_secret(&home).await;
    let mut document: serde_json::Value = serde_json::from_slice(&whole).unwrap();
    let secrets = document["secrets"].as_str().unwrap();
    let changed = format!("{}{}", if secrets.starts_with('A') { 'B' } else { 'A' }, &secrets[1..]);
    document["secrets"] = changed.into();
    let derivation: super::sealed::Derivation =
        serde_json::from_value(document["derivation"].clone()).unwrap();
    let hashed = serde_json::to_vec(&(derivation, &document["check"], &document["secrets"])).unwrap();
    document["sha256"] = datashare_domain::hex(&Sha256::digest(hashed)).into();
    fs::write(home.path().join(FILE), serde_json::to_vec(&document).unwrap()).unwrap();
    let error = file_vault(&home, "correct").get("connection/a").await.unwrap_err();
    assert_eq!(error.code, Code::DamagedWorkspace);
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_left_alone() {
    let home = tempfile::tempdir().unwrap();
    let newer = br#"{"format":"datashare-vault","version":2,"other":true}"#;
    fs::write(home.path().join(FILE), newer).unwrap();
    let error = file_vault(&home, "correct").set("a", &secret("b")).await.unwrap_err();
    assert_eq!(error.code, Code::NewerDatabase);
    assert_eq!(fs::read(home.path().join(FILE)).unwrap(), newer);
}

#[tokio::test]
async fn without_a_passphrase_the_file_waits_or_asks_for_a_new_one() {
    let home = tempfile::tempdir().unwrap();
    let none_yet = vault(&home, Some(VaultKind::File), None).status().await.unwrap();
    assert!(!none_yet.ready && !none_yet.passphrase_needed);
    with_one_secret(&home).await;
    let waiting = vault(&home, Some(VaultKind::File), None);
    let status = waiting.status().await.unwrap();
    assert!(!status.ready && status.passphrase_needed);
    assert_eq!(waiting.get("connection/a").await.unwrap_err().code, Code::VaultLocked);
}

/// Run by the test below, in a process of its own.
#[tokio::test]
#[ignore = "one of the two processes of the next test"]
async fn writer_process() {
    let home = std::env::var("DATASHARE_TEST_HOME").unwrap();
    let name = std::env::var("DATASHARE_TEST_WRITER").unwrap();
    let file = PassphraseFile::new(Path::new(&home), Some(secret("correct")));
    for number in 0..25 {
        file.set(&format!("{name}/{number}"), &secret(&name)).await.unwrap();
    }
}

#[tokio::test]
async fn two_processes_do_not_lose_each_others_secrets() {
    let home = tempfile::tempdir().unwrap();
    let writers = ["left", "right"].map(|name| {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "vault::tests::writer_process", "--ignored"])
            .env("DATASHARE_TEST_HOME", home.path())
            .env("DATASHARE_TEST_WRITER", name)
            .spawn()
            .unwrap()
    });
    for mut writer in writers {
        assert!(writer.wait().unwrap().success());
    }
    let file = PassphraseFile::new(home.path(), Some(secret("correct")));
    for number in 0..25 {
        for name in ["left", "right"] {
            assert_eq!(file.get(&format!("{name}/{number}")).await.unwrap(), Some(secret(name)));
        }
    }
}

#[tokio::test]
async fn a_session_ends_with_its_vault_and_says_so() {
    let home = tempfile::tempdir().unwrap();
    let session = vault(&home, Some(VaultKind::Session), None);
    session.set("a", &secret("b")).await.unwrap();
    assert_eq!(session.get("a").await.unwrap(), Some(secret("b")));
    let status = session.status().await.unwrap();
    assert!(status.ready && status.message.unwrap().contains("memory only"));
    assert_eq!(vault(&home, Some(VaultKind::Session), None).get("a").await.unwrap(), None);
}

#[tokio::test]
async fn the_chosen_kind_is_remembered_and_takes_the_secrets_along() {
    let home = tempfile::tempdir().unwrap();
    let first = vault(&home, Some(VaultKind::Session), None);
    first.set("a", &secret("canary")).await.unwrap();
    first.set("b", &secret("other")).await.unwrap();
    first.delete("b").await.unwrap();
    first.choose(VaultKind::File, Some(secret("correct"))).await.unwrap();
    assert_eq!(first.session.get("a").await.unwrap(), None, "moved, not copied");

    let second = vault(&home, None, Some("correct"));
    assert_eq!(second.kind().unwrap(), VaultKind::File);
    assert_eq!(second.get("a").await.unwrap(), Some(secret("canary")));
    second.choose(VaultKind::Session, None).await.unwrap();
    assert_eq!(second.get("a").await.unwrap(), Some(secret("canary")));
    assert!(!home.path().join(FILE).exists(), "nothing stays behind");
    assert_eq!(first.kind().unwrap(), VaultKind::Session, "another process sees the choice");
}

#[tokio::test]
async fn a_choice_without_its_passphrase_is_refused_and_nothing_moves() {
    let home = tempfile::tempdir().unwrap();
    let vault = vault(&home, Some(VaultKind::Session), None);
    vault.set("a", &secret("canary")).await.unwrap();
    assert_eq!(vault.choose(VaultKind::File, None).await.unwrap_err().code, Code::VaultLocked);
    assert_eq!(vault.choose(VaultKind::File, Some(secret(""))).await.unwrap_err().code, Code::InvalidRequest);
    assert_eq!(vault.kind().unwrap(), VaultKind::Session);
    assert_eq!(vault.get("a").await.unwrap(), Some(secret("canary")));
}

#[tokio::test]
async fn what_cannot_be_read_stays_for_a_way_back() {
    let home = tempfile::tempdir().unwrap();
    let bytes = with_one_secret(&home).await;
    let locked = vault(&home, Some(VaultKind::File), None);
    locked.choose(VaultKind::Session, None).await.unwrap();
    assert_eq!(locked.get("connection/a").await.unwrap(), None);
    assert_eq!(fs::read(home.path().join(FILE)).unwrap(), bytes);
    locked.choose(VaultKind::File, Some(secret("correct"))).await.unwrap();
    assert_eq!(locked.get("connection/a").await.unwrap(), Some(secret("canary")));
}

/// Hangs until the test ends, as a keyring does that waits for a password.
struct Hanging(mpsc::Receiver<()>);

impl Entries for Hanging {
    fn get(&self, _: &str) -> Result<Option<String>, Failure> {
        let _ = self.0.recv();
        Ok(Some("late".into()))
    }

    fn set(&self, _: &str, _: &str) -> Result<(), Failure> {
        let _ = self.0.recv();
        Ok(())
    }

    fn delete(&self, _: &str) -> Result<(), Failure> {
        Ok(())
    }
}

/// The clock is paused and jumps when all wait: without the limit this test would not end.
#[tokio::test(start_paused = true)]
async fn a_keyring_that_hangs_is_given_up_and_taken_up_again() {
    let (release, hanging) = mpsc::channel();
    let keyring = Keyring::over("tests", Box::new(Hanging(hanging)));
    let error = keyring.get("a").await.unwrap_err();
    assert_eq!(error.code, Code::VaultLocked);
    assert!(error.hint.unwrap().contains("passphrase"), "the other choices are named");
    let began = tokio::time::Instant::now();
    assert_eq!(keyring.check().await.unwrap_err().code, Code::VaultLocked);
    assert_eq!(began.elapsed().as_secs(), 0, "nobody waits twice for the same hanging call");
    drop(release);
    tokio::time::resume();
    while keyring.get("a").await.is_err() {
        tokio::task::yield_now().await;
    }
}

struct Refusing;

impl Entries for Refusing {
    fn get(&self, _: &str) -> Result<Option<String>, Failure> {
        // As a locked Secret Service does: it just finds nothing.
        Ok(None)
    }

    fn set(&self, _: &str, _: &str) -> Result<(), Failure> {
        Err(Failure::Refused("it is locked".into()))
    }

    fn delete(&self, _: &str) -> Result<(), Failure> {
        Ok(())
    }
}

#[tokio::test]
async fn a_keyring_that_cannot_be_written_is_not_ready() {
    let keyring = Keyring::over("tests", Box::new(Refusing));
    let error = keyring.check().await.unwrap_err();
    assert_eq!(error.code, Code::VaultLocked);
    assert!(error.in_words().contains("it is locked") && error.in_words().contains("DATASHARE_VAULT"));
}
