//! The bytes of the vault file: Argon2id turns the passphrase into a key, XChaCha20-Poly1305 seals the secrets with it.
//!
//! A small sealed block of known content tells a wrong passphrase, and a plain hash tells damage, so that the two are
//! never taken for one another. No IO here.

use std::collections::BTreeMap;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use datashare_secret::Secret;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

const FORMAT: &str = "datashare-vault";
const VERSION: u32 = 1;
const ARGON2ID: &str = "argon2id";
const NONCE: usize = 24;
const SALT: usize = 16;
const CHECK: &[u8] = b"datashare vault check";
const SECRETS: &[u8] = b"datashare vault secrets";
/// No file may make this computer work for longer than this.
const MOST_MEMORY_KIB: u32 = 1 << 20;
const MOST_PASSES: u32 = 16;
const MOST_LANES: u32 = 16;

/// Secrets by name.
pub(super) type SecretMap = BTreeMap<String, Secret>;

/// Why the bytes were not opened or made.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum SealProblem {
    /// Cut short, changed, or no vault at all.
    Damaged,
    /// Made by a newer version.
    Newer,
    WrongPassphrase,
    /// No memory or no randomness here.
    Computer,
}

/// How a passphrase becomes a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Derivation {
    algorithm: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
}

/// What a sealed file asks of this computer for one try of a passphrase (Argon2id, RFC 9106).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealCosts {
    /// At most a GiB.
    pub memory_kib: u32,
    /// At most 16.
    pub passes: u32,
    /// At most 16.
    pub lanes: u32,
}

#[derive(Debug, Serialize, Deserialize)]
struct VaultDocument {
    format: String,
    version: u32,
    derivation: Derivation,
    check: String,
    secrets: String,
    /// Of the three fields above it.
    sha256: String,
}

/// A vault file as it was read, whole, still sealed.
#[derive(Debug)]
pub(super) struct SealedVault {
    pub(super) derivation: Derivation,
    check: String,
    secrets: String,
}

impl SealedVault {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, SealProblem> {
        #[derive(Deserialize)]
        struct Head {
            format: String,
            version: u32,
        }
        let head: Head = serde_json::from_slice(bytes).map_err(|_| SealProblem::Damaged)?;
        match (head.format.as_str(), head.version) {
            (FORMAT, VERSION) => {}
            (FORMAT, version) if version > VERSION => return Err(SealProblem::Newer),
            _ => return Err(SealProblem::Damaged),
        }
        let document: VaultDocument = serde_json::from_slice(bytes).map_err(|_| SealProblem::Damaged)?;
        let VaultDocument { derivation, check, secrets, sha256, .. } = document;
        if hash(&derivation, &check, &secrets)? != sha256 {
            return Err(SealProblem::Damaged);
        }
        derivation.argon2()?;
        derivation.salt()?;
        Ok(Self { derivation, check, secrets })
    }

    /// What it takes to make its key.
    pub(super) fn costs(&self) -> SealCosts {
        let Derivation { memory_kib, passes, lanes, .. } = self.derivation;
        SealCosts { memory_kib, passes, lanes }
    }

    pub(super) fn open(&self, key: &VaultKey) -> Result<SecretMap, SealProblem> {
        key.open(CHECK, &self.check).map_err(|_| SealProblem::WrongPassphrase)?;
        let secrets = key.open(SECRETS, &self.secrets).map_err(|_| SealProblem::Damaged)?;
        serde_json::from_slice(&secrets).map_err(|_| SealProblem::Damaged)
    }
}

