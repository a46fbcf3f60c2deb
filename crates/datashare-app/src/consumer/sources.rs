//! Granted datasets opened for reading.

use std::sync::Arc;
use std::time::Duration;

use datashare_exchange::{ExchangeError, GrantedDataset, granted_source};
use datashare_protocol::DatasetSummary;
use datashare_storage::Source;

use super::Subscription;
use super::subscription::is_no;
use crate::{AppError, Code, Result};

/// How long a run waits to begin while the provider changes the access of somebody.
const WAIT_FOR_GRANT: Duration = Duration::from_secs(20);
const LOOK_AGAIN: Duration = Duration::from_millis(400);

/// Opened datasets, in the order they were asked for.
pub(crate) struct Sources {
    pub(crate) opened: Vec<Arc<dyn Source>>,
    pub(crate) basis: Basis,
}

/// What sources were opened by: the record of the grant, and the manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Basis {
    grant: u64,
    pub(crate) manifest_version: Option<u64>,
}

/// Whether sources that do not open may do so by the provider's next record: it is in the middle of a change of access
/// (then that record is waited for), or was so a moment ago (then looking once more is enough).
fn may_open_soon(error: &AppError, tries: u32, waited: bool) -> bool {
    let cause = error.cause.as_ref().and_then(|cause| cause.downcast_ref::<ExchangeError>());
    match (error.code, cause) {
        (_, Some(ExchangeError::Resealed(_))) => !waited,
        (Code::Store(kind), _) => tries == 0 && is_no(kind),
        (_, Some(ExchangeError::IndexNotGenuine(_))) => tries == 0,
        _ => false,
    }
}

impl Subscription {
    /// As [`Self::sources`]. While the provider gives everybody a new grant, looks again until it is there.
    pub(crate) async fn sources_in_time(&self, datasets: &[DatasetSummary]) -> Result<Sources> {
        let deadline = tokio::time::Instant::now() + WAIT_FOR_GRANT;
        let mut tries = 0;
        loop {
            let fresh = Self::of_row(&self.app, self.row.clone())?;
            match fresh.sources(datasets.iter()).await {
                Err(error) if may_open_soon(&error, tries, tokio::time::Instant::now() > deadline) => {
                    tokio::time::sleep(LOOK_AGAIN).await;
                    fresh.refresh().await?.must_be_active()?;
                    tries += 1;
                }
                done => return done,
            }
        }
    }

    /// Opens granted datasets for reading.
    pub(crate) async fn sources(&self, datasets: impl Iterator<Item = &DatasetSummary>) -> Result<Sources> {
        let keys = self.app.identity().await?;
        let (sequence, generation) =
            self.state.grant.as_ref().map_or((0, 0), |(at, grant)| (*at, grant.generation));
        let secrets = self.grant(&keys).await?;
        let mailbox = self.mailbox(&keys).await?;
        let publications = self.publications(&secrets).await?;
        let reach = self.reach()?;
        let mut opened: Vec<Arc<dyn Source>> = Vec::new();
        for dataset in datasets {
            let granted = GrantedDataset {
                id: &dataset.dataset_id,
                name: &dataset.name,
                secrets: &secrets,
                generation,
                mailbox: &mailbox,
                share: publications.as_ref().map(|(area, _)| area),
                manifest: publications.as_ref().map(|(_, manifest)| manifest),
            };
            opened.push(granted_source(granted, &reach).await?);
        }
        let manifest_version = publications.map(|(_, manifest)| manifest.version);
        Ok(Sources { opened, basis: Basis { grant: sequence, manifest_version } })
    }
}
