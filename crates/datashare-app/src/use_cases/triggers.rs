//! Triggers: received shares that are kept up to date by themselves. And asking the provider for something fresh.

use datashare_protocol::{Body, PublicationRequest as Asked};

use super::schedules::{NEXT_RUNS, schedule_view};
use crate::consumer::{Followed, Subscription, followed, trigger_owner};
use crate::database::schedules::{self, TriggerRow};
use crate::database::ticks;
use crate::dto::{
    PublicationRequest, ReceivedDetails, ReceivedName, ScheduleView, ScheduleWish, Tag, Trigger,
    TriggerEnable, TriggerStatus,
};
use crate::due::tick_dto;
use crate::{App, AppError, Code, Result};

impl App {
    pub async fn trigger_show(&self, request: ReceivedName) -> Result<Trigger> {
        self.trigger_of(&Subscription::open(self, &request.received)?)
    }

    /// Has snapshots taken by themselves from now on: by the provider's schedule, or one of one's own that comes no more
    /// often.
    pub async fn trigger_enable(&self, request: TriggerEnable) -> Result<Trigger> {
        let subscription = self.newest_word(&request.received).await?;
        let own = match request.own {
            Some(wish) => Some(self.own_schedule(&subscription, wish)?),
            None => None,
        };
        if subscription.state.schedule().is_none() {
            let message = format!("{} offers no schedule for this share.", subscription.provider()?.name);
            return Err(AppError::invalid(message)
                .hint("Take snapshots by hand, or ask the provider to set a schedule."));
        }
        let row = TriggerRow { mode: request.mode, own, enabled_at: self.now() };
        self.database()
            .write(|transaction| schedules::set_trigger(transaction, &subscription.row.id, &row))?;
        self.changed(&[Tag::Received]);
        self.trigger_of(&subscription)
    }

    /// Takes no more snapshots by itself. A run that goes on is not touched.
    pub async fn trigger_disable(&self, request: ReceivedName) -> Result<Trigger> {
        let subscription = Subscription::open(self, &request.received)?;
        self.database().write(|transaction| schedules::remove_trigger(transaction, &subscription.row.id))?;
        self.changed(&[Tag::Received]);
        self.trigger_of(&subscription)
    }

    /// As the provider has it now, or as it is known here while nobody can be reached.
    async fn newest_word(&self, received: &str) -> Result<Subscription> {
        match Subscription::open(self, received)?.refresh().await {
            Err(error) if error.retry => Subscription::open(self, received),
            other => other,
        }
    }

    fn own_schedule(
        &self,
        subscription: &Subscription,
        wish: ScheduleWish,
    ) -> Result<datashare_domain::Schedule> {
        let own = self.wished(wish)?;
        let Some(offered) = subscription.state.schedule() else { return Ok(own) };
        if own.is_at_most_as_often_as(offered) {
            return Ok(own);
        }
        let message = format!(
            "A snapshot {} would be more often than the provider allows: {}.",
            own.in_words(),
            offered.in_words()
        );
        Err(AppError::invalid(message).hint("Choose a rarer schedule, or follow the provider's."))
    }

    pub(crate) fn trigger_of(&self, subscription: &Subscription) -> Result<Trigger> {
        let (row, last) = self.database().read(|connection| {
            let row = schedules::trigger(connection, &subscription.row.id)?;
            Ok((row, ticks::find(connection, &trigger_owner(&subscription.row.id))?))
        })?;
        let (status, message, next) = match &row {
            None => (TriggerStatus::Inactive, None, Vec::new()),
            Some(row) => self.trigger_state(subscription, row)?,
        };
        let own = row
            .as_ref()
            .and_then(|row| row.own.as_ref().map(|own| schedule_view(own, Some(row.enabled_at), self.now())));
        Ok(Trigger {
            received: subscription.row.name.clone(),
            status,
            mode: row.map(|row| row.mode),
            own,
            next,
            last: last.map(tick_dto),
            message,
        })
    }

    fn trigger_state(
        &self,
        subscription: &Subscription,
        row: &TriggerRow,
    ) -> Result<(TriggerStatus, Option<String>, Vec<chrono::DateTime<chrono::Utc>>)> {
        let follows = followed(row, subscription.state.schedule());
        if follows == Followed::None {
            let message = format!(
                "{} took the schedule away. Nothing is received by itself until there is one again.",
                subscription.provider()?.name
            );
            return Ok((TriggerStatus::SourceScheduleDeleted, Some(message), Vec::new()));
        }
        let timeline = subscription.timeline(row);
        let offset = timeline.offset_of(subscription.row.id.as_str());
        let next = timeline.current().map(|table| table.after(self.now() - offset).take(NEXT_RUNS));
        let next = next.into_iter().flatten().map(|tick| tick + offset).collect();
        let offered = subscription.state.schedule();
        let problem =
            offered.and_then(|offered| offered.timetable().err()).map(|problem| problem.to_string());
        let message = match follows {
            _ if problem.is_some() => problem,
            _ if subscription.mappings()?.is_empty() => {
                Some("No dataset of this share has a target yet. Choose where the data should go.".into())
            }
            Followed::ProviderInstead => Some(
                "Your own schedule would come more often than the provider allows now, so the provider's is followed."
                    .into(),
            ),
            _ => None,
        };
        Ok((TriggerStatus::Active, message, next))
    }

    /// Asks the provider to publish anew.
    pub async fn publication_ask(&self, request: ReceivedName) -> Result<ReceivedDetails> {
        let keys = self.identity().await?;
        let subscription = self.newest_word(&request.received).await?;
        subscription.must_be_active()?;
        if subscription.state.publication.as_ref().is_some_and(|asked| asked.answer.is_none()) {
            let name = &subscription.provider()?.name;
            return Err(AppError::new(
                Code::WaitingForProvider,
                format!("{name} was asked for a fresh publication already and has not answered yet."),
            )
            .hint("Wait for the answer; it is shown with the received share."));
        }
        subscription.tell(&keys, Body::PublicationAsked {}).await?;
        self.changed(&[Tag::Received]);
        self.received_show(ReceivedName { received: subscription.row.id.to_string() }).await
    }
}

/// The provider's schedule, as it is known here.
pub(crate) fn offered_schedule(subscription: &Subscription) -> Option<ScheduleView> {
    let (told_at, schedule) = subscription.state.schedules.last()?;
    let schedule = schedule.as_ref()?;
    Some(schedule_view(schedule, Some(*told_at), subscription.app.now()))
}

pub(crate) fn request_dto(asked: &Asked) -> PublicationRequest {
    let answer = asked.answer.as_ref();
    PublicationRequest {
        asked_at: asked.asked_at,
        answered_at: answer.map(|(at, _)| *at),
        refusal: answer.and_then(|(_, refusal)| refusal.clone()),
    }
}
