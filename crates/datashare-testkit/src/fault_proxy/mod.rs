//! A proxy that does harm: it stands before a server and resets, delays, falsifies and refuses, by a script.
//!
//! ```text
//! client ── FaultProxy::address() ──▶ proxy (Faults, Counts) ──▶ server
//! ```
//!
//! It speaks HTTP/1.1 without TLS and passes on what it does not harm byte for byte, so that signatures hold. It counts
//! what went through. It runs on threads of its own and ends with the value.

mod exchange;
mod faults;
mod flow;
mod head;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use exchange::Exchange;
pub use faults::{Fault, Faults};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::background::Background;

/// What went through, since the proxy began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Requests of which the head arrived.
    pub requests: u64,
    /// Requests that met a fault.
    pub faults: u64,
    pub connections: u64,
    /// Bytes from the client: heads and bodies.
    pub sent: u64,
    /// Bytes of bodies from the client.
    pub sent_in_bodies: u64,
    /// Bytes to the client: heads and bodies.
    pub received: u64,
    /// Bytes of bodies to the client.
    pub received_in_bodies: u64,
}

/// A running proxy.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    _background: Background,
}

#[derive(Debug)]
struct Shared {
    /// `host:port`.
    server: String,
    /// The script, and how many requests it has concerned.
    script: Mutex<(Faults, u64)>,
    counts: watch::Sender<Counts>,
    cut: watch::Sender<bool>,
}

impl FaultProxy {
    /// Before a server (`http://host:port`, with any path); does no harm yet.
    pub fn before(server: &str) -> anyhow::Result<Self> {
        let server = server.strip_prefix("http://").context("The proxy speaks http only")?;
        let shared = Arc::new(Shared {
            server: server.split('/').next().unwrap_or_default().to_owned(),
            script: Mutex::default(),
            counts: watch::Sender::default(),
            cut: watch::Sender::default(),
        });
        let background = Background::start()?;
        let address =
            background.serve("127.0.0.1:0".parse()?, |listener| accept(listener, shared.clone()))?;
        Ok(Self { address, shared, _background: background })
    }

    /// `http://host:port`, in the place of the server's.
    pub fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Address of an account, path-style.
    pub fn endpoint(&self, account: &str) -> String {
        format!("{}/{account}", self.address())
    }

    /// Another script, from the next request on; its numbers begin at 1.
    pub fn set(&self, faults: Faults) {
        *self.shared.script.lock().unwrap_or_else(PoisonError::into_inner) = (faults, 0);
    }

    /// What went through so far.
    pub fn counts(&self) -> Counts {
        *self.shared.counts.borrow()
    }

    /// Waits until the counts are so; to stop something in the middle.
    pub async fn until(&self, reached: impl Fn(&Counts) -> bool + Send) {
        // The sender lives as long as the proxy, so this ends well.
        let _ = self.shared.counts.subscribe().wait_for(|counts| reached(counts)).await;
    }

    /// The network is gone: every connection is reset, and so is every new one.
    pub fn cut(&self) {
        self.shared.cut.send_replace(true);
    }

    /// The network is back.
    pub fn mend(&self) {
        self.shared.cut.send_replace(false);
    }
}

impl Shared {
    fn count(&self, change: impl FnOnce(&mut Counts)) {
        self.counts.send_modify(change);
    }

    /// Counts a request; answers the script, and its number there if it is concerned.
    fn arrived(&self, head: &str) -> (Faults, Option<u64>) {
        self.count(|counts| {
            counts.requests += 1;
            counts.sent += head.len() as u64;
        });
        let mut script = self.script.lock().unwrap_or_else(PoisonError::into_inner);
        let concerned = script.0.concern(head);
        script.1 += u64::from(concerned);
        (script.0.clone(), concerned.then_some(script.1))
    }

    fn harmed(&self) {
        self.count(|counts| counts.faults += 1);
    }

    fn sent_body(&self, bytes: u64) {
        self.count(|counts| {
            counts.sent += bytes;
            counts.sent_in_bodies += bytes;
        });
    }

    fn received_body(&self, bytes: u64) {
        self.count(|counts| {
            counts.received += bytes;
            counts.received_in_bodies += bytes;
        });
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        if let Ok((client, _)) = listener.accept().await {
            tokio::spawn(connection(client, shared.clone()));
        }
    }
}

async fn connection(client: TcpStream, shared: Arc<Shared>) {
    let mut cut = shared.cut.subscribe();
    if *cut.borrow_and_update() {
        let _ = client.set_zero_linger();
        return;
    }
    shared.count(|counts| counts.connections += 1);
    let Ok(mut exchange) = Exchange::begin(&shared, client).await else { return };
    tokio::select! {
        _ = exchange.run() => {}
        _ = cut.wait_for(|cut| *cut) => drop(exchange.reset()),
    }
}
