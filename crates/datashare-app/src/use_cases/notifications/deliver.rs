//! Telling what happened: by the process that does the work in the background, and on the desktop by the window.

use chrono::TimeDelta;
use datashare_mail::Person;
use datashare_notify::{Address, Post, Poster, SigningSecret};
use futures::StreamExt;
use tracing::Span;

use super::{address_name, find, name_of_target, signing_name, words};
use crate::database::events::{self, Delivery, Desktop, EMAIL, Wishes};
use crate::database::meta;
use crate::dto::{
    AgentRound, EventKind, HappenedEvent, NotificationCheck, NotificationTarget, NotificationTest, ShareSide,
    Tag, TargetKind,
};
use crate::{App, AppError, Code, Result, trace};

/// How long is waited after each try that failed; after the last one a delivery is given up, about a day later.
const WAITS: [TimeDelta; 7] = [
    TimeDelta::seconds(30),
    TimeDelta::minutes(2),
    TimeDelta::minutes(10),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(6),
    TimeDelta::hours(12),
];
const MOST_AT_ONCE: usize = 8;
const MOST_IN_A_ROUND: u32 = 100;
/// What nobody saw on the desktop for so long is no news any more.
const STALE: TimeDelta = TimeDelta::days(1);

/// To a target of this kind; by mail when there is none.
fn span_of(delivery: &Delivery, target: Option<TargetKind>) -> Span {
    let channel = match target {
        Some(TargetKind::Webhook) => "webhook",
        Some(TargetKind::Teams) => "teams",
        None => EMAIL,
    };
    trace::span!(
        "notification.delivery",
        event.id = delivery.event.event_id,
        event.kind = ?delivery.event.kind,
        channel,
        tries = trace::count(delivery.tries)
    )
}

impl App {
    /// Tells what is due. What cannot be told is noted with it and tried again.
    pub(crate) async fn deliver_due(&self) -> AgentRound {
        let mut round = AgentRound::default();
        if let Err(error) = self.try_to_deliver(&mut round).await {
            round.problems.push(format!("Notifications: {}", error.in_words()));
        }
        round
    }

    async fn try_to_deliver(&self, round: &mut AgentRound) -> Result<()> {
        let now = self.now();
        let due =
            self.database().read(|connection| events::due(connection, Desktop::Not, now, MOST_IN_A_ROUND))?;
        if due.is_empty() {
            return Ok(());
        }
        let wishes = self.database().read(events::wishes)?;
        let poster = Poster::new()?;
        let (mails, posts): (Vec<_>, Vec<_>) = due.into_iter().partition(|delivery| delivery.target == EMAIL);
        self.send_mails(&mails, &wishes, round).await?;
        let told = futures::stream::iter(posts)
            .map(|delivery| async {
                let target = find(&wishes, &delivery.target).map(|target| target.kind);
                let span = span_of(&delivery, target);
                let outcome = trace::in_span(span, self.post(&delivery, &wishes, &poster)).await;
                (delivery, outcome)
            })
            .buffer_unordered(MOST_AT_ONCE);
        let mut told = std::pin::pin!(told);
        while let Some((delivery, outcome)) = told.next().await {
            self.settle_delivery(&delivery, outcome, &wishes, round)?;
        }
        self.database().write(|transaction| events::forget_old(transaction, now))?;
        self.changed(&[Tag::Workspace]);
        Ok(())
    }

    /// Over one connection, as far as it carries.
    async fn send_mails(&self, mails: &[Delivery], wishes: &Wishes, round: &mut AgentRound) -> Result<()> {
        if mails.is_empty() {
            return Ok(());
        }
        let mut outbox = match self.outbox().await {
            Ok(outbox) => outbox,
            Err(error) => {
                let (message, retry) = (error.in_words(), error.retry);
                for delivery in mails {
                    let failed = AppError { retry, ..AppError::new(error.code, message.clone()) };
                    self.settle_delivery(delivery, Err(failed), wishes, round)?;
                }
                return Ok(());
            }
        };
        let to = self.mail_recipient(wishes)?;
        for delivery in mails {
            let event = &delivery.event;
            let mail = super::super::mail::plain_mail(
                (outbox.from.clone(), to.clone()),
                words::title(event),
                words::mail_text(event),
            );
            let sent = trace::in_span(span_of(delivery, None), outbox.send(&mail)).await;
            self.settle_delivery(delivery, sent, wishes, round)?;
        }
        outbox.connection.close().await;
        Ok(())
    }

    fn mail_recipient(&self, wishes: &Wishes) -> Result<Person> {
        match &wishes.email_to {
            Some(address) => Ok(Person::of(address.clone())),
            None => Ok(Person::of(self.card()?.email)),
        }
    }

