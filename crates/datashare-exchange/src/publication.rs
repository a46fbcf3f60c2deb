//! Publications: a dataset staged in the share's area, because its own store cannot be read from outside. Objects first,
//! then the index, then the signed manifest, and the pointer to it last: a reader sees the old one or the new one.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use chrono::{DateTime, Utc};
use datashare_domain::{DatasetId, PublicationId, ShareId};
use datashare_protocol::{
    CHUNK, ContentKey, IdentityKeys, IndexLine, Manifest, ManifestDataset, PublicKeys, SeenManifest,
    seal_chunk, sha256_hex, sign_manifest, verify_manifest, write_index_line,
};
use datashare_storage::{
    ByteStream, ErrorKind, ObjectProperties, PutMode, Retry, Source, SourceEntry, StoreError,
    UploadExpectation,
};
use futures::stream::{StreamExt, TryStreamExt};
use md5::{Digest, Md5};
use sha2::Sha256;

use crate::area::{get_envelope, get_whole};
use crate::grants::{SMALL, seal_whole, write_whole};
use crate::layout::{MANIFEST_LATEST, manifest_name};
use crate::sources::{index_object, lines_of};
use crate::{Area, Result};

/// Files in flight.
const FILES_AT_ONCE: usize = 8;
/// Tries per file: it may be written while it is read.
const TRIES: u32 = 3;
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

/// Stages what is new or changed; files that did not change keep their objects.
pub async fn publish(request: &PublishRequest<'_>) -> Result<Published> {
    let previous = previous_lines(request).await?;
    let mut old: HashMap<&str, &IndexLine> = previous.iter().map(|line| (line.path.as_str(), line)).collect();
    let mut lines: Vec<IndexLine> = Vec::new();
    let mut to_stage: Vec<SourceEntry> = Vec::new();
    let mut counts = Published { entry: None, files: 0, bytes: 0, added: 0, updated: 0, removed: 0 };
    let mut listing = request.source.list();
    while let Some(entry) = listing.try_next().await? {
        match old.remove(entry.path.as_str()) {
            Some(line) if line.version == entry.version.0 && line.size == entry.size => {
                lines.push(line.clone())
            }
            found => {
                if found.is_some() {
                    counts.updated += 1
                } else {
                    counts.added += 1
                }
                to_stage.push(entry);
            }
        }
    }
    counts.removed = old.len() as u64;
    let unchanged =
        request.previous.is_some() && to_stage.is_empty() && counts.removed == 0 && !must_stage_anew(request);
    lines.extend(stage_all(request, to_stage).await?);
    lines.sort_by(|a, b| a.path.as_bytes().cmp(b.path.as_bytes()));
    counts.files = lines.len() as u64;
    counts.bytes = lines.iter().map(|line| line.size).sum();
    if !unchanged {
        counts.entry = Some(write_index(request, &lines, counts.bytes).await?);
    }
    Ok(counts)
}

fn must_stage_anew(request: &PublishRequest<'_>) -> bool {
    let sealed_by = request.seal.as_ref().map(|(generation, _)| *generation);
    request
        .previous
        .is_some_and(|previous| previous.sealed_generation != sealed_by || previous.uses.len() >= MOST_USES)
}

/// The files of the last publication whose objects can be used again.
async fn previous_lines(request: &PublishRequest<'_>) -> Result<Arc<Vec<IndexLine>>> {
    let Some(previous) = request.previous else { return Ok(Arc::default()) };
    if must_stage_anew(request) {
        return Ok(Arc::default());
    }
    let object = index_object(previous);
    let stored = get_whole(request.area.store(), &request.area.key(&object), u64::MAX).await?;
    let key = request.seal.as_ref().map(|(_, key)| key);
    // A damaged older publication is no reason not to make a good new one.
    Ok(lines_of(request.name, &object, stored, &previous.index_sha256, key, Some(previous.index_size))
        .unwrap_or_default())
}

async fn write_index(
    request: &PublishRequest<'_>,
    lines: &[IndexLine],
    bytes: u64,
) -> Result<ManifestDataset> {
    let mut plain = Vec::new();
    for line in lines {
        // A line is texts and numbers; it always has a JSON form.
        let _ = write_index_line(line, &mut plain);
    }
    let mut entry = ManifestDataset {
        dataset_id: request.dataset.clone(),
        publication: request.publication.clone(),
        created_at: request.now,
        uses: uses(lines, &request.publication),
        files: lines.len() as u64,
        bytes,
        index_size: plain.len() as u64,
        index_sha256: String::new(),
        sealed_generation: request.seal.as_ref().map(|(generation, _)| *generation),
    };
    let object = index_object(&entry);
    let stored = match &request.seal {
        Some((_, key)) => seal_whole(key, &object, &plain)?,
        None => plain,
    };
    entry.index_sha256 = sha256_hex(&stored);
    write_whole(request.area, &object, stored).await?;
    Ok(entry)
}

