//! `datashare workspace`

use clap::Subcommand;
use datashare_app::dto::{IdentityCard, Nothing, VaultStatus, WorkspaceInitialise, WorkspaceStatus};

use crate::failure::Failure;
use crate::session::Session;
use crate::words;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make the workspace and its identity
    #[command(after_help = "Example:
  datashare workspace init --name \"Ana Provider\" --organisation Contoso --email ana@contoso.example")]
    Init {
        /// Your name, as others see it
        #[arg(long)]
        name: String,
        /// Your organisation, as others see it
        #[arg(long)]
        organisation: String,
        /// Your e-mail address, as others see it
        #[arg(long)]
        email: String,
    },
    /// Show the card that others see, the safety code, and where secrets are kept
    #[command(after_help = "Example:\n  datashare workspace show --json")]
    Show,
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Init { name, organisation, email } => {
            let request = WorkspaceInitialise { name, organisation, email };
            let status = session.app.workspace_initialise(request).await?;
            session.output.done(&status, text)
        }
        Command::Show => {
            let status = session.app.workspace_status(Nothing {}).await?;
            session.output.show(&status, text)
        }
    }
}

fn text(status: &WorkspaceStatus) -> String {
    let card = status.card.as_ref().map_or_else(
        || "There is no workspace here yet: make it with 'datashare workspace init'.".to_owned(),
        card_text,
    );
    format!("{card}\nHome:         {}\nVault:        {}", status.home, vault_text(&status.vault))
}

fn card_text(card: &IdentityCard) -> String {
    format!(
        "Name:         {}\nOrganisation: {}\nE-mail:       {}\nFingerprint:  {}\nSafety code:  {}\nCreated:      {}",
        card.name,
        card.organisation,
        card.email,
        card.fingerprint,
        card.safety_code,
        words::time(card.created_at)
    )
}

fn vault_text(vault: &VaultStatus) -> String {
    let ready = if vault.ready { "ready" } else { "not ready" };
    let message = vault.message.as_ref().map(|message| format!(". {message}")).unwrap_or_default();
    format!("{}, {ready}{message}", words::state(vault.kind))
}
