//! The workspace: first start, identity, and what a vault can do to it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::fs;

use common::{CANARY, add_canary, assert_not_in_any_file, initialise, open, options, session, status};
use datashare_app::dto::{AppEvent, ConnectionName, Tag, VaultChoose, VaultKind, WorkspaceInitialise};
use datashare_app::{App, Code};
use datashare_secret::Secret;

#[tokio::test]
async fn a_first_start_makes_the_directory_and_an_identity_that_stays() {
    let place = tempfile::tempdir().unwrap();
    let home = place.path().join("deep/home");
    let app = open(&home, Some(VaultKind::File), Some("pass")).await;
    assert!(status(&app).await.card.is_none());
    let made = initialise(&app).await.unwrap().card.unwrap();
    assert_eq!((made.name.as_str(), made.email.as_str()), ("Ana Provider", "ana@contoso.example"));
    assert_eq!(made.safety_code.split(' ').count(), 6);
    drop(app);

    // The kind of vault is remembered with the identity; only the passphrase must be given again.
    let again = status(&open(&home, None, Some("pass")).await).await;
    assert_eq!(again.card.unwrap().fingerprint, made.fingerprint);
    assert_eq!(again.vault.kind, VaultKind::File);
    assert!(again.vault.ready && again.vault.message.is_none(), "{:?}", again.vault);
}

#[cfg(unix)]
#[tokio::test]
async fn the_directory_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let place = tempfile::tempdir().unwrap();
    let home = place.path().join("home");
    session(&home).await;
    assert_eq!(fs::metadata(&home).unwrap().permissions().mode() & 0o777, 0o700);
}

#[tokio::test]
async fn a_second_identity_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let app = session(home.path()).await;
    let first = initialise(&app).await.unwrap().card.unwrap();
    assert_eq!(initialise(&app).await.unwrap_err().code, Code::InvalidRequest);
    let status = status(&app).await;
    assert_eq!(status.card.unwrap().fingerprint, first.fingerprint);
}

#[tokio::test]
async fn what_is_no_name_and_no_address_is_refused_in_words() {
    let home = tempfile::tempdir().unwrap();
    let app = session(home.path()).await;
    let good = ("Ana", "Contoso", "ana@contoso.example");
    let bad = [
        ("  ", good.1, good.2),
        ("two\nlines", good.1, good.2),
        (good.0, "", good.2),
        (good.0, good.1, "ana"),
        (good.0, good.1, "ana@"),
        (good.0, good.1, "@contoso.example"),
        (good.0, good.1, "ana@contoso@example"),
        (good.0, good.1, "ana contoso@example"),
        (good.0, good.1, "Ana <ana@contoso.example>"),
    ];
    for (name, organisation, email) in bad {
        let request =
            WorkspaceInitialise { name: name.into(), organisation: organisation.into(), email: email.into() };
        let error = app.workspace_initialise(request).await.unwrap_err();
        assert_eq!(error.code, Code::InvalidRequest, "{name} {organisation} {email}");
    }
    assert!(status(&app).await.card.is_none());
}

#[tokio::test]
async fn an_identity_that_ended_with_its_session_is_said() {
    let home = tempfile::tempdir().unwrap();
    initialise(&session(home.path()).await).await.unwrap();
    let status = status(&session(home.path()).await).await;
    assert!(status.card.is_some());
    let message = status.vault.message.unwrap();
    assert!(message.contains("not in the vault") && message.contains("session"), "{message}");
}

#[tokio::test]
async fn a_wrong_or_missing_passphrase_does_not_keep_the_workspace_from_opening() {
    let home = tempfile::tempdir().unwrap();
    initialise(&open(home.path(), Some(VaultKind::File), Some("pass")).await).await.unwrap();
    for passphrase in [None, Some("Pass")] {
        let app = open(home.path(), None, passphrase).await;
        let vault = status(&app).await.vault;
        assert!(!vault.ready && vault.passphrase_needed && vault.message.is_some(), "{vault:?}");
        let choose = |text: &str| VaultChoose { kind: VaultKind::File, passphrase: Some(Secret::new(text)) };
        assert_eq!(app.vault_choose(choose("no")).await.unwrap_err().code, Code::WrongPassphrase);
        let mut events = app.events();
        let vault = app.vault_choose(choose("pass")).await.unwrap().vault;
        assert!(vault.ready && vault.message.is_none(), "{vault:?}");
        let told = events.try_recv().unwrap();
        assert!(matches!(told, AppEvent::Changed { tags } if tags.contains(&Tag::Workspace)));
    }
}

#[tokio::test]
async fn a_newer_workspace_is_refused_in_words() {
    let home = tempfile::tempdir().unwrap();
    drop(session(home.path()).await);
    let database = rusqlite::Connection::open(home.path().join("workspace.db")).unwrap();
    database.pragma_update(None, "user_version", 1000).unwrap();
    drop(database);
    let error = App::open(options(home.path(), None, None)).await.unwrap_err();
    assert_eq!(error.code, Code::NewerDatabase);
    assert!(error.message.contains("newer version") && error.hint.unwrap().contains("Install"));
}

#[tokio::test]
async fn no_secret_is_in_any_file_or_in_debug() {
    let home = tempfile::tempdir().unwrap();
    let passphrase = "canary passphrase";
    let app = open(home.path(), Some(VaultKind::File), Some(passphrase)).await;
    initialise(&app).await.unwrap();
    add_canary(&app).await;
    for secret in [CANARY, "canary-canary", passphrase] {
        assert_not_in_any_file(home.path(), secret);
    }
    // Opened, so that the store is there too.
    let check = app.connection_test(ConnectionName { connection: "lake".into() }).await.unwrap();
    assert!(!format!("{check:?}").contains(CANARY));
    let shown = format!("{app:?} {:?}", options(home.path(), None, Some(passphrase)));
    assert!(!shown.contains("canary") && !shown.contains(CANARY), "{shown}");

    // Moved out of the file, nothing of it stays.
    app.vault_choose(VaultChoose { kind: VaultKind::Session, passphrase: None }).await.unwrap();
    assert!(!home.path().join("vault.json").exists());
    assert_not_in_any_file(home.path(), CANARY);
}
