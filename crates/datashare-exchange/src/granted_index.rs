//! The index of a granted folder: a signature for each file, in pieces of which only changed ones are written again.

use std::collections::BTreeSet;

use datashare_domain::{DatasetId, GrantId, MailboxId};
use datashare_protocol::{ContentKey, DatasetAccess, IndexLine, IndexRoot};
use datashare_secret::Secret;
use datashare_storage::{DelegatedScope, ErrorKind, SharedStore, Source, SourceEntry, StoreSource};
use futures::TryStreamExt;

use crate::grants::{DatasetToGrant, GrantRequest, Issue, IssuedGrant};
use crate::index_writer::IndexWriter;
use crate::indexes::open_root;
use crate::policies::container_of;
use crate::tokens::{TokenTerms, signature_of, split_signature};
use crate::{Area, ExchangeError, Layout, Result};

/// Where indexes lie in a mailbox.
const INDEXES: &str = "index";

/// An index that a recipient was given before. It is believed only when it is the one with this hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierIndex {
    pub grant: GrantId,
    /// Hex, of the root as stored.
    pub sha256: String,
}

/// Objects below a mailbox that its newest indexes and those before name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexesInUse {
    objects: BTreeSet<String>,
}

impl IndexesInUse {
    /// Whether the recipient has no index, and had none before.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    fn add(&mut self, object: &str, root: &IndexRoot) {
        self.objects.insert(object.to_owned());
        self.objects.extend(root.pieces.iter().map(|piece| piece.object.clone()));
    }
}

fn root_name(grant: &GrantId, dataset: &DatasetId) -> String {
    format!("{INDEXES}/{grant}/{dataset}")
}

impl GrantRequest<'_> {
    fn mailbox_area(&self) -> Area {
        Area::new(self.exchange.clone(), self.layout.mailbox(self.mailbox))
    }

    /// What makes the signatures of an index this recipient's own. It is the same in all of a generation, so that the
    /// pieces are.
    fn distinct_in_index(&self) -> String {
        format!("{}-{}", self.mailbox, self.generation)
    }

    /// The same for all indexes of a dataset that one holder of the mailbox can have been given.
    fn index_key(&self, dataset: &DatasetId) -> ContentKey {
        let Self { share, generation, mailbox, mailbox_generation, .. } = self;
        self.keys.index_key(&format!("{share}|{generation}|{mailbox}|{mailbox_generation}|{dataset}"))
    }
}

impl Issue<'_> {
    /// Signs every file and writes the list, sealed, into the recipient's mailbox.
    pub(crate) async fn index_access(
        &mut self,
        dataset: &DatasetToGrant,
        terms: &TokenTerms<'_>,
    ) -> Result<DatasetAccess> {
        let (request, area) = (self.request, self.request.mailbox_area());
        let (object, key) = (root_name(request.grant, &dataset.id), request.index_key(&dataset.id));
        let earlier = self.earlier_index(&area, dataset, &key).await?;
        let distinct = request.distinct_in_index();
        let mut writer = IndexWriter::new(&area, object.clone(), Some(key.clone()), earlier);
        let (mut files, mut common) = (0u64, None);
        if let Some(source) = &dataset.files {
            let mut entries = source.list();
            while let Some(entry) = entries.try_next().await? {
                let delegation = terms.sign(&DelegatedScope::Object(entry.handle.clone()), &distinct)?;
                let signature = signature_of(&delegation.query);
                common.get_or_insert_with(|| (delegation.endpoint, split_signature(&delegation.query).0));
                writer.add(&index_line(entry, signature)).await?;
                files += 1;
            }
        }
        let (endpoint, query) = match common {
            Some(common) => common,
            None => {
                let container = DelegatedScope::Container(container_of(&dataset.path).into());
                (terms.sign(&container, &distinct)?.endpoint, Secret::new(""))
            }
        };
        let written = writer.finish().await?;
        self.in_use.add(&object, &written.root);
        self.register.push(IssuedGrant {
            dataset: Some(dataset.id.clone()),
            scope: format!("{files} files of {}", dataset.path),
            policy: terms.policy.clone().unwrap_or_default(),
            signature_sha256: written.sha256.clone(),
            expires_at: terms.until,
        });
        Ok(DatasetAccess::Index { endpoint, object, sha256: written.sha256, key, query })
    }

    /// The pieces that are there already; none where there was no index, or it is not what was written.
    async fn earlier_index(
        &mut self,
        area: &Area,
        dataset: &DatasetToGrant,
        key: &ContentKey,
    ) -> Result<IndexRoot> {
        let Some(EarlierIndex { grant, sha256 }) = self.request.earlier.get(&dataset.id) else {
            return Ok(IndexRoot::default());
        };
        let object = root_name(grant, &dataset.id);
        match open_root(area, &dataset.path, &object, sha256, Some(key), None).await {
            Ok(root) => {
                self.in_use.add(&object, &root);
                Ok(root)
            }
            Err(ExchangeError::IndexNotGenuine(_)) => Ok(IndexRoot::default()),
            Err(error) => Err(error),
        }
    }
}

fn index_line(entry: SourceEntry, signature: String) -> IndexLine {
    IndexLine {
        path: entry.path,
        size: entry.size,
        version: entry.version.0,
        modified: entry.modified,
        sha256: None,
        md5: entry.md5.map(|md5| datashare_domain::hex(&md5)),
        object: entry.handle,
        signature: Some(signature),
        content_type: entry.properties.content_type,
    }
}

/// Deletes what no index in use names, once the recipient was told of the newest. Answers how many objects went.
pub async fn remove_old_indexes(
    exchange: &SharedStore,
    layout: &Layout,
    mailbox: &MailboxId,
    in_use: &IndexesInUse,
) -> Result<u64> {
    let area = Area::new(exchange.clone(), layout.mailbox(mailbox));
    let mut objects = StoreSource::folder(exchange.clone(), &area.key(INDEXES)).list();
    let mut removed = 0;
    loop {
        let object = match objects.try_next().await {
            Ok(Some(object)) => object,
            Ok(None) => return Ok(removed),
            Err(error) if error.kind == ErrorKind::NoSuchPlace => return Ok(removed),
            Err(error) => return Err(error.into()),
        };
        if !in_use.objects.contains(&format!("{INDEXES}/{}", object.path)) {
            exchange.delete(&object.handle).await?;
            removed += 1;
        }
    }
}
