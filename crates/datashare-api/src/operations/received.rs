//! Received shares, and where their datasets go.

use datashare_app::dto::{Mapping, MappingClear, MappingSet, MappingTarget, Nothing, ReceivedName};
use datashare_app::{App, AppError, Result};
use schemars::JsonSchema;
use serde::Deserialize;

use super::CONSUMER;
use crate::operation::{Operation, call, delete, get, post, put};

#[derive(Deserialize, JsonSchema)]
struct MappingOf {
    received: String,
    dataset: String,
}

#[derive(Deserialize, JsonSchema)]
struct MappingPut {
    received: String,
    dataset: String,
    connection: String,
    /// Folder, or container and folder, that receives the dataset's files.
    path: String,
}

pub(super) fn operations() -> Vec<Operation> {
    [subscriptions(), mappings()].into_iter().flatten().collect()
}

fn subscriptions() -> Vec<Operation> {
    vec![
        get("/v1/shareSubscriptions", "ShareSubscriptions_List", "The received shares")
            .list(call!(received_list)),
        get(
            "/v1/shareSubscriptions/{received}",
            "ShareSubscriptions_Get",
            "A received share with its mappings and terms",
        )
        .one(call!(received_show)),
        delete("/v1/shareSubscriptions/{received}", "ShareSubscriptions_Delete", "Leave a received share")
            .needs(CONSUMER)
            .nothing(call!(received_leave)),
        post(
            "/v1/shareSubscriptions/{received}/refresh",
            "ShareSubscriptions_Refresh",
            "Look for news of the provider",
        )
        .needs(CONSUMER)
        .one(call!(received_refresh)),
        post(
            "/v1/shareSubscriptions/{received}/agreeToTerms",
            "ShareSubscriptions_AgreeToTerms",
            "Agree to changed terms, which are named by their SHA-256",
        )
        .needs(CONSUMER)
        .one(call!(received_agree_terms)),
    ]
}

fn mappings() -> Vec<Operation> {
    const ONE: &str = "/v1/shareSubscriptions/{received}/dataSetMappings/{dataset}";
    vec![
        get(
            "/v1/shareSubscriptions/{received}/dataSetMappings",
            "DataSetMappings_List",
            "The datasets of a received share, and where each goes",
        )
        .list(mappings_of),
        get(ONE, "DataSetMappings_Get", "Where one dataset goes").one(mapping),
        put(ONE, "DataSetMappings_Create", "Say where a dataset goes").needs(CONSUMER).one(set),
        delete(ONE, "DataSetMappings_Delete", "Send a dataset nowhere any more")
            .needs(CONSUMER)
            .nothing(clear),
        post(
            "/v1/shareSubscriptions/{received}/dataSetMappings/preview",
            "DataSetMappings_Preview",
            "Where files would land, and what the target cannot hold; changes nothing",
        )
        .needs(CONSUMER)
        .list(call!(mapping_preview)),
    ]
}

async fn mappings_of(app: App, input: ReceivedName) -> Result<Vec<Mapping>> {
    Ok(app.received_show(input).await?.mappings)
}

fn only(mappings: Vec<Mapping>, dataset: &str) -> Result<Mapping> {
    let found =
        mappings.into_iter().find(|mapping| mapping.dataset == dataset || mapping.dataset_id == dataset);
    found.ok_or_else(|| AppError::not_found(format!("The received share has no dataset '{dataset}'.")))
}

async fn mapping(app: App, input: MappingOf) -> Result<Mapping> {
    only(mappings_of(app, ReceivedName { received: input.received }).await?, &input.dataset)
}

async fn set(app: App, input: MappingPut) -> Result<Mapping> {
    let MappingPut { received, dataset, connection, path } = input;
    let targets = vec![MappingTarget { dataset: dataset.clone(), connection, path }];
    only(app.mapping_set(MappingSet { received, targets }).await?, &dataset)
}

async fn clear(app: App, input: MappingOf) -> Result<Nothing> {
    let MappingOf { received, dataset } = input;
    app.mapping_clear(MappingClear { received, dataset }).await?;
    Ok(Nothing {})
}
