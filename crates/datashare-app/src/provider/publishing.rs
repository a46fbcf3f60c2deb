//! Publishing: staging what cannot be read from outside, and telling recipients of changed folders.

use std::sync::{Arc, PoisonError};

use chrono::TimeDelta;
use datashare_domain::{Delivery, PublicationId};
use datashare_exchange::{
    ExchangeError, PublishRequest, Published, is_granted_whole, publish, read_latest_manifest, read_manifest,
    remove_unreferenced, write_manifest,
};
use datashare_protocol::{Body, ContentKey, Manifest, ManifestDataset, PublishedSummary, SeenManifest};
use datashare_storage::{ErrorKind, Source};
use tracing::field::Empty;

use super::ShareContext;
use super::datasets::source_of;
use super::listing::count;
use crate::app::random;
use crate::chains::{self, Chain};
use crate::database::shares::{self, DatasetRow};
use crate::dto::PublishedDataset;
use crate::{App, Code, Result, secret_names, trace};

/// Manifests whose publications are kept, so that a running snapshot is never cut.
const KEPT_VERSIONS: u64 = 3;

/// The kind of the records that name a manifest.
const PUBLISHED: &str = "published";

/// How often folders that are granted file by file are listed anew.
const LIST_EVERY: TimeDelta = TimeDelta::seconds(30);

/// The newest manifest as far as it can be trusted.
#[derive(Debug)]
pub(crate) struct Latest {
    /// With the hash of its envelope; `None` before the first one, and when it is lost.
    manifest: Option<(Manifest, String)>,
    /// Highest version there was.
    version: u64,
    /// What stands in the exchange is what was written there last.
    genuine: bool,
}

impl ShareContext {
    /// Publishes these datasets and gives new grants where a directly read folder changed. Says what changed.
    pub(crate) async fn publish_datasets(&self, rows: &[DatasetRow]) -> Result<Vec<PublishedDataset>> {
        let span = trace::span!(
            "publication",
            share.id = self.row.id.as_str(),
            datasets = trace::count(rows.len()),
            datasets_changed = Empty,
            files = Empty,
            bytes = Empty
        );
        let published = trace::in_span(span.clone(), self.publish_each(rows)).await?;
        let changed = published.iter().filter(|dataset| dataset.changed);
        span.record("datasets_changed", trace::count(changed.count()));
        let sum = |of: fn(&PublishedDataset) -> u64| trace::count(published.iter().map(of).sum::<u64>());
        span.record("files", sum(|dataset| dataset.files));
        span.record("bytes", sum(|dataset| dataset.bytes));
        Ok(published)
    }

    async fn publish_each(&self, rows: &[DatasetRow]) -> Result<Vec<PublishedDataset>> {
        let latest = self.latest_manifest().await?;
        let mut results = Vec::new();
        let mut entries = Vec::new();
        for lost in self.lost_beside(rows, &latest)? {
            let source = source_of(&self.dataset_store(&lost).await?, lost.kind, &lost.path);
            entries.extend(self.stage(&lost, source, &latest).await?.entry);
        }
        for row in rows {
            match row.delivery {
                Delivery::Published => {
                    let source = source_of(&self.dataset_store(row).await?, row.kind, &row.path);
                    let published = self.stage(row, source, &latest).await?;
                    results.push(published_row(row, &published));
                    entries.extend(published.entry);
                    self.remember_count(row, published.files, published.bytes, row.listing.as_deref())?;
                }
                Delivery::Direct => results.push(self.recount(row).await?),
            }
        }
        if !entries.is_empty() || !latest.genuine {
            self.flip_manifest(entries, latest).await?;
        }
        for (row, result) in rows.iter().zip(&results) {
            let read_there = row.delivery == Delivery::Direct && result.changed;
            if read_there && !is_granted_whole(&self.dataset_store(row).await?, row.kind).await? {
                self.grant_again().await?;
                break;
            }
        }
        Ok(results)
    }

