//! Being asked to stop: Ctrl-C, and the signal by which a computer ends its services.

use tokio::sync::watch;

use crate::failure::CANCELLED;

/// So many requests end the process at once, whatever it is at.
const AT_ONCE: u32 = 3;

/// Counts the requests to stop since the start.
#[derive(Clone, Debug)]
pub(crate) struct Stop(watch::Receiver<u32>);

impl Stop {
    /// From now on, requests do not end the process by themselves.
    pub(crate) fn listen() -> std::io::Result<Self> {
        let (count, asked) = watch::channel(0);
        let mut requests = Requests::new()?;
        tokio::spawn(async move {
            while requests.next().await.is_some() {
                count.send_modify(|times| *times += 1);
                if *count.borrow() >= AT_ONCE {
                    std::process::exit(CANCELLED.into());
                }
            }
        });
        Ok(Self(asked))
    }

    /// Ends when it was asked this many times.
    pub(crate) async fn asked(&self, times: u32) {
        if self.0.clone().wait_for(|count| *count >= times).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(unix)]
struct Requests {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Requests {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) -> Option<()> {
        tokio::select! {
            request = self.interrupt.recv() => request,
            request = self.terminate.recv() => request,
        }
    }
}

#[cfg(not(unix))]
struct Requests;

#[cfg(not(unix))]
impl Requests {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> Option<()> {
        tokio::signal::ctrl_c().await.ok()
    }
}
