//! The work that goes on by itself: answering mailboxes, renewing grants, publishing what was never published, and
//! looking for answers to our own acceptances. When, is decided in `background`.

use datashare_domain::SubscriptionStatus;
use tracing::field::Empty;
use tracing::{Instrument, Span};

use crate::background::{LOCK, Look, Looked, Subject};
use crate::chains::Depth;
use crate::consumer::Subscription;
use crate::database::{received, shares};
use crate::dto::{AgentRound, Nothing, ShareSide};
use crate::provider::{MailboxView, QuietLook, ShareContext};
use crate::{App, Result, trace};

impl App {
    /// A look at everything, by hand. What fails for one share is reported and does not keep the others from their turn.
    /// Only one process of a workspace does this work at a time; the others find nothing to do.
    pub async fn agent_round(&self, _request: Nothing) -> Result<AgentRound> {
        let span = trace::span!("agent.round", accepted = Empty, refreshed = Empty, problems = Empty);
        let round = trace::in_span(span.clone(), self.go_round()).await?;
        span.record("accepted", trace::count(round.accepted.len()));
        span.record("refreshed", trace::count(round.refreshed.len()));
        span.record("problems", trace::count(round.problems.len()));
        Ok(round)
    }

    async fn go_round(&self) -> Result<AgentRound> {
        let mut round = AgentRound::default();
        let Some(_lock) = self.try_lock_briefly(LOCK).await? else { return Ok(round) };
        round.problems.extend(self.findings_at_start().await);
        for subject in self.all_subjects()? {
            let looked = self.look_at(&subject, Look::Closely).await;
            round.take_in(looked.round);
        }
        round.take_in(self.attend_workspace().await);
        round.take_in(self.deliver_due().await);
        Ok(round)
    }

    fn all_subjects(&self) -> Result<Vec<Subject>> {
        self.database().read(|connection| {
            let sent = shares::list_shares(connection)?.into_iter().map(|row| Subject::Sent(row.id));
            let received = received::list(connection)?.into_iter().map(|row| Subject::Received(row.id));
            let left = received::list_left(connection)?.into_iter().map(|row| Subject::Left(row.id));
            Ok(sent.chain(received).chain(left).collect())
        })
    }

    /// What belongs to no share and what a clock makes due. Called every second while this process leads; never twice at
    /// the same time.
    pub(crate) async fn attend_workspace(&self) -> AgentRound {
        let mut round = AgentRound::default();
        if let Err(error) = self.attend_schedules(&mut round) {
            round.problems.push(format!("Schedules: {}", error.in_words()));
        }
        round
    }

    /// Looks at one subject and does what there is to do. What goes wrong is in the answer's round.
    pub(crate) async fn look_at(&self, subject: &Subject, look: Look) -> Looked {
        let span = span_of(subject, look);
        // On the heap: together they take more of a thread's stack than a caller can spare.
        let looked = match subject {
            Subject::Sent(id) => {
                Box::pin(self.look_at_share(id.as_str(), look).instrument(span.clone())).await
            }
            Subject::Received(id) => {
                Box::pin(self.look_at_received(id.as_str(), look).instrument(span.clone())).await
            }
            Subject::Left(id) => Box::pin(self.say_goodbye(id.as_str()).instrument(span.clone())).await,
        };
        if let Ok(looked) = &looked {
            span.record("requests", trace::count(looked.requests));
            span.record("waiting", trace::count(looked.waiting));
            span.record("news", looked.news);
            span.record("problems", trace::count(looked.round.problems.len()));
        }
        looked.unwrap_or_else(|(name, error)| {
            trace::failed(&span, error.code.as_str());
            let problems = vec![format!("{name}: {}", error.in_words())];
            Looked {
                round: AgentRound { problems, ..AgentRound::default() },
                failed: true,
                ..Looked::default()
            }
        })
    }

    async fn look_at_share(&self, id: &str, look: Look) -> Result<Looked, (String, crate::AppError)> {
        let row = self.database().read(|connection| shares::find_share(connection, id));
        let Some(row) = row.map_err(|error| (String::new(), error))? else { return Ok(Looked::default()) };
        let name = row.name.clone();
        self.attend_share(row, look).await.map_err(|error| (name, error))
    }

