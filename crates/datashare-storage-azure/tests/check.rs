//! Whether the check names the exact cause, against a real server.

#![allow(clippy::unwrap_used)]

mod support;

use std::io::Write;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use datashare_secret::Secret;
use datashare_storage::{AccessPermission, DelegateAccess, DelegatedScope, ErrorKind, Store};
use datashare_storage_azure::{AzureBlobStore, AzureCredential, AzureSettings};
use datashare_testkit::{Azurite, PROVIDER};
use hmac::{Hmac, KeyInit, Mac};
use support::{in_an_hour, put, read, refused, settings, store, store_with_container, with};

#[tokio::test]
async fn a_good_key_passes_and_a_wrong_one_is_named() {
    let checked = store().await.check().await.unwrap();
    assert!(checked.message.starts_with("Account 'prov' answers"), "{checked:?}");

    let azurite = Azurite::shared().await.unwrap();
    let wrong = AzureCredential::AccountKey(Secret::new(STANDARD.encode([7; 64])));
    let other = AzureBlobStore::new(settings(azurite, PROVIDER), wrong).unwrap();
    assert!(
        refused(other.check().await, ErrorKind::BadCredential)
            .message
            .contains("key of account 'prov' is wrong")
    );
    refused(other.head("data/x").await, ErrorKind::BadCredential);
    refused(
        AzureBlobStore::new(settings(azurite, PROVIDER), AzureCredential::AccountKey(Secret::new("%"))),
        ErrorKind::BadCredential,
    );
}

#[tokio::test]
async fn an_unknown_account_is_named() {
    let azurite = Azurite::shared().await.unwrap();
    let key = AzureCredential::AccountKey(Secret::new(azurite.key(PROVIDER)));
    let unknown = AzureBlobStore::new(settings(azurite, "nobody"), key).unwrap();
    assert!(refused(unknown.check().await, ErrorKind::NoSuchAccount).message.contains("'nobody'"));
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_named() {
    let signed = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    std::fs::write(&certificate, signed.cert.pem()).unwrap();
    std::fs::write(&key, signed.signing_key.serialize_pem()).unwrap();
    let azurite = Azurite::start_tls(&certificate, &key).await.unwrap();
    let credential = AzureCredential::AccountKey(Secret::new(azurite.key(PROVIDER)));
    let store = AzureBlobStore::new(settings(&azurite, PROVIDER), credential).unwrap();
    assert!(refused(store.check().await, ErrorKind::Certificate).message.contains("not trusted"));
}

/// An account SAS of the provider's account.
async fn account_sas(permissions: &str, resources: &str, expiry: &str) -> AzureCredential {
    let azurite = Azurite::shared().await.unwrap();
    let text = format!("{PROVIDER}\n{permissions}\nb\n{resources}\n\n{expiry}\n\n\n2026-04-06\n\n");
    let mut mac =
        Hmac::<sha2::Sha256>::new_from_slice(&STANDARD.decode(azurite.key(PROVIDER)).unwrap()).unwrap();
    mac.update(text.as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    let signature: String = url::form_urlencoded::byte_serialize(signature.as_bytes()).collect();
    AzureCredential::Sas(Secret::new(format!(
        "?sv=2026-04-06&ss=b&srt={resources}&sp={permissions}&se={expiry}&sig={signature}"
    )))
}

async fn sas_store(credential: AzureCredential) -> AzureBlobStore {
    AzureBlobStore::new(settings(Azurite::shared().await.unwrap(), PROVIDER), credential).unwrap()
}

#[tokio::test]
async fn an_account_sas_is_checked_for_what_it_can_do() {
    let wide = sas_store(account_sas("rlc", "sco", "2200-01-01T00:00:00Z").await).await;
    assert!(wide.check().await.unwrap().message.contains("answers and holds"));
    let narrow = sas_store(account_sas("r", "o", "2200-01-01T00:00:00Z").await).await;
    assert!(narrow.check().await.unwrap().message.contains("may not list containers"));
    let ended = sas_store(account_sas("rl", "sco", "2020-01-02T00:00:00Z").await).await;
    assert!(refused(ended.check().await, ErrorKind::Expired).message.contains("2020-01-02"));
    let forged = AzureCredential::Sas(Secret::new("sv=2026-04-06&ss=b&srt=sco&sp=rl&se=2200-01-01&sig=AAAA"));
    refused(sas_store(forged).await.check().await, ErrorKind::BadCredential);
    let ended = AzureCredential::Sas(Secret::new("sv=2026-04-06&sr=c&sp=rl&se=2020-01-02&sig=AAAA"));
    refused(sas_store(ended).await.check().await, ErrorKind::Expired);
}

#[tokio::test]
async fn a_connection_string_connects() {
    let azurite = Azurite::shared().await.unwrap();
    let text = Secret::new(azurite.connection_string(PROVIDER));
    let (settings, credential) = AzureBlobStore::from_connection_string(&text).unwrap();
    AzureBlobStore::new(settings, credential).unwrap().check().await.unwrap();
    refused(
        AzureBlobStore::new(AzureSettings { account: "No".into(), endpoint: None }, AzureCredential::None),
        ErrorKind::BadName,
    );
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The most talkative log of all libraries below holds neither a key nor a signature.
#[tokio::test]
async fn logs_hold_no_signature() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::DEBUG)
        .with_writer(move || writer.clone())
        .finish();
    let (owner, container) = store_with_container("logs").await;
    owner.set_policy(&container, "p", AccessPermission::Read, in_an_hour()).await.unwrap();
    let scope = DelegatedScope::Container(container.clone());
    let delegation = DelegateAccess::delegate(&owner, &scope, "p", None).unwrap();
    let guard = tracing::subscriber::set_default(subscriber);
    put(&owner, &format!("{container}/x"), "x").await.unwrap();
    let recipient = with(&delegation);
    read(&recipient, &format!("{container}/x")).await.unwrap();
    refused(read(&recipient, &format!("{container}/y")).await, ErrorKind::NotFound);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = format!("http://{}/prov", listener.local_addr().unwrap());
    drop(listener);
    let unreachable = AzureBlobStore::with_query(&nobody, &delegation.query).unwrap();
    refused(read(&unreachable, &format!("{container}/x")).await, ErrorKind::Unreachable);
    drop(guard);
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("sig=REDACTED") && text.contains(&nobody), "the log was kept: {text}");
    let signature = delegation.query.reveal().split_once("sig=").unwrap().1.to_owned();
    assert!(!text.contains(&signature) && !text.contains("SharedKey prov:"), "{text}");
}
