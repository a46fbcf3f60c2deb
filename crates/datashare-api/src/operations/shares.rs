//! Sent shares, their datasets, and who has access to them.

use axum::http::StatusCode;
use datashare_app::dto::{Dataset, Recipient, ShareDetails, ShareName};
use datashare_app::{App, AppError, Result};
use schemars::JsonSchema;
use serde::Deserialize;

use super::PROVIDER;
use crate::operation::{Operation, call, delete, get, patch, post};

#[derive(Deserialize, JsonSchema)]
struct DatasetName {
    share: String,
    dataset: String,
}

pub(super) fn operations() -> Vec<Operation> {
    [sent_shares(), datasets(), recipients()].into_iter().flatten().collect()
}

fn sent_shares() -> Vec<Operation> {
    vec![
        get("/v1/shares", "Shares_List", "The shares of this workspace").list(call!(share_list)),
        post("/v1/shares", "Shares_Create", "Make a share")
            .needs(PROVIDER)
            .answers(StatusCode::CREATED)
            .one(call!(share_create)),
        get("/v1/shares/{share}", "Shares_Get", "A share with its datasets, recipients and terms")
            .one(call!(share_show)),
        patch("/v1/shares/{share}", "Shares_Update", "Change the description or the terms")
            .needs(PROVIDER)
            .one(call!(share_update)),
        delete("/v1/shares/{share}", "Shares_Delete", "Delete a share: every recipient's access ends")
            .needs(PROVIDER)
            .one(call!(share_delete)),
        post("/v1/shares/{share}/publish", "Shares_Publish", "Stage a new version of what is published")
            .needs(PROVIDER)
            .one(call!(publish)),
    ]
}

fn datasets() -> Vec<Operation> {
    vec![
        get("/v1/shares/{share}/dataSets", "DataSets_List", "What a share contains").list(datasets_of),
        post("/v1/shares/{share}/dataSets", "DataSets_Create", "Add a dataset to a share")
            .needs(PROVIDER)
            .answers(StatusCode::CREATED)
            .one(call!(dataset_add)),
        get("/v1/shares/{share}/dataSets/{dataset}", "DataSets_Get", "One dataset").one(dataset),
        delete("/v1/shares/{share}/dataSets/{dataset}", "DataSets_Delete", "Remove a dataset from a share")
            .needs(PROVIDER)
            .nothing(call!(dataset_remove)),
    ]
}

async fn datasets_of(app: App, input: ShareName) -> Result<Vec<Dataset>> {
    let ShareDetails { datasets, .. } = app.share_show(input).await?;
    Ok(datasets)
}

async fn dataset(app: App, input: DatasetName) -> Result<Dataset> {
    let wanted = input.dataset;
    let found = datasets_of(app, ShareName { share: input.share }).await?.into_iter();
    let mut found = found.filter(|dataset| dataset.name == wanted || dataset.id == wanted);
    found.next().ok_or_else(|| AppError::not_found(format!("The share has no dataset '{wanted}'.")))
}

#[derive(Deserialize, JsonSchema)]
struct RecipientOf {
    share: String,
    /// Id or e-mail address.
    recipient: String,
}

fn recipients() -> Vec<Operation> {
    const ONE: &str = "/v1/shares/{share}/providerShareSubscriptions/{recipient}";
    vec![
        get(
            "/v1/shares/{share}/providerShareSubscriptions",
            "ProviderShareSubscriptions_List",
            "Recipients of a share",
        )
        .list(call!(recipient_list)),
        get(ONE, "ProviderShareSubscriptions_Get", "One recipient").one(recipient),
        post(
            "/v1/shares/{share}/providerShareSubscriptions/{recipient}/revoke",
            "ProviderShareSubscriptions_Revoke",
            "Take a recipient's access back",
        )
        .needs(PROVIDER)
        .one(call!(recipient_revoke)),
        post(
            "/v1/shares/{share}/providerShareSubscriptions/{recipient}/reinstate",
            "ProviderShareSubscriptions_Reinstate",
            "Give a recipient access again",
        )
        .needs(PROVIDER)
        .one(call!(recipient_reinstate)),
        post(
            "/v1/shares/{share}/providerShareSubscriptions/{recipient}/adjust",
            "ProviderShareSubscriptions_Adjust",
            "Move the end of a recipient's access",
        )
        .needs(PROVIDER)
        .one(call!(recipient_set_expiry)),
        post(
            "/v1/shares/{share}/providerShareSubscriptions/{recipient}/approve",
            "ProviderShareSubscriptions_Approve",
            "Let somebody in whose acceptance waits for a decision",
        )
        .needs(PROVIDER)
        .one(call!(recipient_approve)),
        post(
            "/v1/shares/{share}/providerShareSubscriptions/{recipient}/decline",
            "ProviderShareSubscriptions_Decline",
            "Refuse an acceptance that waits for a decision",
        )
        .needs(PROVIDER)
        .one(call!(recipient_decline)),
        get(
            "/v1/recipients",
            "Recipients_Find",
            "Recipients of all shares by words of their name or address",
        )
        .list(call!(recipient_find)),
    ]
}

async fn recipient(app: App, input: RecipientOf) -> Result<Recipient> {
    let wanted = input.recipient;
    let found = app.recipient_list(ShareName { share: input.share }).await?.into_iter();
    // The newest of several invitations to one address, as everywhere.
    let is_wanted = |recipient: &Recipient| {
        recipient.recipient_id == wanted || recipient.email.eq_ignore_ascii_case(&wanted)
    };
    found
        .rev()
        .find(is_wanted)
        .ok_or_else(|| AppError::not_found(format!("The share has no recipient '{wanted}'.")))
}
