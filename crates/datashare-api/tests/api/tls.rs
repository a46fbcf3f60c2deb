//! Another address than loopback, and encryption.

use std::fs;

use datashare_api::{ServeOptions, Server, TlsFiles};
use datashare_app::Code;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use reqwest::{Certificate, Client};

use crate::support::{Party, loopback, send, workspace};

#[tokio::test]
async fn another_address_than_loopback_is_refused_without_encryption() {
    let home = tempfile::tempdir().unwrap();
    let app = workspace(&home.path().join("workspace"), "ana").await;
    let options = ServeOptions { listen: "0.0.0.0:0".parse().unwrap(), ..loopback() };
    let refused = Server::bind(app, options).unwrap_err();
    assert_eq!(refused.code, Code::NotAllowed);
    assert!(refused.in_words().contains("certificate"), "{}", refused.in_words());
}

#[tokio::test]
async fn with_a_certificate_it_is_served_by_its_names() {
    let files = tempfile::tempdir().unwrap();
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(vec!["localhost".to_owned(), "share.contoso.example".to_owned()])
            .unwrap();
    let (certificate, key) = (files.path().join("cert.pem"), files.path().join("key.pem"));
    fs::write(&certificate, cert.pem()).unwrap();
    fs::write(&key, signing_key.serialize_pem()).unwrap();
    let tls = Some(TlsFiles { certificate, key });
    let hosts = vec!["share.contoso.example".to_owned()];
    let options = ServeOptions { listen: "0.0.0.0:0".parse().unwrap(), hosts, tls };
    let ana = Party::start_with("ana", options).await;
    let port = ana.url.rsplit(':').next().unwrap();

    let trusted = Certificate::from_pem(cert.pem().as_bytes()).unwrap();
    let client = Client::builder()
        .tls_certs_only([trusted])
        .resolve("share.contoso.example", ([127, 0, 0, 1], 0).into())
        .build()
        .unwrap();
    let get = |host: &str| client.get(format!("https://{host}:{port}/v1/workspace")).bearer_auth(&ana.token);
    send(get("share.contoso.example")).await.is(200);
    send(get("localhost")).await.is(200);
    send(get("localhost").header("host", "attacker.example")).await.is(421);
    let clear = Client::new().get(format!("http://127.0.0.1:{port}/v1/workspace")).bearer_auth(&ana.token);
    assert!(clear.send().await.is_err());
}

#[tokio::test]
async fn a_certificate_that_cannot_be_read_is_named() {
    let home = tempfile::tempdir().unwrap();
    let app = workspace(&home.path().join("workspace"), "ana").await;
    let missing = home.path().join("none.pem");
    let tls = Some(TlsFiles { certificate: missing.clone(), key: missing });
    let refused = Server::bind(app, ServeOptions { tls, ..loopback() }).unwrap_err();
    assert!(refused.message.contains("none.pem"), "{}", refused.message);
}
