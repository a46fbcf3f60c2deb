//! A received share with its records: keeping up with the provider, and opening what it granted.

use std::sync::Arc;

use datashare_domain::SubscriptionStatus;
use datashare_exchange::{Area, ExchangeError, Layout, Reach, read_latest_manifest};
use datashare_protocol::{
    Access, Body, Card, GrantContext, GrantSecrets, IdentityKeys, MailboxState, Manifest, Offer, PublicKeys,
    SeenManifest, Ticket, VerifiedRecord, fold_mailbox, open_grant,
};
use datashare_storage::ErrorKind;

use super::invitation::{provider_keys, spent};
use crate::chains::{self, Chain, Depth};
use crate::database::received::{self, ReceivedRow};
use crate::database::{records, schedules};
use crate::places::{Places, layout_of};
use crate::{App, AppError, Code, Result, news, secret_names};

/// A received share and what its records mean now.
#[derive(Debug)]
pub(crate) struct Subscription {
    pub(crate) app: App,
    pub(crate) row: ReceivedRow,
    pub(crate) state: MailboxState,
}

impl Subscription {
    pub(crate) fn open(app: &App, name_or_id: &str) -> Result<Self> {
        let row = app.database().read(|connection| received::find(connection, name_or_id))?;
        let row = row.ok_or_else(|| {
            AppError::not_found(format!("There is no received share '{name_or_id}'."))
                .hint("List the received shares to see their names.")
        })?;
        Self::of_row(app, row)
    }

    pub(crate) fn of_row(app: &App, row: ReceivedRow) -> Result<Self> {
        let own = app.card()?.keys;
        let signer = provider_keys(&row.invitation.provider_key);
        let (outgoing, incoming) = app.database().read(|connection| {
            let out = chains::load(connection, &Chain::Out(row.mailbox_id.clone()), Some(&signer))?;
            let incoming = chains::load(connection, &Chain::In(row.mailbox_id.clone()), Some(&own))?;
            Ok((out.records, incoming.records))
        })?;
        let state = fold_mailbox(&outgoing, &incoming, app.now());
        Ok(Self { app: app.clone(), row, state })
    }

    /// The offer that was accepted; every received share has one.
    pub(crate) fn offer(&self) -> Result<&Offer> {
        let damaged = || {
            AppError::new(
                Code::DamagedWorkspace,
                "The offer of this received share is missing in the workspace.",
            )
        };
        self.state.offer.as_ref().ok_or_else(damaged)
    }

    pub(crate) fn provider(&self) -> Result<&Card> {
        Ok(&self.offer()?.provider)
    }

    /// Name and organisation, as far as they are known.
    pub(crate) fn provider_in_words(&self) -> String {
        let card = self.state.offer.as_ref().map(|offer| &offer.provider);
        card.map(|card| format!("{} ({})", card.name, card.organisation)).unwrap_or_default()
    }

    pub(crate) fn status(&self) -> SubscriptionStatus {
        self.state.subscription.unwrap_or(SubscriptionStatus::WaitingForProvider)
    }

    pub(crate) fn places(&self) -> Result<Places> {
        self.app.places_around(&self.row.invitation.place, self.row.exchange_folder.as_deref())
    }

    fn layout(&self) -> Layout {
        layout_of(&self.row.invitation.place)
    }

    fn mailbox_with(&self, access: &Access) -> Result<Area> {
        Ok(Area::new(self.places()?.store(access)?, self.layout().mailbox(&self.row.mailbox_id)))
    }

    /// Access that a record granted, opened with this workspace's keys.
    async fn unseal(
        &self,
        keys: &IdentityKeys,
        sequence: u64,
        grant: &datashare_protocol::Grant,
    ) -> Result<GrantSecrets> {
        let chain = Chain::Out(self.row.mailbox_id.clone()).name();
        let context = GrantContext { chain: &chain, sequence };
        let ticket = self.ticket().await?;
        let secret = ticket.as_ref().map(|ticket| &*ticket.secret);
        Ok(open_grant(&grant.sealed, keys, secret, context).map_err(ExchangeError::from)?)
    }

    /// The newest access to data; an error in words when there is none.
    pub(crate) async fn grant(&self, keys: &IdentityKeys) -> Result<GrantSecrets> {
        let (sequence, grant) = self.state.grant.as_ref().ok_or_else(|| waiting(self))?;
        self.unseal(keys, *sequence, grant).await
    }

