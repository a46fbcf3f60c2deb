//! What goes on by itself while the window is open: answering recipients, renewing what they hold, taking news in.

use std::time::Duration;

use datashare_app::dto::{AppEvent, Nothing};
use datashare_app::{App, AppError};

use crate::opened::Inbox;
use crate::workspace::told;

/// Often enough that a recipient who has just accepted does not wait.
const ROUND_EVERY: Duration = Duration::from_secs(5);

/// Does a round of the agent's work again and again. Problems go to the log, each once until it changes: a network that
/// is down for an hour is one line and no window.
pub(crate) async fn rounds(app: App) {
    let mut last_problem = None;
    loop {
        let problem = round(&app).await.err();
        let text = problem.as_ref().map(ToString::to_string);
        if text != last_problem {
            if let Some(problem) = &problem {
                told(problem);
            }
            last_problem = text;
        }
        tokio::time::sleep(ROUND_EVERY).await;
    }
}

async fn round(app: &App) -> Result<(), AppError> {
    if app.workspace_status(Nothing {}).await?.card.is_none() {
        return Ok(());
    }
    for problem in app.agent_round(Nothing {}).await?.problems {
        tracing::info!("a share needs attention: {problem}");
    }
    Ok(())
}

/// Makes the sample share when it is not there; says so when it cannot.
pub(crate) async fn demo(app: App, inbox: &Inbox) {
    let made = match app.workspace_status(Nothing {}).await {
        Ok(status) if status.demo => Ok(()),
        Ok(_) => app.demo_create(Nothing {}).await.map(drop),
        Err(error) => Err(error),
    };
    if let Err(error) = made {
        inbox.put(AppEvent::Notice { message: told(&error).message });
    }
}
