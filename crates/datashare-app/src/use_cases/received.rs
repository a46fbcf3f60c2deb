//! Invitations and received shares, as the consumer sees them.

use std::time::Duration;

use datashare_domain::{InvitationStatus, ReceivedId, ShareKind, SubscriptionStatus, check_name};
use datashare_protocol::{
    Body, Card, ChainHead, Claim, DatasetSummary, IdentityKeys, OfferedTerms, ShareHeading, Ticket,
    mailbox_in, sign_record,
};
use datashare_secret::Secret;
use datashare_storage::ErrorKind;

use super::schedules::schedule_view;
use super::triggers::{offered_schedule, request_dto};
use crate::chains::{self, Chain};
use crate::consumer::{OpenedInvitation, Subscription, open_invitation, spent};
use crate::database::received::{self, InvitationPlace, ReceivedRow};
use crate::database::{records, shares, snapshots};
use crate::dto::{
    AgreeTerms, InvitationAccept, InvitationAccepted, InvitationPreview, InvitationRejected,
    InvitationSource, Nothing, OfferedDataset, OfferedShare, Party, ReceivedDetails, ReceivedName,
    ReceivedSummary, Tag, TermsVersion,
};
use crate::{App, AppError, Code, Result, news, secret_names};

/// How long an acceptance waits for the provider's application, which answers within seconds when it runs.
const WAIT_FOR_WELCOME: Duration = Duration::from_secs(20);
const LOOK_AGAIN: Duration = Duration::from_millis(400);

impl App {
    /// Who invites to what, under which terms. Changes nothing, here or there.
    pub async fn invitation_show(&self, request: InvitationSource) -> Result<InvitationPreview> {
        let opened = open_invitation(self, &request.invitation, request.exchange_folder.as_deref()).await;
        match opened {
            Ok(opened) => self.preview(&opened),
            Err(error) => self.preview_of_ours(&request.invitation).await.ok_or(error),
        }
    }

    /// An invitation that this workspace accepted is shown from its own records once its link opens nothing more.
    async fn preview_of_ours(&self, text: &Secret) -> Option<InvitationPreview> {
        let ticket = datashare_protocol::Ticket::read(text.reveal()).ok()?;
        let row = self.database().read(|c| received::find_by_mailbox(c, &ticket.mailbox)).ok()??;
        let subscription = Subscription::of_row(self, row).ok()?;
        let offer = subscription.offer().ok()?;
        let words = "You have answered this invitation already.".to_owned();
        Some(preview_of(
            offer,
            &ticket.mailbox,
            subscription.state.invitation,
            Some(words),
            Some(subscription.row.name.clone()),
            self.now(),
        ))
    }

    fn preview(&self, opened: &OpenedInvitation) -> Result<InvitationPreview> {
        let ours = self
            .database()
            .read(|c| received::find_by_mailbox(c, &opened.ticket.mailbox))?
            .map(|row| row.name);
        let words = opened.status_words(ours.is_some());
        Ok(preview_of(
            &opened.offer,
            &opened.ticket.mailbox,
            opened.state.invitation,
            words,
            ours,
            self.now(),
        ))
    }

    /// Accepts: the first to do so wins. Waits a moment for the provider's answer.
    pub async fn invitation_accept(&self, request: InvitationAccept) -> Result<InvitationAccepted> {
        let keys = self.identity().await?;
        if let Some(row) = self.accepted_before(&request.invitation)? {
            return self.accept_again(row, &keys).await;
        }
        let opened = open_invitation(self, &request.invitation, request.exchange_folder.as_deref()).await?;
        opened.must_be_open()?;
        must_agree(opened.offer.terms.as_ref(), request.agree_terms_sha256.as_deref())?;
        let row = self.new_row(&opened, request.name, request.exchange_folder)?;
        let ticket = Secret::new(opened.ticket.encode().to_string());
        self.vault().set(&secret_names::ticket(&row.mailbox_id), &ticket).await?;
        let provider = format!("{} ({})", opened.offer.provider.name, opened.offer.provider.organisation);
        chains::keep(self.database(), &Chain::Out(row.mailbox_id.clone()), &opened.outgoing, &provider)?;
        let claim = self.claim(&opened)?;
        let chain = Chain::In(row.mailbox_id.clone());
        // Without its row, a claim is one that was interrupted right here.
        self.database().write(|transaction| records::forget(transaction, &chain.name()))?;
        self.database().write(|transaction| {
            let claim = chains::append_in(transaction, &chain, &keys, self.now(), |_| Ok(claim))?;
            // Who accepts an own invitation is both parties: nobody takes the claim in any more.
            match shares::find_mailbox(transaction, row.mailbox_id.as_str())? {
                Some(own) => news::of_record(transaction, &chain, &claim, &own.email),
                None => Ok(()),
            }
        })?;
        self.database().write(|transaction| received::insert(transaction, &row))?;
        if let Err(error) = chains::push(self.database(), &chain, &opened.area, &keys.public()).await {
            return Err(self.claim_failed(&row, error).await);
        }
        self.changed(&[Tag::Received]);
        self.await_welcome(row).await
    }