    async fn ticket(&self) -> Result<Option<Ticket>> {
        let secret = self.app.vault().get(&secret_names::ticket(&self.row.mailbox_id)).await?;
        Ok(secret.and_then(|secret| Ticket::read(secret.reveal()).ok()))
    }

    /// The mailbox with the best access there is now: the provider's, else the ticket's.
    pub(crate) async fn mailbox(&self, keys: &IdentityKeys) -> Result<Area> {
        if let Some(area) = self.granted_mailbox(keys).await? {
            return Ok(area);
        }
        match self.ticket().await? {
            Some(ticket) => self.mailbox_with(&self.places()?.invitation_access(&ticket)),
            // Another look at this mailbox took the provider's answer since, and with it the ticket was done.
            None => {
                let newest = Self::of_row(&self.app, self.row.clone())?;
                newest.granted_mailbox(keys).await?.ok_or_else(|| waiting(self))
            }
        }
    }

    async fn granted_mailbox(&self, keys: &IdentityKeys) -> Result<Option<Area>> {
        let Some((sequence, grant)) = &self.state.mailbox_access else { return Ok(None) };
        let secrets = self.unseal(keys, *sequence, grant).await?;
        secrets.mailbox.map(|access| self.mailbox_with(&access)).transpose()
    }

    /// Reads what the provider wrote since, writes what it does not have yet, and answers the state after it.
    pub(crate) async fn refresh(self) -> Result<Self> {
        self.refresh_to(Depth::Gaps).await
    }

    /// As [`Self::refresh`], looking as closely as this.
    pub(crate) async fn refresh_to(self, depth: Depth) -> Result<Self> {
        let keys = self.app.identity().await?;
        self.send_claim(&keys).await?;
        let area = self.mailbox(&keys).await?;
        let chain = Chain::Out(self.row.mailbox_id.clone());
        let signer = provider_keys(&self.row.invitation.provider_key);
        let mut local =
            self.app.database().read(|connection| chains::load(connection, &chain, Some(&signer)))?;
        let pulled = match depth {
            Depth::News => area.pull_news_out(&mut local.head).await,
            Depth::Gaps => area.pull_out(&mut local.head).await,
        };
        let pulled = match pulled {
            Ok(pulled) => pulled,
            Err(ExchangeError::Store(error)) if is_no(error.kind) => {
                self.read_notice(&keys, &mut local.head, error).await?
            }
            Err(error) => return Err(error.into()),
        };
        chains::keep(self.app.database(), &chain, &pulled.records, &self.provider_in_words())?;
        if let Some(finding) = pulled.finding {
            return Err(chains::not_genuine(finding));
        }
        let news = !pulled.records.is_empty();
        let fresh = Self::of_row(&self.app, self.row)?;
        if news || !fresh.state.acknowledged {
            fresh.acknowledge(&keys).await?;
        }
        fresh.push(&keys, area).await?;
        if news {
            fresh
                .app
                .database()
                .write(|transaction| schedules::look_at_received_now(transaction, &fresh.row.id))?;
            fresh.app.changed(&[crate::dto::Tag::Received]);
        }
        Self::of_row(&fresh.app, fresh.row)
    }

    /// Writes the claim, which is the first record, if it is not written yet; [`Code::InvitationSpent`] when somebody else
    /// was faster.
    pub(crate) async fn send_claim(&self, keys: &IdentityKeys) -> Result<()> {
        let chain = Chain::In(self.row.mailbox_id.clone());
        if self.state.mailbox_access.is_some() || chains::pushed(self.app.database(), &chain)? > 0 {
            return Ok(());
        }
        let area = self.mailbox(keys).await?;
        match chains::push(self.app.database(), &chain, &area, &keys.public()).await {
            Err(error) if error.code == Code::Store(ErrorKind::AlreadyExists) => Err(spent()),
            other => other,
        }
    }

    /// Whether records of ours wait to be written to the mailbox.
    pub(crate) fn has_unsent(&self) -> Result<bool> {
        let chain = Chain::In(self.row.mailbox_id.clone());
        let last = self.app.database().read(|connection| records::last(connection, &chain.name()))?;
        Ok(last.map_or(0, |record| record.sequence) > chains::pushed(self.app.database(), &chain)?)
    }

    /// Writes what waits, of a share that was left: nothing is read any more.
    pub(crate) async fn send_goodbye(&self) -> Result<()> {
        let keys = self.app.identity().await?;
        let area = self.mailbox(&keys).await?;
        self.push(&keys, area).await?;
        if !self.has_unsent()? {
            self.app.vault().delete(&secret_names::ticket(&self.row.mailbox_id)).await?;
        }
        Ok(())
    }

