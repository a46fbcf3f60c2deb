//! Publishing: staging what cannot be read from outside, and telling recipients of changed folders.

use std::sync::Arc;

use datashare_domain::{Delivery, PublicationId};
use datashare_exchange::{
    PublishRequest, Published, publish, read_latest_manifest, read_manifest, remove_unreferenced,
    write_manifest,
};
use datashare_protocol::{Body, ContentKey, Manifest, ManifestDataset, PublishedSummary};
use datashare_storage::Source;

use super::ShareContext;
use super::datasets::source_of;
use crate::app::random;
use crate::database::shares::{self, DatasetRow};
use crate::dto::PublishedDataset;
use crate::{App, Result};

/// Manifests whose publications are kept, so that a running snapshot is never cut.
const KEPT_VERSIONS: u64 = 3;

impl ShareContext {
    /// Publishes these datasets and gives new grants where a directly read folder changed. Says what changed.
    pub(crate) async fn publish_datasets(&self, rows: &[DatasetRow]) -> Result<Vec<PublishedDataset>> {
        let mut results = Vec::new();
        let mut entries = Vec::new();
        for row in rows {
            match row.delivery {
                Delivery::Published => {
                    let source = source_of(&self.dataset_store(row).await?, row.kind, &row.path);
                    let published = self.stage(row, source, self.row.generation).await?;
                    results.push(published_row(row, &published));
                    entries.extend(published.entry);
                    self.remember_count(row, published.files, published.bytes)?;
                }
                Delivery::Direct => results.push(self.recount(row).await?),
            }
        }
        if !entries.is_empty() {
            self.flip_manifest(entries).await?;
        }
        let directly_changed =
            rows.iter().zip(&results).any(|(row, result)| row.delivery == Delivery::Direct && result.changed);
        if directly_changed {
            self.grant_again().await?;
        }
        Ok(results)
    }

    /// Publishes what has never been.
    pub(crate) async fn publish_missing(&self) -> Result<()> {
        let missing: Vec<DatasetRow> = self
            .datasets()?
            .into_iter()
            .filter(|row| row.delivery == Delivery::Published && row.publication.is_none())
            .collect();
        if !missing.is_empty() {
            self.publish_datasets(&missing).await?;
        }
        Ok(())
    }

    /// Stages one dataset; nothing is visible until the manifest names it.
    async fn stage(&self, row: &DatasetRow, source: Arc<dyn Source>, generation: u64) -> Result<Published> {
        let manifest = self.latest_manifest().await?;
        let previous = manifest.as_ref().and_then(|(manifest, _)| entry_of(manifest, row));
        let seal = self.data_key(generation).await?.map(|key| (generation, key));
        Ok(publish(&PublishRequest {
            area: &self.share_area(),
            dataset: &row.id,
            name: &row.name,
            publication: PublicationId::from_random(random()?),
            source,
            seal,
            previous,
            now: self.app.now(),
        })
        .await?)
    }

    pub(crate) async fn latest_manifest(&self) -> Result<Option<(Manifest, String)>> {
        Ok(read_latest_manifest(&self.share_area(), &self.keys.public(), &self.row.id, 0).await?)
    }

    /// Writes the next manifest with these entries in place of the older ones, and records it.
    async fn flip_manifest(&self, entries: Vec<ManifestDataset>) -> Result<()> {
        let before = self.latest_manifest().await?;
        let (version, previous, mut datasets) = match before {
            Some((manifest, sha256)) => (manifest.version + 1, Some(sha256), manifest.datasets),
            None => (1, None, Vec::new()),
        };
        datasets.retain(|old| entries.iter().all(|new| new.dataset_id != old.dataset_id));
        let known = self.datasets()?;
        datasets.retain(|old| known.iter().any(|row| row.id == old.dataset_id));
        datasets.extend(entries.iter().cloned());
        let created_at = self.app.now();
        let manifest = Manifest { share_id: self.row.id.clone(), version, previous, created_at, datasets };
        let manifest_sha256 = write_manifest(&self.share_area(), &manifest, &self.keys).await?;
        let datasets = entries.iter().map(published_summary).collect();
        self.record(Body::Published { manifest_version: version, manifest_sha256, datasets }).await?;
        self.app.database().write(|transaction| {
            entries.iter().try_for_each(|entry| {
                shares::set_published(transaction, &entry.dataset_id, &entry.publication, created_at)
            })
        })?;
        self.clean_up(&manifest, &entries, KEPT_VERSIONS).await
    }

