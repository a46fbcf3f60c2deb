//! Grants of one share: welcoming a recipient, and giving everybody a new grant when something changed.

use chrono::{DateTime, Duration, Utc};
use datashare_domain::{GrantId, MailboxId};
use datashare_exchange::{DatasetToGrant, GrantRequest, issue_grant};
use datashare_protocol::{
    Body, ContentKey, DatasetSummary, Grant, GrantContext, GrantSecrets, PublicKeys, SealError, Welcome,
    seal_grant, seal_grant_for_ticket,
};
use datashare_secret::Secret;

use super::ShareContext;
use crate::app::random;
use crate::database::grants;
use crate::database::shares::{self, MailboxRow};
use crate::secret_names;
use crate::{AppError, Code, Result};

/// How long the policies behind a grant last when no other date is set; the agent moves the date on long before.
const GRANT_LIFE: Duration = Duration::days(365);

/// Whom a grant is sealed to.
pub(crate) enum SealTo<'a> {
    Recipient(&'a PublicKeys),
    Ticket(&'a [u8; 32]),
}

/// A grant ready to be sealed.
struct Prepared {
    secrets: GrantSecrets,
    summaries: Vec<DatasetSummary>,
}

impl ShareContext {
    /// The key of sealed publications in a generation, where the exchange protects nothing by itself.
    pub(crate) async fn data_key(&self, generation: u64) -> Result<Option<ContentKey>> {
        if self.exchange.capabilities().delegates_access {
            return Ok(None);
        }
        let name = secret_names::data_key(&self.row.id, generation);
        if let Some(secret) = self.app.vault().get(&name).await? {
            return Ok(Some(ContentKey::new(secret_names::decode_32(&secret)?)));
        }
        let key = random::<32>()?;
        self.app.vault().set(&name, &secret_names::encode_32(&key)).await?;
        Ok(Some(ContentKey::new(key)))
    }

    /// Makes tokens and indexes for one recipient and enters them in the register.
    async fn issue(&self, mailbox: &MailboxRow, datasets: &[DatasetToGrant]) -> Result<Prepared> {
        let grant = GrantId::from_random(random()?);
        let now = self.app.now();
        let issued = issue_grant(&GrantRequest {
            exchange: &self.exchange,
            layout: &self.layout,
            place: &self.place,
            share: &self.row.id,
            mailbox: &mailbox.id,
            grant: &grant,
            generation: self.row.generation,
            mailbox_generation: mailbox.generation,
            datasets,
            data_key: self.data_key(self.row.generation).await?,
            expires_at: mailbox.access_expires_at.unwrap_or(now + GRANT_LIFE),
        })
        .await?;
        self.app.database().write(|transaction| {
            grants::register(transaction, &self.row.id, &mailbox.id, &grant, &issued.register, now)
        })?;
        Ok(Prepared { secrets: issued.secrets, summaries: self.summaries()? })
    }

    /// Runs inside the transaction that gives the record its place: it must not ask the database.
    fn seal(
        &self,
        head: &datashare_protocol::ChainHead,
        mailbox: &MailboxRow,
        issued: &Prepared,
        to: &SealTo<'_>,
    ) -> Result<Grant> {
        let context = GrantContext { chain: head.chain(), sequence: head.next() };
        let seed = random()?;
        let sealed = match to {
            SealTo::Recipient(keys) => seal_grant(&issued.secrets, keys, context, seed),
            SealTo::Ticket(secret) => seal_grant_for_ticket(&issued.secrets, secret, context),
        };
        Ok(Grant {
            generation: self.row.generation,
            datasets: issued.summaries.clone(),
            expires_at: mailbox.access_expires_at,
            sealed: sealed.map_err(cannot_seal)?,
        })
    }

    /// Welcomes a recipient: access to its mailbox and the first grant.
    pub(crate) async fn welcome(
        &self,
        mailbox: &MailboxRow,
        claim_sha256: Option<String>,
        to: SealTo<'_>,
    ) -> Result<()> {
        let issued = self.issue(mailbox, &self.to_grant().await?).await?;
        self.tell(&mailbox.id, |head| {
            let grant = self.seal(head, mailbox, &issued, &to)?;
            Ok(Body::Welcome(Box::new(Welcome { claim_sha256, grant })))
        })
        .await?;
        Ok(())
    }

    /// Gives back access to a recipient whose access had ended. Its application learns it from the notice.
    pub(crate) async fn welcome_back(&self, mailbox: &MailboxRow, recipient: &PublicKeys) -> Result<()> {
        let issued = self.issue(mailbox, &self.to_grant().await?).await?;
        self.tell(&mailbox.id, |head| {
            let grant = self.seal(head, mailbox, &issued, &SealTo::Recipient(recipient))?;
            Ok(Body::Reinstated(Box::new(Welcome { claim_sha256: None, grant })))
        })
        .await?;
        self.write_notice(&mailbox.id).await
    }

    /// Gives a new grant to every recipient that has access: datasets changed, or a new generation began.
    pub(crate) async fn grant_again(&self) -> Result<()> {
        let active: Vec<_> = self.views()?.into_iter().filter(|view| view.has_access()).collect();
        if active.is_empty() {
            return Ok(());
        }
        let datasets = self.to_grant().await?;
        for view in active {
            let Some(recipient) = view.state.recipient().map(|card| card.keys.clone()) else { continue };
            let issued = self.issue(&view.row, &datasets).await?;
            self.tell(&view.row.id, |head| {
                Ok(Body::Grant(Box::new(self.seal(
                    head,
                    &view.row,
                    &issued,
                    &SealTo::Recipient(&recipient),
                )?)))
            })
            .await?;
        }
        Ok(())
    }

    /// Moves the date on which a recipient's access ends by itself.
    pub(crate) async fn move_expiry(&self, mailbox: &MailboxRow, expires_at: DateTime<Utc>) -> Result<()> {
        self.app.database().write(|transaction| {
            shares::set_mailbox_access(transaction, &mailbox.id, mailbox.generation, Some(expires_at))
        })?;
        self.tell(&mailbox.id, |_| Ok(Body::ExpiryChanged { expires_at: Some(expires_at) })).await?;
        Ok(())
    }

    /// Leaves the newest records where a recipient without access can still read them.
    pub(crate) async fn write_notice(&self, mailbox: &MailboxId) -> Result<()> {
        let envelopes = self.outgoing(mailbox)?.into_iter().map(|record| record.envelope).collect::<Vec<_>>();
        Ok(self.mailbox_area(mailbox).write_notice(&envelopes).await?)
    }
}

fn cannot_seal(error: SealError) -> AppError {
    AppError::new(Code::Internal, "The access could not be sealed to the recipient.").because(error)
}

/// The ticket's secret of an invitation, while it is needed.
pub(crate) async fn ticket_secret(context: &ShareContext, mailbox: &MailboxId) -> Result<Option<[u8; 32]>> {
    let secret: Option<Secret> = context.app.vault().get(&secret_names::invitation(mailbox)).await?;
    secret.as_ref().map(secret_names::decode_32).transpose()
}