    /// The provider closed the mailbox: its last word is in the notice.
    async fn read_notice(
        &self,
        keys: &IdentityKeys,
        head: &mut datashare_protocol::ChainHead,
        refused: datashare_storage::StoreError,
    ) -> Result<datashare_exchange::Pulled> {
        let mut pulled = datashare_exchange::Pulled::default();
        let Some((sequence, grant)) = &self.state.mailbox_access else {
            return Err(self.invitation_ended(refused));
        };
        let secrets = self.unseal(keys, *sequence, grant).await?;
        let access = secrets.notice.ok_or_else(|| AppError::from(refused))?;
        let envelopes = self.mailbox_with(&access)?.read_notice().await?;
        // The notice repeats the log from its start; what is known already is not taken again.
        let known = usize::try_from(head.next() - 1).unwrap_or(usize::MAX);
        for envelope in envelopes.into_iter().skip(known) {
            match head.accept(&envelope) {
                Ok(record) => pulled.records.push(record),
                Err(finding) => {
                    pulled.finding = Some(finding);
                    break;
                }
            }
        }
        Ok(pulled)
    }

    /// The invitation's own access is over before the provider answered.
    fn invitation_ended(&self, refused: datashare_storage::StoreError) -> AppError {
        let error = waiting(self);
        let message = format!("{} The invitation opens nothing any more.", error.message);
        AppError { message, ..error }
            .hint(
                "If the provider accepted somebody else, or was away too long, ask it for a new invitation.",
            )
            .because(refused)
    }

    /// The first answer over the new access: the invitation's own access is no longer needed.
    async fn acknowledge(&self, keys: &IdentityKeys) -> Result<()> {
        let Some((_, access)) = &self.state.mailbox_access else { return Ok(()) };
        if !self.state.acknowledged {
            self.tell_locally(keys, Body::Acknowledged {})?;
        }
        if matches!(access.sealed, datashare_protocol::SealedGrant::Recipient { .. })
            && self.ticket().await?.is_some()
        {
            self.app.vault().delete(&secret_names::ticket(&self.row.mailbox_id)).await?;
        }
        Ok(())
    }

    /// Writes to the mailbox what it does not have; a closed mailbox takes nothing, and that is no error.
    async fn push(&self, keys: &IdentityKeys, reached: Area) -> Result<()> {
        let area = if self.state.mailbox_access.is_some() { self.mailbox(keys).await? } else { reached };
        let pushed =
            chains::push(self.app.database(), &Chain::In(self.row.mailbox_id.clone()), &area, &keys.public())
                .await;
        match pushed {
            Err(error) if matches!(error.code, Code::Store(kind) if is_no(kind)) => Ok(()),
            other => other,
        }
    }

    /// Adds a record of our own; it is written to the mailbox with the next refresh.
    pub(crate) fn tell_locally(&self, keys: &IdentityKeys, body: Body) -> Result<VerifiedRecord> {
        chains::append(
            self.app.database(),
            &Chain::In(self.row.mailbox_id.clone()),
            keys,
            self.app.now(),
            |_| Ok(body),
        )
    }

    /// Adds a record and tries to write it now; without a network it goes with the next refresh.
    pub(crate) async fn tell(&self, keys: &IdentityKeys, body: Body) -> Result<()> {
        self.tell_locally(keys, body)?;
        self.send_told(keys).await
    }

    /// Tries to write what was added; without a network it goes with the next refresh.
    pub(crate) async fn send_told(&self, keys: &IdentityKeys) -> Result<()> {
        let area = self.mailbox(keys).await?;
        if let Err(error) = self.push(keys, area).await {
            tracing::warn!("a record waits for the network: {error}");
        }
        Ok(())
    }

