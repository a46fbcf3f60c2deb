//! What a mailbox's two chains mean: the same pure function on both sides, so that both show the same state.

use chrono::{DateTime, Utc};
use datashare_domain::{InvitationStatus, Schedule, SnapshotId, SnapshotMode, SubscriptionStatus, Timeline};

use crate::{
    Body, Card, Claim, DatasetSummary, Grant, Offer, OfferedTerms, SnapshotFinished, VerifiedRecord,
};

/// A recipient's run as its records tell it.
#[derive(Clone, Debug, PartialEq)]
pub struct SnapshotReport {
    pub snapshot_id: SnapshotId,
    pub mode: SnapshotMode,
    pub started_at: DateTime<Utc>,
    /// `None` while it runs (or when its end was never reported).
    pub finished: Option<SnapshotFinished>,
}

/// A recipient asked for a fresh publication.
#[derive(Clone, Debug, PartialEq)]
pub struct PublicationRequest {
    /// Of the record that asks.
    pub sequence: u64,
    pub asked_at: DateTime<Utc>,
    /// When the provider answered, and why it refused if it did; `None` while it has not.
    pub answer: Option<(DateTime<Utc>, Option<String>)>,
}

/// The state of one invitation and of what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct MailboxState {
    pub offer: Option<Offer>,
    pub claim: Option<Claim>,
    pub claim_sha256: Option<String>,
    pub claimed_at: Option<DateTime<Utc>>,
    pub rejected_at: Option<DateTime<Utc>>,
    pub acknowledged: bool,
    pub invitation: InvitationStatus,
    /// `None` before a claim.
    pub subscription: Option<SubscriptionStatus>,
    pub refusal: Option<String>,
    /// By whom and when, while revoked.
    pub revoked: Option<(String, DateTime<Utc>)>,
    pub deleted_at: Option<DateTime<Utc>>,
    /// The newest grant, with the sequence of the record that carries it.
    pub grant: Option<(u64, Grant)>,
    /// The newest record that carries access to the mailbox (welcome or reinstated).
    pub mailbox_access: Option<(u64, Grant)>,
    pub datasets: Vec<DatasetSummary>,
    pub expires_at: Option<DateTime<Utc>>,
    /// Newest terms, and the version the recipient agreed to last.
    pub terms: Option<OfferedTerms>,
    pub agreed_terms: Option<(u32, String, DateTime<Utc>)>,
    pub snapshots: Vec<SnapshotReport>,
    /// The schedules that the provider offered, oldest first, each with when it was told.
    pub schedules: Vec<(DateTime<Utc>, Option<Schedule>)>,
    /// The newest request for a fresh publication.
    pub publication: Option<PublicationRequest>,
}

impl MailboxState {
    /// The schedule that the provider offers now.
    pub fn schedule(&self) -> Option<&Schedule> {
        self.schedules.last().and_then(|(_, schedule)| schedule.as_ref())
    }

    /// When which of the provider's schedules held.
    pub fn timeline(&self) -> Timeline {
        Timeline::new(self.schedules.iter().map(|(from, schedule)| (*from, schedule.as_ref())))
    }

    /// Terms that must be agreed to before the next snapshot.
    pub fn terms_to_accept(&self) -> Option<&OfferedTerms> {
        let agreed = self.agreed_terms.as_ref().map_or(0, |(version, ..)| *version);
        self.terms.as_ref().filter(|terms| terms.must_be_accepted_again && terms.version > agreed)
    }

    fn empty() -> Self {
        Self {
            offer: None,
            claim: None,
            claim_sha256: None,
            claimed_at: None,
            rejected_at: None,
            acknowledged: false,
            invitation: InvitationStatus::Pending,
            subscription: None,
            refusal: None,
            revoked: None,
            deleted_at: None,
            grant: None,
            mailbox_access: None,
            datasets: Vec::new(),
            expires_at: None,
            terms: None,
            agreed_terms: None,
            snapshots: Vec::new(),
            schedules: Vec::new(),
            publication: None,
        }
    }
}

/// Folds both chains into the state at `now`.
pub fn fold_mailbox(
    outgoing: &[VerifiedRecord],
    incoming: &[VerifiedRecord],
    now: DateTime<Utc>,
) -> MailboxState {
    let mut state = MailboxState::empty();
    let mut withdrawn = false;
    let mut left = false;
    for VerifiedRecord { record, .. } in outgoing {
        match &record.body {
            Body::Withdrawn {} => withdrawn = true,
            body => apply_outgoing(&mut state, record.sequence, record.at, body),
        }
    }
    for verified in incoming {
        match &verified.record.body {
            Body::Left {} => left = true,
            _ => apply_incoming(&mut state, verified),
        }
    }
    outgoing.iter().for_each(|verified| answer_publication(&mut state, verified));
    state.invitation = invitation_status(&state, withdrawn, now);
    state.subscription = subscription_status(&state, withdrawn, left, now);
    state
}

