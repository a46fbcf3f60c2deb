//! Datasets: what a path is, what it holds, and what of it recipients were told.

use std::sync::Arc;

use datashare_domain::{DatasetKind, Delivery};
use datashare_exchange::{DatasetToGrant, is_granted_whole};
use datashare_storage::{ErrorKind, SharedStore, Source, StoreSource};

use super::ShareContext;
use super::listing::{KeptListing, count};
use crate::database::shares::{self, DatasetRow};
use crate::{AppError, Code, Result};

/// What lies at a path; an error in words when nothing does.
pub(crate) async fn kind_of(store: &SharedStore, path: &str) -> Result<DatasetKind> {
    let missing = || {
        AppError::invalid(format!("There is nothing at '{path}' in {}.", store.describe()))
            .hint("Browse the connection to see what is there.")
    };
    let container = store.capabilities().delegates_access && !path.contains('/');
    if container {
        return if store.place_exists(path).await? { Ok(DatasetKind::Container) } else { Err(missing()) };
    }
    if path.is_empty() || store.level(path, 1, None).await.is_ok_and(|level| !level.entries.is_empty()) {
        return Ok(DatasetKind::Folder);
    }
    if store.head(path).await?.is_some() {
        return Ok(DatasetKind::File);
    }
    if store.place_exists(path).await? { Ok(DatasetKind::Folder) } else { Err(missing()) }
}

/// The dataset as a source, at the provider.
pub(crate) fn source_of(store: &SharedStore, kind: DatasetKind, path: &str) -> Arc<dyn Source> {
    match kind {
        DatasetKind::File => Arc::new(StoreSource::file(store.clone(), path)),
        DatasetKind::Container | DatasetKind::Folder => Arc::new(StoreSource::folder(store.clone(), path)),
    }
}

impl ShareContext {
    pub(crate) async fn dataset_store(&self, row: &DatasetRow) -> Result<SharedStore> {
        self.app.store(row.connection_id.as_str()).await
    }

    /// The share's datasets ready to be granted: those given file by file are listed anew. Remembers the listings.
    pub(crate) async fn to_grant(&self) -> Result<Vec<DatasetToGrant>> {
        let mut datasets = Vec::new();
        for row in self.datasets()? {
            let store = self.dataset_store(&row).await?;
            let Some(files) = self.files_to_grant(&store, &row).await? else { continue };
            datasets.push(DatasetToGrant {
                id: row.id,
                kind: row.kind,
                delivery: row.delivery,
                store,
                path: row.path,
                files,
            });
        }
        Ok(datasets)
    }

    /// The files to sign one by one (none where that is not needed); `None` when the dataset itself is gone, which must not
    /// keep the others from being granted, nor a revocation from being finished.
    async fn files_to_grant(
        &self,
        store: &SharedStore,
        row: &DatasetRow,
    ) -> Result<Option<Option<Arc<dyn Source>>>> {
        if row.delivery == Delivery::Published {
            return Ok(Some(None));
        }
        if is_granted_whole(store, row.kind).await? {
            return Ok(store.place_exists(&row.path).await?.then_some(None));
        }
        match self.list_and_remember(store, row).await {
            Ok(listing) => Ok(Some(Some(listing))),
            Err(error) if matches!(error.code, Code::Store(ErrorKind::NoSuchPlace | ErrorKind::NotFound)) => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    async fn list_and_remember(&self, store: &SharedStore, row: &DatasetRow) -> Result<Arc<dyn Source>> {
        let source = source_of(store, row.kind, &row.path);
        let (kept, listing) = KeptListing::of(source, &self.app.inner.home).await?;
        self.app.database().write(|transaction| {
            shares::set_listing(transaction, &row.id, listing.files, listing.bytes, Some(&listing.sha256))
        })?;
        Ok(Arc::new(kept))
    }

    /// Whether files that are granted one by one differ from what recipients were last given.
    pub(crate) async fn listings_changed(&self) -> Result<bool> {
        for row in self.datasets()? {
            let store = self.dataset_store(&row).await?;
            if row.delivery == Delivery::Direct && !is_granted_whole(&store, row.kind).await? {
                let listing = count(&source_of(&store, row.kind, &row.path)).await?;
                if row.listing.as_deref() != Some(listing.sha256.as_str()) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}
