//! Recipients: who has access, and taking it back.

use datashare_domain::{InvitationStatus, SubscriptionStatus};

use crate::dto::{AgentRound, Recipient, RecipientExpiry, RecipientName, ShareName};
use crate::provider::{MailboxView, ShareContext, goes_on};
use crate::{App, AppError, Code, Result};

impl App {
    pub async fn recipient_list(&self, request: ShareName) -> Result<Vec<Recipient>> {
        let context = ShareContext::open(self, &request.share).await?;
        context.views()?.into_iter().map(|view| recipient_dto(&context, view)).collect()
    }

    /// Accepts an acceptance that waits for a decision.
    pub async fn recipient_approve(&self, request: RecipientName) -> Result<Recipient> {
        let (context, view) = self.waiting_recipient(&request).await?;
        context.accept_claim(&view).await?;
        self.recipient_after(&context, view)
    }

    /// Declines an acceptance that waits for a decision.
    pub async fn recipient_decline(&self, request: RecipientName) -> Result<Recipient> {
        let (context, view) = self.waiting_recipient(&request).await?;
        context.refuse(&view, "The provider declined.").await?;
        self.recipient_after(&context, view)
    }

    async fn waiting_recipient(&self, request: &RecipientName) -> Result<(ShareContext, MailboxView)> {
        let mut context = ShareContext::open_to_change(self, &request.share).await?;
        context.attend_mailboxes(crate::background::Look::Closely, &mut AgentRound::default()).await?;
        let view = context.find_view(&request.recipient)?;
        if view.state.invitation != InvitationStatus::WaitingForProvider {
            return Err(AppError::invalid(format!(
                "No acceptance of {} waits for a decision.",
                view.row.email
            )));
        }
        Ok((context, view))
    }

    /// Ends one recipient's access completely; nobody else's.
    pub async fn recipient_revoke(&self, request: RecipientName) -> Result<Recipient> {
        let mut context = ShareContext::open_to_change(self, &request.share).await?;
        context.attend_mailboxes(crate::background::Look::Closely, &mut AgentRound::default()).await?;
        let view = context.find_view(&request.recipient)?;
        match view.state.subscription {
            Some(SubscriptionStatus::Active | SubscriptionStatus::Expired) => {
                context.revoke(&view).await.map_err(goes_on)?;
            }
            Some(SubscriptionStatus::Revoked) => context.end_what_is_over().await.map_err(goes_on)?,
            Some(SubscriptionStatus::WaitingForProvider) => {
                return Err(AppError::invalid(format!("{} has no access yet.", view.row.email))
                    .hint("Decline the acceptance instead."));
            }
            _ => {
                return Err(AppError::invalid(format!("{} has no access to revoke.", view.row.email))
                    .hint("Withdraw the invitation if it is still open."));
            }
        }
        self.recipient_after(&context, view)
    }

    /// Gives access back to a recipient whose access was revoked.
    pub async fn recipient_reinstate(&self, request: RecipientName) -> Result<Recipient> {
        let context = ShareContext::open_to_change(self, &request.share).await?;
        let view = context.find_view(&request.recipient)?;
        if view.state.subscription != Some(SubscriptionStatus::Revoked) {
            return Err(AppError::invalid(format!("The access of {} is not revoked.", view.row.email)));
        }
        let keys = view.state.recipient().map(|card| card.keys.clone());
        let keys =
            keys.ok_or_else(|| AppError::new(Code::Internal, "The recipient's keys are not known."))?;
        context.welcome_back(&view.row, &keys).await?;
        self.recipient_after(&context, view)
    }

    /// Moves the date on which a recipient's access ends by itself.
    pub async fn recipient_set_expiry(&self, request: RecipientExpiry) -> Result<Recipient> {
        let mut context = ShareContext::open_to_change(self, &request.share).await?;
        let view = context.find_view(&request.recipient)?;
        if request.expires_at <= self.now() {
            return Err(AppError::invalid("This date is over.").hint("Revoke the access to end it now."));
        }
        self.policy()?.allows_access_until(request.expires_at, self.now())?;
        if !matches!(view.state.subscription, Some(SubscriptionStatus::Active | SubscriptionStatus::Expired))
        {
            return Err(AppError::invalid(format!(
                "{} has no access whose end could be moved.",
                view.row.email
            )));
        }
        context.move_expiry(&view, request.expires_at).await?;
        self.recipient_after(&context, view)
    }

    fn recipient_after(&self, context: &ShareContext, view: MailboxView) -> Result<Recipient> {
        self.shares_changed();
        recipient_dto(context, context.find_view(view.row.id.as_str())?)
    }
}

pub(crate) fn recipient_dto(context: &ShareContext, view: MailboxView) -> Result<Recipient> {
    let MailboxView { row, state, findings, .. } = view;
    let last = state.snapshots.iter().max_by_key(|report| report.started_at);
    let card = state.recipient();
    let agreed = state.agreed_terms.as_ref();
    let expires_at = match state.subscription {
        Some(_) => row.access_expires_at,
        None => Some(row.expires_at),
    };
    Ok(Recipient {
        recipient_id: row.id.to_string(),
        email: row.email.clone(),
        name: card.map(|card| card.name.clone()),
        organisation: card.map(|card| card.organisation.clone()),
        accepted_email: card.map(|card| card.email.clone()),
        safety_code: card.map(|card| card.keys.safety_code()),
        invitation_status: state.invitation,
        subscription_status: state.subscription,
        acceptance: row.acceptance,
        terms_sha256: agreed.map(|(_, sha256, _)| sha256.clone()),
        terms_version: agreed.map(|(version, ..)| *version),
        terms_to_accept: state.terms_to_accept().map(|terms| terms.version),
        invited_at: row.created_at,
        accepted_at: state.claimed_at,
        revoked_at: state.revoked.as_ref().map(|(_, at)| *at),
        last_snapshot_at: last.map(|report| report.started_at),
        last_snapshot_status: last.map(|report| {
            report.finished.as_ref().map_or(datashare_domain::SnapshotStatus::Running, |f| f.status)
        }),
        expires_at,
        revocation_delay_minutes: context.revocation_delay(&row.id)?.map(|delay| delay.num_minutes()),
        publication_asked_at: state
            .publication
            .as_ref()
            .filter(|request| request.answer.is_none())
            .map(|request| request.asked_at),
        findings: findings.into_iter().chain(context.unfinished_work()?).collect(),
    })
}