fn apply_outgoing(state: &mut MailboxState, sequence: u64, at: DateTime<Utc>, body: &Body) {
    match body {
        Body::Offer(offer) => {
            state.datasets = offer.datasets.clone();
            state.terms = offer.terms.clone();
            state.schedules.push((at, offer.snapshot_schedule.clone()));
            state.offer = Some((**offer).clone());
        }
        Body::Welcome(welcome) => apply_access(state, sequence, &welcome.grant),
        Body::Reinstated(welcome) => {
            state.revoked = None;
            apply_access(state, sequence, &welcome.grant);
        }
        Body::Grant(grant) => apply_grant(state, sequence, grant),
        Body::Refused { reason } => state.refusal = Some(reason.clone()),
        Body::TermsChanged { terms } => state.terms = Some(terms.clone()),
        Body::Revoked { by } => state.revoked = Some((by.clone(), at)),
        Body::ExpiryChanged { expires_at } => state.expires_at = *expires_at,
        Body::ScheduleChanged { schedule } => state.schedules.push((at, schedule.clone())),
        Body::ShareDeleted {} => state.deleted_at = Some(at),
        _ => {}
    }
}

/// Answers stand in the other chain than the questions, so they are joined by number.
fn answer_publication(state: &mut MailboxState, verified: &VerifiedRecord) {
    let Body::PublicationAnswered { asked, refusal, .. } = &verified.record.body else { return };
    if let Some(request) = state.publication.as_mut().filter(|request| request.sequence == *asked) {
        request.answer = Some((verified.record.at, refusal.clone()));
    }
}

fn apply_access(state: &mut MailboxState, sequence: u64, grant: &Grant) {
    state.mailbox_access = Some((sequence, grant.clone()));
    apply_grant(state, sequence, grant);
}

fn apply_grant(state: &mut MailboxState, sequence: u64, grant: &Grant) {
    state.datasets = grant.datasets.clone();
    state.expires_at = grant.expires_at;
    state.grant = Some((sequence, grant.clone()));
}

fn apply_incoming(state: &mut MailboxState, verified: &VerifiedRecord) {
    let at = verified.record.at;
    // Who the recipient is, the first record says once for all.
    let first = verified.record.sequence == 1;
    match &verified.record.body {
        Body::Claim(claim) if first => {
            state.agreed_terms =
                claim.terms_version.zip(claim.terms_sha256.clone()).map(|(v, sha)| (v, sha, at));
            state.claim = Some((**claim).clone());
            state.claim_sha256 = Some(verified.sha256.clone());
            state.claimed_at = Some(at);
        }
        Body::Rejection { .. } if first => state.rejected_at = Some(at),
        Body::Acknowledged {} => state.acknowledged = true,
        Body::PublicationAsked {} => {
            let (sequence, asked_at) = (verified.record.sequence, at);
            state.publication = Some(PublicationRequest { sequence, asked_at, answer: None });
        }
        Body::TermsAgreed { version, sha256 } => state.agreed_terms = Some((*version, sha256.clone(), at)),
        Body::SnapshotStarted { snapshot_id, mode } => state.snapshots.push(SnapshotReport {
            snapshot_id: snapshot_id.clone(),
            mode: *mode,
            started_at: at,
            finished: None,
        }),
        Body::SnapshotFinished(finished) => {
            let found = state.snapshots.iter_mut().find(|report| report.snapshot_id == finished.snapshot_id);
            if let Some(report) = found {
                report.finished = Some((**finished).clone());
            }
        }
        _ => {}
    }
}

fn invitation_status(state: &MailboxState, withdrawn: bool, now: DateTime<Utc>) -> InvitationStatus {
    let welcomed = state.mailbox_access.is_some();
    match () {
        () if state.rejected_at.is_some() => InvitationStatus::Rejected,
        () if state.refusal.is_some() => InvitationStatus::Refused,
        () if state.claim.is_some() && welcomed => InvitationStatus::Accepted,
        () if withdrawn || state.deleted_at.is_some() => InvitationStatus::Withdrawn,
        () if state.claim.is_some() => InvitationStatus::WaitingForProvider,
        () if state.offer.as_ref().is_some_and(|offer| offer.expires_at <= now) => InvitationStatus::Expired,
        () => InvitationStatus::Pending,
    }
}

fn subscription_status(
    state: &MailboxState,
    withdrawn: bool,
    left: bool,
    now: DateTime<Utc>,
) -> Option<SubscriptionStatus> {
    state.claim.as_ref()?;
    Some(match () {
        () if left => SubscriptionStatus::Left,
        () if state.refusal.is_some() => SubscriptionStatus::Refused,
        () if state.deleted_at.is_some() => SubscriptionStatus::SourceDeleted,
        () if state.revoked.is_some() => SubscriptionStatus::Revoked,
        () if state.mailbox_access.is_none() && withdrawn => SubscriptionStatus::Refused,
        () if state.mailbox_access.is_none() => SubscriptionStatus::WaitingForProvider,
        () if state.expires_at.is_some_and(|end| end <= now) => SubscriptionStatus::Expired,
        () => SubscriptionStatus::Active,
    })
}

impl MailboxState {
    /// Who the recipient said it is.
    pub fn recipient(&self) -> Option<&Card> {
        self.claim.as_ref().map(|claim| &claim.recipient)
    }
}
