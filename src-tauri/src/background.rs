//! What goes on by itself: answering recipients, renewing what they hold, taking news in; and the sample to begin with.

use datashare_app::dto::{AgentKind, Nothing, WorkspaceInitialise};
use datashare_app::{App, AppError};

/// Whose workspace it is where somebody only wants to look.
const SAMPLE_PERSON: [&str; 3] = ["Ana Sample", "Contoso", "ana@contoso.example"];

/// Does the agent's work for as long as the window's process runs, or waits until it is its turn. Problems go to the log,
/// and only when they change: a network that is down for an hour is one line and no window.
pub(crate) async fn work(app: App) {
    let told = |round: &datashare_app::dto::AgentRound| {
        round.problems.iter().for_each(|problem| tracing::warn!("a share needs attention: {problem}"));
    };
    app.work(AgentKind::Window, std::future::pending(), told).await;
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
