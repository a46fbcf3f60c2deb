//! Connected stores. A credential comes in and never goes out.

use axum::http::StatusCode;
use datashare_app::dto::{Connection, ConnectionName, Nothing};
use datashare_app::{App, AppError, Result};

use super::{ADMIN, EITHER};
use crate::operation::{Operation, call, delete, get, post};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        get("/v1/connections", "Connections_List", "The connected stores").list(call!(connection_list)),
        post("/v1/connections", "Connections_Create", "Connect a store; its credential is kept in the vault")
            .needs(ADMIN)
            .answers(StatusCode::CREATED)
            .one(call!(connection_add)),
        get("/v1/connections/{connection}", "Connections_Get", "One connected store").one(connection),
        delete("/v1/connections/{connection}", "Connections_Delete", "Remove a connection that nothing uses")
            .needs(ADMIN)
            .nothing(call!(connection_remove)),
        post(
            "/v1/connections/{connection}/test",
            "Connections_Test",
            "Reach the store, and say what was found",
        )
        .needs(EITHER)
        .one(call!(connection_test)),
        get(
            "/v1/connections/{connection}/entries",
            "Connections_Browse",
            "What lies at a place of the store",
        )
        .needs(EITHER)
        .one(call!(connection_browse)),
        get(
            "/v1/connections/{connection}/preview",
            "Connections_Preview",
            "The first rows of a file in the store",
        )
        .needs(EITHER)
        .one(call!(connection_preview)),
    ]
}

async fn connection(app: App, input: ConnectionName) -> Result<Connection> {
    let wanted = input.connection;
    let mut known = app.connection_list(Nothing {}).await?.into_iter();
    let found = known.find(|known| known.name.eq_ignore_ascii_case(&wanted) || known.id == wanted);
    found.ok_or_else(|| AppError::not_found(format!("There is no connection '{wanted}'.")))
}
