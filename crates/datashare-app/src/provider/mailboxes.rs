//! What the mailboxes hold, and answering it: claims, rejections, acknowledgements, goodbyes.

use chrono::{DateTime, Duration, Utc};
use datashare_domain::{AcceptanceMode, InvitationStatus, MailboxId, SubscriptionStatus};
use datashare_exchange::{close_invitation_policy, end_mailbox_access};
use datashare_protocol::{Body, ChainHead, Claim, MailboxState, Ticket, VerifiedRecord, fold_mailbox};
use zeroize::Zeroizing;

use super::ShareContext;
use super::grants::{SealTo, ticket_secret};
use crate::background::Look;
use crate::chains::{self, Chain};
use crate::database::shares::{self, MailboxRow};
use crate::database::{grants, meta};
use crate::dto::AgentRound;
use crate::news::SOON;
use crate::secret_names;
use crate::{AppError, Result};

/// How long after its date an invitation's mailbox is looked into.
const LATE_ANSWERS: Duration = Duration::days(30);

/// One mailbox with what its chains mean now.
#[derive(Clone, Debug)]
pub(crate) struct MailboxView {
    pub(crate) row: MailboxRow,
    pub(crate) state: MailboxState,
    /// What does not verify, in words.
    pub(crate) findings: Vec<String>,
    /// Nothing is wrong with the logs.
    pub(crate) is_sound: bool,
    /// Where what the recipient wrote goes on.
    pub(crate) incoming: ChainHead,
}

impl MailboxView {
    pub(crate) fn has_access(&self) -> bool {
        self.state.subscription == Some(SubscriptionStatus::Active)
    }

    /// Whether somebody may be in front of it now: invited and not answered yet, or answered and not at work yet.
    pub(crate) fn is_waited_at(&self, now: DateTime<Utc>) -> bool {
        let settled = self.state.acknowledged || self.state.invitation == InvitationStatus::Expired;
        !settled && self.is_open(now)
    }

    /// Whether anything can still arrive in it. What was accepted in time is read later too, when this side was away.
    pub(crate) fn is_open(&self, now: DateTime<Utc>) -> bool {
        let waiting = match self.state.invitation {
            InvitationStatus::Pending | InvitationStatus::WaitingForProvider | InvitationStatus::Accepted => {
                true
            }
            InvitationStatus::Expired => self.row.expires_at + LATE_ANSWERS > now,
            InvitationStatus::Rejected | InvitationStatus::Withdrawn | InvitationStatus::Refused => false,
        };
        let gone = [SubscriptionStatus::Left, SubscriptionStatus::Revoked, SubscriptionStatus::Refused];
        waiting && self.state.subscription.is_none_or(|status| !gone.contains(&status))
    }
}

/// How asking the mailboxes went.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Attended {
    pub(crate) asked: u32,
    pub(crate) failed: u32,
}

fn finding_key(mailbox: &MailboxId) -> String {
    format!("finding:{mailbox}")
}

impl ShareContext {
    /// All records to one recipient.
    pub(crate) fn outgoing(&self, mailbox: &MailboxId) -> Result<Vec<VerifiedRecord>> {
        let keys = self.keys.public();
        let chain = Chain::Out(mailbox.clone());
        let local = self.app.database().read(|connection| chains::load(connection, &chain, Some(&keys)))?;
        Ok(local.records)
    }

    pub(crate) fn view(&self, row: MailboxRow) -> Result<MailboxView> {
        let keys = self.keys.public();
        // A local copy that is damaged is shown, and keeps nobody else from anything; what is written next to this
        // recipient needs it whole.
        let ((out, broken), (incoming, damaged), finding) = self.app.database().read(|connection| {
            let out = chains::load_as_far(connection, &Chain::Out(row.id.clone()), Some(&keys))?;
            let incoming = chains::load_as_far(connection, &Chain::In(row.id.clone()), None)?;
            Ok((out, incoming, meta::get(connection, &finding_key(&row.id))?))
        })?;
        let state = fold_mailbox(&out.records, &incoming.records, self.app.now());
        let own = [broken, damaged].into_iter().flatten();
        let mut findings: Vec<String> =
            own.map(|finding| format!("In this workspace's own copy: {finding}")).chain(finding).collect();
        let is_sound = findings.is_empty();
        if let Some(card) = state.recipient().filter(|card| !card.email.eq_ignore_ascii_case(&row.email)) {
            findings.push(format!("Invited was {}; {} accepted.", row.email, card.email));
        }
        Ok(MailboxView { row, state, findings, is_sound, incoming: incoming.head })
    }

