//! A granted dataset as a source for a run: by listing a container, by an index with a signature for each file, or from
//! a publication.

use std::fmt::Write;
use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use datashare_domain::{DatasetId, PublicationId};
use datashare_protocol::{
    Access, ContentKey, DatasetAccess, GrantSecrets, IndexLine, IndexRoot, Manifest, ManifestDataset,
};
use datashare_secret::Secret;
use datashare_storage::{
    ByteStream, ErrorKind, ObjectProperties, RemoteObject, Source, SourceEntry, StoreError, StoreSource,
    VersionTag,
};
use futures::stream::{BoxStream, StreamExt, TryStreamExt};

use crate::indexes::{Index, open_root};
use crate::sealed::SealedObject;
use crate::{Area, ExchangeError, Reach, Result};

/// One dataset of a grant, with what is needed to reach it.
#[derive(Debug)]
pub struct GrantedDataset<'a> {
    pub id: &'a DatasetId,
    pub name: &'a str,
    pub secrets: &'a GrantSecrets,
    /// Generation of the grant: publications are sealed for one.
    pub generation: u64,
    /// The recipient's mailbox, where indexes lie.
    pub mailbox: &'a Area,
    /// The share's area, where publications lie.
    pub share: Option<&'a Area>,
    /// The newest manifest, verified.
    pub manifest: Option<&'a Manifest>,
}

/// Opens the dataset for reading. Fails when the grant or the manifest does not have it.
pub async fn granted_source(dataset: GrantedDataset<'_>, reach: &Arc<dyn Reach>) -> Result<Arc<dyn Source>> {
    let not_granted = || ExchangeError::NotGranted(dataset.name.to_owned());
    match dataset.secrets.datasets.get(dataset.id).ok_or_else(not_granted)? {
        DatasetAccess::Container { access, container, prefix } => {
            let store = reach.store(access)?;
            let path = datashare_domain::join_path(container, prefix);
            Ok(Arc::new(StoreSource::folder(store, &path)))
        }
        DatasetAccess::Index { endpoint, object, sha256, key, query } => {
            let root = open_root(dataset.mailbox, dataset.name, object, sha256, Some(key), None).await?;
            let index = Index::new(dataset.name, dataset.mailbox.clone(), Some(key.clone()), root);
            let access = Access { endpoint: endpoint.clone(), token: Some(query.clone()) };
            Ok(Arc::new(IndexedSource { access, index: Arc::new(index), reach: reach.clone() }))
        }
        DatasetAccess::Published => published_source(&dataset).await,
    }
}

async fn published_source(dataset: &GrantedDataset<'_>) -> Result<Arc<dyn Source>> {
    let not_published = || ExchangeError::NotPublished(dataset.name.to_owned());
    let share = dataset.share.ok_or_else(not_published)?;
    let manifest = dataset.manifest.ok_or_else(not_published)?;
    let published = manifest
        .datasets
        .iter()
        .find(|published| published.dataset_id == *dataset.id)
        .ok_or_else(not_published)?;
    let key = match published.sealed_generation {
        Some(generation) if generation > dataset.generation => {
            return Err(ExchangeError::Resealed(dataset.name.to_owned()));
        }
        Some(_) => Some(
            dataset
                .secrets
                .data_key
                .clone()
                .ok_or_else(|| ExchangeError::NotGranted(dataset.name.to_owned()))?,
        ),
        None => None,
    };
    let root = publication_root(share, dataset.name, published, key.as_ref()).await?;
    let index = Index::new(dataset.name, share.clone(), key.clone(), root);
    Ok(Arc::new(PublishedSource { area: share.clone(), key, index: Arc::new(index) }))
}

/// The root of a publication's index, checked against what its manifest says.
pub(crate) async fn publication_root(
    share: &Area,
    name: &str,
    published: &ManifestDataset,
    key: Option<&ContentKey>,
) -> Result<IndexRoot> {
    let object = index_object(&published.dataset_id, &published.publication);
    let size = Some(published.index_size);
    open_root(share, name, &object, &published.index_sha256, key, size).await
}

/// Name of a publication's index in the share's area.
pub(crate) fn index_object(dataset: &DatasetId, publication: &PublicationId) -> String {
    format!("data/{dataset}/{publication}/index")
}

fn entry(line: &IndexLine, version: String) -> SourceEntry {
    SourceEntry {
        path: line.path.clone(),
        size: line.size,
        version: VersionTag(version),
        modified: line.modified,
        md5: line.md5.as_deref().and_then(datashare_domain::from_hex),
        sha256: line.sha256.as_deref().and_then(datashare_domain::from_hex),
        properties: ObjectProperties {
            content_type: line.content_type.clone(),
            modified: line.modified,
            ..ObjectProperties::default()
        },
        handle: line.path.clone(),
    }
}

/// The content names the version: what is published again unchanged is not sent again.
fn published_entry(line: &IndexLine) -> SourceEntry {
    let version = line.sha256.as_ref().map_or_else(|| line.version.clone(), |hash| format!("sha256:{hash}"));
    entry(line, version)
}

/// Files of a folder in the provider's account, each readable with a signature of its own.
#[derive(Debug)]
struct IndexedSource {
    access: Access,
    index: Arc<Index>,
    reach: Arc<dyn Reach>,
}

