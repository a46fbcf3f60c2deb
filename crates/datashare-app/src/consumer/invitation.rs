//! An invitation as its holder sees it. Reading it writes nothing, anywhere.

use datashare_domain::InvitationStatus;
use datashare_exchange::Area;
use datashare_protocol::{
    Body, ChainHead, MailboxState, Offer, PublicKeys, Ticket, TicketError, VerifiedRecord, fold_mailbox,
    mailbox_in, mailbox_out,
};
use datashare_secret::Secret;
use datashare_storage::{ErrorKind, StoreError};

use crate::places::{Places, layout_of};
use crate::{App, AppError, Code, Result};

/// An invitation read to its end.
#[derive(Debug)]
pub(crate) struct OpenedInvitation {
    pub(crate) ticket: Ticket,
    pub(crate) area: Area,
    pub(crate) offer: Offer,
    pub(crate) outgoing: Vec<VerifiedRecord>,
    pub(crate) state: MailboxState,
}

/// Reads the ticket and everything it opens.
pub(crate) async fn open_invitation(
    app: &App,
    text: &Secret,
    folder: Option<&str>,
) -> Result<OpenedInvitation> {
    let ticket = Ticket::read(text.reveal()).map_err(bad_ticket)?;
    let places = app.places_around(&ticket.place, folder)?;
    let area = mailbox_area(&ticket, &places)?;
    let mut head = ChainHead::new(mailbox_out(&ticket.mailbox), provider_keys(&ticket.provider_key));
    let pulled = area.pull_out(&mut head).await.map_err(|error| cannot_read(app, &ticket, error))?;
    if let Some(finding) = pulled.finding {
        return Err(crate::chains::not_genuine(finding));
    }
    let outgoing = pulled.records;
    let Some(Body::Offer(offer)) = outgoing.first().map(|record| &record.record.body) else {
        return Err(no_mailbox(&ticket));
    };
    let offer = (**offer).clone();
    if offer.provider.keys.signing != ticket.provider_key {
        return Err(AppError::new(
            Code::NotGenuine,
            "The offer names another provider than the invitation does.",
        )
        .hint("Ask the provider for a new invitation, and compare the safety code by telephone."));
    }
    // Who answered is not ours to believe before the provider does; that somebody did is.
    let mut incoming = ChainHead::of_stranger(mailbox_in(&ticket.mailbox));
    let answers = area.pull_in(&mut incoming).await.map(|pulled| pulled.records).unwrap_or_default();
    let state = fold_mailbox(&outgoing, &answers, app.now());
    Ok(OpenedInvitation { ticket, area, offer, outgoing, state })
}

fn mailbox_area(ticket: &Ticket, places: &Places) -> Result<Area> {
    use datashare_exchange::Reach;
    let store = places.store(&places.invitation_access(ticket))?;
    Ok(Area::new(store, layout_of(&ticket.place).mailbox(&ticket.mailbox)))
}

/// The key the ticket names; the one to seal to is not needed to verify.
pub(crate) fn provider_keys(signing: &[u8; 32]) -> PublicKeys {
    PublicKeys { signing: *signing, sealing: [0; 32] }
}

fn bad_ticket(error: TicketError) -> AppError {
    let hint = match error {
        TicketError::NotATicket => {
            "Copy the whole link from the mail (it begins with datashare://invitation#), or open the attached file."
        }
        TicketError::Damaged => {
            "Copy the whole link again, or open the .datashare file from the mail instead."
        }
        TicketError::UnknownVersion(_) => {
            "Install the newest version of Datashare, then open the invitation again."
        }
    };
    AppError::new(Code::BadInvitation, error.to_string()).hint(hint)
}

fn expired(ticket: &Ticket) -> AppError {
    let message =
        format!("This invitation expired on {}.", ticket.expires_at.format("%-d %B %Y at %H:%M UTC"));
    AppError::new(Code::InvitationExpired, message).hint("Ask the provider to invite you again.")
}

pub(crate) fn spent() -> AppError {
    AppError::new(Code::InvitationSpent, "This invitation has been used already: each one can be accepted once.")
        .hint("If it was not you, tell the provider at once: somebody else had the link. It can take the access back and invite you again.")
}

fn no_mailbox(ticket: &Ticket) -> AppError {
    use datashare_protocol::MeetingPlace;
    match &ticket.place {
        MeetingPlace::Folder { path } => AppError::new(
            Code::Store(ErrorKind::NoSuchPlace),
            format!("The invitation leads to the folder '{path}', which does not hold it on this computer."),
        )
        .hint("Connect the shared folder, or say where it is on this computer."),
        MeetingPlace::AzureBlob { .. } => AppError::new(
            Code::InvitationWithdrawn,
            "The place this invitation leads to does not exist any more.",
        )
        .hint("Ask the provider whether the share was deleted."),
    }
}

/// Why the mailbox does not open: the store only says no, the ticket's date and the kind of no tell the rest.
fn cannot_read(app: &App, ticket: &Ticket, error: datashare_exchange::ExchangeError) -> AppError {
    match &error {
        datashare_exchange::ExchangeError::Store(StoreError { kind, .. }) => match kind {
            ErrorKind::Denied | ErrorKind::Expired | ErrorKind::BadCredential
                if ticket.expires_at <= app.now() =>
            {
                expired(ticket)
            }
            ErrorKind::Denied | ErrorKind::BadCredential => spent(),
            ErrorKind::NoSuchPlace => no_mailbox(ticket),
            _ => error.into(),
        },
        _ => error.into(),
    }
}

impl OpenedInvitation {
    /// What the status means for who holds the invitation now, in words; `None` while it can be answered.
    pub(crate) fn status_words(&self, ours: bool) -> Option<String> {
        Some(match self.state.invitation {
            InvitationStatus::Pending => return None,
            _ if ours => "You have answered this invitation already.".into(),
            InvitationStatus::WaitingForProvider | InvitationStatus::Accepted => {
                "This invitation has been accepted already. If it was not you, tell the provider at once."
                    .into()
            }
            InvitationStatus::Rejected => "This invitation was rejected.".into(),
            InvitationStatus::Withdrawn => {
                format!("{} has withdrawn this invitation.", self.offer.provider.name)
            }
            InvitationStatus::Expired => {
                format!(
                    "This invitation expired on {}.",
                    self.offer.expires_at.format("%-d %B %Y at %H:%M UTC")
                )
            }
            InvitationStatus::Refused => {
                let reason = self.state.refusal.clone().unwrap_or_default();
                format!("{} did not accept the answer to this invitation. {reason}", self.offer.provider.name)
            }
        })
    }

    /// An error when the invitation cannot be answered any more.
    pub(crate) fn must_be_open(&self) -> Result<()> {
        let words = self.status_words(false).unwrap_or_default();
        match self.state.invitation {
            InvitationStatus::Pending => Ok(()),
            InvitationStatus::Expired => Err(expired(&self.ticket)),
            InvitationStatus::Withdrawn => Err(AppError::new(Code::InvitationWithdrawn, words)
                .hint("Ask the provider to invite you again if you still want the data.")),
            InvitationStatus::Refused => Err(AppError::new(Code::Refused, words)),
            InvitationStatus::Rejected => {
                Err(AppError::new(Code::InvitationSpent, words).hint("Ask the provider to invite you again."))
            }
            InvitationStatus::WaitingForProvider | InvitationStatus::Accepted => Err(spent()),
        }
    }
}
