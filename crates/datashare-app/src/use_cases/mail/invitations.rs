//! Sends invitations: the same link and file that a person would send by hand.

use datashare_mail::{Attachment, Mail, Person, Problem};
use datashare_protocol::{Ticket, ticket_file};

use super::{InvitationWords, Outbox};
use crate::database::shares::MailboxRow;
use crate::dto::{ErrorDto, InvitationSend, InvitationSent, MailContents};
use crate::provider::ShareContext;
use crate::{App, AppError, Code, Result};

const MEDIA_TYPE: &str = "application/x-datashare";

impl App {
    /// Sends each invitation to its recipient, over one connection. A server that cannot be reached is an error; what is
    /// wrong with one of them is told with it, and the others are sent.
    pub async fn invitation_send(&self, request: InvitationSend) -> Result<Vec<InvitationSent>> {
        let mut outbox = self.outbox().await?;
        let mut outcomes = Vec::new();
        let mut lost = None;
        for id in &request.invitation_ids {
            let (context, row) = self.find_invitation(id).await?;
            let problem = match &lost {
                Some(lost) => Some(ErrorDto::clone(lost)),
                None => {
                    let sent = self.send_one(&mut outbox, &context, &row, request.contents).await;
                    let error = sent.err();
                    lost = error.as_ref().filter(|error| is_loss(error.code)).map(AppError::to_dto);
                    error.as_ref().map(AppError::to_dto)
                }
            };
            outcomes.push(InvitationSent { invitation_id: id.clone(), email: row.email, problem });
        }
        outbox.connection.close().await;
        Ok(outcomes)
    }

    async fn send_one(
        &self,
        outbox: &mut Outbox,
        context: &ShareContext,
        row: &MailboxRow,
        contents: MailContents,
    ) -> Result<()> {
        if row.expires_at <= self.now() {
            return Err(AppError::new(Code::InvitationExpired, "The date of this invitation is over.")
                .hint("Invite the recipient again."));
        }
        let ticket = context.ticket(row).await?;
        outbox.send(&invitation_mail(&outbox.from, context, row, &ticket, contents)).await
    }
}

/// The connection is gone, for the others too.
fn is_loss(code: Code) -> bool {
    matches!(code, Code::Mail(Problem::Unreachable | Problem::Timeout))
}

fn invitation_mail(
    from: &Person,
    context: &ShareContext,
    row: &MailboxRow,
    ticket: &Ticket,
    contents: MailContents,
) -> Mail {
    let words = InvitationWords::new(context, row);
    let link = ticket.link();
    let attachment = (contents != MailContents::Link).then(|| Attachment {
        file_name: format!("{}.datashare", context.row.name),
        media_type: MEDIA_TYPE.into(),
        bytes: ticket_file(ticket, &context.row.name, &context.card.name).as_bytes().to_vec(),
    });
    Mail {
        from: from.clone(),
        to: Person::of(row.email.clone()),
        subject: words.subject(),
        text: words.text(&link, contents),
        html: words.html(&link, contents),
        attachment,
    }
}
