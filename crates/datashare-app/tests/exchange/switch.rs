//! Something between a workspace and Azurite that holds requests back, or is cut.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

#[derive(Clone, Debug, PartialEq)]
enum Mode {
    Open,
    /// Requests whose head holds all of these texts wait.
    Hold(Vec<String>),
    Cut,
}

/// On a port of its own; ends with the test's runtime.
pub(crate) struct Switch {
    /// Takes the place of `http://host:port` of the server.
    pub(crate) address: String,
    mode: watch::Sender<Mode>,
    held: watch::Sender<usize>,
}

impl Switch {
    /// In front of a server (`http://host:port/...`).
    pub(crate) async fn before(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let server = server.trim_start_matches("http://").split('/').next().unwrap().to_owned();
        let (mode, held) = (watch::Sender::new(Mode::Open), watch::Sender::new(0));
        let (modes, counter) = (mode.clone(), held.clone());
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let (server, mode, held) = (server.clone(), modes.subscribe(), counter.clone());
                tokio::spawn(async move { drop(carry(client, &server, mode, held).await) });
            }
        });
        Self { address, mode, held }
    }

    pub(crate) fn hold(&self, texts: &[&str]) {
        self.mode.send_replace(Mode::Hold(texts.iter().map(|text| (*text).to_owned()).collect()));
    }

    pub(crate) fn cut(&self) {
        self.mode.send_replace(Mode::Cut);
    }

    pub(crate) fn open(&self) {
        self.mode.send_replace(Mode::Open);
    }

    /// Until a request is held back.
    pub(crate) async fn holds(&self) {
        self.holds_at_least(1).await;
    }

    /// Until so many requests were held back.
    pub(crate) async fn holds_at_least(&self, count: usize) {
        self.held.subscribe().wait_for(|held| *held >= count).await.unwrap();
    }
}

async fn carry(
    client: TcpStream,
    server: &str,
    mut mode: watch::Receiver<Mode>,
    held: watch::Sender<usize>,
) -> std::io::Result<()> {
    if *mode.borrow() == Mode::Cut {
        return Ok(());
    }
    let upstream = TcpStream::connect(server).await?;
    client.set_nodelay(true)?;
    upstream.set_nodelay(true)?;
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = upstream.into_split();
    let mut cut = mode.clone();
    let requests = async {
        let mut buffer = vec![0; 1 << 16];
        loop {
            let read = from_client.read(&mut buffer).await?;
            if read == 0 {
                return Ok::<_, std::io::Error>(());
            }
            let text = String::from_utf8_lossy(&buffer[..read]).into_owned();
            let meant = |mode: &Mode| matches!(mode, Mode::Hold(texts) if texts.iter().all(|needle| text.contains(needle)));
            if meant(&mode.borrow()) {
                held.send_modify(|held| *held += 1);
            }
            let _ = mode.wait_for(|mode| !meant(mode)).await;
            to_server.write_all(&buffer[..read]).await?;
        }
    };
    tokio::select! {
        ended = requests => ended,
        ended = tokio::io::copy(&mut from_server, &mut to_client) => ended.map(drop),
        _ = cut.wait_for(|mode| *mode == Mode::Cut) => Ok(()),
    }
}
