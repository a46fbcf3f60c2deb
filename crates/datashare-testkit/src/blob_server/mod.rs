//! A fast blob server in memory, for measuring and for faults: what clients wait for is never this server.
//!
//! It speaks the part of the Blob service's REST that transfers use (block blobs: put, blocks, ranges, lists, copies at
//! once and asynchronous, tags, conditions, MD5 and CRC-64) over path-style addresses `http://host:port/<account>/...`
//! for any account. Bytes stay in the pieces in which they came.
//!
//! It **accepts every credential**, or none, so it proves nothing about access: such tests run on [`crate::Azurite`]. It
//! refuses a SAS that is over, by its own `se` or by [`BlobServer::expire_sas`], and, since Azurite knows no tokens of
//! directories, checks those (and every other SAS) after [`BlobServer::make_hierarchical`].
//!
//! It **counts** what it answers, container by container: [`BlobServer::requests`], and `GET /-/requests` for programs.

mod answer;
mod blobs;
mod blocks;
mod call;
mod containers;
mod content;
mod copies;
mod counts;
mod listing;
mod operations;
mod state;
mod tags;
#[cfg(test)]
mod tests;
mod tokens;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use answer::Refusal;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use call::Call;
use content::{Content, Pieces};
pub use counts::Requests;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use state::State;
use tokio::net::TcpListener;

use crate::background::Background;

/// A running server, on threads of its own. It ends with the value.
#[derive(Debug)]
pub struct BlobServer {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    _background: Background,
}

impl BlobServer {
    /// On the loopback, on a free port.
    pub fn start() -> anyhow::Result<Self> {
        Self::start_at("127.0.0.1:0".parse()?)
    }

    /// On this address; port 0 is a free one.
    pub fn start_at(address: SocketAddr) -> anyhow::Result<Self> {
        let state = Arc::<Mutex<State>>::default();
        let background = Background::start()?;
        let address = background.serve(address, |listener| accept(listener, state.clone()))?;
        Ok(Self { address, state, _background: background })
    }

    /// `http://host:port`.
    pub fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Address of an account, path-style: `http://127.0.0.1:<port>/<account>`.
    pub fn endpoint(&self, account: &str) -> String {
        format!("{}/{account}", self.address())
    }

    /// A key for any account, base64; this server accepts every other one too.
    pub fn key(&self, account: &str) -> String {
        STANDARD.encode(tokens::key_of(account))
    }

    /// What a person would paste to connect the account.
    pub fn connection_string(&self, account: &str) -> String {
        let (endpoint, key) = (self.endpoint(account), self.key(account));
        format!(
            "DefaultEndpointsProtocol=http;AccountName={account};AccountKey={key};BlobEndpoint={endpoint};"
        )
    }

    /// What it was asked since it was started.
    pub fn requests(&self) -> Requests {
        lock(&self.state).requests.clone()
    }

    /// From now on the accounts say that their namespace is hierarchical, and service SAS are checked with their policies:
    /// signature, scope, permission and end. Keys are not.
    pub fn make_hierarchical(&self) {
        lock(&self.state).manners.hierarchical = true;
    }

    /// From now on every SAS is refused as expired (403); keys are not.
    pub fn expire_sas(&self) {
        lock(&self.state).manners.sas_expired = true;
    }

    /// Takes back [`Self::expire_sas`].
    pub fn renew_sas(&self) {
        lock(&self.state).manners.sas_expired = false;
    }

    /// From now on asynchronous copies stay pending.
    pub fn hold_copies(&self) {
        lock(&self.state).manners.copies_held = true;
    }

    /// Ends every pending copy: with the source's bytes, or failed where the source is gone or was changed. New ones
    /// succeed at once.
    pub fn finish_copies(&self) {
        let mut state = lock(&self.state);
        state.manners.copies_held = false;
        copies::finish_pending(&mut state);
    }

    /// From now on every server-side copy is refused with this status and code.
    pub fn refuse_copies(&self, status: u16, code: &'static str) {
        let refusal = Refusal::new(status, code, "The copy is refused, because a test wants it so.");
        lock(&self.state).manners.copies_refused = Some(refusal);
    }

    /// Takes back [`Self::refuse_copies`].
    pub fn allow_copies(&self) {
        lock(&self.state).manners.copies_refused = None;
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn accept(listener: TcpListener, state: Arc<Mutex<State>>) {
    loop {
        // No free descriptor, say: the next attempt may succeed, and the client tries again.
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        let state = state.clone();
        let service = service_fn(move |request| respond(request, state.clone()));
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

async fn respond(
    mut request: Request<Incoming>,
    state: Arc<Mutex<State>>,
) -> hyper::Result<Response<Pieces>> {
    let body = Content::receive(request.body_mut()).await?;
    let call = Call::new(request, body);
    if counts::are_asked_for(&call) {
        let mut state = lock(&state);
        let answer = counts::answer(&state.requests);
        return Ok(answer.finish(state.next_serial()));
    }
    lock(&state).requests.add(&call);
    let checked = blobs::check_body(&call).and_then(|()| copies::check_source(&state, &call));
    let outcome = checked.and_then(|()| operations::answer(&mut lock(&state), &call));
    let answer = outcome.unwrap_or_else(Refusal::answer);
    let serial = lock(&state).next_serial();
    Ok(answer.finish(serial))
}