    async fn look_at_received(&self, id: &str, look: Look) -> Result<Looked, (String, crate::AppError)> {
        let row = self.database().read(|connection| received::find(connection, id));
        let Some(row) = row.map_err(|error| (String::new(), error))? else { return Ok(Looked::default()) };
        let name = row.name.clone();
        self.attend_received(row, look).await.map_err(|error| (name, error))
    }

    async fn say_goodbye(&self, id: &str) -> Result<Looked, (String, crate::AppError)> {
        let send = async || {
            let row = self.database().read(|connection| received::find_ever(connection, id))?;
            let Some(row) = row else { return Ok(()) };
            let subscription = Subscription::of_row(self, row)?;
            if subscription.has_unsent()? { subscription.send_goodbye().await } else { Ok(()) }
        };
        // It stays unsent when the provider closed the mailbox first; then nobody misses it.
        Ok(Looked { failed: send().await.is_err(), ..Looked::default() })
    }

    /// Looks for news of the provider, and sends what waits to be sent.
    async fn attend_received(&self, row: received::ReceivedRow, look: Look) -> Result<Looked> {
        if let Some(looked) = self.look_quietly_at(&row, look).await? {
            return Ok(looked);
        }
        let standing = self.standing_of(&row)?;
        let subscription = Subscription::of_row(self, row)?;
        let before = subscription.status();
        let waiting = before == SubscriptionStatus::WaitingForProvider;
        let over = is_over(before);
        let mut looked = Looked { waiting: waiting.into(), requests: 1, over, ..Looked::default() };
        let asked = if over {
            may_come_back(before) && look != Look::Waiting
        } else {
            waiting || look != Look::Waiting || subscription.has_unsent()?
        };
        if !asked {
            self.note_own_expiry(&subscription)?;
            return Ok(looked);
        }
        let known = subscription.state.clone();
        let depth = if look == Look::Closely { Depth::Gaps } else { Depth::News };
        let fresh = match subscription.refresh_to(depth).await {
            // That it cannot be asked any more is how most access ends.
            Err(error) if over => {
                tracing::debug!("a share whose access is over tells nothing: {error}");
                return Ok(looked);
            }
            refreshed => refreshed?,
        };
        if look == Look::Closely && fresh.status() == SubscriptionStatus::Active {
            fresh.look_for_publication().await?;
        }
        self.note_own_expiry(&fresh)?;
        looked.news = fresh.state != known;
        looked.over = is_over(fresh.status());
        looked.date = fresh.state.expires_at;
        looked.waiting = u32::from(fresh.status() == SubscriptionStatus::WaitingForProvider);
        fresh.remember_quiet(standing, &looked).await?;
        Ok(looked)
    }

    fn note_own_expiry(&self, subscription: &Subscription) -> Result<()> {
        if !has_a_date(subscription.status()) {
            return Ok(());
        }
        let (share, provider) = (subscription.row.name.as_str(), subscription.provider_in_words());
        let whose = subscription.row.mailbox_id.as_str();
        self.note_expiry((ShareSide::Received, share, &provider), whose, subscription.state.expires_at)
    }

    async fn attend_share(&self, row: shares::ShareRow, look: Look) -> Result<Looked> {
        let Some(mut context) = ShareContext::open_if_free(self, &row).await? else {
            // Whoever is at it does the same, and the change it makes brings us back.
            return Ok(Looked { news: true, ..Looked::default() });
        };
        match context.look_quietly(look).await? {
            Some(quiet) => context.attend_quiet(look, quiet).await,
            None => context.attend_all(look).await,
        }
    }
}

impl ShareContext {
    /// Nothing has come: what is left are the contents.
    async fn attend_quiet(&mut self, look: Look, quiet: QuietLook) -> Result<Looked> {
        let mut looked = quiet.looked;
        if look != Look::Waiting && quiet.has_recipients {
            self.attend_contents(&mut looked.round).await?;
            looked.news = !looked.round.refreshed.is_empty();
        }
        Ok(looked)
    }

