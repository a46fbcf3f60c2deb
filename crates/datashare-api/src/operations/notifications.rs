//! What happens by itself: who does the work in the background, and who hears of what. Where notifications go is said on
//! the command line and in the window only, because such an address is a secret and its answer brings another.

use super::ADMIN;
use crate::operation::{Operation, call, delete, get, post, put};

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
        delete(
            "/v1/notifications/targets/{target}",
            "Notifications_DeleteTarget",
            "Tell a webhook or a workflow nothing any more",
        )
        .needs(ADMIN)
        .one(call!(notification_target_remove)),
    ]
}
