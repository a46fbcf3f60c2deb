//! Manifests in a share's area, and removing what none of the kept ones uses.

use std::collections::BTreeSet;

use bytes::Bytes;
use datashare_domain::{DatasetId, PublicationId, ShareId};
use datashare_protocol::{
    IdentityKeys, Manifest, PublicKeys, SeenManifest, sha256_hex, sign_manifest, verify_manifest,
};
use datashare_storage::{ErrorKind, ObjectProperties, PutMode};

use crate::area::get_envelope;
use crate::layout::{MANIFEST_LATEST, manifest_name};
use crate::{Area, Result};

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