    /// The received share that an earlier acceptance made.
    fn accepted_before(&self, invitation: &Secret) -> Result<Option<ReceivedRow>> {
        let Ok(ticket) = Ticket::read(invitation.reveal()) else { return Ok(None) };
        self.database().read(|connection| received::find_by_mailbox(connection, &ticket.mailbox))
    }

    fn new_row(
        &self,
        opened: &OpenedInvitation,
        name: Option<String>,
        exchange_folder: Option<String>,
    ) -> Result<ReceivedRow> {
        Ok(ReceivedRow {
            id: ReceivedId::from_random(self.random()?),
            name: self.received_name(name, &opened.offer.heading)?,
            mailbox_id: opened.ticket.mailbox.clone(),
            invitation: InvitationPlace {
                place: opened.ticket.place.clone(),
                provider_key: opened.ticket.provider_key,
                expires_at: opened.ticket.expires_at,
            },
            exchange_folder,
            manifest_version: 0,
            created_at: self.now(),
        })
    }

    fn claim(&self, opened: &OpenedInvitation) -> Result<Body> {
        let recipient = self.card()?;
        let terms = opened.offer.terms.as_ref();
        let sha256 = terms.map(|terms| terms.sha256.clone());
        let mac = opened.ticket.mac("claim", &recipient.keys.fingerprint(), sha256.as_deref());
        let terms_version = terms.map(|terms| terms.version);
        Ok(Body::Claim(Box::new(Claim { recipient, terms_sha256: sha256, terms_version, mac })))
    }

    /// Somebody was faster, or the invitation is over: nothing of the attempt is kept. Otherwise the attempt is kept and
    /// goes on when tried again.
    async fn claim_failed(&self, row: &ReceivedRow, error: AppError) -> AppError {
        let refused = matches!(
            error.code,
            Code::Store(ErrorKind::AlreadyExists | ErrorKind::Denied | ErrorKind::Expired)
        );
        if !refused && error.code != Code::InvitationSpent {
            return error.hint("Nothing is lost: accept again when the connection is back.").retryable();
        }
        let name = secret_names::ticket(&row.mailbox_id);
        let reason = match self.vault().get(&name).await {
            Ok(Some(ticket)) => self.why_over(&ticket, row.exchange_folder.as_deref()).await,
            _ => spent(),
        };
        let undone = self.database().write(|transaction| {
            received::forget(transaction, &row.id)?;
            records::forget(transaction, &Chain::Out(row.mailbox_id.clone()).name())?;
            records::forget(transaction, &Chain::In(row.mailbox_id.clone()).name())
        });
        let forgotten = self.vault().delete(&name).await;
        undone.and(forgotten).err().unwrap_or(reason)
    }

    async fn why_over(&self, ticket: &Secret, folder: Option<&str>) -> AppError {
        match open_invitation(self, ticket, folder).await {
            Ok(opened) => opened.must_be_open().err().unwrap_or_else(spent),
            Err(error) => error,
        }
    }

    /// The second time: what was accepted before goes on.
    async fn accept_again(&self, row: ReceivedRow, keys: &IdentityKeys) -> Result<InvitationAccepted> {
        match Subscription::of_row(self, row.clone())?.send_claim(keys).await {
            Ok(()) => self.await_welcome(row).await,
            Err(error) => Err(self.claim_failed(&row, error).await),
        }
    }

    async fn await_welcome(&self, row: ReceivedRow) -> Result<InvitationAccepted> {
        let subscription = self.wait_until_answered(Subscription::of_row(self, row)?).await?;
        subscription.must_not_be_refused()?;
        Ok(InvitationAccepted { received: subscription.row.name.clone(), status: subscription.status() })
    }

    /// Looks again and again until the provider has answered, or the patience ends. A provider that decides by hand is
    /// not waited for.
    pub(crate) async fn wait_until_answered(&self, subscription: Subscription) -> Result<Subscription> {
        let deadline = tokio::time::Instant::now() + WAIT_FOR_WELCOME;
        let by_hand = subscription.offer()?.acceptance == datashare_domain::AcceptanceMode::Ask;
        let mut subscription = subscription.refresh().await?;
        while subscription.status() == SubscriptionStatus::WaitingForProvider
            && !by_hand
            && tokio::time::Instant::now() < deadline
        {
            tokio::time::sleep(LOOK_AGAIN).await;
            subscription = subscription.refresh().await?;
        }
        Ok(subscription)
    }

