//! `datashare snapshot`

mod detached;
mod follow;

use clap::{Args, Subcommand};
use datashare_app::dto::{
    Mirror, PathProblem, PlannedFile, ReceivedName, RunOptions, Snapshot, SnapshotId, SnapshotLimit,
    SnapshotPlan, SnapshotStart,
};
use datashare_domain::{SnapshotMode, SnapshotStatus};

pub(crate) use follow::{follow, with_progress};

use crate::commands::history;
use crate::failure::{CANCELLED, DONE, FAILED, Failure, NEEDS_ATTENTION};
use crate::session::Session;
use crate::{values, words};

pub(crate) const MODES: &[&str] = &["full", "incremental"];

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Take a snapshot and show its progress
    #[command(after_help = "Examples:
  datashare snapshot start contoso-sales --mode full
  datashare snapshot start contoso-sales --dry-run")]
    Start(Start),
    /// List the snapshots of a received share
    #[command(after_help = "Example:\n  datashare snapshot list contoso-sales")]
    List {
        /// Name or id of the received share
        received: String,
    },
    /// Show one snapshot
    #[command(after_help = "Example:\n  datashare snapshot show 01jd3w")]
    Show {
        /// Id of the snapshot
        id: String,
    },
    /// Stop a running snapshot; files that arrived stay
    #[command(after_help = "Example:\n  datashare snapshot cancel 01jd3w")]
    Cancel {
        /// Id of the snapshot
        id: String,
    },
    /// Let a running snapshot rest; it keeps what has arrived, also inside large files
    #[command(after_help = "Example:\n  datashare snapshot pause 01jd3w")]
    Pause {
        /// Id of the snapshot
        id: String,
    },
    /// Let a paused snapshot go on
    #[command(after_help = "Example:\n  datashare snapshot resume 01jd3w")]
    Resume {
        /// Id of the snapshot
        id: String,
    },
    /// Go on where a snapshot ended without having brought everything, and show the progress
    #[command(after_help = "Example:\n  datashare snapshot retry 01jd3w")]
    Retry {
        /// Id of the snapshot
        id: String,
    },
    /// Limit the speed of a running snapshot, or lift the limit
    #[command(after_help = "Examples:
  datashare snapshot limit 01jd3w 20M
  datashare snapshot limit 01jd3w off")]
    Limit {
        /// Id of the snapshot
        id: String,
        /// Bytes a second, such as 500K, 20M, 1G; or off
        #[arg(value_parser = values::limit)]
        rate: values::Limit,
    },
    /// Run a snapshot for a process that does not wait for it
    #[command(hide = true)]
    Work(Chosen),
}

#[derive(Args, Debug)]
pub(crate) struct Start {
    #[command(flatten)]
    chosen: Chosen,
    /// Show what would be written; write nothing
    #[arg(long, conflicts_with = "detach")]
    dry_run: bool,
    /// Run in the background: print the queued snapshot and end
    #[arg(long)]
    detach: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Chosen {
    /// Name or id of the received share
    received: String,
    /// Write everything again, or what is new or changed
    #[arg(long, default_value = "incremental", value_parser = values::one_of::<SnapshotMode>(MODES))]
    mode: SnapshotMode,
    /// Only this dataset; repeat it for several [default: all that are mapped]
    #[arg(long, value_name = "NAME")]
    dataset: Vec<String>,
    #[command(flatten)]
    options: Options,
}

/// What snapshots and transfers have in common.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// Move no more than this a second, such as 500K, 20M, 1G bytes
    #[arg(long, value_name = "BYTES", value_parser = values::bytes_per_second)]
    limit: Option<u64>,
    /// Delete at the target what was received once and is gone at the source
    #[arg(long, visible_alias = "mirror-deletions")]
    mirror: bool,
    /// With --mirror: delete even if it is a large share of what was received
    #[arg(long, requires = "mirror")]
    confirm_deletions: bool,
    /// Read everything back that was written, and compare
    #[arg(long)]
    verify: bool,
    /// Let the storage copy large files by itself, also while this computer sleeps (between Azure accounts); a later run
    /// takes what has arrived
    #[arg(long)]
    hand_over: bool,
}

impl Options {
    pub(crate) fn request(&self) -> RunOptions {
        let mirror = match (self.mirror, self.confirm_deletions) {
            (false, _) => Mirror::Off,
            (true, false) => Mirror::On,
            (true, true) => Mirror::Confirmed,
        };
        RunOptions { limit: self.limit, mirror, verify: self.verify, hand_over: self.hand_over }
    }

