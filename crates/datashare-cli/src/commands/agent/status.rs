//! `datashare agent status`

use datashare_app::dto::{AgentKind, AgentLeader, AgentStatus, Nothing};
use serde::Serialize;

use super::service::Installed;
use crate::failure::{DONE, Failure, NEEDS_ATTENTION};
use crate::session::Session;

#[derive(Serialize)]
struct Status {
    #[serde(flatten)]
    agent: AgentStatus,
    /// How it starts with the session; `None` when it does not.
    installed: Option<Installed>,
}

pub(super) async fn show(session: &Session) -> Result<u8, Failure> {
    let agent = session.app.agent_status(Nothing {}).await?;
    let code = if agent.healthy { DONE } else { NEEDS_ATTENTION };
    let status = Status { agent, installed: Installed::find(&session.home) };
    session.output.show(&status, |status| {
        let lines = [Some(text(&status.agent)), status.installed.as_ref().map(installed)];
        lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
    })?;
    Ok(code)
}

fn installed(installed: &Installed) -> String {
    let command = [&["datashare agent run".to_owned()], installed.arguments.as_slice()].concat().join(" ");
    format!("Starts with your session: {command} ({})", installed.file)
}

fn text(status: &AgentStatus) -> String {
    match (&status.leader, &status.last) {
        (Some(leader), _) => at_work(leader),
        (None, Some(last)) => format!(
            "Nobody does the work in the background. The last was {}, which reported at {}.",
            who(last),
            last.reported_at.format("%Y-%m-%d %H:%M:%S UTC")
        ),
        (None, None) => {
            "Nobody does the work in the background. Open the window, or run 'datashare agent run'.".into()
        }
    }
}

fn at_work(leader: &AgentLeader) -> String {
    let since = leader.since.format("%Y-%m-%d %H:%M UTC");
    let mut lines = vec![
        format!("At work: {}, version {}, since {since}.", who(leader), leader.version),
        format!(
            "Watches {} shares; {} looks, {} of them failed.",
            leader.watched, leader.rounds, leader.rounds_failed
        ),
    ];
    let at = |name: &str, at: Option<chrono::DateTime<chrono::Utc>>| {
        at.map(|at| format!("{name}: {}", at.format("%Y-%m-%d %H:%M:%S UTC")))
    };
    lines.extend(at("Last look", leader.last_round_at));
    lines.extend(at("Next look", leader.next_round_at));
    for problem in &leader.problems {
        lines.push(format!(
            "problem since {}: {}",
            problem.since.format("%Y-%m-%d %H:%M UTC"),
            problem.message
        ));
    }
    lines.join("\n")
}

fn who(leader: &AgentLeader) -> String {
    let kind = match leader.kind {
        AgentKind::Window => "the window",
        AgentKind::Agent => "the agent",
    };
    format!("{kind} (process {})", leader.process)
}
