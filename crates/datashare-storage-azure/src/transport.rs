//! HTTP connections: one pool for any number of stores, no secret in an error, and an end to silence.
//!
//! No retries here: the engine above retries, and knows for how long.

use std::collections::{HashMap, HashSet};
use std::fmt::{self, Debug};
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use azure_core::Error;
use azure_core::error::ErrorKind;
use azure_core::http::headers::{HeaderName, HeaderValue, Headers};
use azure_core::http::{AsyncRawResponse, Body, HttpClient, Method, Request, Transport, Url};
use bytes::Bytes;
use datashare_storage::{Result, StoreError};
use futures::{Stream, StreamExt, TryStreamExt, stream};
use tokio::time::Instant;

use crate::failure::is_emulator;

const CONNECT_TIME: Duration = Duration::from_secs(20);

/// Servers close idle connections, some after five seconds; a request on one of these would be lost.
const IDLE_TIME: Duration = Duration::from_secs(4);

/// Longest time in which not one byte moves, in either direction.
const PATIENCE: Duration = Duration::from_secs(60);

/// Bytes handed to the connection at a time, so that a slow but moving upload is not taken for a silent one.
const UPLOAD_PIECE: usize = 64 * 1024;

/// Nothing moved for the given time.
#[derive(Debug, thiserror::Error)]
#[error("nothing was received for {0:?}")]
pub(crate) struct Silence(Duration);

/// Something that is not a blob service answered with success, such as the sign-in page of a guest network. What it
/// sent must not be taken for data.
#[derive(Debug, thiserror::Error)]
#[error("the answer is not that of a blob service")]
pub(crate) struct Stranger;

/// Connections that several stores share. Cheap to clone.
#[derive(Clone)]
pub struct ConnectionPool {
    client: reqwest::Client,
    patience: Duration,
    /// Hosts, with their ports, at which an emulator answered.
    emulators: Arc<Mutex<HashSet<String>>>,
}

impl ConnectionPool {
    /// An empty pool. Uses the system's proxy settings and certificates.
    pub fn new() -> Result<Self> {
        Self::build(reqwest::Client::builder()).map_err(|error| {
            let message = "The connection to Azure could not be prepared: this computer's certificates or proxy settings \
                           cannot be read. Check them, then try again.";
            StoreError::new(datashare_storage::ErrorKind::Other, "connect", "", message).with_source(error)
        })
    }

    pub(crate) fn build(builder: reqwest::ClientBuilder) -> reqwest::Result<Self> {
        // Bytes are data here: never unpacked on the way, and never fetched from where a redirect points.
        let builder = builder.no_gzip().no_deflate().redirect(reqwest::redirect::Policy::none());
        Ok(Self {
            client: builder.connect_timeout(CONNECT_TIME).pool_idle_timeout(IDLE_TIME).build()?,
            patience: PATIENCE,
            emulators: Arc::default(),
        })
    }

    /// With another longest time in which not one byte moves, in either direction, than a minute.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Whether an emulator answered at this address before. What costs Azure next to nothing may cost an emulator more than
    /// all the rest of a request.
    pub(crate) fn is_emulator(&self, address: &Url) -> bool {
        let emulators = self.emulators.lock().unwrap_or_else(PoisonError::into_inner);
        !emulators.is_empty() && emulators.contains(address.authority())
    }

    fn meet(&self, address: &Url, answered: &Headers) {
        if is_emulator(answered) && !self.is_emulator(address) {
            let mut emulators = self.emulators.lock().unwrap_or_else(PoisonError::into_inner);
            emulators.insert(address.authority().to_owned());
        }
    }

    pub(crate) fn transport(&self) -> Transport {
        Transport::new(Arc::new(self.clone()))
    }

    fn outgoing(
        &self,
        request: &Request,
        progress: &Progress,
    ) -> azure_core::Result<reqwest::RequestBuilder> {
        let method = reqwest::Method::from_bytes(request.method().as_ref().as_bytes())
            .map_err(|error| Error::new(ErrorKind::Other, error))?;
        let mut outgoing = self.client.request(method, request.url().clone());
        for (name, value) in request.headers().iter().filter(|(name, _)| name.as_str() != "content-length") {
            outgoing = outgoing.header(name.as_str(), value.as_str());
        }
        let Body::Bytes(bytes) = request.body() else {
            return Err(Error::with_message(ErrorKind::Other, "a request body is whole in memory here"));
        };
        if bytes.is_empty() {
            // Said in so many words: some writes have no body, and Azure insists on a length.
            let writes = matches!(request.method(), Method::Put | Method::Post);
            return Ok(if writes { outgoing.header("content-length", 0) } else { outgoing });
        }
        let length = bytes.len();
        let body = reqwest::Body::wrap_stream(pieces(bytes.clone(), progress.clone()));
        Ok(outgoing.header("content-length", length).body(body))
    }
}

impl Debug for ConnectionPool {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ConnectionPool")
    }
}

