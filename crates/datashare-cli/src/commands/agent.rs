//! `datashare agent`

use std::time::Duration;

use clap::Subcommand;
use datashare_app::dto::{AgentRound, Nothing};

use crate::failure::{DONE, Failure};
use crate::output::Output;
use crate::session::Session;

/// Between rounds: after something happened, at first, and the most when nothing does.
const BUSY: Duration = Duration::from_secs(1);
const USUAL: Duration = Duration::from_secs(2);
const IDLE: Duration = Duration::from_secs(5);

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Work for the shares until asked to stop: verify acceptances, renew access, read what the other side wrote, publish
    /// and take the snapshots that are due
    #[command(after_help = "Example:\n  datashare agent run --once --json")]
    Run {
        /// One round, then end
        #[arg(long)]
        once: bool,
    },
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<u8, Failure> {
    let Command::Run { once } = command;
    if once {
        let round = session.app.agent_round(Nothing {}).await?;
        session.app.due_work_ended().await;
        session.output.show(&round, |round| text(round, "Nothing to do."))?;
        return Ok(DONE);
    }
    work(session).await
}

/// Rounds until asked to stop; a round is never cut. A round that failed is told and tried again.
async fn work(session: &Session) -> Result<u8, Failure> {
    session.output.say("At work. Ctrl-C ends it.")?;
    let mut pause = USUAL;
    loop {
        pause = match session.app.agent_round(Nothing {}).await {
            Ok(round) if happened(&round) => {
                tell(&session.output, &round)?;
                BUSY
            }
            Ok(_) => IDLE.min(pause + BUSY),
            Err(error) => {
                Failure::from(error).show(&session.output);
                IDLE
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = session.stop.asked(1) => return Ok(DONE),
        }
    }
}

fn happened(round: &AgentRound) -> bool {
    !(round.accepted.is_empty() && round.refreshed.is_empty() && round.problems.is_empty())
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
