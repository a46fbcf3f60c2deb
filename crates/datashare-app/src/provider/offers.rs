//! Invitations: a mailbox, an offer in it, and a ticket that opens it.

use chrono::{DateTime, Utc};
use datashare_domain::{AcceptanceMode, Schedule};
use datashare_exchange::{Layout, narrow_invitation_policy, open_invitation_policy};
use datashare_protocol::{Body, MeetingPlace, Offer, ProposedRecipient, Ticket};

use super::ShareContext;
use super::grants::{SealTo, ticket_secret};
use crate::app::random;
use crate::database::shares::{self, MailboxRow};
use crate::places::invitation_signature;
use crate::secret_names;
use crate::{AppError, Result};

impl ShareContext {
    /// Makes the mailbox and the offer for one address. Its id serves once.
    pub(crate) async fn invite_one(
        &self,
        recipient: &ProposedRecipient,
        expires_at: DateTime<Utc>,
        acceptance: AcceptanceMode,
    ) -> Result<(MailboxRow, Ticket)> {
        let row = MailboxRow {
            id: recipient.mailbox_id.clone(),
            share_id: self.row.id.clone(),
            email: recipient.email.clone(),
            acceptance,
            created_at: self.app.now(),
            expires_at,
            generation: 1,
            access_expires_at: None,
        };
        let secret = random::<32>()?;
        self.mailbox_area(&row.id).make().await?;
        self.app.vault().set(&secret_names::invitation(&row.id), &secret_names::encode_32(&secret)).await?;
        self.app.database().write(|transaction| shares::insert_mailbox(transaction, &row))?;
        let offer = self.offer(&row)?;
        self.tell(&row.id, |_| Ok(Body::Offer(Box::new(offer)))).await?;
        if acceptance == AcceptanceMode::RightAway {
            self.welcome(&row, None, SealTo::Ticket(&secret)).await?;
        }
        let ticket = self.open_ticket(&row, secret).await?;
        Ok((row, ticket))
    }

    fn offer(&self, row: &MailboxRow) -> Result<Offer> {
        let schedule = self.schedule()?.and_then(|row| row.schedule);
        Ok(Offer {
            heading: self.heading(),
            provider: self.card.clone(),
            email: row.email.clone(),
            datasets: self.summaries()?,
            terms: self.terms()?.map(Into::into),
            schedule: schedule.as_ref().map(Schedule::in_words),
            snapshot_schedule: schedule,
            acceptance: row.acceptance,
            expires_at: row.expires_at,
        })
    }

    /// The ticket of an invitation that was made before.
    pub(crate) async fn ticket(&self, row: &MailboxRow) -> Result<Ticket> {
        let secret = ticket_secret(self, &row.id).await?.ok_or_else(|| {
            AppError::invalid("The link of this invitation is no longer kept: it was used or withdrawn.")
                .hint("Invite the recipient again.")
        })?;
        self.open_ticket(row, secret).await
    }

    async fn open_ticket(&self, row: &MailboxRow, secret: [u8; 32]) -> Result<Ticket> {
        let delegation =
            open_invitation_policy(&self.exchange, &self.layout, &row.id, row.expires_at).await?;
        let signature = match &delegation {
            Some(delegation) => Some((delegation.endpoint.clone(), invitation_signature(delegation)?)),
            None => None,
        };
        Ok(self.ticket_of(row, secret, signature))
    }

    pub(crate) fn meeting_place(&self, endpoint: String) -> MeetingPlace {
        match &self.layout {
            Layout::Folders { .. } => MeetingPlace::Folder { path: self.place.clone() },
            Layout::Containers => MeetingPlace::AzureBlob { endpoint },
        }
    }

    /// Takes an open invitation back. Its holder can still read that it was, until the invitation's date.
    pub(crate) async fn withdraw(&mut self, row: &MailboxRow) -> Result<()> {
        self.tell(&row.id, |_| Ok(Body::Withdrawn {})).await?;
        narrow_invitation_policy(&self.exchange, &self.layout, &row.id, row.expires_at).await?;
        self.end_what_is_over().await?;
        self.app.vault().delete(&secret_names::invitation(&row.id)).await
    }
}