/// The bytes of a vault file with these secrets.
pub(super) fn seal(key: &VaultKey, secrets: &SecretMap) -> Result<Vec<u8>, SealProblem> {
    let plain: BTreeMap<&str, &str> =
        secrets.iter().map(|(name, secret)| (name.as_str(), secret.reveal())).collect();
    let plain = Zeroizing::new(serde_json::to_vec(&plain).map_err(|_| SealProblem::Computer)?);
    let check = key.seal(CHECK, &[])?;
    let secrets = key.seal(SECRETS, &plain)?;
    let sha256 = hash(&key.derivation, &check, &secrets)?;
    let derivation = key.derivation.clone();
    let document =
        VaultDocument { format: FORMAT.into(), version: VERSION, derivation, check, secrets, sha256 };
    serde_json::to_vec_pretty(&document).map_err(|_| SealProblem::Computer)
}

fn hash(derivation: &Derivation, check: &str, secrets: &str) -> Result<String, SealProblem> {
    let bytes = serde_json::to_vec(&(derivation, check, secrets)).map_err(|_| SealProblem::Computer)?;
    Ok(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
}

impl Derivation {
    /// With a fresh salt, and the costs of RFC 9106 for computers with little memory, on one core.
    pub(super) fn fresh() -> Result<Self, SealProblem> {
        let salt = STANDARD.encode(random::<SALT>()?);
        Ok(Self { algorithm: ARGON2ID.into(), memory_kib: 64 * 1024, passes: 3, lanes: 1, salt })
    }

    fn argon2(&self) -> Result<Argon2<'static>, SealProblem> {
        let reasonable = self.algorithm == ARGON2ID
            && self.memory_kib <= MOST_MEMORY_KIB
            && self.passes <= MOST_PASSES
            && self.lanes <= MOST_LANES;
        if !reasonable {
            return Err(SealProblem::Damaged);
        }
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(32));
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params.map_err(|_| SealProblem::Damaged)?))
    }

    fn salt(&self) -> Result<[u8; SALT], SealProblem> {
        let salt = STANDARD.decode(&self.salt).ok();
        salt.and_then(|salt| salt.try_into().ok()).ok_or(SealProblem::Damaged)
    }
}

/// The key of a vault file. Making it takes a moment and 64 MiB: that is its purpose.
pub(super) struct VaultKey {
    derivation: Derivation,
    key: Zeroizing<[u8; 32]>,
}

impl VaultKey {
    pub(super) fn derive(passphrase: &Secret, derivation: &Derivation) -> Result<Self, SealProblem> {
        let salt = derivation.salt()?;
        let argon2 = derivation.argon2()?;
        let mut key = Zeroizing::new([0; 32]);
        argon2
            .hash_password_into(passphrase.reveal().as_bytes(), &salt, key.as_mut_slice())
            .map_err(|_| SealProblem::Computer)?;
        Ok(Self { derivation: derivation.clone(), key })
    }

    pub(super) fn fits(&self, derivation: &Derivation) -> bool {
        self.derivation == *derivation
    }

    fn cipher(&self) -> Result<XChaCha20Poly1305, SealProblem> {
        XChaCha20Poly1305::new_from_slice(self.key.as_slice()).map_err(|_| SealProblem::Computer)
    }

    /// Base64 of nonce and sealed text. `purpose` keeps one sealed text from standing for another.
    fn seal(&self, purpose: &[u8], plain: &[u8]) -> Result<String, SealProblem> {
        let nonce = random::<NONCE>()?;
        let sealed = self
            .cipher()?
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: purpose })
            .map_err(|_| SealProblem::Computer)?;
        Ok(STANDARD.encode([nonce.as_slice(), &sealed].concat()))
    }

    fn open(&self, purpose: &[u8], sealed: &str) -> Result<Zeroizing<Vec<u8>>, SealProblem> {
        let bytes = STANDARD.decode(sealed).map_err(|_| SealProblem::Damaged)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>().ok_or(SealProblem::Damaged)?;
        self.cipher()?
            .decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: purpose })
            .map(Zeroizing::new)
            .map_err(|_| SealProblem::Damaged)
    }
}

fn random<const N: usize>() -> Result<[u8; N], SealProblem> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| SealProblem::Computer)?;
    Ok(bytes)
}
