//! What the tests of this folder share.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::Path;

use datashare_app::dto::{
    Connection, ConnectionAdd, ConnectionSettings, Credential, Nothing, VaultKind, WorkspaceInitialise,
    WorkspaceStatus,
};
use datashare_app::{App, AppError, AppOptions, VaultChoice};
use datashare_secret::Secret;

/// Stands for every secret: must never be found in clear. 88 characters of base64, as account keys are.
pub(crate) const CANARY: &str =
    "Y2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5LWNhbmFyeS1jYW5hcnk=";

pub(crate) fn options(home: &Path, kind: Option<VaultKind>, passphrase: Option<&str>) -> AppOptions {
    AppOptions { home: home.to_owned(), vault: VaultChoice { kind, passphrase: passphrase.map(Secret::new) } }
}

pub(crate) async fn open(home: &Path, kind: Option<VaultKind>, passphrase: Option<&str>) -> App {
    App::open(options(home, kind, passphrase)).await.unwrap()
}

pub(crate) async fn session(home: &Path) -> App {
    open(home, Some(VaultKind::Session), None).await
}

pub(crate) async fn status(app: &App) -> WorkspaceStatus {
    app.workspace_status(Nothing {}).await.unwrap()
}

pub(crate) async fn initialise(app: &App) -> Result<WorkspaceStatus, AppError> {
    app.workspace_initialise(WorkspaceInitialise {
        name: "Ana Provider".into(),
        organisation: "Contoso".into(),
        email: "ana@contoso.example".into(),
    })
    .await
}

pub(crate) fn folder(name: &str, path: &Path) -> ConnectionAdd {
    ConnectionAdd {
        name: name.into(),
        settings: ConnectionSettings::Folder { path: path.to_str().unwrap().into() },
        credential: Credential::None,
    }
}

pub(crate) fn azure(
    name: &str,
    account: &str,
    endpoint: Option<&str>,
    credential: Credential,
) -> ConnectionAdd {
    let settings =
        ConnectionSettings::AzureBlob { account: account.into(), endpoint: endpoint.map(str::to_owned) };
    ConnectionAdd { name: name.into(), settings, credential }
}

/// A connection `lake` with a secret, to an address where nothing answers.
pub(crate) async fn add_canary(app: &App) -> Connection {
    let key = Credential::AccountKey(Secret::new(CANARY));
    app.connection_add(azure("lake", "contoso", Some("http://127.0.0.1:1/contoso"), key)).await.unwrap()
}

/// Looks into every file below.
pub(crate) fn assert_not_in_any_file(home: &Path, secret: &str) {
    for entry in fs::read_dir(home).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            assert_not_in_any_file(&path, secret);
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found, "a secret stands in {}", path.display());
    }
}
