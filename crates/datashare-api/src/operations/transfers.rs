//! Transfers: the engine alone, from one connection to another, without a share.

use axum::http::StatusCode;
use datashare_app::Result;
use datashare_app::dto::{Nothing, Snapshot, SnapshotId, TransferStart};
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::ADMIN;
use crate::input;
use crate::operation::{AnswerShape, Context, Draft, Operation, Reply, call, get, post};

pub(super) fn operations() -> Vec<Operation> {
    const ONE: AnswerShape = AnswerShape::Json(|generator| generator.subschema_for::<Snapshot>());
    const LIST: AnswerShape = AnswerShape::Page(|generator| generator.subschema_for::<Snapshot>());
    vec![
        of_server(
            get("/v1/transfers", "Transfers_List", "The transfers of this server, newest first"),
            LIST,
            async |context, Nothing {}| Ok(context.transfers.list()),
        ),
        of_server(
            post("/v1/transfers", "Transfers_Start", "Copy between two connections, without a share")
                .needs(ADMIN)
                .answers(StatusCode::ACCEPTED),
            ONE,
            async |Context { app, transfers, .. }, request: TransferStart| {
                transfers.start(app, request).await
            },
        ),
        post("/v1/transfers/plan", "Transfers_Plan", "What a transfer would write; changes nothing")
            .needs(ADMIN)
            .one(call!(transfer_plan)),
        of_server(
            get("/v1/transfers/{snapshot_id}", "Transfers_Get", "One transfer"),
            ONE,
            async |context, id: SnapshotId| context.transfers.show(&id),
        ),
        of_server(
            post(
                "/v1/transfers/{snapshot_id}/cancel",
                "Transfers_Cancel",
                "Stop a transfer; what arrived stays",
            )
            .needs(ADMIN),
            ONE,
            async |context, id: SnapshotId| context.transfers.cancel(&id),
        ),
    ]
}

/// For what is the server's and no use case of the workspace.
fn of_server<I, A, F>(
    draft: Draft,
    answer: AnswerShape,
    work: impl Fn(Context, I) -> F + Send + Sync + 'static,
) -> Operation
where
    I: DeserializeOwned + JsonSchema,
    A: Serialize,
    F: Future<Output = Result<A>> + Send + 'static,
{
    draft.with_work::<I>(answer, move |context, input| {
        let answer = input::read::<I>(input).map(|input| work(context, input));
        Box::pin(async move { Ok(Reply::Json(serde_json::to_value(answer?.await?)?)) })
    })
}
