//! What goes on by itself: answering recipients, renewing what they hold, taking news in; and the sample to begin with.

use std::time::Duration;

use datashare_app::dto::{Nothing, WorkspaceInitialise};
use datashare_app::{App, AppError};

use crate::workspace::with_causes;

/// Often enough that a recipient who has just accepted does not wait.
const ROUND_EVERY: Duration = Duration::from_secs(5);

/// Whose workspace it is where somebody only wants to look.
const SAMPLE_PERSON: [&str; 3] = ["Ana Sample", "Contoso", "ana@contoso.example"];

/// Does a round of the agent's work again and again. Problems go to the log, and only when they change: a network that is
/// down for an hour is one line and no window.
pub(crate) async fn rounds(app: App) {
    let mut known = Vec::new();
    loop {
        let problems = round(&app).await.unwrap_or_else(|error| vec![with_causes(&error)]);
        if problems != known {
            problems.iter().for_each(|problem| tracing::warn!("a share needs attention: {problem}"));
            known = problems;
        }
        tokio::time::sleep(ROUND_EVERY).await;
    }
}

/// One round; the answer is what did not go well in it.
async fn round(app: &App) -> Result<Vec<String>, AppError> {
    match app.workspace_status(Nothing {}).await?.card {
        Some(_) => Ok(app.agent_round(Nothing {}).await?.problems),
        None => Ok(Vec::new()),
    }
}

/// Makes the sample share when it is not there, in a workspace that is somebody's or becomes the sample person's. The
/// answer is its invitation, when it is new.
pub(crate) async fn prepare_sample(app: &App) -> Result<Option<String>, AppError> {
    let status = app.workspace_status(Nothing {}).await?;
    if status.card.is_none() {
        let [name, organisation, email] = SAMPLE_PERSON.map(str::to_owned);
        app.workspace_initialise(WorkspaceInitialise { name, organisation, email }).await?;
    }
    if status.demo {
        return Ok(None);
    }
    Ok(Some(app.demo_create(Nothing {}).await?.invitation.link))
}
