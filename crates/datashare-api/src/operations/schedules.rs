//! Schedules that a provider offers, triggers by which a consumer follows them, and fresh publications that are asked for.

use super::{CONSUMER, PROVIDER};
use crate::operation::{Operation, call, delete, get, post, put};

pub(super) fn operations() -> Vec<Operation> {
    [settings(), triggers(), publications()].into_iter().flatten().collect()
}

fn settings() -> Vec<Operation> {
    const ONE: &str = "/v1/shares/{share}/synchronizationSettings";
    vec![
        get(ONE, "SynchronizationSettings_Get", "The schedule that a share offers, with its next ticks")
            .one(call!(schedule_show)),
        put(ONE, "SynchronizationSettings_Create", "Set the schedule; followers move along by themselves")
            .needs(PROVIDER)
            .one(call!(schedule_set)),
        delete(ONE, "SynchronizationSettings_Delete", "Take the schedule away")
            .needs(PROVIDER)
            .one(call!(schedule_clear)),
        post(
            "/v1/synchronizationSettings/preview",
            "SynchronizationSettings_Preview",
            "When a schedule would tick; changes nothing",
        )
        .one(call!(schedule_preview)),
    ]
}

fn triggers() -> Vec<Operation> {
    const ONE: &str = "/v1/shareSubscriptions/{received}/triggers";
    vec![
        get(ONE, "Triggers_Get", "How a received share is kept up to date, with its next runs")
            .one(call!(trigger_show)),
        put(ONE, "Triggers_Create", "Take snapshots by the provider's schedule, or by one of your own")
            .needs(CONSUMER)
            .one(call!(trigger_enable)),
        delete(ONE, "Triggers_Delete", "Take no more snapshots by themselves")
            .needs(CONSUMER)
            .one(call!(trigger_disable)),
    ]
}

fn publications() -> Vec<Operation> {
    vec![
        post(
            "/v1/shareSubscriptions/{received}/requestPublication",
            "ShareSubscriptions_RequestPublication",
            "Ask the provider for a fresh publication",
        )
        .needs(CONSUMER)
        .one(call!(publication_ask)),
        post(
            "/v1/shares/{share}/providerShareSubscriptions/{recipient}/answerPublicationRequest",
            "ProviderShareSubscriptions_AnswerPublicationRequest",
            "Publish for a recipient that asked, or say why not",
        )
        .needs(PROVIDER)
        .one(call!(publication_answer)),
    ]
}