    fn received_name(&self, wanted: Option<String>, heading: &ShareHeading) -> Result<String> {
        let taken = |name: &str| self.database().read(|c| Ok(received::find(c, name)?.is_some()));
        if let Some(name) = wanted {
            let name = name.trim().to_owned();
            check_name(&name).map_err(|problem| AppError::invalid(problem.to_string()))?;
            if taken(&name)? {
                return Err(AppError::invalid(format!("There is a received share '{name}' already."))
                    .hint("Choose another name."));
            }
            return Ok(name);
        }
        let base =
            if check_name(&heading.name).is_ok() { heading.name.clone() } else { "Received share".into() };
        for number in 1.. {
            let name = if number == 1 { base.clone() } else { format!("{base} {number}") };
            if !taken(&name)? {
                return Ok(name);
            }
        }
        Ok(base)
    }

    /// Says no; the invitation is answered by that.
    pub async fn invitation_reject(&self, request: InvitationSource) -> Result<InvitationRejected> {
        let keys = self.identity().await?;
        let opened = open_invitation(self, &request.invitation, request.exchange_folder.as_deref()).await?;
        opened.must_be_open()?;
        let by = self.card()?;
        let mac = opened.ticket.mac("rejection", &by.keys.fingerprint(), None);
        let head = ChainHead::new(mailbox_in(&opened.ticket.mailbox), keys.public());
        let record = head.continue_with(self.now(), Body::Rejection { mac, by });
        let envelope = sign_record(&record, &keys).map_err(datashare_exchange::ExchangeError::from)?;
        opened.area.push_in(1, &envelope).await.map_err(|error| match AppError::from(error) {
            error if error.code == Code::Store(ErrorKind::AlreadyExists) => spent(),
            error => error,
        })?;
        Ok(InvitationRejected {
            invitation_id: opened.ticket.mailbox.to_string(),
            status: InvitationStatus::Rejected,
        })
    }

    pub async fn received_list(&self, _request: Nothing) -> Result<Vec<ReceivedSummary>> {
        let rows = self.database().read(received::list)?;
        rows.into_iter().map(|row| self.received_summary(&Subscription::of_row(self, row)?)).collect()
    }

    pub async fn received_show(&self, request: ReceivedName) -> Result<ReceivedDetails> {
        self.received_details(&Subscription::open(self, &request.received)?)
    }

    /// Looks what the provider wrote since.
    pub async fn received_refresh(&self, request: ReceivedName) -> Result<ReceivedDetails> {
        self.received_details(&Subscription::open(self, &request.received)?.refresh().await?)
    }

    fn received_summary(&self, subscription: &Subscription) -> Result<ReceivedSummary> {
        let row = &subscription.row;
        self.settle_abandoned(&row.id)?;
        let last = self.database().read(|c| snapshots::list(c, Some(&row.id), None, 1))?.into_iter().next();
        let running = self.database().read(|c| snapshots::open(c, &row.id))?.into_iter().next();
        let mappings = subscription.mappings()?;
        let mapped = |dataset: &&DatasetSummary| mappings.iter().any(|m| m.dataset_id == dataset.dataset_id);
        Ok(ReceivedSummary {
            id: row.id.to_string(),
            name: row.name.clone(),
            share: offered_share(&subscription.offer()?.heading),
            provider: party(subscription.provider()?),
            status: subscription.status(),
            status_message: subscription.must_be_active().err().map(|error| error.in_words()),
            datasets: subscription.state.datasets.len(),
            mapped: subscription.state.datasets.iter().filter(mapped).count(),
            last_snapshot_at: last.as_ref().map(|(_, run)| run.started_at),
            last_snapshot_status: last.map(|(_, run)| run.status),
            accepted_at: row.created_at,
            running_snapshot: running.map(|run| run.snapshot_id),
        })
    }

    fn received_details(&self, subscription: &Subscription) -> Result<ReceivedDetails> {
        let terms = subscription.state.terms.as_ref();
        Ok(ReceivedDetails {
            summary: self.received_summary(subscription)?,
            mappings: self.mapping_rows(subscription)?,
            terms: terms.map(|terms| terms.text.clone()),
            terms_sha256: terms.map(|terms| terms.sha256.clone()),
            terms_to_accept: subscription.state.terms_to_accept().map(|terms| self.terms_version(terms)),
            schedule: subscription.state.schedule().map(datashare_domain::Schedule::in_words),
            snapshot_schedule: offered_schedule(subscription),
            trigger: self.trigger_of(subscription)?,
            publication: subscription.state.publication.as_ref().map(request_dto),
            expires_at: subscription.state.expires_at,
        })
    }

