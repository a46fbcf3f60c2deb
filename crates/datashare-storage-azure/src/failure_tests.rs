//! What an account, or what stands before it, may answer; and what people are told. A small server gives the answers
//! that Azurite never gives.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::time::Duration;

use datashare_secret::Secret;
use datashare_storage::{ErrorKind, ObjectProperties, PutMode, Retry, Store, StoreError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::failure::{Access, Attempt};
use crate::transport::ConnectionPool;
use crate::{AzureBlobStore, AzureCredential, AzureSettings};

const CANARY: &str = "Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5";

fn key() -> AzureCredential {
    AzureCredential::AccountKey(Secret::new(CANARY))
}

fn sas(fields: &str) -> AzureCredential {
    AzureCredential::Sas(Secret::new(format!("sv=2026-04-06&{fields}&sig={CANARY}")))
}

/// Answers every request with the same text, for as long as the test runs; gives back its address.
async fn canned(answer: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let answer = answer.clone();
            tokio::spawn(async move {
                let mut request = [0; 16 * 1024];
                _ = connection.read(&mut request).await;
                _ = connection.write_all(answer.as_bytes()).await;
                _ = connection.shutdown().await;
            });
        }
    });
    format!("http://{address}/contoso")
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}")
}

/// An answer of Azure's with its code.
fn azure(status: &str, code: &str, detail: &str) -> String {
    let body = format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code><Message>{CANARY}</Message>\
         <AuthenticationErrorDetail>{detail}</AuthenticationErrorDetail></Error>"
    );
    answer(status, &format!("x-ms-error-code: {code}\r\nx-ms-request-id: 1\r\n"), &body)
}

fn store(endpoint: &str, credential: AzureCredential) -> AzureBlobStore {
    AzureBlobStore::new(AzureSettings::from_endpoint(endpoint).unwrap(), credential).unwrap()
}

async fn check(credential: AzureCredential, answer: String) -> StoreError {
    let error = store(&canned(answer).await, credential).check().await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains(CANARY), "{error:?}");
    error
}

#[tokio::test]
async fn each_cause_has_its_kind_and_words() {
    let signature = format!("Signature did not match. String to sign used was {CANARY}");
    let policy = "SAS identifier cannot be found for specified signed identifier";
    let frame = "Signature not valid in the specified time frame";
    let service = "sr=c&si=g1";
    let account = "ss=b&srt=sco&se=2200-01-01";
    #[rustfmt::skip]
    let table = [
        (key(), azure("403 F", "AuthenticationFailed", &signature), ErrorKind::BadCredential, "Access keys"),
        (key(), azure("403 F", "AuthorizationFailure", ""), ErrorKind::Firewall, "Networking"),
        (key(), azure("403 F", "KeyBasedAuthenticationNotPermitted", ""), ErrorKind::Denied, "Allow storage account key"),
        (key(), azure("403 F", "AuthenticationFailed", "Date header too old: 'x'"), ErrorKind::ClockSkew, "clock"),
        (key(), azure("403 F", "AccountIsDisabled", ""), ErrorKind::Denied, "disabled"),
        (key(), azure("403 F", "InsufficientAccountPermissions", ""), ErrorKind::Denied, "does not allow"),
        (key(), azure("401 U", "NoAuthenticationInformation", ""), ErrorKind::BadCredential, "key"),
        (key(), azure("404 N", "ContainerNotFound", ""), ErrorKind::NoSuchPlace, "no container"),
        (key(), azure("409 C", "ContainerBeingDeleted", ""), ErrorKind::Busy, "Try again in a minute"),
        (key(), azure("503 S", "ServerBusy", ""), ErrorKind::Busy, "try again later"),
        (key(), azure("500 I", "InternalError", ""), ErrorKind::Busy, "try again later"),
        (key(), azure("400 B", "InvalidHeaderValue", ""), ErrorKind::Other, "InvalidHeaderValue"),
        (key(), azure("409 C", "BlobArchived", ""), ErrorKind::Denied, "archived"),
        (sas(account), azure("403 F", "AuthenticationFailed", &signature), ErrorKind::BadCredential, "signature"),
        (sas(account), azure("403 F", "AuthenticationFailed", frame), ErrorKind::Expired, "ended"),
        (sas("ss=b&se=2020-01-02"), azure("403 F", "AuthenticationFailed", ""), ErrorKind::Expired, "2020-01-02"),
        (sas(account), azure("403 F", "AuthorizationProtocolMismatch", ""), ErrorKind::Denied, "https"),
        (sas(account), azure("403 F", "AuthorizationSourceIPMismatch", ""), ErrorKind::Firewall, "network"),
        (sas(service), azure("503 S", "ServerBusy", policy), ErrorKind::Busy, "busy"),
        (key(), answer("407 Proxy", "", ""), ErrorKind::Proxy, "proxy"),
        (key(), answer("403 Blocked", "", "<html>Blocked by policy</html>"), ErrorKind::Proxy, "proxy"),
        (key(), answer("200 OK", "", "<html>Please sign in</html>"), ErrorKind::Other, "guest network"),
        (key(), answer("302 Found", "Location: http://sign.in/\r\n", ""), ErrorKind::Other, "guest network"),
        (AzureCredential::None, azure("409 C", "PublicAccessNotPermitted", ""), ErrorKind::BadCredential, "none was given"),
    ];
    for (credential, answer, kind, words) in table {
        let error = check(credential, answer.clone()).await;
        assert_eq!(error.kind, kind, "{answer}\n{error}");
        assert!(error.message.contains(words), "{answer}\n{error}");
    }
}

