//! What happens by itself: who does the work in the background, and who hears of what. The address of a target is a
//! secret: it comes in and never goes out.

use datashare_app::dto::{NotificationTargetSaved, NotificationTargetSet, TargetKind};
use datashare_app::{App, Result};
use datashare_secret::Secret;
use schemars::JsonSchema;
use serde::Deserialize;

use super::ADMIN;
use crate::operation::{Operation, call, delete, get, post, put};

#[derive(Deserialize, JsonSchema)]
struct TargetPut {
    /// Its name.
    target: String,
    kind: TargetKind,
    /// Where it is posted to.
    address: Secret,
    /// Of a webhook: what signs the posts (`whsec_…`). `None` makes a new one, which the answer tells this once.
    secret: Option<Secret>,
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        get("/v1/agent", "Agent_Get", "Who does the work in the background, and how it goes")
            .one(call!(agent_status)),
        get("/v1/notifications", "Notifications_Get", "What is told where").one(call!(notification_show)),
        put("/v1/notifications/rules", "Notifications_SetRules", "Say what is told where")
            .needs(ADMIN)
            .one(call!(notification_rules_set)),
        post("/v1/notifications/test", "Notifications_Test", "Send a test, and say what was found")
            .needs(ADMIN)
            .one(call!(notification_test)),
        get("/v1/notifications/dead", "Notifications_ListDead", "Notifications that were given up")
            .list(call!(notification_dead)),
        post("/v1/notifications/resend", "Notifications_Resend", "Send again what was given up")
            .needs(ADMIN)
            .one(call!(notification_resend)),
        put(
            "/v1/notifications/targets/{target}",
            "Notifications_SetTarget",
            "Tell a webhook or a workflow of Teams, or give it another address",
        )
        .needs(ADMIN)
        .one(set_target),
        delete(
            "/v1/notifications/targets/{target}",
            "Notifications_DeleteTarget",
            "Tell a webhook or a workflow nothing any more",
        )
        .needs(ADMIN)
        .one(call!(notification_target_remove)),
    ]
}

async fn set_target(app: App, input: TargetPut) -> Result<NotificationTargetSaved> {
    let TargetPut { target: name, kind, address, secret } = input;
    app.notification_target_set(NotificationTargetSet { name, kind, address, secret }).await
}
