//! A company's proxy: the only way out, and it opens what is encrypted with certificates of the company's own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use crate::background::Background;

/// Longest head of a request that is read, bytes.
const LONGEST_HEAD: usize = 8192;

/// A running proxy. It ends with the value.
#[derive(Debug)]
pub struct CompanyProxy {
    address: SocketAddr,
    authority: String,
    tunnels: Arc<AtomicU64>,
    _background: Background,
}

impl CompanyProxy {
    /// Whoever asks it for `https://{host}` reaches this server (`http://host:port`), which no name service knows.
    pub fn leading(host: &str, server: &str) -> anyhow::Result<Self> {
        let server = server.strip_prefix("http://").context("The server speaks http")?;
        let server = server.split('/').next().unwrap_or_default().to_owned();
        let (acceptor, authority) = certified(host)?;
        let (tunnels, background) = (Arc::<AtomicU64>::default(), Background::start()?);
        let (wanted, counted) = (format!("CONNECT {host}:443 "), tunnels.clone());
        let address = background.serve("127.0.0.1:0".parse()?, |listener| async move {
            while let Ok((client, _)) = listener.accept().await {
                let (wanted, server) = (wanted.clone(), server.clone());
                let (acceptor, counted) = (acceptor.clone(), counted.clone());
                tokio::spawn(async move {
                    // A client that goes away has ended its tunnel.
                    let _ = tunnel(client, &wanted, &server, &acceptor, &counted).await;
                });
            }
        })?;
        Ok(Self { address, authority, tunnels, _background: background })
    }

    /// `http://host:port`.
    pub fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The certificate that a computer of the company trusts, PEM.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Tunnels that were asked for.
    pub fn tunnels(&self) -> u64 {
        self.tunnels.load(Ordering::Relaxed)
    }
}

/// What the proxy shows for this host, and the certificate behind it.
fn certified(host: &str) -> anyhow::Result<(TlsAcceptor, String)> {
    let mut company = CertificateParams::new([])?;
    company.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let company = CertifiedIssuer::self_signed(company, KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let shown = CertificateParams::new([host.to_owned()])?.signed_by(&key, &company)?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![shown.der().clone()], key)?;
    Ok((TlsAcceptor::from(Arc::new(config)), company.pem()))
}

async fn tunnel(
    mut client: TcpStream,
    wanted: &str,
    server: &str,
    acceptor: &TlsAcceptor,
    counted: &AtomicU64,
) -> anyhow::Result<()> {
    let head = head(&mut client).await?;
    counted.fetch_add(1, Ordering::Relaxed);
    if !head.starts_with(wanted) {
        return Ok(client.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n").await?);
    }
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    let mut opened = acceptor.accept(client).await?;
    copy_bidirectional(&mut opened, &mut TcpStream::connect(server).await?).await?;
    Ok(())
}

async fn head(client: &mut TcpStream) -> anyhow::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        anyhow::ensure!(head.len() < LONGEST_HEAD, "The head of a request does not end");
        head.push(client.read_u8().await?);
    }
    Ok(String::from_utf8(head)?)
}