impl IndexedSource {
    fn query(&self, line: &IndexLine) -> Secret {
        let common = self.access.token.as_ref().map(Secret::reveal).unwrap_or_default();
        let mut query = format!("{common}&sig=");
        for byte in line.signature.as_deref().unwrap_or_default().bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => query.push(char::from(byte)),
                _ => drop(write!(query, "%{byte:02X}")),
            }
        }
        Secret::new(query)
    }
}

#[async_trait]
impl Source for IndexedSource {
    fn list(&self) -> BoxStream<'static, datashare_storage::Result<SourceEntry>> {
        let lines = self.index.clone().lines();
        lines.map_ok(|line| entry(&line, line.version.clone())).boxed()
    }

    async fn open(
        &self,
        entry: &SourceEntry,
        range: Option<Range<u64>>,
    ) -> datashare_storage::Result<ByteStream> {
        let line = self.index.line(&entry.path).await?;
        let query = self.query(&line);
        let read = self
            .reach
            .read_signed(&self.access.endpoint, &line.object, &query, range, Some(&entry.version))
            .await?;
        Ok(read.body)
    }

    async fn refresh(&self, entry: &SourceEntry) -> datashare_storage::Result<Option<SourceEntry>> {
        let line = self.index.line(&entry.path).await?;
        let info = self.reach.head_signed(&self.access.endpoint, &line.object, &self.query(&line)).await?;
        Ok(info.map(|info| SourceEntry {
            size: info.size,
            version: info.version,
            modified: info.modified,
            md5: info.md5,
            ..entry.clone()
        }))
    }

    fn checked_range(&self) -> Option<u64> {
        self.reach.checked_range()
    }

    async fn remote(&self, entry: &SourceEntry) -> Option<RemoteObject> {
        let line = self.index.line(&entry.path).await.ok()?;
        self.reach.remote_signed(&self.access.endpoint, &line.object, &self.query(&line), &entry.version)
    }

    fn describe(&self) -> String {
        format!("the files of '{}'", self.index.name())
    }
}

/// Files of a publication in the share's area.
#[derive(Debug)]
struct PublishedSource {
    area: Area,
    key: Option<ContentKey>,
    index: Arc<Index>,
}

#[async_trait]
impl Source for PublishedSource {
    fn list(&self) -> BoxStream<'static, datashare_storage::Result<SourceEntry>> {
        self.index.clone().lines().map_ok(|line| published_entry(&line)).boxed()
    }

    async fn open(
        &self,
        entry: &SourceEntry,
        range: Option<Range<u64>>,
    ) -> datashare_storage::Result<ByteStream> {
        let line = self.index.line(&entry.path).await?;
        if published_entry(&line).version != entry.version {
            let message = format!("'{}' was published anew meanwhile.", entry.path);
            return Err(StoreError::new(ErrorKind::Changed, "read", &entry.path, message));
        }
        let place = self.area.key(&line.object);
        match &self.key {
            Some(key) => {
                let (store, name) = (self.area.store().clone(), line.object.clone());
                SealedObject { store, key: key.clone(), place, name, size: line.size }.open(range).await
            }
            None => Ok(self.area.store().read(&place, range, None).await?.body),
        }
    }

    async fn refresh(&self, entry: &SourceEntry) -> datashare_storage::Result<Option<SourceEntry>> {
        match self.index.line(&entry.path).await {
            Ok(line) => Ok(Some(published_entry(&line))),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn describe(&self) -> String {
        format!("the publication of '{}'", self.index.name())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn signatures_are_percent_encoded() {
        let line = IndexLine {
            path: "a".into(),
            size: 0,
            version: "1".into(),
            modified: None,
            sha256: None,
            md5: None,
            object: "c/a".into(),
            signature: Some("+/8=".into()),
            content_type: None,
        };
        let access = Access { endpoint: String::new(), token: Some(Secret::new("sv=1")) };
        let area = Area::new(Arc::new(datashare_storage::MemoryStore::new()), "mailbox");
        let index = Arc::new(Index::new("", area, None, IndexRoot::default()));
        let source = IndexedSource { access, index, reach: Arc::new(Nowhere) };
        assert_eq!(source.query(&line).reveal(), "sv=1&sig=%2B%2F8%3D");
    }

    #[derive(Debug)]
    struct Nowhere;

    #[async_trait]
    impl Reach for Nowhere {
        fn store(&self, _: &Access) -> datashare_storage::Result<datashare_storage::SharedStore> {
            Err(StoreError::new(ErrorKind::Unsupported, "open", "", "Nowhere."))
        }
        async fn read_signed(
            &self,
            _: &str,
            _: &str,
            _: &Secret,
            _: Option<Range<u64>>,
            _: Option<&VersionTag>,
        ) -> datashare_storage::Result<datashare_storage::ObjectRead> {
            Err(StoreError::new(ErrorKind::Unsupported, "read", "", "Nowhere."))
        }
        fn remote_signed(&self, _: &str, _: &str, _: &Secret, _: &VersionTag) -> Option<RemoteObject> {
            None
        }
        async fn head_signed(
            &self,
            _: &str,
            _: &str,
            _: &Secret,
        ) -> datashare_storage::Result<Option<datashare_storage::ObjectInfo>> {
            Ok(None)
        }
    }
}
