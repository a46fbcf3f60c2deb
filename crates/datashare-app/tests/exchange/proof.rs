//! What both sides can prove to a third person: receipts, exported logs, the register of grants.

use std::path::{Path, PathBuf};

use datashare_app::dto::*;
use datashare_app::{Code, verify_receipt_file};
use datashare_domain::{AcceptanceMode, SnapshotMode, SnapshotStatus};
use serde_json::Value;

use crate::on_both_grounds;
use crate::scene::{Ground, SHARE, Scene, assert_words, get, put, received};
use crate::stranger::Stranger;

on_both_grounds!(
    both_sides_prove_an_acceptance_and_a_snapshot,
    what_is_not_confirmed_is_not_proven,
    damage_of_the_own_copy_is_found_at_the_start_and_stops_nothing,
    logs_are_exported_whole_and_kept_for_ever,
    the_register_names_every_token,
    terms_are_compared_on_both_sides,
    a_manifest_that_went_back_is_a_finding_on_both_sides,
);

fn file(scene: &Scene, name: &str) -> String {
    scene.root.path().join(name).to_str().unwrap().to_owned()
}

fn save(recipient: Option<&str>, snapshot: Option<&str>, path: &str) -> ReceiptSave {
    ReceiptSave {
        name: SHARE.into(),
        recipient: recipient.map(str::to_owned),
        snapshot_id: snapshot.map(str::to_owned),
        path: path.to_owned(),
    }
}

async fn both_sides_prove_an_acceptance_and_a_snapshot(ground: Ground) {
    let scene = Scene::new(ground).await;
    let ben = scene.subscribed("ben").await;
    let run = ben.snapshot(SnapshotMode::Full).await.unwrap();
    let update = ShareUpdate {
        share: SHARE.into(),
        description: None,
        terms: Some("Other terms.".into()),
        terms_must_be_accepted_again: true,
    };
    scene.provider.share_update(update).await.unwrap();
    ben.refresh().await.unwrap();
    let terms_sha256 = datashare_domain::terms_sha256("Other terms.");
    ben.app.received_agree_terms(AgreeTerms { received: SHARE.into(), terms_sha256 }).await.unwrap();
    scene.round().await;

    let (ours, theirs) = (file(&scene, "provider.json"), file(&scene, "recipient.json"));
    let id = Some(run.snapshot_id.as_str());
    scene.provider.receipt_save(save(Some("ben@example.org"), id, &ours)).await.unwrap();
    ben.app.receipt_save(save(None, id, &theirs)).await.unwrap();
    let shown = ben.app.received_list(Nothing {}).await.unwrap().remove(0);
    for path in [&ours, &theirs] {
        let proven = verify_receipt_file(Path::new(path)).unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        let by_text = ben.app.receipt_verify(ReceiptText { text: text.clone() }).await.unwrap();
        assert_eq!(by_text.acceptance_sha256, proven.acceptance_sha256);
        let cut = ReceiptText { text: text[..text.len() / 2].to_owned() };
        assert_eq!(ben.app.receipt_verify(cut).await.unwrap_err().code, Code::NotGenuine);
        assert_eq!(proven.provider.safety_code, shown.provider.safety_code);
        assert_eq!((proven.recipient.name.as_str(), proven.invited.as_str()), ("ben", "ben@example.org"));
        assert_eq!(proven.terms.unwrap().text, crate::scene::TERMS);
        assert_eq!(proven.later_terms.unwrap().text, "Other terms.");
        let snapshot = proven.snapshot.unwrap();
        assert_eq!((snapshot.status, snapshot.files_written), (SnapshotStatus::Succeeded, 3));
        // What is read where it lies has no list of what was published.
        assert_eq!(snapshot.manifest_sha256.is_some(), ground == Ground::Folder);
        assert_eq!(snapshot.manifest_confirmed, ground == Ground::Folder && *path == ours);
    }

    let mut bytes = std::fs::read(&theirs).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&theirs, bytes).unwrap();
    let error = verify_receipt_file(Path::new(&theirs)).unwrap_err();
    assert_eq!((error.code, error.code.exit_code()), (Code::NotGenuine, 1));
    assert_words(&error);
}

