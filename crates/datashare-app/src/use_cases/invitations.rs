//! Invitations, as the provider sees them.

use std::path::Path;

use datashare_domain::InvitationStatus;
use datashare_protocol::{Ticket, ticket_file};
use datashare_secret::Secret;

use crate::database::shares::{self, MailboxRow};
use crate::dto::{Invitation, InvitationId, InvitationLink, InvitationSave, Invite, MailContents, ShareName};
use crate::provider::{MailboxView, ShareContext};
use crate::use_cases::mail::InvitationWords;
use crate::{App, AppError, Code, Result};

impl App {
    /// All invitations of a share, in every state.
    pub async fn invitation_list(&self, request: ShareName) -> Result<Vec<Invitation>> {
        let context = ShareContext::open(self, &request.share).await?;
        Ok(context.views()?.iter().map(|view| invitation_dto(&context, view)).collect())
    }

    /// The link of an invitation that is still open, once more.
    pub async fn invitation_link(&self, request: InvitationId) -> Result<InvitationLink> {
        let (context, row) = self.find_invitation(&request.invitation_id).await?;
        let ticket = context.ticket(&row).await?;
        Ok(link_dto(&context, &row, &ticket))
    }

    /// What stands in the `.datashare` file of an invitation.
    pub async fn invitation_text(&self, request: InvitationId) -> Result<Secret> {
        let (context, row) = self.find_invitation(&request.invitation_id).await?;
        let ticket = context.ticket(&row).await?;
        Ok(Secret::new(ticket_file(&ticket, &context.row.name, &context.card.name).as_str()))
    }

    /// Writes the `.datashare` file of an invitation.
    pub async fn invitation_save(&self, request: InvitationSave) -> Result<InvitationLink> {
        let (context, row) = self.find_invitation(&request.invitation_id).await?;
        let ticket = context.ticket(&row).await?;
        let text = ticket_file(&ticket, &context.row.name, &context.card.name);
        write_private(Path::new(&request.path), text.as_bytes()).map_err(|error| {
            AppError::new(
                Code::InvalidRequest,
                format!("The file '{}' cannot be written: {error}.", request.path),
            )
            .hint("Choose another place for it.")
            .because(error)
        })?;
        Ok(InvitationLink { file: Some(request.path), ..link_dto(&context, &row, &ticket) })
    }

    /// Invites, where the rules of the workspace allow it without a second person ([`Code::ApprovalNeeded`]).
    pub async fn invite(&self, request: Invite) -> Result<Vec<InvitationLink>> {
        let context = ShareContext::open_to_change(self, &request.share).await?;
        let emails = addresses(&request.emails)?;
        let proposal = context.propose_invitation(&emails, request.acceptance, request.expires_at)?;
        self.policy()?.lets_invite_alone()?;
        let sent = context.send(&proposal).await?;
        self.shares_changed();
        Ok(sent.iter().map(|(row, ticket)| link_dto(&context, row, ticket)).collect())
    }

    /// Takes an open invitation back.
    pub async fn invitation_withdraw(&self, request: InvitationId) -> Result<Invitation> {
        let (looked, row) = self.find_invitation(&request.invitation_id).await?;
        let mut context = ShareContext::open_to_change(self, looked.row.id.as_str()).await?;
        // A claim that has arrived meanwhile decides.
        context
            .attend_mailboxes(crate::background::Look::Closely, &mut crate::dto::AgentRound::default())
            .await?;
        let view = context.view(row.clone())?;
        match view.state.invitation {
            InvitationStatus::Pending | InvitationStatus::Expired => context.withdraw(&row).await?,
            InvitationStatus::Withdrawn => {}
            InvitationStatus::Accepted | InvitationStatus::WaitingForProvider => {
                return Err(AppError::invalid(format!(
                    "{} has accepted this invitation already.",
                    row.email
                ))
                .hint("Revoke the recipient's access, or decline the acceptance."));
            }
            InvitationStatus::Rejected | InvitationStatus::Refused => {
                return Err(AppError::invalid(
                    "This invitation has been answered; there is nothing to withdraw.",
                ));
            }
        }
        self.shares_changed();
        Ok(invitation_dto(&context, &context.view(row)?))
    }

    pub(crate) async fn find_invitation(&self, id: &str) -> Result<(ShareContext, MailboxRow)> {
        let row = self.database().read(|connection| shares::find_mailbox(connection, id))?;
        let row = row.ok_or_else(|| AppError::not_found(format!("There is no invitation '{id}'.")))?;
        Ok((ShareContext::open(self, row.share_id.as_str()).await?, row))
    }
}

fn invitation_dto(context: &ShareContext, view: &MailboxView) -> Invitation {
    Invitation {
        invitation_id: view.row.id.to_string(),
        share: context.row.name.clone(),
        email: view.row.email.clone(),
        status: view.state.invitation,
        acceptance: view.row.acceptance,
        created_at: view.row.created_at,
        expires_at: view.row.expires_at,
        answered_at: view.state.claimed_at.or(view.state.rejected_at),
    }
}

pub(super) fn link_dto(context: &ShareContext, row: &MailboxRow, ticket: &Ticket) -> InvitationLink {
    let link = ticket.link();
    let words = InvitationWords::new(context, row);
    InvitationLink {
        invitation_id: row.id.to_string(),
        email: row.email.clone(),
        link: link.to_string(),
        file: None,
        expires_at: row.expires_at,
        mail_subject: words.subject(),
        mail_text: words.text(&link, MailContents::Link),
    }
}

/// The addresses of a pasted list, each once; an error names the first that is none.
pub(super) fn addresses(pasted: &[String]) -> Result<Vec<String>> {
    let mut emails: Vec<String> = Vec::new();
    for part in pasted.iter().flat_map(|text| text.split([',', ';', '\n', '\t'])) {
        // "Ben Consumer <ben@fabrikam.example>", as mail programs write it.
        let text = part.trim();
        let email = text.rsplit_once('<').and_then(|(_, rest)| rest.strip_suffix('>')).unwrap_or(text).trim();
        if email.is_empty() {
            continue;
        }
        let plausible = email.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty()
                && !host.is_empty()
                && !host.contains('@')
                && !email.contains(char::is_whitespace)
        });
        if !plausible || email.len() > 254 {
            return Err(AppError::invalid(format!("'{email}' is not an e-mail address.")));
        }
        if !emails.iter().any(|known| known.eq_ignore_ascii_case(email)) {
            emails.push(email.to_owned());
        }
    }
    if emails.is_empty() {
        return Err(AppError::invalid("No e-mail address was given.").hint("Name at least one recipient."));
    }
    Ok(emails)
}

/// For its owner only: who holds the file can accept the invitation.
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = std::fs::File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_pasted_list_is_read_as_people_write_it() {
        let pasted = ["Ben <ben@fabrikam.example>; eve@x.example,\n BEN@fabrikam.example".to_owned()];
        assert_eq!(addresses(&pasted).unwrap(), ["ben@fabrikam.example", "eve@x.example"]);
        assert!(addresses(&["nobody".into()]).is_err());
        assert!(addresses(&[" ; ".into()]).is_err());
    }
}
