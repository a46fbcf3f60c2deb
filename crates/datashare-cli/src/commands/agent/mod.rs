//! `datashare agent`

mod metrics;
mod service;
mod status;

use std::net::SocketAddr;

use clap::{Args, Subcommand};
use datashare_api::Server;
use datashare_app::dto::{AgentKind, AgentRound, Nothing};
use tokio::sync::oneshot;

use super::api;
use crate::failure::{DONE, Failure};
use crate::output::Output;
use crate::session::Session;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Work for the shares until asked to stop: verify acceptances, renew access, read what the other side wrote, publish
    /// and take the snapshots that are due
    #[command(
        after_help = "One process of a workspace does this work: the window or one agent. Another one waits, and takes
over within seconds when that process ends. The log is in 'logs/agent.log' of the workspace's directory.

Examples:
  datashare agent run
  datashare agent run --metrics 127.0.0.1:9464
  datashare agent run --api 127.0.0.1:8790
  datashare agent run --once --json

With --json a line for each look that something came of; with --api one before them: {url, address}."
    )]
    Run(Run),
    /// Who does the work in the background, and how it goes; exit code 3 when nobody does or something is wrong
    #[command(after_help = "Example:\n  datashare agent status --json")]
    Status,
    /// Start the agent with the computer's session, from now on, with these options; again: with others
    #[command(
        after_help = "On Linux a user unit of systemd, on macOS an agent of launchd, on Windows a task of the Task Scheduler.
The vault that the environment names (DATASHARE_VAULT, DATASHARE_VAULT_PASSPHRASE_FILE) is the one it opens. Nothing
else of the environment is kept: add what the agent should have, such as OTEL_EXPORTER_OTLP_ENDPOINT, to the unit
('systemctl --user edit datashare-agent'), with 'launchctl setenv' or with 'setx'.

Examples:
  datashare agent install
  datashare agent install --metrics 127.0.0.1:9464 --api 127.0.0.1:8790
  datashare agent install --print"
    )]
    Install {
        /// Only show what would be installed
        #[arg(long)]
        print: bool,
        #[command(flatten)]
        served: Served,
    },
    /// No longer start the agent with the computer's session, and end it
    #[command(after_help = "Example:\n  datashare agent uninstall")]
    Uninstall,
}

#[derive(Args, Debug)]
pub(crate) struct Run {
    /// One look at everything, then end
    #[arg(long, conflicts_with_all = ["metrics", "api"])]
    once: bool,
    #[command(flatten)]
    served: Served,
}

/// What the agent serves beside its work.
#[derive(Args, Clone, Debug, Default)]
#[command(
    mut_arg("host", |host| host.requires("api")),
    mut_arg("tls_cert", |certificate| certificate.requires("api"))
)]
pub(crate) struct Served {
    /// Answer 'GET /metrics' at this address of this computer, in the text format of Prometheus
    #[arg(long, value_name = "ADDRESS:PORT")]
    metrics: Option<SocketAddr>,
    /// Serve the REST API too, as 'datashare api serve' does: also while another process does the work
    #[arg(long, value_name = "ADDRESS:PORT")]
    api: Option<SocketAddr>,
    #[command(flatten)]
    called: api::Called,
}

impl Served {
    /// The same once more as words of a command line that may be called in any directory.
    fn words(&self) -> Result<Vec<String>, Failure> {
        let address = |name: &str, at: &Option<SocketAddr>| {
            at.map(|at| vec![name.to_owned(), at.to_string()]).unwrap_or_default()
        };
        let called = self.called.words()?;
        Ok([address("--metrics", &self.metrics), address("--api", &self.api), called].concat())
    }

    /// Refuses what could not be served, before it is installed.
    fn check(&self) -> Result<(), Failure> {
        self.metrics.map_or(Ok(()), metrics::must_be_this_computer)?;
        self.api.map_or(Ok(()), |address| self.called.clone().check(address))
    }
}

impl Command {
    /// Whether it works until asked to stop.
    pub(crate) fn stays(&self) -> bool {
        matches!(self, Self::Run(Run { once: false, .. }))
    }
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<u8, Failure> {
    match command {
        Command::Run(Run { once: true, .. }) => {
            let round = session.app.agent_round(Nothing {}).await?;
            session.app.due_work_ended().await;
            session.output.show(&round, |round| text(round, "Nothing to do."))?;
            Ok(DONE)
        }
        Command::Run(run) => work(run.served, session).await,
        Command::Status => status::show(session).await,
        Command::Install { print, served } => {
            served.check()?;
            service::install(session, print, served.words()?).await
        }
        Command::Uninstall => service::uninstall(session).await,
    }
}

/// Until asked to stop, once: what was begun is brought to its end, and snapshots to where the next agent goes on. The second
/// request ends the process. An API that cannot be
/// served any longer ends it too, so that whoever started the agent starts it again.
async fn work(served: Served, session: &Session) -> Result<u8, Failure> {
    // It ends with this function.
    let _metrics = match served.metrics {
        Some(address) => Some(metrics::serve(session.app.clone(), address).await?),
        None => None,
    };
    let server = served.api.map(|address| api::bind(address, served.called, session)).transpose()?;
    session.output.say("At work. Ctrl-C ends it.")?;
    let tell = |round: &AgentRound| {
        log(round);
        // Nobody reads it any more: the work goes on.
        let _ = tell(&session.output, round);
    };
    let (serves, served_no_longer) = oneshot::channel::<()>();
    let stop = async {
        tokio::select! {
            () = session.stop.asked(1) => {}
            _ = served_no_longer => {}
        }
    };
    let serve = async {
        let _until_then = serves;
        serve(server, session).await
    };
    let ((), served) = tokio::join!(session.app.work(AgentKind::Agent, stop, tell), serve);
    session.app.leave().await;
    served.map(|()| DONE)
}

/// Until asked to stop, whether there is something to serve or not.
async fn serve(server: Option<Server>, session: &Session) -> Result<(), Failure> {
    let stop = session.stop.asked(1);
    match server {
        Some(server) => Ok(server.run(stop).await?),
        None => {
            stop.await;
            Ok(())
        }
    }
}

fn log(round: &AgentRound) {
    round.accepted.iter().for_each(|who| tracing::info!("accepted: {who}"));
    round.refreshed.iter().for_each(|what| tracing::info!("refreshed: {what}"));
    round.problems.iter().for_each(|problem| tracing::warn!("a share needs attention: {problem}"));
}

fn tell(output: &Output, round: &AgentRound) -> Result<(), Failure> {
    output.done(round, |round| text(round, ""))
}

fn text(round: &AgentRound, nothing: &str) -> String {
    let mut lines = Vec::new();
    lines.extend(round.accepted.iter().map(|who| format!("accepted: {who}")));
    lines.extend(round.refreshed.iter().map(|what| format!("refreshed: {what}")));
    lines.extend(round.problems.iter().map(|what| format!("problem: {what}")));
    if lines.is_empty() { nothing.to_owned() } else { lines.join("\n") }
}