    fn terms_version(&self, terms: &OfferedTerms) -> TermsVersion {
        TermsVersion {
            version: terms.version,
            sha256: terms.sha256.clone(),
            text: terms.text.clone(),
            created_at: self.now(),
            must_be_accepted_again: terms.must_be_accepted_again,
        }
    }

    /// Agrees to terms that changed.
    pub async fn received_agree_terms(&self, request: AgreeTerms) -> Result<ReceivedDetails> {
        let keys = self.identity().await?;
        let subscription = Subscription::open(self, &request.received)?.refresh().await?;
        must_agree(subscription.state.terms.as_ref(), Some(&request.terms_sha256))?;
        if let Some(terms) = subscription.state.terms.clone() {
            let agreed = Body::TermsAgreed { version: terms.version, sha256: terms.sha256 };
            subscription.tell(&keys, agreed).await?;
        }
        self.changed(&[Tag::Received]);
        self.received_show(ReceivedName { received: request.received }).await
    }

    /// Leaves: the provider is told and ends the access; what was received stays.
    pub async fn received_leave(&self, request: ReceivedName) -> Result<Nothing> {
        let keys = self.identity().await?;
        let subscription = Subscription::open(self, &request.received)?;
        let _lock = self.begin_run(&subscription.row.id, &subscription.row.name)?;
        let told = match subscription.status() {
            SubscriptionStatus::Active | SubscriptionStatus::WaitingForProvider => {
                subscription.tell(&keys, Body::Left {}).await
            }
            _ => Ok(()),
        };
        if let Err(error) = told {
            tracing::warn!("the provider is told later: {error}");
        }
        if !subscription.has_unsent()? {
            self.vault().delete(&secret_names::ticket(&subscription.row.mailbox_id)).await?;
        }
        let now = self.now();
        self.database().write(|transaction| received::leave(transaction, &subscription.row.id, now))?;
        self.changed(&[Tag::Received]);
        Ok(Nothing {})
    }
}

fn must_agree(terms: Option<&OfferedTerms>, agreed: Option<&str>) -> Result<()> {
    let Some(terms) = terms else { return Ok(()) };
    match agreed {
        Some(sha256) if sha256.eq_ignore_ascii_case(&terms.sha256) => Ok(()),
        Some(_) => Err(AppError::new(Code::TermsChanged, "These are not the terms of this invitation.")
            .hint("Read the terms as they are now, and agree to them.")),
        None => Err(AppError::invalid("The provider's terms must be agreed to.")
            .hint("Read the terms, then agree to them.")),
    }
}

pub(crate) fn offered_share(heading: &ShareHeading) -> OfferedShare {
    let kind: ShareKind = heading.share_kind;
    OfferedShare { name: heading.name.clone(), description: heading.description.clone(), kind }
}

pub(crate) fn party(card: &Card) -> Party {
    Party {
        name: card.name.clone(),
        organisation: card.organisation.clone(),
        email: card.email.clone(),
        fingerprint: card.keys.fingerprint(),
        safety_code: card.keys.safety_code(),
    }
}

fn preview_of(
    offer: &datashare_protocol::Offer,
    mailbox: &datashare_domain::MailboxId,
    status: InvitationStatus,
    status_message: Option<String>,
    received: Option<String>,
    now: chrono::DateTime<chrono::Utc>,
) -> InvitationPreview {
    let dataset = |dataset: &DatasetSummary| OfferedDataset {
        name: dataset.name.clone(),
        kind: dataset.dataset_kind,
        files: dataset.files,
        bytes: dataset.bytes,
    };
    InvitationPreview {
        invitation_id: mailbox.to_string(),
        share: offered_share(&offer.heading),
        provider: party(&offer.provider),
        email: offer.email.clone(),
        datasets: offer.datasets.iter().map(dataset).collect(),
        terms: offer.terms.as_ref().map(|terms| terms.text.clone()),
        terms_sha256: offer.terms.as_ref().map(|terms| terms.sha256.clone()),
        schedule: offer.schedule.clone(),
        snapshot_schedule: offer
            .snapshot_schedule
            .as_ref()
            .map(|schedule| schedule_view(schedule, None, now)),
        expires_at: offer.expires_at,
        status,
        status_message,
        received,
    }
}

impl Subscription {
    fn must_not_be_refused(&self) -> Result<()> {
        if self.status() == SubscriptionStatus::Refused { self.must_be_active() } else { Ok(()) }
    }
}