    async fn post(&self, delivery: &Delivery, wishes: &Wishes, poster: &Poster) -> Result<()> {
        let Some(target) = find(wishes, &delivery.target) else { return Ok(()) };
        self.post_to(target, &delivery.event, poster).await
    }

    async fn post_to(
        &self,
        target: &NotificationTarget,
        event: &HappenedEvent,
        poster: &Poster,
    ) -> Result<()> {
        let address = self.vault().get(&address_name(&target.target_id)).await?.ok_or_else(|| {
            let message = format!("The address of the target '{}' is not in the vault.", target.name);
            AppError::new(Code::VaultLocked, message).hint("Set the target again with its address.")
        })?;
        let post = match target.kind {
            TargetKind::Teams => Post::Card(words::card(event)),
            TargetKind::Webhook => {
                let secret = self.vault().get(&signing_name(&target.target_id)).await?;
                let secret = secret.as_ref().map(SigningSecret::parse).transpose()?;
                Post::Event(words::cloud_event(event, &self.workspace_id()?), secret)
            }
        };
        Ok(poster.post(&Address::parse(&address)?, &post, self.now()).await?)
    }

    fn workspace_id(&self) -> Result<String> {
        Ok(self.database().read(|connection| meta::get(connection, meta::WORKSPACE))?.unwrap_or_default())
    }

    /// Notes what came of a delivery. A vault that is locked is waited for like a receiver that is away.
    fn settle_delivery(
        &self,
        delivery: &Delivery,
        outcome: Result<()>,
        wishes: &Wishes,
        round: &mut AgentRound,
    ) -> Result<()> {
        let Err(error) = outcome else {
            self.database()
                .write(|transaction| events::told(transaction, &delivery.event.event_id, &delivery.target))?;
            return Ok(());
        };
        let waits = error.retry || error.code == Code::VaultLocked;
        let wait = usize::try_from(delivery.tries).ok().and_then(|tries| WAITS.get(tries)).filter(|_| waits);
        let again = wait.map(|wait| self.now() + *wait);
        let target = name_of_target(wishes, &delivery.target);
        if again.is_none() {
            round.refreshed.push(format!("notification to {target} given up: {}", error.message));
        }
        tracing::warn!(target, tries = delivery.tries + 1, "a notification was not told: {}", error.message);
        let problem = error.in_words();
        self.database().write(|transaction| events::failed(transaction, delivery, &problem, again))
    }

    /// What the desktop has not been told yet, each once, whoever asks.
    pub fn take_desktop_news(&self) -> Result<Vec<HappenedEvent>> {
        let now = self.now();
        let due = self
            .database()
            .read(|connection| events::due(connection, Desktop::Only, now, MOST_IN_A_ROUND))?;
        if due.is_empty() {
            return Ok(Vec::new());
        }
        self.database().write(|transaction| {
            let mut news = Vec::new();
            for delivery in due {
                let mine = events::told(transaction, &delivery.event.event_id, &delivery.target)?;
                if mine && now - delivery.event.at < STALE {
                    news.push(delivery.event);
                }
            }
            Ok(news)
        })
    }

    /// Tells a test to the mail address or to one target; what is wrong is an answer, not an error.
    pub async fn notification_test(&self, request: NotificationTest) -> Result<NotificationCheck> {
        let event = HappenedEvent {
            event_id: datashare_domain::EventId::from_random(self.random()?).to_string(),
            kind: EventKind::SnapshotSucceeded,
            at: self.now(),
            side: ShareSide::Received,
            share: "a test".into(),
            who: None,
            ends_at: None,
            detail: Some("This is the test that you asked for; nothing happened.".into()),
            snapshot_id: None,
        };
        let (sent, to) = if request.target.eq_ignore_ascii_case(EMAIL) {
            let wishes = self.database().read(events::wishes)?;
            let to = self.mail_recipient(&wishes)?;
            (self.mail_one(&event, to.clone()).await, to.address)
        } else {
            let target = self.notification_target(&request.target)?;
            (self.post_to(&target, &event, &Poster::new()?).await, target.name)
        };
        match sent {
            Ok(()) => {
                let message = format!("The test was taken for {to}. See whether it arrives.");
                Ok(NotificationCheck { ok: true, message, hint: None })
            }
            Err(error) => Ok(NotificationCheck { ok: false, message: error.message, hint: error.hint }),
        }
    }

    async fn mail_one(&self, event: &HappenedEvent, to: Person) -> Result<()> {
        let mut outbox = self.outbox().await?;
        let people = (outbox.from.clone(), to);
        let mail = super::super::mail::plain_mail(people, words::title(event), words::mail_text(event));
        outbox.send(&mail).await?;
        outbox.connection.close().await;
        Ok(())
    }
}
