//! The workspace: who it is to others, and where its secrets are kept.

use datashare_protocol::Card;

use crate::database::meta;
use crate::dto::{
    IdentityCard, Nothing, Tag, VaultChoose, VaultStatus, WorkspaceInitialise, WorkspaceStatus,
};
use crate::{App, AppError, Result};

const LONGEST_NAME: usize = 90;
const LONGEST_EMAIL: usize = 254;

impl App {
    /// Who this workspace is, and whether its secrets can be read. Works while the vault is locked or absent.
    pub async fn workspace_status(&self, _request: Nothing) -> Result<WorkspaceStatus> {
        let card = self.card_if_any()?;
        let mut vault = self.vault().status().await?;
        if card.is_some() && vault.ready {
            vault = self.with_identity_checked(vault).await;
        }
        Ok(WorkspaceStatus {
            card: card.map(identity_card),
            vault,
            home: self.inner.home.display().to_string(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            demo: self.database().read(|connection| meta::get(connection, meta::DEMO))?.is_some(),
        })
    }

    /// Gives the workspace its identity, once.
    pub async fn workspace_initialise(&self, request: WorkspaceInitialise) -> Result<WorkspaceStatus> {
        let name = text_of(&request.name, "your name")?;
        let organisation = text_of(&request.organisation, "your organisation")?;
        let email = email_of(&request.email)?;
        self.make_identity(name, organisation, email).await?;
        self.changed(&[Tag::Workspace]);
        self.workspace_status(Nothing {}).await
    }

    /// Keeps the secrets in this kind of vault from now on, and unlocks it.
    pub async fn vault_choose(&self, request: VaultChoose) -> Result<WorkspaceStatus> {
        self.vault().choose(request.kind, request.passphrase).await?;
        self.changed(&[Tag::Workspace, Tag::Connections]);
        self.workspace_status(Nothing {}).await
    }

    async fn with_identity_checked(&self, vault: VaultStatus) -> VaultStatus {
        match self.identity().await {
            Ok(_) => vault,
            Err(problem) => VaultStatus { message: Some(problem.in_words()), ..vault },
        }
    }
}

fn identity_card(card: Card) -> IdentityCard {
    IdentityCard {
        fingerprint: card.keys.fingerprint(),
        safety_code: card.keys.safety_code(),
        name: card.name,
        organisation: card.organisation,
        email: card.email,
        created_at: card.created_at,
    }
}

fn text_of(text: &str, what: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(AppError::invalid(format!("Please give {what}: it is shown to those you share with.")));
    }
    if text.chars().count() > LONGEST_NAME || text.chars().any(char::is_control) {
        let message = format!("Please give {what} in one line of at most {LONGEST_NAME} characters.");
        return Err(AppError::invalid(message));
    }
    Ok(text.to_owned())
}

/// Only what cannot be an address is refused; whether mail arrives nobody can tell from its form.
fn email_of(text: &str) -> Result<String> {
    let text = text.trim();
    let plausible = text.len() <= LONGEST_EMAIL
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>,;\"()".contains(c))
        && text.split_once('@').is_some_and(|(user, host)| {
            !user.is_empty()
                && !host.is_empty()
                && !host.contains('@')
                && !host.starts_with('.')
                && !host.ends_with('.')
        });
    if plausible {
        return Ok(text.to_owned());
    }
    Err(AppError::invalid(format!("'{text}' is not an e-mail address."))
        .hint("Give one address, like ana@contoso.example."))
}
