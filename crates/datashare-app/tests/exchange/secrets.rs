//! 7. No secret anywhere but sealed.

use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, Once};

use datashare_app::dto::{Export, ExportFormat, ReceiptSave, VaultKind, WorkspaceExport};
use datashare_app::{App, AppOptions, VaultChoice};
use datashare_domain::{AcceptanceMode, SnapshotMode};
use datashare_secret::Secret;
use datashare_testkit::{Azurite, CONSUMER, PROVIDER};

use crate::on_both_grounds;
use crate::scene::{Consumer, Ground, PASSPHRASE, SHARE, Scene};
use crate::stranger::Stranger;

on_both_grounds!(after_the_main_job_no_file_holds_a_secret);

fn files(directory: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
}

/// The secret as it may be written: bytes, base64, percent-encoded base64, hex.
fn forms(bytes: &[u8]) -> Vec<Vec<u8>> {
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    let text = STANDARD.encode(bytes);
    let percent: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    let hex = datashare_domain::hex(bytes);
    vec![
        bytes.to_vec(),
        text.into_bytes(),
        percent.into_bytes(),
        URL_SAFE_NO_PAD.encode(bytes).into_bytes(),
        hex.into_bytes(),
    ]
}

/// All that any part of the program logs from now on, from the most talkative level up. One for the whole process: runs go
/// on in threads of their own.
fn log() -> &'static Mutex<Vec<u8>> {
    static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());
    static STARTED: Once = Once::new();
    struct Sink;
    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            LOG.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    STARTED.call_once(|| {
        let subscriber =
            tracing_subscriber::fmt().with_max_level(tracing_subscriber::filter::LevelFilter::TRACE);
        subscriber.with_writer(|| Sink).with_ansi(false).init();
    });
    &LOG
}

/// Everything that is written where somebody asks for it.
async fn files_for_others(scene: &Scene, ben: &Consumer, run: &str) {
    let path = |name: &str| scene.root.path().join("asked-for").join(name).to_str().unwrap().to_owned();
    std::fs::create_dir_all(scene.root.path().join("asked-for")).unwrap();
    let (recipient, snapshot_id) = (Some("ben@example.org".to_owned()), Some(run.to_owned()));
    let receipt = ReceiptSave { name: SHARE.into(), recipient, snapshot_id, path: path("receipt") };
    scene.provider.receipt_save(receipt.clone()).await.unwrap();
    ben.app.receipt_save(ReceiptSave { path: path("receipt-2"), ..receipt }).await.unwrap();
    for (format, name) in [(ExportFormat::Json, "json"), (ExportFormat::Csv, "csv")] {
        let export =
            |kind: &str| Export { name: SHARE.into(), format, path: path(&format!("{kind}.{name}")) };
        scene.provider.audit_export(export("log")).await.unwrap();
        scene.provider.grant_export(export("register")).await.unwrap();
        ben.app.audit_export(export("received")).await.unwrap();
    }
    let passphrase = Secret::new(format!("{PASSPHRASE}-of-the-archive"));
    scene.provider.workspace_export(WorkspaceExport { path: path("archive"), passphrase }).await.unwrap();
}

async fn after_the_main_job_no_file_holds_a_secret(ground: Ground) {
    let log = log();
    let scene = Scene::new(ground).await;
    let mut events = vec![scene.provider.events()];
    let link = scene.invite("eve", AcceptanceMode::RightAway).await.link;
    let eve = Stranger::new(41, &link, "eve@example.org");
    let granted = eve.open(&eve.outgoing(&eve.ticket_access()).await).unwrap().unwrap();
    let ben = scene.subscribed("ben").await;
    events.push(ben.app.events());
    let run = ben.snapshot(SnapshotMode::Full).await.unwrap();
    scene.round().await;
    files_for_others(&scene, &ben, &run.snapshot_id).await;
    let waiting = scene.consumer("carol").await;
    let carols = scene.invite("carol", AcceptanceMode::Ask).await.link;
    waiting.accept(&carols).await.unwrap();
    scene.round().await;

    let mut secrets = vec![PASSPHRASE.as_bytes().to_vec()];
    for text in [&link, &carols] {
        let ticket = datashare_protocol::Ticket::read(text).unwrap();
        secrets.push(text.split_once('#').unwrap().1.as_bytes().to_vec());
        secrets.extend(forms(&*ticket.secret));
        secrets.extend(ticket.signature.iter().flat_map(|signature| forms(&**signature)));
    }
    secrets.extend(granted.data_key.iter().flat_map(|key| forms(key.reveal())));
    for access in [&granted.mailbox, &granted.share, &granted.notice].into_iter().flatten() {
        let token =
            access.token.iter().filter_map(|token| Some(token.reveal().split_once("sig=")?.1.to_owned()));
        secrets.extend(token.map(String::into_bytes));
    }
    if ground == Ground::Azurite {
        let server = Azurite::shared().await.unwrap();
        secrets.extend([PROVIDER, CONSUMER].map(|account| server.key(account).as_bytes().to_vec()));
    }
    assert!(secrets.iter().all(|secret| secret.len() > 20), "a short secret would be found anywhere");

    // What people and programs get to see of a workspace, its errors included.
    let locked = AppOptions {
        home: scene.home("ben"),
        vault: VaultChoice {
            kind: Some(VaultKind::File),
            passphrase: Some(Secret::new(format!("{PASSPHRASE}-wrong"))),
        },
    };
    let mut seen: Vec<(String, Vec<u8>)> = Vec::new();
    for (name, app) in [
        ("provider", scene.provider.clone()),
        ("ben", ben.app.clone()),
        ("locked", App::open(locked).await.unwrap()),
    ] {
        seen.push((format!("Debug of {name}"), format!("{app:?}").into_bytes()));
    }
    let again = waiting.accept_terms(&link, None).await;
    seen.push(("an error".into(), format!("{again:?}").into_bytes()));
    for name in ["provider", "ben", "carol"] {
        files(&scene.home(name), &mut seen);
    }
    files(&scene.root.path().join("asked-for"), &mut seen);
    for receiver in &mut events {
        let mut told = Vec::new();
        while let Ok(event) = receiver.try_recv() {
            told.extend_from_slice(
                format!("{event:?} {}\n", serde_json::to_string(&event).unwrap()).as_bytes(),
            );
        }
        assert!(!told.is_empty(), "the main job tells what it does");
        seen.push(("the events".into(), told));
    }
    let logged = log.lock().unwrap().clone();
    assert!(logged.windows(4).any(|window| window == b"GET " || window == b"TRAC" || window == b"DEBU"));
    seen.push(("the log".into(), logged));
    seen.extend(scene.everything().await);
    assert!(
        seen.iter().any(|(name, _)| name.ends_with("workspace.db-wal")),
        "the log of the database is looked into too"
    );
    for (name, bytes) in &seen {
        for secret in &secrets {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_slice());
            assert!(!found, "{name} holds a secret of {} bytes", secret.len());
        }
    }
}