#[tokio::test]
async fn a_withdrawn_policy_is_told_from_a_wrong_signature() {
    let policy = "SAS identifier cannot be found for specified signed identifier";
    let table = [
        (policy, ErrorKind::Denied),
        ("", ErrorKind::Denied),
        ("Signature did not match", ErrorKind::BadCredential),
    ];
    for (detail, kind) in table {
        let endpoint = canned(azure("403 F", "AuthenticationFailed", detail)).await;
        let error =
            store(&endpoint, sas("sr=c&si=g1")).read("data/x", None, None).await.map(drop).unwrap_err();
        assert_eq!(error.kind, kind, "{detail}: {error}");
    }
}

#[tokio::test]
async fn both_clocks_are_named() {
    let headers = "x-ms-error-code: AuthenticationFailed\r\nDate: Mon, 06 Jan 2020 10:00:00 GMT\r\n";
    let error = check(key(), answer("403 Forbidden", headers, "")).await;
    assert_eq!(error.kind, ErrorKind::ClockSkew);
    assert!(
        error.message.contains("2020-01-06 10:00 UTC") && error.message.contains("15 minutes"),
        "{error}"
    );
}

#[tokio::test]
async fn a_named_pause_is_passed_on() {
    let busy = |headers: &str| answer("429 Too Many Requests", headers, "");
    assert_eq!(
        check(key(), busy("Retry-After: 7\r\n")).await.retry,
        Retry::Later(Some(Duration::from_secs(7)))
    );
    let milliseconds = check(key(), busy("x-ms-retry-after-ms: 1500\r\nRetry-After: 2\r\n")).await;
    assert_eq!(milliseconds.retry, Retry::Later(Some(Duration::from_millis(1500))));
    assert_eq!(check(key(), busy("")).await.retry, Retry::Later(None));
}

#[tokio::test]
async fn damage_on_the_way_is_told_and_tried_again() {
    let endpoint = canned(azure("400 Bad", "Md5Mismatch", "")).await;
    let put = store(&endpoint, key())
        .put("data/x", "x".into(), PutMode::Overwrite, &ObjectProperties::default())
        .await;
    let error = put.unwrap_err();
    assert_eq!((error.kind, error.retry), (ErrorKind::Corrupt, Retry::Later(None)));
}

#[tokio::test]
async fn an_answer_cut_short_is_an_interruption() {
    let whole = answer("200 OK", "ETag: \"1\"\r\nx-ms-request-id: 1\r\n", "0123456789");
    let endpoint = canned(whole.trim_end_matches("56789").to_owned()).await;
    let read = store(&endpoint, key()).read("data/x", None, None).await.unwrap();
    let error = futures::TryStreamExt::try_collect::<Vec<_>>(read.body).await.unwrap_err();
    assert_eq!((error.kind, error.retry), (ErrorKind::Interrupted, Retry::Later(None)));
}