    async fn clean_up(&self, newest: &Manifest, entries: &[ManifestDataset], keep: u64) -> Result<()> {
        let area = self.share_area();
        let mut kept = vec![newest.clone()];
        for version in newest.version.saturating_sub(keep - 1).max(1)..newest.version {
            kept.extend(read_manifest(&area, &self.keys.public(), &self.row.id, version).await?);
        }
        for entry in entries {
            remove_unreferenced(&area, &entry.dataset_id, &kept).await?;
        }
        Ok(())
    }

    /// Stages everything that is published anew under the key of a new generation, from what is published (not from the
    /// source, which may have changed), and removes what the old key opens.
    pub(crate) async fn reseal(&self, old_generation: u64) -> Result<()> {
        let Some((manifest, _)) = self.latest_manifest().await? else { return Ok(()) };
        let Some(old_key) = self.data_key(old_generation).await? else { return Ok(()) };
        let mut entries = Vec::new();
        for row in self.datasets()?.iter().filter(|row| row.delivery == Delivery::Published) {
            if entry_of(&manifest, row).is_some() {
                let source = self.published_source(row, &manifest, old_key.clone()).await?;
                entries.extend(self.stage(row, source, self.row.generation).await?.entry);
            }
        }
        if entries.is_empty() {
            return Ok(());
        }
        self.flip_manifest(entries.clone()).await?;
        if let Some((newest, _)) = self.latest_manifest().await? {
            self.clean_up(&newest, &entries, 1).await?;
        }
        Ok(())
    }

    async fn published_source(
        &self,
        row: &DatasetRow,
        manifest: &Manifest,
        key: ContentKey,
    ) -> Result<Arc<dyn Source>> {
        let area = self.share_area();
        let secrets = datashare_protocol::GrantSecrets {
            data_key: Some(key),
            datasets: [(row.id.clone(), datashare_protocol::DatasetAccess::Published)].into(),
            ..Default::default()
        };
        let granted = datashare_exchange::GrantedDataset {
            id: &row.id,
            name: &row.name,
            secrets: &secrets,
            mailbox: &area,
            share: Some(&area),
            manifest: Some(manifest),
        };
        Ok(datashare_exchange::granted_source(granted, &self.app.places(None)?.shared()).await?)
    }

    /// Counts a directly read dataset again.
    async fn recount(&self, row: &DatasetRow) -> Result<PublishedDataset> {
        let listing = super::datasets::list(&self.dataset_store(row).await?, row.kind, &row.path).await?;
        let changed = row.listing.as_deref() != Some(listing.sha256.as_str());
        self.remember_count(row, listing.files, listing.bytes)?;
        Ok(PublishedDataset {
            name: row.name.clone(),
            delivery: row.delivery,
            changed,
            files: listing.files,
            bytes: listing.bytes,
            added: listing.files.saturating_sub(row.files.unwrap_or(0)),
            updated: 0,
            removed: row.files.unwrap_or(0).saturating_sub(listing.files),
        })
    }

    fn remember_count(&self, row: &DatasetRow, files: u64, bytes: u64) -> Result<()> {
        self.app.database().write(|transaction| {
            shares::set_listing(transaction, &row.id, files, bytes, row.listing.as_deref())
        })
    }
}

fn entry_of<'a>(manifest: &'a Manifest, row: &DatasetRow) -> Option<&'a ManifestDataset> {
    manifest.datasets.iter().find(|entry| entry.dataset_id == row.id)
}

fn published_summary(entry: &ManifestDataset) -> PublishedSummary {
    PublishedSummary {
        dataset_id: entry.dataset_id.clone(),
        publication: entry.publication.clone(),
        files: entry.files,
        bytes: entry.bytes,
    }
}

fn published_row(row: &DatasetRow, published: &Published) -> PublishedDataset {
    PublishedDataset {
        name: row.name.clone(),
        delivery: row.delivery,
        changed: published.entry.is_some(),
        files: published.files,
        bytes: published.bytes,
        added: published.added,
        updated: published.updated,
        removed: published.removed,
    }
}

impl App {
    /// Says that sent shares look different now.
    pub(crate) fn shares_changed(&self) {
        self.changed(&[crate::dto::Tag::Shares]);
    }
}