    /// The share's area, and the newest manifest in it, pinned.
    pub(crate) async fn publications(&self, secrets: &GrantSecrets) -> Result<Option<(Area, Manifest)>> {
        let Some(area) = self.share_area(secrets)? else { return Ok(None) };
        let offer = self.offer()?;
        let signer: &PublicKeys = &offer.provider.keys;
        let seen = self.seen_manifest()?;
        let found = match read_latest_manifest(&area, signer, &offer.heading.share_id, &seen).await {
            Err(ExchangeError::Manifest(error)) => {
                return Err(AppError::new(Code::NotGenuine, error.to_string())
                    .hint("Nothing was taken from it. Ask the provider what happened to its exchange.")
                    .because(error));
            }
            other => other?,
        };
        let Some((manifest, sha256)) = found else { return Ok(None) };
        self.app.database().write(|transaction| {
            received::pin_manifest(transaction, &self.row.id, manifest.version, &sha256)?;
            // The first one came with the access.
            if seen.version > 0 && manifest.version > seen.version {
                news::of_manifest(transaction, &self.row.id, manifest.version, manifest.created_at)?;
            }
            Ok(())
        })?;
        Ok(Some((area, manifest)))
    }

    /// Notes whether the provider has published anew.
    pub(crate) async fn look_for_publication(&self) -> Result<()> {
        let keys = self.app.identity().await?;
        let secrets = self.grant(&keys).await?;
        self.publications(&secrets).await.map(drop)
    }

    /// Where publications lie, when there is access to it.
    pub(crate) fn share_area(&self, secrets: &GrantSecrets) -> Result<Option<Area>> {
        let Some(access) = &secrets.share else { return Ok(None) };
        let place = self.layout().share(&self.offer()?.heading.share_id);
        Ok(Some(Area::new(self.places()?.store(access)?, place)))
    }

    /// The newest manifest that was seen of this share.
    pub(crate) fn seen_manifest(&self) -> Result<SeenManifest> {
        let version = self.row.manifest_version;
        Ok(SeenManifest { version, sha256: self.manifest_sha256(version)? })
    }

    /// The hash of a manifest that was read, hex.
    pub(crate) fn manifest_sha256(&self, version: u64) -> Result<Option<String>> {
        self.app.database().read(|connection| received::manifest_sha256(connection, &self.row.id, version))
    }

    pub(crate) fn reach(&self) -> Result<Arc<dyn Reach>> {
        Ok(self.places()?.shared())
    }

    /// An error in words when data may not be read now.
    pub(crate) fn must_be_active(&self) -> Result<()> {
        let provider = self.provider()?;
        let (name, organisation) = (&provider.name, &provider.organisation);
        match self.status() {
            SubscriptionStatus::Active => Ok(()),
            SubscriptionStatus::WaitingForProvider => Err(waiting(self)),
            SubscriptionStatus::Revoked | SubscriptionStatus::Revoking => {
                let (by, at) = self.state.revoked.clone().unwrap_or((name.clone(), self.app.now()));
                let message = format!("{by} revoked your access on {}.", at.format("%-d %B %Y at %H:%M UTC"));
                Err(AppError::new(Code::Revoked, message).hint(format!(
                    "What you received before stays with you. Ask {name} if you still need the data."
                )))
            }
            SubscriptionStatus::SourceDeleted => {
                let when = self
                    .state
                    .deleted_at
                    .map(|at| at.format(" on %-d %B %Y").to_string())
                    .unwrap_or_default();
                Err(AppError::new(
                    Code::ShareDeleted,
                    format!("{name} ({organisation}) deleted this share{when}."),
                )
                .hint("What you received before stays with you."))
            }
            SubscriptionStatus::Expired => {
                let when = self
                    .state
                    .expires_at
                    .map(|at| at.format(" on %-d %B %Y").to_string())
                    .unwrap_or_default();
                Err(AppError::new(Code::AccessExpired, format!("Your access ended{when}."))
                    .hint(format!("Ask {name} to move the date.")))
            }
            SubscriptionStatus::Refused => {
                let reason = self.state.refusal.clone().unwrap_or_default();
                Err(AppError::new(
                    Code::Refused,
                    format!("{name} did not accept your answer to the invitation. {reason}"),
                )
                .hint(format!("Ask {name} for a new invitation.")))
            }
            SubscriptionStatus::Left => Err(AppError::invalid("You have left this share.")),
        }
    }
}

/// The store says that this token opens nothing (any more).
pub(super) fn is_no(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Denied | ErrorKind::Expired | ErrorKind::BadCredential)
}

fn waiting(subscription: &Subscription) -> AppError {
    let name =
        subscription.provider().map(|card| card.name.clone()).unwrap_or_else(|_| "the provider".into());
    AppError::new(Code::WaitingForProvider, format!("{name} has not answered your acceptance yet."))
        .hint("The provider's Datashare answers as soon as it runs, or when a person there has decided. Try again later.")
        .retryable()
}
