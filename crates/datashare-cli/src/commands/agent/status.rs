//! `datashare agent status`

use datashare_app::dto::{AgentKind, AgentLeader, AgentStatus, Nothing};

use crate::failure::{DONE, Failure, NEEDS_ATTENTION};
use crate::session::Session;

pub(super) async fn show(session: &Session) -> Result<u8, Failure> {
    let status = session.app.agent_status(Nothing {}).await?;
    session.output.show(&status, text)?;
    Ok(if status.healthy { DONE } else { NEEDS_ATTENTION })
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
