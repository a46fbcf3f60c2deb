//! Publications: a dataset staged in the share's area, because its own store cannot be read from outside. Objects first,
//! then the index, then the signed manifest, and the pointer to it last: a reader sees the old one or the new one.

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use datashare_domain::{DatasetId, PublicationId};
use datashare_protocol::{ContentKey, IndexLine, IndexRoot, ManifestDataset};
use datashare_storage::Source;
use futures::stream::TryStreamExt;
use tokio::sync::Semaphore;

use crate::comparison::{Comparison, Step, Verdict};
use crate::index_writer::IndexWriter;
use crate::indexes::Index;
use crate::sources::{index_object, publication_root};
use crate::staging::stage;
use crate::{Area, ExchangeError, Result};

/// Files in flight.
const FILES_AT_ONCE: usize = 8;
/// Files looked at ahead of the oldest that is in flight.
const STEPS_AT_ONCE: usize = 256;
/// When an index would name objects of more publications than this, everything is staged anew.
const MOST_USES: usize = 32;

/// What to publish.
#[derive(Debug)]
pub struct PublishRequest<'a> {
    /// The share's area.
    pub area: &'a Area,
    pub dataset: &'a DatasetId,
    pub name: &'a str,
    pub publication: PublicationId,
    pub source: Arc<dyn Source>,
    /// Generation and key, where the area does not protect what lies in it.
    pub seal: Option<(u64, ContentKey)>,
    /// What the newest manifest says of this dataset.
    pub previous: Option<&'a ManifestDataset>,
    pub now: DateTime<Utc>,
}

/// What changed since the last publication, and the new manifest entry when something did.
#[derive(Debug)]
pub struct Published {
    /// `None` when nothing changed: there is no new publication.
    pub entry: Option<ManifestDataset>,
    pub files: u64,
    pub bytes: u64,
    pub added: u64,
    pub updated: u64,
    pub removed: u64,
}

/// Stages what is new or changed while both lists go by; files that did not change keep their objects.
pub async fn publish(request: &PublishRequest<'_>) -> Result<Published> {
    let earlier = earlier_index(request).await?;
    let key = request.seal.as_ref().map(|(_, key)| key);
    let object = index_object(request.dataset, &request.publication);
    let root = earlier.clone().unwrap_or_default();
    let mut writer = IndexWriter::new(request.area, object, key.cloned(), root.clone());
    let index = Index::new(request.name, request.area.clone(), key.cloned(), root);
    let turns = Semaphore::new(FILES_AT_ONCE);
    let steps = Comparison::of(request.source.list(), Arc::new(index).genuine_lines()).steps();
    let mut taken = pin!(steps.map_ok(|step| take(request, step, &turns)).try_buffered(STEPS_AT_ONCE));
    let mut counts = Published { entry: None, files: 0, bytes: 0, added: 0, updated: 0, removed: 0 };
    let mut uses = BTreeSet::from([request.publication.clone()]);
    while let Some((verdict, line)) = taken.try_next().await? {
        counts.count(verdict);
        if let Some(line) = line {
            counts.files += 1;
            counts.bytes += line.size;
            uses.extend(publication_of(&line.object));
            writer.add(&line).await?;
        }
    }
    if earlier.is_none() || counts.has_changes() {
        let index = writer.finish().await?;
        uses.extend(index.root.pieces.iter().filter_map(|piece| publication_of(&piece.object)));
        counts.entry = Some(ManifestDataset {
            dataset_id: request.dataset.clone(),
            publication: request.publication.clone(),
            created_at: request.now,
            uses: uses.into_iter().collect(),
            files: counts.files,
            bytes: counts.bytes,
            index_size: index.size,
            index_sha256: index.sha256,
            sealed_generation: request.seal.as_ref().map(|(generation, _)| *generation),
        });
    }
    Ok(counts)
}

impl Published {
    fn count(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Unchanged => {}
            Verdict::Added => self.added += 1,
            Verdict::Updated => self.updated += 1,
            Verdict::Removed => self.removed += 1,
        }
    }

    fn has_changes(&self) -> bool {
        self.added + self.updated + self.removed > 0
    }
}

fn must_stage_anew(request: &PublishRequest<'_>) -> bool {
    let sealed_by = request.seal.as_ref().map(|(generation, _)| *generation);
    request
        .previous
        .is_some_and(|previous| previous.sealed_generation != sealed_by || previous.uses.len() >= MOST_USES)
}

/// The last publication's index, where its objects can be used again.
async fn earlier_index(request: &PublishRequest<'_>) -> Result<Option<IndexRoot>> {
    let Some(previous) = request.previous.filter(|_| !must_stage_anew(request)) else { return Ok(None) };
    let key = request.seal.as_ref().map(|(_, key)| key);
    match publication_root(request.area, request.name, previous, key).await {
        Ok(root) => Ok(Some(root)),
        // A damaged older publication is no reason not to make a good new one.
        Err(ExchangeError::IndexNotGenuine(_) | ExchangeError::TooLong(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The publication in which an object lies: `data/<dataset>/<publication>/<name>`.
fn publication_of(object: &str) -> Option<PublicationId> {
    PublicationId::parse(object.split('/').nth(2)?)
}

/// Does what a step asks for. As many files as may be in flight are read, whatever the number of steps is.
async fn take(
    request: &PublishRequest<'_>,
    step: Step,
    turns: &Semaphore,
) -> Result<(Verdict, Option<IndexLine>)> {
    match step {
        Step::Keep(line) => Ok((Verdict::Unchanged, Some(line))),
        Step::Forget => Ok((Verdict::Removed, None)),
        Step::Stage { number, entry, verdict } => {
            // It is never closed.
            let _turn = turns.acquire().await;
            Ok((verdict, stage(request, number, entry).await?))
        }
    }
}