async fn what_is_not_confirmed_is_not_proven(ground: Ground) {
    let scene = Scene::new(ground).await;
    let link = scene.invite("ben", AcceptanceMode::Ask).await.link;
    let ben = scene.consumer("ben").await;
    let path = file(&scene, "receipt.json");
    let by_provider = || save(Some("ben@example.org"), None, &path);
    let error = scene.provider.receipt_save(by_provider()).await.unwrap_err();
    assert_eq!(error.code, Code::InvalidRequest, "nobody has accepted: {error:?}");
    ben.accept(&link).await.unwrap();
    scene.round().await;
    for error in [
        scene.provider.receipt_save(by_provider()).await.unwrap_err(),
        ben.app.receipt_save(save(None, None, &path)).await.unwrap_err(),
    ] {
        assert_eq!(error.code, Code::WaitingForProvider, "{error:?}");
        assert_words(&error);
    }
    assert!(!Path::new(&path).exists(), "no file pretends to be a receipt");
    scene.provider.recipient_approve(scene.named("ben")).await.unwrap();
    scene.provider.receipt_save(by_provider()).await.unwrap();
    assert!(verify_receipt_file(Path::new(&path)).is_ok());
    let unknown = ben.app.receipt_save(save(None, Some("none"), &path)).await.unwrap_err();
    assert_eq!(unknown.code, Code::WaitingForProvider, "the confirmation was not read yet: {unknown:?}");
    ben.refresh().await.unwrap();
    let unknown = ben.app.receipt_save(save(None, Some("none"), &path)).await.unwrap_err();
    assert_eq!(unknown.code, Code::NotFound);
}

async fn damage_of_the_own_copy_is_found_at_the_start_and_stops_nothing(ground: Ground) {
    let scene = Scene::new(ground).await;
    let (_eve, ben) = (scene.subscribed("eve").await, scene.subscribed("ben").await);
    let check = scene.provider.audit_check(Nothing {}).await.unwrap();
    assert!(check.records > 4 && check.findings.is_empty(), "{check:?}");
    let eves = scene.recipient("eve").await.recipient_id;
    let chain = format!("mailbox:{eves}:in");
    let damage = "UPDATE records SET envelope = zeroblob(9) WHERE chain = ?1 AND sequence = 2";
    scene.database().execute(damage, [&chain]).unwrap();
    // The last record of the share's own log is taken away.
    let share = format!("share:{}", scene.show().await.id);
    let last: i64 = scene
        .database()
        .query_row("SELECT max(sequence) FROM records WHERE chain = ?1", [&share], |row| row.get(0))
        .unwrap();
    let drop = "DELETE FROM records WHERE chain = ?1 AND sequence = ?2";
    scene.database().execute(drop, rusqlite::params![share, last]).unwrap();

    let restarted = crate::scene::open(&scene.root.path().join("provider-home")).await;
    let check = restarted.audit_check(Nothing {}).await.unwrap();
    let named: Vec<_> = check
        .findings
        .iter()
        .map(|named| (named.finding.log.as_str(), named.finding.sequence, named.finding.kind.as_str()))
        .collect();
    assert_eq!(named.len(), 2, "{check:?}");
    assert!(named.contains(&("from eve@example.org", 2, "not-readable")), "{named:?}");
    assert!(named.contains(&("share", last as u64, "missing")), "{named:?}");
    let round = restarted.agent_round(Nothing {}).await.unwrap();
    for words in ["record 2 of the log 'from eve@example.org'", "this record is gone"] {
        assert!(round.problems.iter().any(|problem| problem.contains(words)), "{words}: {round:?}");
    }
    assert_eq!(
        ben.snapshot(SnapshotMode::Full).await.unwrap().status,
        SnapshotStatus::Succeeded,
        "nobody is kept from anything"
    );
}

async fn logs_are_exported_whole_and_kept_for_ever(ground: Ground) {
    let scene = Scene::new(ground).await;
    let ben = scene.subscribed("ben").await;
    ben.snapshot(SnapshotMode::Full).await.unwrap();
    scene.round().await;
    let log = scene.provider.audit_log(AuditRequest { name: SHARE.into() }).await.unwrap();
    scene.provider.share_delete(ShareName { share: SHARE.into() }).await.unwrap();
    ben.app.received_leave(received()).await.unwrap();
    for (app, fewest) in [(&scene.provider, log.records.len() + 1), (&ben.app, 4)] {
        let export = |format, path: &str| Export { name: SHARE.into(), format, path: path.into() };
        let (json, csv) = (file(&scene, "log.json"), file(&scene, "log.csv"));
        let done = app.audit_export(export(ExportFormat::Json, &json)).await.unwrap();
        assert!(done.rows as usize >= fewest && done.findings == 0, "{done:?}");
        let document: Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
        let records = document["records"].as_array().unwrap();
        assert_eq!(records.len() as u64, done.rows);
        for record in records {
            let envelope = record["envelope"].as_str().unwrap();
            assert_eq!(record["sha256"], datashare_protocol::sha256_hex(envelope.as_bytes()));
        }
        app.audit_export(export(ExportFormat::Csv, &csv)).await.unwrap();
        let text = std::fs::read_to_string(&csv).unwrap();
        assert_eq!(text.lines().count() as u64, done.rows + 1, "a head, and a line for each record");
        assert!(text.starts_with("log,chain,sequence,kind,at,previous,sha256,summary,finding"));
    }
    let damage = "UPDATE records SET envelope = zeroblob(9) WHERE sequence = 1 AND chain LIKE 'share:%'";
    scene.database().execute(damage, []).unwrap();
    let export = scene.provider.audit_text(SHARE, ExportFormat::Csv).unwrap();
    assert_eq!(export.findings, 1);
    assert!(export.text.contains("not-readable"), "a finding is in the file: {}", export.text);
}

