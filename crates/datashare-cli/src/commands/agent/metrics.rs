//! Numbers for a system that watches: the text format of Prometheus, over HTTP on this computer. Answers one request for
//! each connection, knows one path, and tells no names.

use std::fmt::Write;
use std::net::SocketAddr;
use std::time::Duration;

use datashare_app::dto::{AgentLeader, Metrics, SnapshotMetrics};
use datashare_app::{App, AppError, Code};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::failure::Failure;

/// The longest head of a request, bytes.
const LONGEST_HEAD: usize = 8 * 1024;
const PATIENCE: Duration = Duration::from_secs(5);

/// Answers until the result is dropped.
pub(super) async fn serve(app: App, address: SocketAddr) -> Result<JoinSet<()>, Failure> {
    must_be_this_computer(address)?;
    let listener = TcpListener::bind(address).await.map_err(|error| {
        AppError::new(Code::InvalidRequest, format!("Metrics cannot be told at {address}: {error}."))
            .hint("Choose another port.")
    })?;
    let mut served = JoinSet::new();
    served.spawn(async move {
        loop {
            // No free descriptor, say: the next attempt may succeed.
            let Ok((stream, _)) = listener.accept().await else { continue };
            if let Ok(Err(error)) = tokio::time::timeout(PATIENCE, answer(stream, &app)).await {
                tracing::debug!("a request for metrics broke off: {error}");
            }
        }
    });
    Ok(served)
}

pub(super) fn must_be_this_computer(address: SocketAddr) -> Result<(), Failure> {
    if address.ip().is_loopback() {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "{address} can be reached from other computers. Metrics are told on this one only, for example at 127.0.0.1:9464."
    )))
}

async fn answer(mut stream: TcpStream, app: &App) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        let mut part = [0; 1024];
        let count = stream.read(&mut part).await?;
        head.extend_from_slice(&part[..count]);
        if count == 0 || head.len() > LONGEST_HEAD {
            return Ok(());
        }
    }
    let (status, body) = if head.starts_with(b"GET /metrics ") {
        match app.metrics().await {
            Ok(metrics) => ("200 OK", text(&metrics)),
            Err(error) => ("503 Service Unavailable", format!("{}\n", error.in_words())),
        }
    } else {
        ("404 Not Found", "Metrics are at /metrics.\n".to_owned())
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    stream.shutdown().await
}

/// The text being made.
#[derive(Default)]
struct Page(String);

impl Page {
    /// One family of numbers; writing into a string does not fail.
    fn family(&mut self, name: &str, kind: &str, help: &str, samples: &[(String, f64)]) {
        let _ = writeln!(self.0, "# HELP datashare_{name} {help}\n# TYPE datashare_{name} {kind}");
        for (labels, value) in samples {
            let _ = writeln!(self.0, "datashare_{name}{labels} {value}");
        }
    }

    fn gauge(&mut self, name: &str, help: &str, value: f64) {
        self.family(name, "gauge", help, &[(String::new(), value)]);
    }

    fn counter(&mut self, name: &str, help: &str, value: f64) {
        self.family(name, "counter", help, &[(String::new(), value)]);
    }
}

fn text(metrics: &Metrics) -> String {
    let mut page = Page::default();
    let leader = metrics.status.leader.as_ref();
    let leads = leader.is_some_and(|leader| leader.process == std::process::id());
    let version = format!("{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"));
    page.family("build_info", "gauge", "The version.", &[(version, 1.0)]);
    page.gauge("leader", "1 while this process does the work in the background.", f64::from(leads));
    if let Some(leader) = leader {
        of_leader(&mut page, leader);
    }
    of_snapshots(&mut page, &metrics.snapshots);
    let (waiting, dead) = (metrics.notifications_waiting, metrics.notifications_dead);
    page.gauge("notifications_waiting", "Notifications that still have to be told.", waiting.into());
    page.gauge("notifications_dead", "Notifications that were given up.", dead.into());
    page.0
}

/// Of the process that does the work, whichever it is.
#[expect(clippy::cast_precision_loss, reason = "the format has floating numbers only")]
fn of_leader(page: &mut Page, leader: &AgentLeader) {
    page.gauge("leader_start_time_seconds", "Since when it does.", leader.since.timestamp() as f64);
    page.gauge("watched_shares", "Shares that are watched.", leader.watched.into());
    page.gauge("problems", "What does not go well now.", leader.problems.len() as f64);
    page.counter("rounds_total", "Looks at a share.", leader.rounds as f64);
    page.counter("rounds_failed_total", "Looks at a share that failed.", leader.rounds_failed as f64);
    page.counter("round_seconds_total", "Time spent in looks.", leader.busy_ms as f64 / 1000.0);
}

/// What has ended stays as it is, so these are counters; what goes on is a gauge of its own.
#[expect(clippy::cast_precision_loss, reason = "the format has floating numbers only")]
fn of_snapshots(page: &mut Page, snapshots: &[SnapshotMetrics]) {
    let (ended, open): (Vec<&SnapshotMetrics>, Vec<_>) = snapshots.iter().partition(|sums| sums.ended);
    let by_status = |value: fn(&SnapshotMetrics) -> f64| -> Vec<(String, f64)> {
        ended.iter().map(|sums| (label(&sums.status), value(sums))).collect()
    };
    let runs = by_status(|sums| sums.runs as f64);
    page.family("snapshots_total", "counter", "Snapshots that ended, by how they did.", &runs);
    let bytes = by_status(|sums| sums.bytes_written as f64);
    page.family("snapshot_written_bytes_total", "counter", "Bytes that they wrote.", &bytes);
    let files = by_status(|sums| sums.files_written as f64);
    page.family("snapshot_written_files_total", "counter", "Files that they wrote.", &files);
    let failed = by_status(|sums| sums.files_failed as f64);
    page.family("snapshot_failed_files_total", "counter", "Files that they could not write.", &failed);
    let seconds = by_status(|sums| sums.duration_ms as f64 / 1000.0);
    page.family("snapshot_seconds_total", "counter", "Time that they took.", &seconds);
    let open = open.iter().map(|sums| sums.runs).sum::<u64>() as f64;
    page.gauge("snapshots_open", "Snapshots that have not ended.", open);
}

/// `PartlySucceeded` as `{status="partly_succeeded"}`.
fn label(status: &str) -> String {
    let mut name = String::new();
    for character in status.chars() {
        if character.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(character.to_ascii_lowercase());
    }
    format!("{{status=\"{name}\"}}")
}