#[async_trait]
impl HttpClient for ConnectionPool {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let progress = Progress::default();
        let outgoing = self.outgoing(request, &progress)?;
        let answer = progress.watch(self.patience, outgoing.send()).await?.map_err(network_error)?;
        let (status, headers) = (answer.status().as_u16(), incoming_headers(answer.headers()));
        self.meet(request.url(), &headers);
        if answer.status().is_success() && !answer.headers().contains_key("x-ms-request-id") {
            return Err(Error::new(ErrorKind::Other, Stranger));
        }
        let body = watched(answer.bytes_stream().map_err(network_error), self.patience);
        Ok(AsyncRawResponse::new(status.into(), headers, Box::pin(body)))
    }
}

/// When something last moved.
#[derive(Clone)]
struct Progress(Arc<Mutex<Instant>>);

impl Default for Progress {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }
}

impl Progress {
    fn moved(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    fn last(&self) -> Instant {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the answer for as long as something moves.
    async fn watch<T>(&self, patience: Duration, answer: impl Future<Output = T>) -> azure_core::Result<T> {
        let mut answer = pin!(answer);
        loop {
            let until = self.last() + patience;
            match tokio::time::timeout_at(until, &mut answer).await {
                Ok(answer) => return Ok(answer),
                Err(_) if self.last() + patience > until => {}
                Err(_) => return Err(silent(patience)),
            }
        }
    }
}

fn pieces(bytes: Bytes, progress: Progress) -> impl Stream<Item = std::io::Result<Bytes>> {
    stream::unfold(bytes, move |mut rest| {
        progress.moved();
        let piece = rest.split_to(rest.len().min(UPLOAD_PIECE));
        std::future::ready((!piece.is_empty()).then_some((Ok(piece), rest)))
    })
}

/// The stream, ended with an error when it goes silent.
fn watched<S>(body: S, patience: Duration) -> impl Stream<Item = azure_core::Result<Bytes>> + Send
where
    S: Stream<Item = azure_core::Result<Bytes>> + Send + 'static,
{
    stream::unfold(Some(body.boxed()), move |body| async move {
        let mut body = body?;
        match tokio::time::timeout(patience, body.next()).await {
            Ok(Some(piece)) => Some((piece, Some(body))),
            Ok(None) => None,
            Err(_) => Some((Err(silent(patience)), None)),
        }
    })
}

fn silent(patience: Duration) -> Error {
    Error::with_error(ErrorKind::Io, Silence(patience), "the connection went silent")
}

/// The address is left out: it may carry a signature.
fn network_error(error: reqwest::Error) -> Error {
    let kind = if error.is_connect() { ErrorKind::Connection } else { ErrorKind::Io };
    Error::with_error(kind, error.without_url(), "the request did not get through")
}

fn incoming_headers(headers: &reqwest::header::HeaderMap) -> Headers {
    let text = headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let pairs: HashMap<HeaderName, HeaderValue> = text
        .map(|(name, value)| (HeaderName::from(name.to_owned()), HeaderValue::from(value.to_owned())))
        .collect();
    Headers::from(pairs)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const SHORT: Duration = Duration::from_secs(60);

    #[tokio::test(start_paused = true)]
    async fn slow_is_not_silent() {
        let progress = Progress::default();
        let slow = async {
            for _ in 0..10 {
                tokio::time::sleep(SHORT / 2).await;
                progress.moved();
            }
            "done"
        };
        assert_eq!(progress.watch(SHORT, slow).await.unwrap(), "done");
    }

    #[tokio::test(start_paused = true)]
    async fn silence_ends() {
        let never = std::future::pending::<()>();
        assert!(Progress::default().watch(SHORT, never).await.is_err());
        let begun = stream::iter([Ok(Bytes::from_static(b"a"))]).chain(stream::pending());
        let read: Vec<_> = watched(begun, SHORT).collect().await;
        assert!(read[0].is_ok() && read[1].is_err() && read.len() == 2);
    }

    #[test]
    fn an_emulator_is_known_by_where_it_answers() {
        let pool = ConnectionPool::new().unwrap();
        let at = |address: &str| Url::parse(address).unwrap();
        let answered_by = |address: &str, server: &'static str| {
            let mut headers = Headers::new();
            headers.insert("server", server);
            pool.meet(&at(address), &headers);
        };
        answered_by("http://127.0.0.1:10000/prov/data", "Azurite-Blob/3.37.0");
        answered_by("https://contoso.blob.example/data", "Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0");
        assert!(pool.clone().is_emulator(&at("http://127.0.0.1:10000/cons?comp=list")));
        assert!(!pool.is_emulator(&at("http://127.0.0.1:10001/prov/data")));
        assert!(!pool.is_emulator(&at("https://contoso.blob.example/data")));
    }

    #[tokio::test]
    async fn an_upload_is_handed_over_whole() {
        let bytes = Bytes::from(vec![7; 3 * UPLOAD_PIECE + 5]);
        let read: Vec<Bytes> = pieces(bytes.clone(), Progress::default()).try_collect().await.unwrap();
        assert_eq!((read.len(), read.concat()), (4, bytes.to_vec()));
    }
}