    /// The next date on which something is due by itself: an invitation or an access ends, a grant is to be renewed.
    pub(crate) fn next_date(&self, views: &[MailboxView]) -> Result<Option<DateTime<Utc>>> {
        let now = self.app.now();
        let mut dates = Vec::new();
        for view in views {
            dates.extend([Some(view.row.expires_at), view.row.access_expires_at, view.state.expires_at]);
            dates.push(view.state.expires_at.map(|end| end - SOON));
            if view.has_access() {
                let lives =
                    self.app.database().read(|connection| grants::newest(connection, &view.row.id))?;
                dates.extend(lives.iter().map(|life| Some(life.half())));
            }
        }
        Ok(dates.into_iter().flatten().filter(|date| *date > now).min())
    }

    pub(crate) fn views(&self) -> Result<Vec<MailboxView>> {
        self.mailboxes()?.into_iter().map(|row| self.view(row)).collect()
    }

    /// A recipient by id or e-mail address; of several with one address the one that has access, else the newest.
    pub(crate) fn find_view(&self, recipient: &str) -> Result<MailboxView> {
        let mut found: Vec<MailboxView> = self
            .views()?
            .into_iter()
            .filter(|view| {
                view.row.id.as_str() == recipient || view.row.email.eq_ignore_ascii_case(recipient)
            })
            .collect();
        found.sort_by_key(|view| (view.has_access(), view.state.claim.is_some(), view.row.created_at));
        found.pop().ok_or_else(|| {
            AppError::not_found(format!("The share '{}' has no recipient '{recipient}'.", self.row.name))
                .hint("List the recipients to see their addresses and ids.")
        })
    }

    /// Looks into every open mailbox (or only into those that somebody waits at) and answers what is new. One request for
    /// each mailbox when nothing is, but for a close look.
    pub(crate) async fn attend_mailboxes(&mut self, look: Look, round: &mut AgentRound) -> Result<Attended> {
        let now = self.app.now();
        let mut attended = Attended::default();
        for view in self.views()? {
            let email = view.row.email.clone();
            let asked = if look == Look::Waiting { view.is_waited_at(now) } else { view.is_open(now) };
            let done = match asked {
                true => self.attend(view, look, round).await,
                false => self.push_out(&view.row.id).await,
            };
            attended.asked += u32::from(asked);
            if let Err(error) = done {
                attended.failed += u32::from(asked);
                round.problems.push(format!("{} / {email}: {error}", self.row.name));
            }
        }
        Ok(attended)
    }

    async fn attend(&mut self, view: MailboxView, look: Look, round: &mut AgentRound) -> Result<()> {
        let mailbox = view.row.id.clone();
        self.push_out(&mailbox).await?;
        let area = self.mailbox_area(&mailbox);
        let chain = Chain::In(mailbox.clone());
        let mut local = self.app.database().read(|connection| chains::load(connection, &chain, None))?;
        let pulled = match look {
            Look::Closely => area.pull_in(&mut local.head).await?,
            Look::Waiting | Look::News => area.pull_news_in(&mut local.head).await?,
        };
        if let Some(problem) = self.unproven_rejection(&view.row, &pulled.records).await? {
            self.note_finding(&mailbox, Some(&problem))?;
            round.problems.push(format!("{} / {}: {problem}", self.row.name, view.row.email));
            return Ok(());
        }
        chains::keep(self.app.database(), &chain, &pulled.records, &view.row.email)?;
        let text = pulled.finding.as_ref().map(ToString::to_string);
        // Only a close look sees that nothing is missing any more.
        if text.is_some() || look == Look::Closely || !pulled.records.is_empty() {
            self.note_finding(&mailbox, text.as_deref())?;
        }
        if let Some(text) = text {
            round.problems.push(format!("{} / {}: {text}", self.row.name, view.row.email));
        }
        let view = self.view(view.row)?;
        let answered = self.answer(&view, round).await?;
        if answered || !pulled.records.is_empty() {
            round.refreshed.push(format!("{} / {}", self.row.name, view.row.email));
            self.app.shares_changed();
        }
        Ok(())
    }