    async fn attend_all(&mut self, look: Look) -> Result<Looked> {
        self.push_log().await?;
        let mut looked = Looked::default();
        let attended = self.attend_mailboxes(look, &mut looked.round).await?;
        looked.news = !looked.round.accepted.is_empty() || !looked.round.refreshed.is_empty();
        self.end_what_is_over().await?;
        for email in self.renew_what_ends_soon().await? {
            looked.round.refreshed.push(format!("{} / {email}: access renewed", self.row.name));
        }
        let standing = self.standing()?;
        let views = self.views()?;
        for view in views.iter().filter(|view| view.has_access()) {
            self.tell_newest_terms(view).await?;
            self.tell_schedule(view).await?;
        }
        if look != Look::Waiting && views.iter().any(MailboxView::has_access) {
            self.attend_contents(&mut looked.round).await?;
        }
        looked.failed = attended.asked > 0 && attended.failed == attended.asked;
        let now = self.app.now();
        looked.waiting = count(&views, |view| view.is_waited_at(now)) + u32::from(self.has_unfinished()?);
        looked.requests = count(&views, |view| view.is_open(now)) + self.requests_for_contents()?;
        looked.date = self.next_date(&views)?;
        for view in views.iter().filter(|view| view.state.subscription.is_some_and(has_a_date)) {
            let (id, email) = (view.row.id.as_str(), view.row.email.as_str());
            self.app.note_expiry((ShareSide::Sent, &self.row.name, email), id, view.state.expires_at)?;
        }
        self.remember_quiet(standing, &views, &looked)?;
        Ok(looked)
    }
}

/// Whether there is no access, and none is waited for.
fn is_over(status: SubscriptionStatus) -> bool {
    !matches!(status, SubscriptionStatus::WaitingForProvider | SubscriptionStatus::Active)
}

/// Whether the provider can give access back: by another date, or by reinstating.
fn may_come_back(status: SubscriptionStatus) -> bool {
    matches!(status, SubscriptionStatus::Expired | SubscriptionStatus::Revoking | SubscriptionStatus::Revoked)
}

/// Whether the date of the access counts: it is given, or it ended by that date.
fn has_a_date(status: SubscriptionStatus) -> bool {
    matches!(status, SubscriptionStatus::Active | SubscriptionStatus::Expired)
}

fn span_of(subject: &Subject, look: Look) -> Span {
    let (kind, share) = match subject {
        Subject::Sent(id) => ("sent", id.as_str()),
        Subject::Received(id) => ("received", id.as_str()),
        Subject::Left(id) => ("left", id.as_str()),
    };
    let depth = match look {
        Look::Waiting => "waiting",
        Look::News => "news",
        Look::Closely => "closely",
    };
    trace::span!(
        "agent.look",
        share.kind = kind,
        share.id = share,
        depth,
        requests = Empty,
        waiting = Empty,
        news = Empty,
        problems = Empty
    )
}

fn count(views: &[MailboxView], holds: impl Fn(&MailboxView) -> bool) -> u32 {
    u32::try_from(views.iter().filter(|view| holds(view)).count()).unwrap_or(u32::MAX)
}

impl ShareContext {
    /// Publishes what never was, mends what was changed in the exchange, and grants folders whose files are others now.
    async fn attend_contents(&mut self, round: &mut AgentRound) -> Result<()> {
        if !self.listing_is_due() {
            return Ok(());
        }
        self.publish_missing().await?;
        let name = self.row.name.clone();
        if self.restore_manifest().await? {
            round
                .problems
                .push(format!("{name}: the list of what is published had been changed in the exchange."));
        }
        if self.listings_changed().await? {
            self.grant_again().await?;
            round.refreshed.push(format!("{name}: new list of files"));
        }
        Ok(())
    }
}

impl AgentRound {
    fn take_in(&mut self, other: Self) {
        self.accepted.extend(other.accepted);
        self.refreshed.extend(other.refreshed);
        self.problems.extend(other.problems);
    }
}

#[cfg(test)]
mod tests;
