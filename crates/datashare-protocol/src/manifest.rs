//! Manifests: what a share's publications are, signed last and numbered upwards, so that nobody can go back.

use chrono::{DateTime, Utc};
use datashare_domain::{DatasetId, PublicationId, ShareId};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    EnvelopeError, FindingKind, IdentityKeys, MANIFEST_TYPE, PublicKeys, open_envelope, sha256_hex,
    sign_envelope,
};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    pub share_id: ShareId,
    /// From 1, one more each time.
    pub version: u64,
    /// Hex SHA-256 of the envelope of the version before.
    pub previous: Option<String>,
    #[serde(deserialize_with = "crate::moment::read")]
    pub created_at: DateTime<Utc>,
    pub datasets: Vec<ManifestDataset>,
}

/// One dataset's newest publication.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ManifestDataset {
    pub dataset_id: DatasetId,
    pub publication: PublicationId,
    #[serde(deserialize_with = "crate::moment::read")]
    pub created_at: DateTime<Utc>,
    /// Publications whose objects this one's index names: itself, and older ones for files that did not change.
    pub uses: Vec<PublicationId>,
    pub files: u64,
    pub bytes: u64,
    /// Plain bytes of the index file, and the hex SHA-256 of them as they are stored.
    pub index_size: u64,
    pub index_sha256: String,
    /// The objects are sealed with the grant's data key of this generation.
    pub sealed_generation: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ManifestError {
    #[error("The list of what is published is not genuine: {0}.")]
    Envelope(#[from] EnvelopeError),
    #[error("The list of what is published belongs to another share.")]
    Foreign,
    #[error("The list of what is published goes back to version {found}; version {seen} was seen before.")]
    RolledBack { found: u64, seen: u64 },
    #[error("The list of what is published does not continue version {version} as it was seen before.")]
    Replaced { version: u64 },
}

impl ManifestError {
    /// The same as a finding of the audit.
    pub fn finding_kind(self) -> FindingKind {
        match self {
            Self::Envelope(EnvelopeError::BadSignature) => FindingKind::BadSignature,
            Self::Envelope(_) => FindingKind::NotReadable,
            Self::Foreign => FindingKind::Foreign,
            Self::RolledBack { .. } => FindingKind::RolledBack,
            Self::Replaced { .. } => FindingKind::BrokenLink,
        }
    }
}

pub fn sign_manifest(manifest: &Manifest, keys: &IdentityKeys) -> Result<Vec<u8>, EnvelopeError> {
    sign_envelope(MANIFEST_TYPE, manifest, keys)
}

/// The newest manifest that a reader has seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeenManifest {
    /// 0 before the first.
    pub version: u64,
    /// Hex SHA-256 of its envelope, where it is still known.
    pub sha256: Option<String>,
}

impl SeenManifest {
    /// A version whose envelope is not known.
    pub fn version(version: u64) -> Self {
        Self { version, sha256: None }
    }

    /// The same number means the same list, and the next one names this one (or says that it was lost).
    fn is_continued_by(&self, manifest: &Manifest, envelope: &[u8]) -> bool {
        let Some(seen) = &self.sha256 else { return true };
        if manifest.version == self.version {
            return sha256_hex(envelope) == *seen;
        }
        let next = manifest.version == self.version.saturating_add(1);
        !next || manifest.previous.as_ref().is_none_or(|previous| previous == seen)
    }
}

/// Checks signature, share, that the version is not behind the newest one seen, and that it continues that one.
pub fn verify_manifest(
    bytes: &[u8],
    provider: &PublicKeys,
    share: &ShareId,
    seen: &SeenManifest,
) -> Result<Manifest, ManifestError> {
    let payload = open_envelope(MANIFEST_TYPE, bytes, provider)?;
    let manifest: Manifest = serde_json::from_slice(&payload).map_err(|_| EnvelopeError::NotReadable)?;
    if manifest.share_id != *share {
        return Err(ManifestError::Foreign);
    }
    if manifest.version < seen.version {
        return Err(ManifestError::RolledBack { found: manifest.version, seen: seen.version });
    }
    if !seen.is_continued_by(&manifest, bytes) {
        return Err(ManifestError::Replaced { version: seen.version });
    }
    Ok(manifest)
}