    /// A rejection that does not prove the ticket is nobody's answer: on a folder anybody could have put it there. It is
    /// not taken.
    async fn unproven_rejection(
        &self,
        row: &MailboxRow,
        pulled: &[VerifiedRecord],
    ) -> Result<Option<String>> {
        let first = pulled.first().filter(|first| first.record.sequence == 1);
        let Some(Body::Rejection { mac, by }) = first.map(|first| &first.record.body) else {
            return Ok(None);
        };
        let Some(secret) = ticket_secret(self, &row.id).await? else { return Ok(None) };
        let proven = self.ticket_of(row, secret, None).proves(mac, "rejection", &by.keys.fingerprint(), None);
        let problem = "A rejection lies in the mailbox whose author never held the invitation. It does not count; \
                       withdraw the invitation and invite again.";
        Ok((!proven).then(|| problem.to_owned()))
    }

    /// What does not verify is shown until it does.
    fn note_finding(&self, mailbox: &MailboxId, finding: Option<&str>) -> Result<()> {
        let key = finding_key(mailbox);
        let noted = self.app.database().read(|connection| meta::get(connection, &key))?;
        if noted.as_deref() == finding {
            return Ok(());
        }
        self.app.database().write(|transaction| match finding {
            Some(text) => meta::set(transaction, &key, text),
            None => meta::remove(transaction, &key),
        })
    }

    /// Does what the state asks for; whether anything was done. Access that is over is ended by
    /// [`Self::end_what_is_over`].
    async fn answer(&mut self, view: &MailboxView, round: &mut AgentRound) -> Result<bool> {
        let state = &view.state;
        let Some(claim) = &state.claim else {
            return if state.rejected_at.is_some() { self.close_invitation(view).await } else { Ok(false) };
        };
        if state.subscription == Some(SubscriptionStatus::Left) {
            return Ok(false);
        }
        match state.invitation {
            InvitationStatus::WaitingForProvider => {
                if let Some(reason) = self.refusal_of(view, claim).await? {
                    self.refuse(view, &reason).await?;
                    return Ok(true);
                }
                if view.row.acceptance == AcceptanceMode::Ask {
                    return Ok(false);
                }
                self.accept_claim(view).await?;
                round.accepted.push(format!("{} / {}", self.row.name, view.row.email));
                Ok(true)
            }
            InvitationStatus::Accepted if view.row.acceptance == AcceptanceMode::RightAway => {
                Ok(self.verify_right_away(view, claim).await?
                    || self.close_invitation_if_received(view).await?)
            }
            _ => self.close_invitation_if_received(view).await,
        }
    }

    async fn close_invitation_if_received(&self, view: &MailboxView) -> Result<bool> {
        if view.state.acknowledged { self.close_invitation(view).await } else { Ok(false) }
    }

    /// Welcomes the author of a verified claim.
    pub(crate) async fn accept_claim(&self, view: &MailboxView) -> Result<()> {
        let Some(card) = view.state.recipient() else {
            return Err(AppError::invalid("Nobody has accepted this invitation yet."));
        };
        self.welcome(&view.row, view.state.claim_sha256.clone(), SealTo::Recipient(&card.keys)).await
    }

    /// Tells the author of a claim that it is not accepted, and closes the mailbox.
    pub(crate) async fn refuse(&self, view: &MailboxView, reason: &str) -> Result<()> {
        self.tell(&view.row.id, |_| Ok(Body::Refused { reason: reason.to_owned() })).await?;
        Ok(())
    }

