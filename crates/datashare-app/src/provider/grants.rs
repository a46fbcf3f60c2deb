//! Grants of one share: welcoming a recipient, and giving everybody a new grant when something changed.

use chrono::{DateTime, Duration, Utc};
use datashare_domain::{Delivery, GrantId, MailboxId};
use datashare_exchange::{
    DatasetToGrant, GrantRequest, IndexesInUse, issue_grant, narrow_invitation_policy, remove_old_indexes,
};
use datashare_protocol::{
    Body, ContentKey, DatasetSummary, Grant, GrantContext, GrantSecrets, OfferedTerms, PublicKeys, SealError,
    Welcome, seal_grant, seal_grant_for_ticket,
};
use datashare_secret::Secret;

use super::{MailboxView, ShareContext};
use crate::app::random;
use crate::database::grants;
use crate::database::shares::{self, MailboxRow, TermsRow};
use crate::secret_names;
use crate::{AppError, Code, Result};

/// How long the policies behind a grant last when no other date is set; every new grant moves the date on, and a new one
/// is made when half of it is over.
const GRANT_LIFE: Duration = Duration::days(365);

/// How long a welcome waits for its reader at least.
const WELCOME_LIFE: Duration = Duration::days(30);

/// Whom a grant is sealed to.
pub(crate) enum SealTo<'a> {
    Recipient(&'a PublicKeys),
    Ticket(&'a [u8; 32]),
}

/// A grant ready to be sealed.
struct Prepared {
    secrets: GrantSecrets,
    summaries: Vec<DatasetSummary>,
    in_use: IndexesInUse,
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
        let earlier =
            self.app.database().read(|connection| grants::earlier_indexes(connection, &mailbox.id))?;
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
            keys: &self.keys,
            earlier: &earlier,
            now,
            ends_at: mailbox.access_expires_at,
            until: now + GRANT_LIFE,
        })
        .await?;
        self.app.database().write(|transaction| {
            grants::register(transaction, &self.row.id, &mailbox.id, &grant, &issued.register, now)
        })?;
        Ok(Prepared { secrets: issued.secrets, summaries: self.summaries()?, in_use: issued.in_use })
    }

    /// Removes the lists of files that nobody reads any more, once the recipient was told of its new ones. What stays now
    /// goes with the next grant.
    async fn remove_old_indexes(&self, mailbox: &MailboxId, issued: &Prepared) {
        if issued.in_use.is_empty() {
            return;
        }
        let removed = remove_old_indexes(&self.exchange, &self.layout, mailbox, &issued.in_use).await;
        if let Err(error) = removed {
            tracing::warn!("Old lists of files of '{}' stay for now: {error}", self.row.name);
        }
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
        let mailbox = &self.with_end(mailbox)?;
        let issued = self.issue(mailbox, &self.to_grant().await?).await?;
        self.tell(&mailbox.id, |head| {
            let grant = self.seal(head, mailbox, &issued, &to)?;
            Ok(Body::Welcome(Box::new(Welcome { claim_sha256, grant })))
        })
        .await?;
        self.remove_old_indexes(&mailbox.id, &issued).await;
        if matches!(to, SealTo::Recipient(_)) {
            self.keep_welcome_readable(mailbox).await?;
            self.tell_newest_terms(mailbox).await?;
        }
        Ok(())
    }

    /// The recipient with the end date that the rules of the workspace ask for, where none was set.
    fn with_end(&self, mailbox: &MailboxRow) -> Result<MailboxRow> {
        let end = self.app.policy()?.access_end(self.app.now());
        let row = MailboxRow { access_expires_at: mailbox.access_expires_at.or(end), ..mailbox.clone() };
        if row != *mailbox {
            self.app.database().write(|transaction| {
                shares::set_mailbox_access(transaction, &row.id, row.generation, row.access_expires_at)
            })?;
        }
        Ok(row)
    }

    /// The welcome is read with the invitation's own access, whose date may be over when the provider was away.
    async fn keep_welcome_readable(&self, mailbox: &MailboxRow) -> Result<()> {
        let now = self.app.now();
        if mailbox.expires_at > now + WELCOME_LIFE {
            return Ok(());
        }
        let until = now + WELCOME_LIFE;
        Ok(narrow_invitation_policy(&self.exchange, &self.layout, &mailbox.id, until).await?)
    }

    /// Gives back access to a recipient whose access had ended. Its application learns it from the notice.
    pub(crate) async fn welcome_back(&self, mailbox: &MailboxRow, recipient: &PublicKeys) -> Result<()> {
        let mailbox = &self.with_end(mailbox)?;
        let issued = self.issue(mailbox, &self.to_grant().await?).await?;
        self.tell(&mailbox.id, |head| {
            let grant = self.seal(head, mailbox, &issued, &SealTo::Recipient(recipient))?;
            Ok(Body::Reinstated(Box::new(Welcome { claim_sha256: None, grant })))
        })
        .await?;
        self.remove_old_indexes(&mailbox.id, &issued).await;
        self.tell_newest_terms(mailbox).await?;
        self.write_notice(&mailbox.id).await
    }

    /// Tells the terms that were published after the offer or while there was no access.
    pub(crate) async fn tell_newest_terms(&self, mailbox: &MailboxRow) -> Result<()> {
        let view = self.view(mailbox.clone())?;
        let known = view.state.terms.as_ref().map_or(0, |terms| terms.version);
        match self.terms()?.filter(|terms| terms.version > known) {
            Some(terms) => self.tell_terms(&view, terms).await,
            None => Ok(()),
        }
    }

    /// Tells one recipient of new terms. Whoever still has to agree to the version before has to agree to this one.
    pub(crate) async fn tell_terms(&self, view: &MailboxView, terms: TermsRow) -> Result<()> {
        let agreed = view.state.agreed_terms.as_ref().map_or(0, |(version, ..)| *version);
        let published =
            self.app.database().read(|connection| shares::list_terms(connection, &self.row.id))?;
        let asked = published.iter().any(|terms| terms.version > agreed && terms.must_be_accepted_again);
        let terms =
            OfferedTerms { must_be_accepted_again: terms.must_be_accepted_again || asked, ..terms.into() };
        self.tell(&view.row.id, |_| Ok(Body::TermsChanged { terms })).await?;
        Ok(())
    }

    /// Gives a new grant to every recipient that has access: datasets changed.
    pub(crate) async fn grant_again(&self) -> Result<()> {
        self.grant_to(self.views()?.into_iter().filter(MailboxView::has_access).collect()).await?
    }

    /// Gives a new grant to every recipient whose grant is of an older generation; the inner result is that of the
    /// recipients.
    pub(crate) async fn grant_to_those_behind(&self) -> Result<Result<()>> {
        let current = self.row.generation;
        let behind = |view: &MailboxView| {
            view.state.grant.as_ref().is_none_or(|(_, grant)| grant.generation < current)
        };
        let views = self.views()?.into_iter().filter(|view| view.has_access() && behind(view));
        self.grant_to(views.collect()).await
    }

    /// Gives these recipients new grants. One whose mailbox is out of order does not keep the others from theirs.
    async fn grant_to(&self, views: Vec<MailboxView>) -> Result<Result<()>> {
        if views.is_empty() {
            return Ok(Ok(()));
        }
        let datasets = self.to_grant().await?;
        let mut trouble = Ok(());
        for view in views {
            let granted = self.grant_one(&view, &datasets).await;
            trouble = trouble.and(granted);
        }
        Ok(trouble)
    }

    async fn grant_one(&self, view: &MailboxView, datasets: &[DatasetToGrant]) -> Result<()> {
        let Some(recipient) = view.state.recipient().map(|card| card.keys.clone()) else { return Ok(()) };
        let issued = self.issue(&view.row, datasets).await?;
        self.tell(&view.row.id, |head| {
            Ok(Body::Grant(Box::new(self.seal(head, &view.row, &issued, &SealTo::Recipient(&recipient))?)))
        })
        .await?;
        self.remove_old_indexes(&view.row.id, &issued).await;
        Ok(())
    }

    /// Gives new grants to those whose tokens have lived half their life and would end before the access does.
    pub(crate) async fn renew_what_ends_soon(&self) -> Result<Vec<String>> {
        let now = self.app.now();
        let mut due = Vec::new();
        for view in self.views()?.into_iter().filter(MailboxView::has_access) {
            let lives = self.app.database().read(|c| grants::newest(c, &view.row.id))?;
            let end = view.row.access_expires_at;
            if lives.iter().any(|life| life.is_due(now) && end.is_none_or(|end| life.expires_at < end)) {
                due.push(view);
            }
        }
        let renewed = due.iter().map(|view| view.row.email.clone()).collect();
        self.grant_to(due).await??;
        Ok(renewed)
    }

    /// How long a revocation of this recipient takes at most, where tokens were given that stand under no policy.
    pub(crate) fn revocation_delay(&self, mailbox: &MailboxId) -> Result<Option<Duration>> {
        let lives = self.app.database().read(|connection| grants::newest(connection, mailbox))?;
        let longest =
            lives.iter().filter(|life| life.stands_alone).map(|life| life.expires_at - life.issued_at);
        Ok(longest.max())
    }

    /// Whether stores check tokens of this share by themselves.
    fn gives_tokens(&self) -> Result<bool> {
        let direct = self.datasets()?.iter().any(|row| row.delivery == Delivery::Direct);
        Ok(direct || self.exchange.capabilities().delegates_access)
    }

    /// Moves the date on which a recipient's access ends by itself; gives the access back if it had ended already. What
    /// was given without a date would outlive it, so its first date ends that for everybody.
    pub(crate) async fn move_expiry(&mut self, view: &MailboxView, expires_at: DateTime<Utc>) -> Result<()> {
        let ended = !self.has_open_grants(&view.row.id)?;
        let first = view.row.access_expires_at.is_none() && self.gives_tokens()?;
        self.app.database().write(|transaction| {
            shares::set_mailbox_access(transaction, &view.row.id, view.row.generation, Some(expires_at))
        })?;
        self.tell(&view.row.id, |_| Ok(Body::ExpiryChanged { expires_at: Some(expires_at) })).await?;
        let moved = self.view(MailboxRow { access_expires_at: Some(expires_at), ..view.row.clone() })?;
        match moved.state.recipient().filter(|_| ended) {
            Some(card) => self.welcome_back(&moved.row, &card.keys).await,
            None if first => {
                self.next_generation(|_| Ok(()))?;
                self.finish_generation().await
            }
            None => self.grant_to(vec![moved]).await?,
        }
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
