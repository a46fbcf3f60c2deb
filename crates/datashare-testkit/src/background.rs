//! Servers of tests run on threads of their own, so that they neither share a test's clock nor depend on its runtime.

use std::net::SocketAddr;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

/// Threads that end with the value, and everything on them.
#[derive(Debug)]
pub(crate) struct Background(Option<Runtime>);

impl Background {
    pub(crate) fn start() -> anyhow::Result<Self> {
        Ok(Self(Some(Builder::new_multi_thread().worker_threads(2).enable_all().build()?)))
    }

    /// Listens here (port 0 is a free one) and serves what comes; answers the address.
    pub(crate) fn serve<S: Future<Output = ()> + Send + 'static>(
        &self,
        address: SocketAddr,
        serve: impl FnOnce(TcpListener) -> S,
    ) -> anyhow::Result<SocketAddr> {
        let runtime = self.0.as_ref().context("The threads have ended")?;
        let listener = std::net::TcpListener::bind(address).context("The port is not free")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let _inside = runtime.enter();
        runtime.spawn(serve(TcpListener::from_std(listener)?));
        Ok(address)
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        let runtime = self.0.take();
        // A runtime must not end on a thread of another one, and a test may drop this inside its own.
        let _ = std::thread::spawn(|| drop(runtime)).join();
    }
}