    /// A claim on an invitation that gave access beforehand is verified after the fact: what does not prove the ticket is
    /// cut off. What does gets access of its own, and that of whoever else holds the link ends.
    async fn verify_right_away(&mut self, view: &MailboxView, claim: &Claim) -> Result<bool> {
        let key = format!("verified:{}", view.row.id);
        if self.app.database().read(|connection| meta::get(connection, &key))?.is_some() {
            return Ok(false);
        }
        match self.refusal_of(view, claim).await? {
            Some(reason) => self.refuse(view, &reason).await?,
            None => self.welcome_instead_of_link(view, claim).await?,
        }
        self.app.database().write(|transaction| meta::set(transaction, &key, "yes"))?;
        Ok(true)
    }

    async fn welcome_instead_of_link(&mut self, view: &MailboxView, claim: &Claim) -> Result<()> {
        let row = MailboxRow { generation: view.row.generation + 1, ..view.row.clone() };
        let now = self.app.now();
        self.next_generation(|transaction| {
            grants::end(transaction, &row.id, now)?;
            shares::set_mailbox_access(transaction, &row.id, row.generation, row.access_expires_at)
        })?;
        // Publications first: a grant whose key opens nothing yet would stop a snapshot.
        self.reseal().await?;
        self.welcome(&row, view.state.claim_sha256.clone(), SealTo::Recipient(&claim.recipient.keys)).await?;
        self.write_notice(&row.id).await?;
        end_mailbox_access(&self.exchange, &self.layout, &row.id, view.row.generation).await?;
        self.finish_generation().await
    }

    /// Why a claim is not accepted; `None` when it is good.
    async fn refusal_of(&self, view: &MailboxView, claim: &Claim) -> Result<Option<String>> {
        let Some(secret) = ticket_secret(self, &view.row.id).await? else {
            return Ok(Some(
                "The invitation's secret is not known any more; a new invitation is needed.".into(),
            ));
        };
        let ticket = self.ticket_of(&view.row, secret, None);
        let fingerprint = claim.recipient.keys.fingerprint();
        if !ticket.proves(&claim.mac, "claim", &fingerprint, claim.terms_sha256.as_deref()) {
            return Ok(Some("The acceptance does not prove that its author held the invitation.".into()));
        }
        if view.state.claimed_at.is_some_and(|at| at > view.row.expires_at) {
            return Ok(Some("The invitation had expired when it was accepted.".into()));
        }
        let offered: Vec<&str> = view
            .state
            .offer
            .iter()
            .filter_map(|offer| offer.terms.as_ref())
            .map(|t| t.sha256.as_str())
            .collect();
        let agreed = claim.terms_sha256.as_deref();
        let version =
            view.state.offer.as_ref().and_then(|offer| offer.terms.as_ref()).map(|terms| terms.version);
        let agrees = agreed.is_some_and(|sha256| offered.contains(&sha256)) && claim.terms_version == version;
        if !offered.is_empty() && !agrees {
            return Ok(Some("The acceptance does not agree to the terms that were offered.".into()));
        }
        Ok(None)
    }

    async fn close_invitation(&self, view: &MailboxView) -> Result<bool> {
        let key = format!("invitation-closed:{}", view.row.id);
        if self.app.database().read(|connection| meta::get(connection, &key))?.is_some() {
            return Ok(false);
        }
        close_invitation_policy(&self.exchange, &self.layout, &view.row.id).await?;
        self.app.vault().delete(&secret_names::invitation(&view.row.id)).await?;
        self.app.database().write(|transaction| meta::set(transaction, &key, "yes"))?;
        Ok(true)
    }

    pub(crate) fn ticket_of(
        &self,
        row: &MailboxRow,
        secret: [u8; 32],
        signature: Option<(String, Zeroizing<[u8; 32]>)>,
    ) -> Ticket {
        let (endpoint, signature) =
            signature.map_or((String::new(), None), |(endpoint, bytes)| (endpoint, Some(bytes)));
        Ticket {
            place: self.meeting_place(endpoint),
            mailbox: row.id.clone(),
            provider_key: self.keys.public().signing,
            secret: Zeroizing::new(secret),
            signature,
            expires_at: row.expires_at,
        }
    }
}