/// The publications in which the lines' objects lie: `data/<dataset>/<publication>/<number>`.
fn uses(lines: &[IndexLine], own: &PublicationId) -> Vec<PublicationId> {
    let named = lines.iter().filter_map(|line| PublicationId::parse(line.object.split('/').nth(2)?));
    let mut uses: BTreeSet<PublicationId> = named.collect();
    uses.insert(own.clone());
    uses.into_iter().collect()
}

async fn stage_all(request: &PublishRequest<'_>, entries: Vec<SourceEntry>) -> Result<Vec<IndexLine>> {
    let staged = futures::stream::iter(
        entries.into_iter().enumerate().map(|(number, entry)| stage(request, number, entry)),
    );
    let lines: Vec<Option<IndexLine>> = staged.buffer_unordered(FILES_AT_ONCE).try_collect().await?;
    Ok(lines.into_iter().flatten().collect())
}

/// Stages one file; `None` when it is gone meanwhile. Every try has an object name of its own: a name is written once.
async fn stage(
    request: &PublishRequest<'_>,
    number: usize,
    mut entry: SourceEntry,
) -> Result<Option<IndexLine>> {
    let mut tried = 0;
    loop {
        let object = format!("data/{}/{}/{:06}-{tried}", request.dataset, request.publication, number + 1);
        let error = match stage_once(request, &object, &entry).await {
            Ok(line) => return Ok(Some(line)),
            Err(error) => error,
        };
        tried += 1;
        let again = error.kind == ErrorKind::Changed || matches!(error.retry, Retry::Later(_));
        if tried >= TRIES || !again {
            return Err(error.into());
        }
        match request.source.refresh(&entry).await? {
            Some(fresh) => entry = fresh,
            None => return Ok(None),
        }
    }
}

async fn stage_once(
    request: &PublishRequest<'_>,
    object: &str,
    entry: &SourceEntry,
) -> Result<IndexLine, StoreError> {
    let body = request.source.open(entry, None).await?;
    let mut staging = Staging {
        hashes: (Sha256::new(), Md5::new()),
        key: request.seal.as_ref().map(|(_, key)| key),
        object,
        entry,
    };
    if entry.size as usize <= SMALL {
        let plain = staging.read_small(body).await?;
        let stored = staging.seal_from(0, plain)?;
        let key = request.area.key(object);
        request
            .area
            .store()
            .put(&key, Bytes::from(stored), PutMode::Overwrite, &ObjectProperties::default())
            .await?;
    } else {
        staging.stage_large(request.area, body).await?;
    }
    Ok(IndexLine {
        path: entry.path.clone(),
        size: entry.size,
        version: entry.version.0.clone(),
        modified: entry.modified,
        sha256: Some(datashare_domain::hex(&staging.hashes.0.finalize())),
        md5: Some(datashare_domain::hex(&staging.hashes.1.finalize())),
        object: object.to_owned(),
        signature: None,
        content_type: entry.properties.content_type.clone(),
    })
}

/// One file on its way: hashed as it is read, sealed where it must be.
struct Staging<'a> {
    hashes: (Sha256, Md5),
    key: Option<&'a ContentKey>,
    object: &'a str,
    entry: &'a SourceEntry,
}

