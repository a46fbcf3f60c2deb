//! Something between a workspace and Azurite that holds requests back, or is cut.

use std::collections::BTreeMap;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

#[derive(Clone, Debug, PartialEq)]
enum Mode {
    Open,
    /// Requests whose head holds all of these texts wait.
    Hold(Vec<String>),
    /// Of the reads of files with one token so many pass; the others wait.
    HoldAfter(usize),
    Cut,
}

/// On a port of its own; ends with the test's runtime.
pub(crate) struct Switch {
    /// Takes the place of `http://host:port` of the server.
    pub(crate) address: String,
    mode: watch::Sender<Mode>,
    held: watch::Sender<usize>,
    reads: watch::Sender<Reads>,
}

/// The reads of `*.txt` that passed, and how many wait, by what is a recipient's own in its tokens.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reads {
    pub(crate) passed: BTreeMap<String, Vec<String>>,
    pub(crate) waiting: BTreeMap<String, usize>,
}

impl Switch {
    /// In front of a server (`http://host:port/...`).
    pub(crate) async fn before(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let server = server.trim_start_matches("http://").split('/').next().unwrap().to_owned();
        let (mode, held, reads) =
            (watch::Sender::new(Mode::Open), watch::Sender::new(0), watch::Sender::default());
        let (modes, counter, log) = (mode.clone(), held.clone(), reads.clone());
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let (server, mode, held) = (server.clone(), modes.subscribe(), counter.clone());
                let log: watch::Sender<Reads> = log.clone();
                tokio::spawn(async move { drop(carry(client, &server, mode, held, log).await) });
            }
        });
        Self { address, mode, held, reads }
    }

    pub(crate) fn hold(&self, texts: &[&str]) {
        self.mode.send_replace(Mode::Hold(texts.iter().map(|text| (*text).to_owned()).collect()));
    }

    /// With each token so many reads of files pass from now on.
    pub(crate) fn hold_after(&self, count: usize) {
        self.mode.send_replace(Mode::HoldAfter(count));
    }

    /// The reads of files so far.
    pub(crate) fn reads(&self) -> Reads {
        self.reads.borrow().clone()
    }

    /// Until reads with so many different tokens are held back.
    pub(crate) async fn holds_tokens(&self, count: usize) {
        self.reads.subscribe().wait_for(|reads| reads.waiting.len() >= count).await.unwrap();
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

/// What is the recipient's own in the token, and the path.
fn read_of_a_file(head: &str) -> Option<(String, String)> {
    let address = head.strip_prefix("GET ")?.split(' ').next()?;
    let (path, query) = address.split_once('?').filter(|(path, _)| path.ends_with(".txt"))?;
    let token = query.split('&').find(|parameter| parameter.starts_with("rscd="))?;
    Some((token.to_owned(), path.to_owned()))
}

/// Counts a read: as one that passes, or once as one that waits.
fn passes(mode: &Mode, reads: &watch::Sender<Reads>, token: &str, path: &str) -> bool {
    let mut pass = true;
    reads.send_modify(|reads| {
        let passed = reads.passed.entry(token.to_owned()).or_default();
        pass = !matches!(mode, Mode::HoldAfter(count) if passed.len() >= *count);
        match pass {
            true => passed.push(path.to_owned()),
            false => *reads.waiting.entry(token.to_owned()).or_default() += 1,
        }
    });
    pass
}

async fn carry(
    client: TcpStream,
    server: &str,
    mut mode: watch::Receiver<Mode>,
    held: watch::Sender<usize>,
    reads: watch::Sender<Reads>,
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
            if let Some((token, path)) = read_of_a_file(&text) {
                while !passes(&mode.borrow_and_update(), &reads, &token, &path) {
                    let _ = mode.changed().await;
                }
            }
            to_server.write_all(&buffer[..read]).await?;
        }
    };
    tokio::select! {
        ended = requests => ended,
        ended = tokio::io::copy(&mut from_server, &mut to_client) => ended.map(drop),
        _ = cut.wait_for(|mode| *mode == Mode::Cut) => Ok(()),
    }
}
