//! `datashare workspace`

use std::path::PathBuf;

use clap::Subcommand;
use datashare_app::dto::{
    IdentityCard, Nothing, VaultPassphrase, VaultStatus, WorkspaceExport, WorkspaceImport,
    WorkspaceInitialise, WorkspaceStatus,
};

use crate::failure::Failure;
use crate::session::{Session, vault_choice};
use crate::{input, values, words};

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
    /// Write the whole workspace into one encrypted file, to move it to another computer; its passphrase comes from
    /// standard input
    #[command(after_help = "Example:\n  datashare workspace export --out ana.workspace < passphrase.txt")]
    Export {
        /// The file to write
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Take over an exported workspace in a directory that has none; its passphrase comes from standard input
    #[command(after_help = "Example:\n  datashare workspace import ana.workspace < passphrase.txt")]
    Import {
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Give the vault file another passphrase, from standard input; the old one is that of the environment
    #[command(after_help = "Example:\n  datashare workspace change-passphrase < new-passphrase.txt")]
    ChangePassphrase,
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    match command {
        Command::Init { name, organisation, email } => {
            let request = WorkspaceInitialise { name, organisation, email };
            let status = session.app.workspace_initialise(request).await?;
            session.output.done(&status, text)
        }
        Command::Export { out } => {
            let passphrase = input::secret("passphrase for the exported workspace")?;
            let request = WorkspaceExport { path: values::absolute(&out)?, passphrase };
            let done = session.app.workspace_export(request).await?;
            session.output.done(&done, |done| {
                format!(
                    "The workspace is in {} ({}). Whoever has the file and its passphrase is you: keep them apart, and use \
                     the workspace on one computer only.",
                    done.path,
                    words::bytes(done.bytes)
                )
            })
        }
        Command::Import { file } => {
            let passphrase = input::secret("passphrase of the exported workspace")?;
            let request = WorkspaceImport { path: values::absolute(&file)?, passphrase };
            session.output.done(&session.app.workspace_import(request).await?, text)
        }
        Command::ChangePassphrase => {
            let old = vault_choice()?.passphrase.ok_or_else(|| {
                Failure::usage("Name a file with the present passphrase in DATASHARE_VAULT_PASSPHRASE_FILE.")
            })?;
            let new = input::secret("new passphrase")?;
            let status = session.app.vault_change_passphrase(VaultPassphrase { old, new }).await?;
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