    /// Datasets whose publication went with the manifest, beside those that are published anyway.
    fn lost_beside(&self, rows: &[DatasetRow], latest: &Latest) -> Result<Vec<DatasetRow>> {
        if latest.genuine || latest.manifest.is_some() {
            return Ok(Vec::new());
        }
        let mut lost = self.published_rows()?;
        lost.retain(|row| row.publication.is_some() && rows.iter().all(|other| other.id != row.id));
        Ok(lost)
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
    async fn stage(&self, row: &DatasetRow, source: Arc<dyn Source>, latest: &Latest) -> Result<Published> {
        let previous = latest.manifest.as_ref().and_then(|(manifest, _)| entry_of(manifest, row));
        let generation = self.row.generation;
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

    /// What this workspace's own log says was published last: version and hash of the manifest.
    pub(crate) fn logged_manifest(&self) -> Result<Option<(u64, String)>> {
        let (chain, keys) = (Chain::Share(self.row.id.clone()), self.keys.public());
        let newest =
            self.app.database().read(|connection| chains::newest_of(connection, &chain, &keys, PUBLISHED))?;
        Ok(newest.and_then(|record| match record.body {
            Body::Published { manifest_version, manifest_sha256, .. } => {
                Some((manifest_version, manifest_sha256))
            }
            _ => None,
        }))
    }

    /// The newest manifest, by the own log and not by what the exchange says alone: what was put back, changed or taken
    /// away there is found by it, and replaced with the next publication.
    pub(crate) async fn latest_manifest(&self) -> Result<Latest> {
        let (area, keys, share) = (self.share_area(), self.keys.public(), &self.row.id);
        let Some((version, logged)) = self.logged_manifest()? else {
            let manifest = read_latest_manifest(&area, &keys, share, &SeenManifest::default())
                .await
                .or_else(none_if_not_genuine)?;
            let version = manifest.as_ref().map_or(0, |(manifest, _)| manifest.version);
            return Ok(Latest { manifest, version, genuine: true });
        };
        let found = read_latest_manifest(&area, &keys, share, &SeenManifest::version(version))
            .await
            .or_else(none_if_not_genuine)?;
        // A newer one of our own was written just before this process was interrupted.
        let ours = found.filter(|(manifest, sha256)| manifest.version > version || *sha256 == logged);
        if let Some((manifest, sha256)) = ours {
            return Ok(Latest {
                version: manifest.version,
                manifest: Some((manifest, sha256)),
                genuine: true,
            });
        }
        let kept = read_manifest(&area, &keys, share, version).await.or_else(none_if_not_genuine)?;
        let manifest = kept.filter(|(_, sha256)| *sha256 == logged);
        Ok(Latest { manifest, version, genuine: false })
    }

    /// Puts the newest manifest in its place again; whether something else stood there.
    pub(crate) async fn restore_manifest(&self) -> Result<bool> {
        if self.logged_manifest()?.is_none() {
            return Ok(false);
        }
        let latest = self.latest_manifest().await?;
        if latest.genuine {
            return Ok(false);
        }
        match latest.manifest {
            Some(_) => self.flip_manifest(Vec::new(), latest).await?,
            None => drop(self.publish_datasets(&self.published_rows()?).await?),
        }
        Ok(true)
    }

    /// Whether enough time has passed since this process looked at the contents last.
    pub(crate) fn listing_is_due(&self) -> bool {
        let now = self.app.now();
        let mut listed = self.app.inner.listed.lock().unwrap_or_else(PoisonError::into_inner);
        if listed.get(&self.row.id).is_some_and(|last| (now - *last).abs() < LIST_EVERY) {
            return false;
        }
        listed.insert(self.row.id.clone(), now);
        true
    }

    /// Requests of a look at the contents that finds nothing new, about.
    pub(crate) fn requests_for_contents(&self) -> Result<u32> {
        let lists = self.datasets()?.iter().filter(|row| row.delivery == Delivery::Direct).count();
        let published = self.logged_manifest()?.is_some();
        Ok(u32::try_from(lists).unwrap_or(u32::MAX).saturating_add(published.into()))
    }

    fn published_rows(&self) -> Result<Vec<DatasetRow>> {
        let published = |row: &DatasetRow| row.delivery == Delivery::Published;
        Ok(self.datasets()?.into_iter().filter(published).collect())
    }

    /// Writes the next manifest with these entries in place of the older ones, and records it.
    async fn flip_manifest(&self, entries: Vec<ManifestDataset>, before: Latest) -> Result<()> {
        let version = before.version + 1;
        let (previous, mut datasets) = match before.manifest {
            Some((manifest, sha256)) => (Some(sha256), manifest.datasets),
            None => (None, Vec::new()),
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
            let found = read_manifest(&area, &self.keys.public(), &self.row.id, version).await;
            kept.extend(found.or_else(none_if_not_genuine)?.map(|(manifest, _)| manifest));
        }
        for entry in entries {
            remove_unreferenced(&area, &entry.dataset_id, &kept).await?;
        }
        Ok(())
    }

    /// Stages everything that an older key opens anew under the newest one: from what is published (not from the source,
    /// which may have changed), or from the source where that is damaged, so that nobody can keep a revocation from being
    /// finished by damaging what is published.
    pub(crate) async fn reseal(&self) -> Result<()> {
        let latest = self.latest_manifest().await?;
        let Some((manifest, _)) = &latest.manifest else { return Ok(()) };
        let mut entries = Vec::new();
        for row in self.published_rows()? {
            let sealed = entry_of(manifest, &row).and_then(|entry| entry.sealed_generation);
            let Some(generation) = sealed.filter(|generation| *generation < self.row.generation) else {
                continue;
            };
            let staged = match self.published_source(&row, manifest, generation).await {
                Ok(source) => self.stage(&row, source, &latest).await,
                Err(error) => Err(error),
            };
            let staged = match staged {
                Err(error) if is_damaged(error.code) => {
                    tracing::warn!("'{}' is published anew from its source: {error}", row.name);
                    let source = source_of(&self.dataset_store(&row).await?, row.kind, &row.path);
                    self.stage(&row, source, &latest).await?
                }
                other => other?,
            };
            entries.extend(staged.entry);
        }
        if entries.is_empty() { Ok(()) } else { self.flip_manifest(entries, latest).await }
    }

    /// Removes publications that are sealed under older keys, once everybody has the new one.
    pub(crate) async fn remove_what_old_keys_open(&self) -> Result<()> {
        if self.exchange.capabilities().delegates_access {
            return Ok(());
        }
        let kept: Vec<Manifest> =
            self.latest_manifest().await?.manifest.into_iter().map(|(newest, _)| newest).collect();
        let rows =
            self.app.database().read(|connection| shares::list_all_datasets(connection, &self.row.id))?;
        for row in rows.iter().filter(|row| row.delivery == Delivery::Published) {
            remove_unreferenced(&self.share_area(), &row.id, &kept).await?;
        }
        Ok(())
    }

    async fn published_source(
        &self,
        row: &DatasetRow,
        manifest: &Manifest,
        generation: u64,
    ) -> Result<Arc<dyn Source>> {
        let area = self.share_area();
        let key = self.app.vault().get(&secret_names::data_key(&self.row.id, generation)).await?;
        let secrets = datashare_protocol::GrantSecrets {
            data_key: key.as_ref().map(secret_names::decode_32).transpose()?.map(ContentKey::new),
            datasets: [(row.id.clone(), datashare_protocol::DatasetAccess::Published)].into(),
            ..Default::default()
        };
        let granted = datashare_exchange::GrantedDataset {
            id: &row.id,
            name: &row.name,
            secrets: &secrets,
            generation,
            mailbox: &area,
            share: Some(&area),
            manifest: Some(manifest),
        };
        Ok(datashare_exchange::granted_source(granted, &self.app.places()?.shared()).await?)
    }

    /// Counts a directly read dataset again.
    async fn recount(&self, row: &DatasetRow) -> Result<PublishedDataset> {
        let store = self.dataset_store(row).await?;
        let listing = count(&source_of(&store, row.kind, &row.path)).await?;
        let changed = row.listing.as_deref() != Some(listing.sha256.as_str());
        // What recipients were given of a folder is remembered when they are given it.
        let remembered = if is_granted_whole(&store, row.kind).await? {
            Some(listing.sha256.as_str())
        } else {
            row.listing.as_deref()
        };
        self.remember_count(row, listing.files, listing.bytes, remembered)?;
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

    fn remember_count(&self, row: &DatasetRow, files: u64, bytes: u64, listing: Option<&str>) -> Result<()> {
        self.app
            .database()
            .write(|transaction| shares::set_listing(transaction, &row.id, files, bytes, listing))
    }
}

/// A manifest that is not as we signed it is as good as none; what else goes wrong stays an error.
fn none_if_not_genuine<T>(error: ExchangeError) -> datashare_exchange::Result<Option<T>> {
    match error {
        ExchangeError::Manifest(_) => Ok(None),
        error => Err(error),
    }
}

/// Trying again does not help: what is published is not there any more as it was.
fn is_damaged(code: Code) -> bool {
    matches!(
        code,
        Code::NotGenuine
            | Code::NotFound
            | Code::Store(ErrorKind::Corrupt | ErrorKind::NotFound | ErrorKind::Changed)
    )
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
