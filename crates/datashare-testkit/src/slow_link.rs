//! A long, narrow link before a server: every byte arrives late, and only so many a second, over all connections.
//!
//! For machines whose kernel has no `netem`. It stands between two sockets, so that what it cannot show is how TCP itself
//! finds its speed on a long way: connections are as fast as the link from their first byte.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use bytes::{BufMut, Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::background::Background;

/// Bytes that travel as one.
const PIECE: usize = 16 * 1024;
/// Pieces of one connection that may be on their way: 8 MiB, more than a fast link holds.
const ON_THE_WAY: usize = 512;

/// A running link. It ends with the value.
#[derive(Debug)]
pub struct SlowLink {
    address: SocketAddr,
    _background: Background,
}

/// One direction of the link.
#[derive(Debug)]
struct Lane {
    delay: Duration,
    bytes_per_second: f64,
    /// When everything that was sent so far will have left.
    free_at: Mutex<Instant>,
}

impl SlowLink {
    /// Before a server (`http://host:port`, with any path). Delay and rate are those of each direction.
    pub fn before(server: &str, delay: Duration, bytes_per_second: u64) -> anyhow::Result<Self> {
        let server = server.strip_prefix("http://").context("The link carries http only")?;
        let server = server.split('/').next().unwrap_or_default().to_owned();
        let lane = || {
            let (bytes_per_second, free_at) = (bytes_per_second as f64, Mutex::new(Instant::now()));
            Arc::new(Lane { delay, bytes_per_second, free_at })
        };
        let (there, back) = (lane(), lane());
        let background = Background::start()?;
        let address =
            background.serve("127.0.0.1:0".parse()?, |listener| accept(listener, server, there, back))?;
        Ok(Self { address, _background: background })
    }

    /// `http://host:port`, in the place of the server's.
    pub fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Address of an account, path-style.
    pub fn endpoint(&self, account: &str) -> String {
        format!("{}/{account}", self.address())
    }
}

impl Lane {
    /// When a piece that is sent now arrives.
    fn arrival(&self, bytes: usize) -> Instant {
        let mut free_at = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
        let takes = Duration::from_secs_f64(bytes as f64 / self.bytes_per_second);
        *free_at = (*free_at).max(Instant::now()) + takes;
        *free_at + self.delay
    }
}

async fn accept(listener: TcpListener, server: String, there: Arc<Lane>, back: Arc<Lane>) {
    loop {
        if let Ok((client, _)) = listener.accept().await {
            tokio::spawn(connect(client, server.clone(), there.clone(), back.clone()));
        }
    }
}

async fn connect(
    client: TcpStream,
    server: String,
    there: Arc<Lane>,
    back: Arc<Lane>,
) -> std::io::Result<()> {
    // The handshake takes its way too.
    tokio::time::sleep(there.delay + back.delay).await;
    let server = TcpStream::connect(server).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::spawn(carry(from_client, to_server, there));
    tokio::spawn(carry(from_server, to_client, back));
    Ok(())
}

async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, lane: Arc<Lane>) {
    let (sender, mut arriving) = mpsc::channel::<(Instant, Bytes)>(ON_THE_WAY);
    let sending = async move {
        let mut buffer = BytesMut::new();
        loop {
            buffer.reserve(PIECE);
            let mut piece = (&mut buffer).limit(PIECE);
            if !matches!(from.read_buf(&mut piece).await, Ok(1..)) {
                return;
            }
            let piece = buffer.split().freeze();
            if sender.send((lane.arrival(piece.len()), piece)).await.is_err() {
                return;
            }
        }
    };
    let arriving = async {
        while let Some((at, piece)) = arriving.recv().await {
            tokio::time::sleep_until(at).await;
            if to.write_all(&piece).await.is_err() {
                return;
            }
        }
        let _ = to.shutdown().await;
    };
    tokio::join!(sending, arriving);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::BlobServer;

    #[tokio::test]
    async fn nothing_is_faster_than_the_link_and_everything_arrives() {
        let server = BlobServer::start().unwrap();
        let delay = Duration::from_millis(20);
        let link = SlowLink::before(&server.address(), delay, 10_000_000).unwrap();
        let client = reqwest::Client::new();
        let container = format!("{}/data", link.endpoint("prov"));
        client.put(format!("{container}?restype=container")).send().await.unwrap();
        let content = vec![7; 1_000_000];
        let put = || client.put(format!("{container}/blob")).header("x-ms-blob-type", "BlockBlob");
        let started = Instant::now();
        put().body(content.clone()).send().await.unwrap().error_for_status().unwrap();
        assert!(started.elapsed() >= 2 * delay + Duration::from_millis(100));
        let started = Instant::now();
        let read = client.get(format!("{container}/blob")).send().await.unwrap().bytes().await.unwrap();
        assert!(started.elapsed() >= 2 * delay + Duration::from_millis(100));
        assert!(read == content);
    }
}