impl Staging<'_> {
    fn hash(&mut self, bytes: &[u8]) {
        self.hashes.0.update(bytes);
        self.hashes.1.update(bytes);
    }

    async fn read_small(&mut self, mut body: ByteStream) -> Result<Bytes, StoreError> {
        let mut plain = BytesMut::with_capacity(self.entry.size as usize);
        while let Some(bytes) = body.try_next().await? {
            plain.extend_from_slice(&bytes);
        }
        if plain.len() as u64 != self.entry.size {
            return Err(self.changed());
        }
        self.hash(&plain);
        Ok(plain.freeze())
    }

    async fn stage_large(&mut self, area: &Area, mut body: ByteStream) -> Result<(), StoreError> {
        let upload = area.store().upload(&area.key(self.object), &ObjectProperties::default()).await?;
        let mut buffer = BytesMut::with_capacity(SMALL);
        let (mut read, mut sent, mut part, mut stored) = (0u64, 0u64, 0u32, 0u64);
        loop {
            let next = body.try_next().await?;
            let ended = next.is_none();
            buffer.extend_from_slice(&next.unwrap_or_default());
            while buffer.len() >= SMALL || (ended && !buffer.is_empty()) {
                let plain = buffer.split_to(buffer.len().min(SMALL)).freeze();
                self.hash(&plain);
                read += plain.len() as u64;
                let bytes = Bytes::from(self.seal_from(sent, plain)?);
                sent = read;
                let length = bytes.len() as u64;
                upload.part(part, stored, bytes).await?;
                (part, stored) = (part + 1, stored + length);
            }
            if ended {
                break;
            }
        }
        if read != self.entry.size {
            return Err(self.changed());
        }
        upload.finish(UploadExpectation { size: stored, md5: None }).await?;
        Ok(())
    }

    /// The stored form of plain bytes that start at `offset`, which lies at the start of a chunk.
    fn seal_from(&self, offset: u64, plain: Bytes) -> Result<Vec<u8>, StoreError> {
        let Some(key) = self.key else { return Ok(plain.into()) };
        let mut sealed = Vec::with_capacity(plain.len() + 256);
        let chunks: Vec<&[u8]> =
            if plain.is_empty() { vec![&[]] } else { plain.chunks(CHUNK as usize).collect() };
        for (number, chunk) in chunks.into_iter().enumerate() {
            let number = offset / CHUNK + number as u64;
            let text = seal_chunk(key, self.object, self.entry.size, number, chunk).map_err(|error| {
                StoreError::new(
                    ErrorKind::Other,
                    "publish",
                    &self.entry.path,
                    format!("The file could not be sealed: {error}."),
                )
            })?;
            sealed.extend(text);
        }
        Ok(sealed)
    }

    fn changed(&self) -> StoreError {
        let message = format!("'{}' was written while it was being read.", self.entry.path);
        StoreError::new(ErrorKind::Changed, "publish", &self.entry.path, message)
    }
}

/// The newest manifest with the hash of its envelope; `None` before the first publication.
pub async fn read_latest_manifest(
    area: &Area,
    provider: &PublicKeys,
    share: &ShareId,
    seen: &SeenManifest,
) -> Result<Option<(Manifest, String)>> {
    let Some(envelope) = get_envelope(area.store(), &area.key(MANIFEST_LATEST)).await? else {
        return Ok(None);
    };
    let manifest = verify_manifest(&envelope, provider, share, seen)?;
    Ok(Some((manifest, sha256_hex(&envelope))))
}

/// Signs and writes a manifest, then points to it, unless somebody else did so meanwhile. Answers the envelope's hash.
pub async fn write_manifest(area: &Area, manifest: &Manifest, keys: &IdentityKeys) -> Result<String> {
    let envelope = sign_manifest(manifest, keys)?;
    let sha256 = sha256_hex(&envelope);
    let (store, latest, properties) = (area.store(), area.key(MANIFEST_LATEST), ObjectProperties::default());
    let before = store.head(&latest).await?;
    let bytes = Bytes::from(envelope);
    store
        .put(&area.key(&manifest_name(manifest.version)), bytes.clone(), PutMode::Overwrite, &properties)
        .await?;
    let mode = before.map_or(PutMode::Create, |info| PutMode::Update(info.version));
    store.put(&latest, bytes, mode, &properties).await?;
    Ok(sha256)
}

/// Deletes publications of a dataset that none of the kept manifests uses. Answers how many objects went.
pub async fn remove_unreferenced(area: &Area, dataset: &DatasetId, kept: &[Manifest]) -> Result<u64> {
    let of_dataset = |manifest: &Manifest| {
        manifest.datasets.clone().into_iter().filter(|entry| entry.dataset_id == *dataset)
    };
    let used: BTreeSet<PublicationId> =
        kept.iter().flat_map(of_dataset).flat_map(|entry| entry.uses).collect();
    let root = format!("{}/", area.key(&format!("data/{dataset}")));
    let (mut removed, mut next) = (0, None);
    loop {
        let page = match area.store().list(&root, next.as_deref()).await {
            Ok(page) => page,
            Err(error) if matches!(error.kind, ErrorKind::NoSuchPlace | ErrorKind::NotFound) => {
                return Ok(removed);
            }
            Err(error) => return Err(error.into()),
        };
        for object in page.objects {
            let publication = object.key[root.len()..].split('/').next().and_then(PublicationId::parse);
            if publication.is_some_and(|publication| !used.contains(&publication)) {
                area.store().delete(&object.key).await?;
                removed += 1;
            }
        }
        match page.next {
            Some(more) => next = Some(more),
            None => return Ok(removed),
        }
    }
}

/// A manifest of an earlier version with the hash of its envelope, when it is still there.
pub async fn read_manifest(
    area: &Area,
    provider: &PublicKeys,
    share: &ShareId,
    version: u64,
) -> Result<Option<(Manifest, String)>> {
    let key = area.key(&manifest_name(version));
    let Some(envelope) = get_envelope(area.store(), &key).await? else { return Ok(None) };
    let manifest = verify_manifest(&envelope, provider, share, &SeenManifest::default())?;
    Ok(Some((manifest, sha256_hex(&envelope))))
}