async fn the_register_names_every_token(ground: Ground) {
    let scene = Scene::new(ground).await;
    if ground == Ground::Azurite {
        scene.dataset("").await.unwrap();
    }
    let link = scene.invite("eve", AcceptanceMode::Automatic).await.link;
    let eve = Stranger::new(7, &link, "eve@example.org");
    eve.send(&eve.claim().await).await.unwrap();
    scene.round().await;
    let secrets = eve.open(&eve.outgoing(&eve.ticket_access()).await).unwrap().unwrap();
    let listed = || async { scene.provider.grant_list(ShareName { share: SHARE.into() }).await.unwrap() };
    let tokens = listed().await;
    assert!(tokens.iter().all(|token| token.email == "eve@example.org" && token.ended_at.is_none()));
    let accesses = [&secrets.mailbox, &secrets.notice, &secrets.share];
    for access in accesses.into_iter().flatten().filter_map(|access| access.token.as_ref()) {
        let signature = url::form_urlencoded::parse(access.reveal().as_bytes())
            .find_map(|(name, value)| (name == "sig").then(|| value.into_owned()))
            .unwrap();
        let hash = datashare_protocol::sha256_hex(signature.as_bytes());
        assert!(tokens.iter().any(|token| token.signature_sha256 == hash), "a token is not in the register");
    }
    let datasets = tokens.iter().filter(|token| token.dataset.is_some()).count();
    assert_eq!(datasets, if ground == Ground::Azurite { 2 } else { 0 }, "{tokens:?}");
    scene.provider.recipient_revoke(scene.named("eve")).await.unwrap();
    assert!(listed().await.iter().all(|token| token.ended_at.is_some()), "what was taken back says when");
    let path = file(&scene, "register.csv");
    let request = Export { name: SHARE.into(), format: ExportFormat::Csv, path: path.clone() };
    let done = scene.provider.grant_export(request).await.unwrap();
    let text = std::fs::read_to_string(PathBuf::from(path)).unwrap();
    assert_eq!((done.rows as usize, text.lines().count()), (tokens.len(), tokens.len() + 1));
    let secret = secrets.mailbox.as_ref().and_then(|access| access.token.as_ref());
    assert!(secret.is_none_or(|token| !text.contains(token.reveal())));
}

async fn terms_are_compared_on_both_sides(ground: Ground) {
    let scene = Scene::new(ground).await;
    let ben = scene.subscribed("ben").await;
    let update = |text: &str, again| ShareUpdate {
        share: SHARE.into(),
        description: None,
        terms: Some(text.into()),
        terms_must_be_accepted_again: again,
    };
    scene.provider.share_update(update("Use it well.\nTell nobody.", true)).await.unwrap();
    scene.provider.share_update(update("Use it well.\nTell your team.", false)).await.unwrap();
    ben.refresh().await.unwrap();
    assert_eq!(scene.recipient("ben").await.terms_to_accept, Some(3), "the provider sees who has to agree");
    let compare = |from, to| TermsCompare { name: SHARE.into(), from, to };
    let provider = scene.provider.terms_compare(compare(None, None)).await.unwrap();
    assert_eq!((provider.from, provider.to, provider.added, provider.removed), (Some(2), 3, 1, 1));
    let consumer = ben.app.terms_compare(compare(None, None)).await.unwrap();
    assert_eq!((consumer.from, consumer.to), (Some(1), 3), "against what was agreed to");
    assert_eq!(consumer.lines.last().unwrap().text, "Tell your team.");
    let error = ben.app.terms_compare(compare(Some(7), None)).await.unwrap_err();
    assert_eq!(error.code, Code::NotFound);
}

async fn a_manifest_that_went_back_is_a_finding_on_both_sides(ground: Ground) {
    let (scene, ben) = crate::rollback::published(ground).await;
    let exchange = scene.exchange().await;
    let latest = format!("{}/manifest/latest", scene.share_place().await);
    let old = get(&exchange, &latest).await;
    crate::rollback::publish(&scene, "two").await;
    assert_eq!(ben.snapshot(SnapshotMode::Full).await.unwrap().status, SnapshotStatus::Succeeded);
    assert!(scene.findings().await.is_empty() && ben.findings().await.is_empty());
    let newest = get(&exchange, &latest).await;
    for (what, bytes, kind) in [("put back", old, "rolled-back"), ("junk", vec![b'x'], "not-readable")] {
        put(&exchange, &latest, bytes).await;
        for findings in [scene.findings().await, ben.findings().await] {
            let found: Vec<_> =
                findings.iter().map(|f| (f.log.as_str(), f.sequence, f.kind.as_str())).collect();
            assert_eq!(found, [("publications", 2, kind)], "{what}");
        }
    }
    put(&exchange, &latest, newest).await;
    assert!(scene.findings().await.is_empty() && ben.findings().await.is_empty());
}
