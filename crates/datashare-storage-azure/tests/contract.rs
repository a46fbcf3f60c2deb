//! The contract of the port, on Azurite.

#![allow(clippy::unwrap_used)]

mod support;

use std::sync::Arc;

use datashare_storage::contract;
use datashare_testkit::unique_name;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_contract_holds_by_account_key() {
    contract::run(Arc::new(support::store().await), &unique_name("contract")).await;
}