    /// The same options for another process.
    fn arguments(&self) -> Vec<String> {
        let flags = [
            (self.mirror, "--mirror"),
            (self.confirm_deletions, "--confirm-deletions"),
            (self.verify, "--verify"),
            (self.hand_over, "--hand-over"),
        ];
        let flags = flags.into_iter().filter(|(given, _)| *given).map(|(_, flag)| flag.to_owned());
        flags.chain(self.limit.map(|limit| format!("--limit={limit}"))).collect()
    }
}

impl Chosen {
    fn request(self) -> SnapshotStart {
        let options = self.options.request();
        SnapshotStart { received: self.received, mode: self.mode, datasets: self.dataset, options }
    }
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<u8, Failure> {
    let (app, output) = (&session.app, &session.output);
    match command {
        Command::Start(Start { chosen, dry_run: true, .. }) => {
            let plan = unless_stopped(session, app.snapshot_plan(chosen.request())).await?;
            output.show(&plan, plan_text)?;
        }
        Command::Start(Start { chosen, detach: true, .. }) => detached::start(chosen, session).await?,
        Command::Start(Start { chosen, .. }) => return start(chosen, session).await,
        Command::Work(chosen) => return detached::work(chosen, session).await,
        Command::List { received } => {
            output.show(app.snapshot_list(ReceivedName { received }).await?.as_slice(), history::table)?;
        }
        Command::Show { id } => {
            output.show(&app.snapshot_show(SnapshotId { snapshot_id: id }).await?, words::snapshot)?;
        }
        Command::Cancel { id } => {
            output.done(&app.snapshot_cancel(SnapshotId { snapshot_id: id }).await?, words::snapshot)?;
        }
        Command::Pause { id } => {
            output.done(&app.snapshot_pause(SnapshotId { snapshot_id: id }).await?, words::snapshot)?;
        }
        Command::Resume { id } => {
            output.done(&app.snapshot_resume(SnapshotId { snapshot_id: id }).await?, words::snapshot)?;
        }
        Command::Retry { id } => {
            return watched(session, app.snapshot_retry(SnapshotId { snapshot_id: id })).await;
        }
        Command::Limit { id, rate } => {
            let request = SnapshotLimit { snapshot_id: id, bytes_per_second: rate.0 };
            output.done(&app.snapshot_limit(request).await?, words::snapshot)?;
        }
    }
    Ok(DONE)
}

async fn start(chosen: Chosen, session: &Session) -> Result<u8, Failure> {
    watched(session, session.app.snapshot_start(chosen.request())).await
}

/// Starts a run and shows it to its end.
async fn watched(
    session: &Session,
    start: impl Future<Output = datashare_app::Result<Snapshot>>,
) -> Result<u8, Failure> {
    let events = session.app.events();
    let started = unless_stopped(session, start).await?;
    let ended = follow(session, events, &started.snapshot_id).await?;
    session.output.show(&ended, words::snapshot)?;
    Ok(exit_code(ended.status))
}

/// The exit code that the end of a run has.
pub(crate) fn exit_code(status: SnapshotStatus) -> u8 {
    match status {
        SnapshotStatus::Succeeded => DONE,
        SnapshotStatus::NeedsAttention => NEEDS_ATTENTION,
        SnapshotStatus::Cancelled | SnapshotStatus::Cancelling => CANCELLED,
        _ => FAILED,
    }
}

/// What has nothing to bring to an end is given up at the first request to stop.
pub(crate) async fn unless_stopped<T>(
    session: &Session,
    work: impl Future<Output = datashare_app::Result<T>>,
) -> Result<T, Failure> {
    tokio::select! {
        done = work => Ok(done?),
        () = session.stop.asked(1) => Err(Failure::cancelled()),
    }
}

pub(crate) fn plan_text(plan: &SnapshotPlan) -> String {
    let write =
        format!("{} ({})", words::counted(plan.to_write.files, "file"), words::bytes(plan.to_write.bytes));
    let (unchanged, delete) = (words::count(plan.unchanged.files), words::count(plan.to_delete.files));
    let mut lines = vec![format!("To write: {write}. Unchanged: {unchanged}. To delete: {delete}.")];
    let conflict =
        |problem: &PathProblem| format!("  cannot be written: {}: {}", problem.path, problem.reason);
    lines.extend(plan.conflicts.iter().map(conflict));
    let file = |file: &PlannedFile| match &file.reason {
        Some(reason) => format!("  write ({reason}): {} ({})", file.path, words::bytes(file.size)),
        None => format!("  delete: {}", file.path),
    };
    lines.extend(plan.files.iter().map(file));
    lines.join("\n")
}