#[tokio::test]
async fn a_sign_in_page_is_not_taken_for_data() {
    let endpoint = canned(answer("200 OK", "ETag: \"1\"\r\n", "<html>Please sign in</html>")).await;
    let store = store(&endpoint, key());
    let error = store.read("data/x", None, None).await.map(drop).unwrap_err();
    assert!(error.kind == ErrorKind::Other && error.message.contains("guest network"), "{error}");
    assert!(store.delete("data/x").await.is_err() && store.make_place("data").await.is_err());
}

#[tokio::test]
async fn silence_is_an_interruption() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}/contoso", listener.local_addr().unwrap());
    let pool = ConnectionPool::new().unwrap().with_patience(Duration::from_millis(50));
    let store =
        AzureBlobStore::in_pool(&pool, AzureSettings::from_endpoint(&endpoint).unwrap(), key()).unwrap();
    let error = store.check().await.unwrap_err();
    assert_eq!((error.kind, error.retry), (ErrorKind::Interrupted, Retry::Later(None)));
    drop(listener);
}

async fn check_through(proxy: &str) -> StoreError {
    let builder = reqwest::Client::builder().proxy(reqwest::Proxy::all(proxy).unwrap());
    let pool = ConnectionPool::build(builder).unwrap();
    let settings = AzureSettings { account: "contoso".into(), endpoint: None };
    AzureBlobStore::in_pool(&pool, settings, key()).unwrap().check().await.unwrap_err()
}

#[tokio::test]
async fn a_proxy_that_refuses_is_named() {
    for status in ["407 Proxy Authentication Required", "403 Forbidden", "502 Bad Gateway"] {
        let proxy = canned(answer(status, "", "")).await;
        let error = check_through(proxy.trim_end_matches("/contoso")).await;
        assert_eq!(error.kind, ErrorKind::Proxy, "{status}: {error}");
    }
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = check_through(&proxy).await;
    assert_eq!(error.kind, ErrorKind::Proxy, "{error}");
}

#[test]
fn an_unknown_name_is_told_from_being_offline() {
    let attempt = Attempt {
        operation: "check",
        key: String::new(),
        account: "account 'contoso'".into(),
        access: Access::Key,
    };
    let failed = |text: &str| {
        let cause = std::io::Error::other(format!("dns error: failed to lookup address information: {text}"));
        attempt.failed(&azure_core::Error::new(azure_core::error::ErrorKind::Connection, cause))
    };
    for unknown in ["Name or service not known", "nodename nor servname provided", "No such host is known."] {
        let error = failed(unknown);
        assert_eq!(error.kind, ErrorKind::NoSuchAccount);
        assert!(error.message.contains("There is no account 'contoso'"), "{error}");
    }
    assert_eq!(failed("Temporary failure in name resolution").kind, ErrorKind::Unreachable);
}

#[tokio::test]
async fn no_secret_is_in_debug_or_errors() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}/contoso", listener.local_addr().unwrap());
    drop(listener);
    let query = Secret::new(format!("sv=1&sr=b&si=g1&sig={CANARY}"));
    for credential in [key(), sas("ss=b&srt=sco")] {
        let shown = format!("{credential:?}");
        let store = store(&endpoint, credential);
        let errors = [
            store.check().await.unwrap_err(),
            store.head("data/x").await.unwrap_err(),
            store.read_with("data/x", &query, None, None).await.map(drop).unwrap_err(),
            store
                .upload("data/x", &ObjectProperties::default())
                .await
                .unwrap()
                .part(0, 0, "x".into())
                .await
                .unwrap_err(),
        ];
        let shown = format!("{shown} {store:?} {} {:?} {errors:?}", store.describe(), store.pool());
        assert!(!shown.contains(CANARY), "{shown}");
        assert!(errors.iter().all(|error| error.kind == ErrorKind::Unreachable), "{errors:?}");
    }
}
