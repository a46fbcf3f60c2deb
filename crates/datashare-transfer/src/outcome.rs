//! What a run came to: counts that add up, and every failure with what to do about it.

use datashare_domain::{SnapshotEvent, SnapshotStatus};
use datashare_storage::{ErrorKind, Retry, StoreError};
use serde::Serialize;

/// Failures that an [`Outcome`] lists; the counts go on beyond.
pub const MOST_FAILURES: usize = 10_000;

/// The result of one dataset.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DatasetOutcome {
    pub name: String,
    pub status: SnapshotStatus,
    /// Files in the source, as far as it was listed.
    pub files_total: u64,
    /// Files that were read to the end, found good and passed on whole.
    pub files_read: u64,
    pub files_written: u64,
    /// Unchanged, and still there.
    pub files_skipped: u64,
    pub files_failed: u64,
    /// Gone at the source, and deleted.
    pub files_deleted: u64,
    /// Bytes in the source, as far as it was listed.
    pub bytes_total: u64,
    /// Bytes that were read, those of repeated tries included.
    pub bytes_read: u64,
    /// Bytes of the written files.
    pub bytes_written: u64,
    pub duration_ms: u64,
    /// Why the status is what it is, unless it is `Succeeded`.
    pub message: Option<String>,
}

/// One file that could not be written, or (with an empty path) why a dataset ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Failure {
    pub dataset: String,
    /// Path within the dataset.
    pub path: String,
    /// [`ErrorKind::code`].
    pub code: String,
    /// What happened and why.
    pub message: String,
    /// What to do next.
    pub hint: String,
    /// Running again can help, without anybody doing anything.
    pub retry: bool,
}

impl Failure {
    pub(crate) fn new(dataset: &str, path: &str, error: &StoreError) -> Self {
        let passes = matches!(error.kind, ErrorKind::Changed | ErrorKind::NotFound);
        Self {
            dataset: dataset.to_owned(),
            path: path.to_owned(),
            code: error.kind.code().to_owned(),
            message: error.message.clone(),
            hint: hint(error.kind).to_owned(),
            retry: passes || error.retry != Retry::Never,
        }
    }
}

/// The result of a run. Totals are the sums over its datasets.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    pub status: SnapshotStatus,
    pub duration_ms: u64,
    pub files_total: u64,
    pub files_written: u64,
    pub files_skipped: u64,
    pub files_deleted: u64,
    pub files_failed: u64,
    pub bytes_total: u64,
    pub bytes_written: u64,
    pub message: Option<String>,
    pub datasets: Vec<DatasetOutcome>,
    /// The first [`MOST_FAILURES`]; `files_failed` counts all.
    pub failures: Vec<Failure>,
}

impl Outcome {
    pub(crate) fn of(datasets: Vec<DatasetOutcome>, failures: Vec<Failure>, duration_ms: u64) -> Self {
        let status = overall(&datasets);
        let sum = |count: fn(&DatasetOutcome) -> u64| datasets.iter().map(count).sum();
        Self {
            status,
            duration_ms,
            files_total: sum(|dataset| dataset.files_total),
            files_written: sum(|dataset| dataset.files_written),
            files_skipped: sum(|dataset| dataset.files_skipped),
            files_deleted: sum(|dataset| dataset.files_deleted),
            files_failed: sum(|dataset| dataset.files_failed),
            bytes_total: sum(|dataset| dataset.bytes_total),
            bytes_written: sum(|dataset| dataset.bytes_written),
            message: message(&datasets),
            datasets,
            failures,
        }
    }

    /// The run was asked to stop. Even if everything had arrived by then, it does not count as done.
    pub(crate) fn cancelled(mut self) -> Self {
        if self.status != SnapshotStatus::Cancelled {
            self.status = SnapshotStatus::Cancelled;
            self.message = Some("The run was cancelled.".to_owned());
        }
        self
    }
}

/// The status after these events, from `Queued` on. Steps that a state does not have leave it as it is.
pub(crate) fn status_after(events: &[SnapshotEvent]) -> SnapshotStatus {
    events.iter().fold(SnapshotStatus::Queued, |status, event| status.step(*event).unwrap_or(status))
}

fn overall(datasets: &[DatasetOutcome]) -> SnapshotStatus {
    use SnapshotStatus as S;
    let count =
        |statuses: &[S]| datasets.iter().filter(|dataset| statuses.contains(&dataset.status)).count() as u64;
    let end: &[SnapshotEvent] = if count(&[S::Cancelled]) > 0 {
        &[SnapshotEvent::CancelAsked, SnapshotEvent::Stopped]
    } else if count(&[S::NeedsAttention]) > 0 {
        &[SnapshotEvent::Blocked]
    } else {
        // A dataset that came in part counts on both sides.
        let files_written = count(&[S::Succeeded, S::PartlySucceeded]);
        let files_failed = count(&[S::Failed, S::PartlySucceeded]);
        &[SnapshotEvent::Finished { files_written, files_failed }]
    };
    let begin = [SnapshotEvent::PlanStarted, SnapshotEvent::TransferStarted];
    status_after(&[&begin, end].concat())
}

fn message(datasets: &[DatasetOutcome]) -> Option<String> {
    let lines: Vec<String> = datasets
        .iter()
        .filter_map(|dataset| Some((&dataset.name, dataset.message.as_ref()?)))
        .map(
            |(name, message)| if datasets.len() > 1 { format!("{name}: {message}") } else { message.clone() },
        )
        .collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// What to do next.
fn hint(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::NotFound => "The next snapshot leaves it out if it is gone for good.",
        ErrorKind::NoSuchPlace => {
            "Check that the folder or container still exists, then start the snapshot again."
        }
        ErrorKind::NoSuchAccount => "Check the address of the connection.",
        ErrorKind::AlreadyExists => "Remove or rename what is in the way, then start the snapshot again.",
        ErrorKind::Changed => "Start the snapshot again when nobody writes to the file.",
        ErrorKind::BadCredential => "Enter the credential of the connection again.",
        ErrorKind::Denied => "Ask for the missing permission, or check whether access was taken back.",
        ErrorKind::Expired => {
            "Renew the credential, or ask for renewed access, then start the snapshot again."
        }
        ErrorKind::Firewall => "Ask for this computer to be allowed in the network rules of the store.",
        ErrorKind::ClockSkew => "Set the clock of this computer, then start the snapshot again.",
        ErrorKind::Proxy => "Check the proxy settings of this computer.",
        ErrorKind::Certificate => {
            "Add the certificate of the server's authority to those that this computer trusts."
        }
        ErrorKind::Unreachable | ErrorKind::Interrupted => {
            "Check the network connection, then start the snapshot again."
        }
        ErrorKind::Busy => "Start the snapshot again later.",
        ErrorKind::NoSpace => "Free some space or choose another target, then start the snapshot again.",
        ErrorKind::BadName => {
            "Ask the provider to rename the file, or choose a target that can hold the name."
        }
        ErrorKind::Corrupt => {
            "Start the snapshot again; if it stays so, tell the provider that the file is damaged."
        }
        ErrorKind::Unsupported => "Choose another kind of target.",
        ErrorKind::Other => "Start the snapshot again; the message says what stood in the way.",
    }
}
