//! Connections: what is taken, what is refused and why, and where the secret goes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::fs;
use std::path::Path;

use common::{CANARY, add_canary, azure, folder, open, session};
use datashare_app::dto::{
    Connection, ConnectionAdd, ConnectionBrowse, ConnectionName, ConnectionSettings, Credential,
    CredentialKind, EntryKind, Nothing, VaultKind,
};
use datashare_app::{App, Code};
use datashare_secret::Secret;

fn named(name: &str) -> ConnectionName {
    ConnectionName { connection: name.into() }
}

async fn list(app: &App) -> Vec<Connection> {
    app.connection_list(Nothing {}).await.unwrap()
}

/// A row as another part of the application writes it.
fn execute(home: &Path, statement: &str) {
    let database = rusqlite::Connection::open(home.join("workspace.db")).unwrap();
    database.execute_batch(statement).unwrap();
}

#[tokio::test]
async fn a_folder_is_connected_tested_and_browsed() {
    let (home, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::create_dir_all(data.path().join("in/deep")).unwrap();
    fs::write(data.path().join("in/a file.txt"), "12345").unwrap();
    let app = session(home.path()).await;
    let added = app.connection_add(folder("data", data.path())).await.unwrap();
    assert_eq!(added.credential, CredentialKind::None);
    assert_eq!(list(&app).await.iter().map(|c| c.id.as_str()).collect::<Vec<_>>(), [added.id.as_str()]);
    assert!(app.connection_test(named("DATA")).await.unwrap().ok, "by name, whatever its case");
    assert!(app.connection_test(named(&added.id)).await.unwrap().ok, "by id");

    let browse = |path: &str| ConnectionBrowse {
        connection: "data".into(),
        path: path.into(),
        limit: None,
        next: None,
        find: None,
    };
    let top = app.connection_browse(browse("")).await.unwrap();
    assert_eq!((top.entries[0].name.as_str(), top.entries[0].kind), ("in", EntryKind::Folder));
    let level = app.connection_browse(browse("in/")).await.unwrap();
    let shown: Vec<_> = level.entries.iter().map(|e| (e.path.as_str(), e.kind, e.size)).collect();
    assert_eq!(shown, [("in/deep", EntryKind::Folder, None), ("in/a file.txt", EntryKind::File, Some(5))]);
    assert_eq!(level.next, None);
    assert!(matches!(app.connection_browse(browse("none")).await.unwrap_err().code, Code::Store(_)));
}

#[tokio::test]
async fn a_large_folder_is_browsed_in_steps_and_searched() {
    let (home, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for number in 0..25 {
        fs::write(data.path().join(format!("Row-{number:02}.csv")), "x").unwrap();
    }
    let app = session(home.path()).await;
    app.connection_add(folder("data", data.path())).await.unwrap();
    let browse = |next: Option<String>, find: Option<&str>| ConnectionBrowse {
        connection: "data".into(),
        path: String::new(),
        limit: Some(10),
        next,
        find: find.map(str::to_owned),
    };
    let (mut seen, mut next) = (Vec::new(), None);
    loop {
        let level = app.connection_browse(browse(next, None)).await.unwrap();
        seen.extend(level.entries.into_iter().map(|entry| entry.name));
        next = level.next;
        if next.is_none() {
            break;
        }
    }
    assert_eq!(seen, (0..25).map(|number| format!("Row-{number:02}.csv")).collect::<Vec<_>>());
    let found = app.connection_browse(browse(None, Some("24 row"))).await.unwrap();
    assert_eq!(found.entries.iter().map(|entry| entry.name.as_str()).collect::<Vec<_>>(), ["Row-24.csv"]);
    assert_eq!(found.next, None);
}

#[tokio::test]
async fn a_folder_that_is_gone_is_named_by_the_test() {
    let (home, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let app = session(home.path()).await;
    app.connection_add(folder("data", data.path())).await.unwrap();
    fs::remove_dir(data.path()).unwrap();
    let check = app.connection_test(named("data")).await.unwrap();
    assert!(!check.ok);
    assert_eq!(check.code.as_deref(), Some("no-such-container"));
    assert!(check.hint.is_some());
}

#[tokio::test]
async fn what_cannot_be_a_connection_is_refused_before_anything_is_saved() {
    let (home, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let file = data.path().join("file");
    fs::write(&file, "").unwrap();
    let key = || Credential::AccountKey(Secret::new(CANARY));
    let with_key = ConnectionAdd { credential: key(), ..folder("a", data.path()) };
    let signed = Some("https://contoso.blob.core.windows.net/?sv=1&sig=canary");
    let with_user = Some("https://user:canary@contoso.blob.core.windows.net");
    let bad = [
        ("a folder that is not there", folder("a", &data.path().join("none"))),
        ("a file", folder("a", &file)),
        ("a relative path", folder("a", Path::new("data"))),
        ("a folder with a key", with_key),
        ("a name with a slash", folder("a/b", data.path())),
        ("no name", folder(" ", data.path())),
        ("an address with a signature", azure("a", "contoso", signed, key())),
        ("an address with a password", azure("a", "contoso", with_user, key())),
        ("no address", azure("a", "contoso", Some("contoso"), key())),
        ("no account", azure("a", "", None, key())),
        ("an empty key", azure("a", "contoso", None, Credential::AccountKey(Secret::new(" ")))),
    ];
    let app = session(home.path()).await;
    for (what, request) in bad {
        let error = app.connection_add(request.clone()).await.expect_err(what);
        assert_eq!(error.code, Code::InvalidRequest, "{what}: {error}");
        assert!(!error.in_words().contains("canary"), "{what}: {error}");
        if !what.contains("name") {
            let tried = app.connection_try(request).await.unwrap();
            assert!(!tried.ok && tried.code.as_deref() == Some("invalid-request"), "{what}: {tried:?}");
        }
    }
    assert!(list(&app).await.is_empty());
}

#[tokio::test]
async fn trying_saves_nothing() {
    let (home, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let app = session(home.path()).await;
    assert!(app.connection_try(folder("", data.path())).await.unwrap().ok);
    assert!(list(&app).await.is_empty());
    // Nothing listens at port 1.
    let nowhere =
        azure("", "contoso", Some("http://127.0.0.1:1/contoso"), Credential::AccountKey(Secret::new(CANARY)));
    let check = app.connection_try(nowhere).await.unwrap();
    assert_eq!((check.ok, check.code.as_deref()), (false, Some("unreachable")), "{}", check.message);
}

#[tokio::test]
async fn account_and_address_are_taken_from_a_connection_string() {
    let home = tempfile::tempdir().unwrap();
    let app = session(home.path()).await;
    let text = |rest: &str| Credential::ConnectionString(Secret::new(format!("AccountKey={CANARY};{rest}")));
    let plain = app.connection_add(azure("plain", "", None, text("AccountName=contoso"))).await.unwrap();
    assert_eq!(plain.settings, ConnectionSettings::AzureBlob { account: "contoso".into(), endpoint: None });
    assert_eq!(plain.address, "contoso (https://contoso.blob.core.windows.net)");
    let endpoint = "BlobEndpoint=http://127.0.0.1:10000/local;AccountName=local";
    let local = app.connection_add(azure("local", "local", None, text(endpoint))).await.unwrap();
    let expected = Some("http://127.0.0.1:10000/local".to_owned());
    assert_eq!(local.settings, ConnectionSettings::AzureBlob { account: "local".into(), endpoint: expected });
    assert_eq!(local.credential, CredentialKind::ConnectionString);

    let other =
        app.connection_add(azure("other", "fabrikam", None, text("AccountName=contoso"))).await.unwrap_err();
    assert_eq!(other.code, Code::InvalidRequest);
    let cut = Credential::ConnectionString(Secret::new(format!("AccountKey={CANARY}")));
    let cut = app.connection_add(azure("cut", "", None, cut)).await.unwrap_err();
    assert!(!cut.in_words().contains(CANARY));
}

#[tokio::test]
async fn a_name_is_taken_once_and_free_again_after_removal() {
    let (home, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let app = session(home.path()).await;
    let first = app.connection_add(folder("data", data.path())).await.unwrap();
    assert_eq!(app.connection_add(folder("Data", data.path())).await.unwrap_err().code, Code::InvalidRequest);
    app.connection_remove(named("data")).await.unwrap();
    assert_eq!(app.connection_test(named("data")).await.unwrap_err().code, Code::NotFound);
    assert_eq!(app.connection_test(named(&first.id)).await.unwrap_err().code, Code::NotFound);
    assert_eq!(app.connection_remove(named("data")).await.unwrap_err().code, Code::NotFound);
    app.connection_add(folder("Data", data.path())).await.unwrap();
}

#[tokio::test]
async fn a_connection_in_use_says_by_what_and_stays() {
    let (home, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let app = session(home.path()).await;
    let id = app.connection_add(folder("data", data.path())).await.unwrap().id;
    let time = "2026-11-21T04:00:00.000Z";
    execute(
        home.path(),
        &format!(
            "INSERT INTO shares VALUES ('s1', 'sales', '', 'snapshot', '{id}', '', 1, '{time}', NULL);
             INSERT INTO shares VALUES ('s2', 'gone', '', 'snapshot', '{id}', '', 1, '{time}', '{time}');
             INSERT INTO received (id, name, mailbox_id, invitation, created_at) VALUES ('r1', 'weather', 'm', '', '{time}');
             INSERT INTO mappings VALUES ('r1', 'd1', '{id}', '', '{time}');"
        ),
    );
    assert_eq!(list(&app).await[0].used_by, ["sales", "weather"]);
    let error = app.connection_remove(named("data")).await.unwrap_err();
    assert_eq!(error.code, Code::InvalidRequest);
    assert!(error.message.contains("sales, weather"), "{error}");
    assert_eq!(list(&app).await.len(), 1);

    // What was deleted and left keeps no connection, though its history names it.
    execute(
        home.path(),
        &format!("UPDATE shares SET deleted_at = '{time}'; UPDATE received SET left_at = '{time}';"),
    );
    app.connection_remove(named("data")).await.unwrap();
    assert!(list(&app).await.is_empty());
}

#[tokio::test]
async fn the_secret_lives_and_dies_in_the_vault() {
    let home = tempfile::tempdir().unwrap();
    let app = open(home.path(), Some(VaultKind::File), Some("pass")).await;
    add_canary(&app).await;
    let size = || fs::metadata(home.path().join("vault.json")).unwrap().len();
    let with_secret = size();

    let locked = open(home.path(), Some(VaultKind::File), None).await;
    assert_eq!(locked.connection_test(named("lake")).await.unwrap_err().code, Code::VaultLocked);
    assert_eq!(locked.connection_remove(named("lake")).await.unwrap_err().code, Code::VaultLocked);
    let key = Credential::AccountKey(Secret::new(CANARY));
    assert_eq!(
        locked.connection_add(azure("b", "contoso", None, key)).await.unwrap_err().code,
        Code::VaultLocked
    );
    assert_eq!(list(&locked).await.len(), 1, "what needs no secret works");

    app.connection_remove(named("lake")).await.unwrap();
    assert!(size() + (CANARY.len() as u64) < with_secret, "the secret is gone from the vault");
}
