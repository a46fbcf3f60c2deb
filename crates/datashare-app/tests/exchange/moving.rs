//! A workspace moves to another computer with everything it has, and nobody reads it on the way.

use datashare_app::dto::*;
use datashare_app::{App, AppOptions, Code, VaultChoice};
use datashare_domain::{SnapshotMode, SnapshotStatus};
use datashare_secret::Secret;

use crate::on_both_grounds;
use crate::scene::{Consumer, Ground, PASSPHRASE, SHARE, Scene, assert_words};

on_both_grounds!(both_sides_go_on_at_another_computer);

const ARCHIVE: &str = "canary-passphrase-of-the-archive";

async fn opened(home: std::path::PathBuf, passphrase: &str) -> App {
    let vault = VaultChoice { kind: Some(VaultKind::File), passphrase: Some(Secret::new(passphrase)) };
    App::open(AppOptions { home, vault }).await.unwrap()
}

/// Exported, and imported into a new directory under another vault.
async fn moved(scene: &Scene, app: &App, name: &str) -> App {
    let path = scene.root.path().join(format!("{name}.archive")).to_str().unwrap().to_owned();
    let export = WorkspaceExport { path: path.clone(), passphrase: Secret::new(ARCHIVE) };
    assert!(app.workspace_export(export).await.unwrap().bytes > 1000);
    let bytes = std::fs::read(&path).unwrap();
    for text in [ARCHIVE, PASSPHRASE, "example.org", "SQLite"] {
        let found = bytes.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(!found, "the archive shows '{text}'");
    }
    let new = opened(scene.root.path().join(format!("{name}-new")), "another vault").await;
    let import =
        |passphrase: &str| WorkspaceImport { path: path.clone(), passphrase: Secret::new(passphrase) };
    let error = new.workspace_import(import("wrong")).await.unwrap_err();
    assert_eq!(error.code, Code::WrongPassphrase, "{error:?}");
    assert_words(&error);
    let mut damaged = bytes.clone();
    let middle = damaged.len() / 2;
    damaged[middle] = if damaged[middle] == b'A' { b'B' } else { b'A' };
    std::fs::write(&path, damaged).unwrap();
    let error = new.workspace_import(import(ARCHIVE)).await.unwrap_err();
    assert_eq!(error.code, Code::DamagedWorkspace, "damage is not taken for a wrong passphrase: {error:?}");
    std::fs::write(&path, bytes).unwrap();
    assert!(new.workspace_status(Nothing {}).await.unwrap().card.is_none(), "nothing was taken over yet");
    let before = app.workspace_status(Nothing {}).await.unwrap().card.unwrap();
    let after = new.workspace_import(import(ARCHIVE)).await.unwrap();
    assert!(after.vault.ready && after.vault.kind == VaultKind::File);
    assert_eq!(after.card.unwrap().safety_code, before.safety_code, "it is the same identity");
    let again = new.workspace_import(import(ARCHIVE)).await.unwrap_err();
    assert_eq!(again.code, Code::InvalidRequest, "a workspace is not written over: {again:?}");
    opened(scene.root.path().join(format!("{name}-new")), "another vault").await
}

async fn both_sides_go_on_at_another_computer(ground: Ground) {
    let mut scene = Scene::new(ground).await;
    let (ben, _eve) = (scene.subscribed("ben").await, scene.subscribed("eve").await);
    assert_eq!(ben.snapshot(SnapshotMode::Full).await.unwrap().files_written, 3);
    scene.provider = moved(&scene, &scene.provider, "provider").await;
    let ben = Consumer { app: moved(&scene, &ben.app, "ben").await, ..ben };
    scene.provider.recipient_revoke(scene.named("eve")).await.unwrap();
    scene.write("pos/new.txt", "new").await;
    scene.publish().await;
    let run = ben.snapshot(SnapshotMode::Incremental).await.unwrap();
    assert_eq!(
        (run.status, run.files_written),
        (SnapshotStatus::Succeeded, 1),
        "it knows what it has: {run:?}"
    );
    assert!(scene.findings().await.is_empty() && ben.findings().await.is_empty());
    let check = scene.provider.audit_check(Nothing {}).await.unwrap();
    assert!(check.findings.is_empty());
}

#[tokio::test]
async fn the_passphrase_of_the_vault_file_changes() {
    let scene = Scene::new(Ground::Folder).await;
    let change = |old: &str, new: &str| VaultPassphrase { old: Secret::new(old), new: Secret::new(new) };
    let error = scene.provider.vault_change_passphrase(change("wrong", "new one")).await.unwrap_err();
    assert_eq!(error.code, Code::WrongPassphrase, "{error:?}");
    let status = scene.provider.vault_change_passphrase(change(PASSPHRASE, "new one")).await.unwrap();
    assert!(status.vault.ready);
    scene.publish().await;
    let home = scene.root.path().join("provider-home");
    let old = opened(home.clone(), PASSPHRASE).await.share_show(ShareName { share: SHARE.into() }).await;
    assert_eq!(old.unwrap_err().code, Code::WrongPassphrase);
    opened(home, "new one").await.share_show(ShareName { share: SHARE.into() }).await.unwrap();
}
