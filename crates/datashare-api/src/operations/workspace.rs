//! The workspace itself, and who may use its API. What needs a passphrase or a file of this computer is on the command
//! line only; so is making a token, since one that makes others would outlive its own end.

use datashare_app::App;
use datashare_app::dto::{ApiTokenName, Nothing};

use super::ADMIN;
use crate::operation::{Operation, call, delete, get, post, put};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        get("/v1/workspace", "Workspace_Get", "Who this workspace is to others, and the state of its vault")
            .one(call!(workspace_status)),
        post("/v1/workspace/round", "Workspace_Round", "One round of the work that goes on by itself")
            .needs(ADMIN)
            .one(call!(agent_round)),
        get("/v1/mail", "Mail_Get", "By which server invitations are sent").one(call!(mail_show)),
        put("/v1/mail", "Mail_Update", "Say by which server; its password is kept in the vault")
            .needs(ADMIN)
            .one(call!(mail_set)),
        delete("/v1/mail", "Mail_Delete", "Forget the mail server and its password")
            .needs(ADMIN)
            .one(call!(mail_clear)),
        post("/v1/mail/test", "Mail_Test", "Reach the mail server, and say what was found")
            .needs(ADMIN)
            .one(call!(mail_test)),
        get("/v1/tokens", "Tokens_List", "Who may use this API").needs(ADMIN).list(call!(api_token_list)),
        delete("/v1/tokens/{name}", "Tokens_Delete", "Revoke a token at once").needs(ADMIN).nothing(revoke),
    ]
}

async fn revoke(app: App, input: ApiTokenName) -> datashare_app::Result<Nothing> {
    app.api_token_revoke(input).await?;
    Ok(Nothing {})
}
