//! The server: where it listens, and until when.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use datashare_app::{ApiSeat, App, AppError, Code};
use hyper_util::rt::TokioTimer;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::guard::Names;
use crate::operation::Context;
use crate::transfers::Transfers;
use crate::{router, tls};

/// So long requests may still take once the server is asked to stop.
const PATIENCE: Duration = Duration::from_secs(10);
/// So long a client may take for the head of a request.
const HEAD_WITHIN: Duration = Duration::from_secs(20);

/// Certificate (with its chain) and key, in PEM.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

#[derive(Clone, Debug)]
pub struct ServeOptions {
    /// Port 0 takes a free one.
    pub listen: SocketAddr,
    /// Names beside `localhost` and addresses under which the server may be called.
    pub hosts: Vec<String>,
    /// Needed where another computer could listen in.
    pub tls: Option<TlsFiles>,
}

impl ServeOptions {
    /// Refuses what would carry tokens across a network in clear, and certificates that cannot be used.
    pub fn check(&self) -> Result<(), AppError> {
        self.tls_configuration().map(drop)
    }

    fn tls_configuration(&self) -> Result<Option<RustlsConfig>, AppError> {
        if self.tls.is_none() && !self.listen.ip().is_loopback() {
            let message = format!(
                "The API is not served in clear at {}: everybody on the way could read its tokens.",
                self.listen
            );
            return Err(AppError::new(Code::NotAllowed, message)
                .hint("Name a certificate and its key, or listen on 127.0.0.1."));
        }
        self.tls.as_ref().map(tls::configuration).transpose()
    }
}

/// A server that has its port and does not answer yet.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    tls: Option<RustlsConfig>,
    names: Names,
    app: App,
    seat: ApiSeat,
}

impl Server {
    /// Takes the port. Refused where tokens would cross a network in clear.
    pub fn bind(app: App, options: ServeOptions) -> Result<Self, AppError> {
        let tls = options.tls_configuration()?;
        let cannot = |error: std::io::Error| {
            let message = format!("The API cannot be served at {}: {error}.", options.listen);
            AppError::invalid(message).hint("Choose another port, or end what uses this one.")
        };
        let listener = TcpListener::bind(options.listen).map_err(cannot)?;
        listener.set_nonblocking(true).map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?;
        let (names, seat) = (Names::new(address, options.hosts), app.api_seat()?);
        Ok(Self { listener, address, tls, names, app, seat })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of the page.
    pub fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}/", self.address)
    }

    /// Answers requests until `shutdown` ends; then those that were begun, for a while.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) -> Result<(), AppError> {
        let (stopping, changes) = (CancellationToken::new(), TaskTracker::new());
        let transfers = Arc::new(Transfers::new(changes.clone(), stopping.clone()));
        let context = Context { app: self.app, seat: self.seat, stopping: stopping.clone(), transfers };
        let routes = router::router(context, self.names, changes.clone());
        let handle = Handle::new();
        let answer = answer(self.listener, self.tls, routes, handle.clone());
        let asked = async {
            shutdown.await;
            stopping.cancel();
            handle.graceful_shutdown(Some(PATIENCE));
            std::future::pending::<()>().await
        };
        let answered = tokio::select! {
            answered = answer => answered,
            () = asked => Ok(()),
        };
        changes.close();
        // What is longer than that is interrupted as by a crash, which everything bears.
        let _ = tokio::time::timeout(PATIENCE, changes.wait()).await;
        answered.map_err(|error| {
            AppError::new(Code::Internal, format!("The API cannot be served any longer: {error}."))
        })
    }
}

async fn answer(
    listener: TcpListener,
    tls: Option<RustlsConfig>,
    routes: Router,
    handle: Handle<SocketAddr>,
) -> std::io::Result<()> {
    let service = routes.into_make_service();
    match tls {
        None => {
            let mut server = axum_server::from_tcp(listener)?.handle(handle);
            server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN);
            server.serve(service).await
        }
        Some(tls) => {
            let mut server = axum_server::from_tcp_rustls(listener, tls)?.handle(handle);
            server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN);
            server.serve(service).await
        }
    }
}

/// Serves the API until `shutdown` ends.
pub async fn serve(
    app: App,
    options: ServeOptions,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), AppError> {
    Server::bind(app, options)?.run(shutdown).await
}
