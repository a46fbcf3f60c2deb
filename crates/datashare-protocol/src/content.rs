//! Sealed content: objects that lie where others can read the bytes are encrypted in chunks, so that any range opens
//! alone and a cut, swapped or changed chunk does not.

use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::SealError;

/// Plain bytes in a chunk; only the last one may be shorter.
pub const CHUNK: u64 = 1 << 20;
const TAG: u64 = 16;
/// Bytes of a full chunk as stored.
pub const SEALED_CHUNK: u64 = CHUNK + TAG;

/// A key for content: 32 random bytes. Every object has its own key, derived from this one and the object's name; an
/// object name is written once, so no key meets two contents.
#[derive(Clone, PartialEq, Eq)]
pub struct ContentKey(Zeroizing<[u8; 32]>);

impl std::fmt::Debug for ContentKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ContentKey(…)")
    }
}

impl ContentKey {
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes; every call is a place to look at in review.
    pub fn reveal(&self) -> &[u8; 32] {
        &self.0
    }

    fn cipher(&self, object: &str) -> ChaCha20Poly1305 {
        let mut key = Zeroizing::new([0u8; 32]);
        // 32 bytes are always a valid length for HKDF-SHA256.
        let _ =
            Hkdf::<Sha256>::new(Some(b"datashare/content/v1"), &*self.0).expand(object.as_bytes(), &mut *key);
        ChaCha20Poly1305::new(&Key::from(*key))
    }
}

fn nonce(chunk: u64, last: bool) -> Nonce {
    let mut nonce = [0u8; 12];
    nonce[..8].copy_from_slice(&chunk.to_be_bytes());
    nonce[11] = u8::from(last);
    Nonce::from(nonce)
}

/// Stored size of `size` plain bytes; an empty object is one empty chunk.
pub fn sealed_size(size: u64) -> u64 {
    // Sizes are what others wrote: one that nothing can have stays one.
    size.saturating_add(TAG.saturating_mul(size.div_ceil(CHUNK).max(1)))
}

fn is_last(chunk: u64, size: u64) -> bool {
    chunk.checked_add(1) == Some(size.div_ceil(CHUNK).max(1))
}

/// Seals chunk number `chunk` (from 0) of an object of `size` plain bytes.
pub fn seal_chunk(
    key: &ContentKey,
    object: &str,
    size: u64,
    chunk: u64,
    plain: &[u8],
) -> Result<Vec<u8>, SealError> {
    let last = is_last(chunk, size);
    key.cipher(object).encrypt(&nonce(chunk, last), plain).map_err(|_| SealError::BadKey)
}

/// Opens chunk number `chunk` of an object of `size` plain bytes.
pub fn open_chunk(
    key: &ContentKey,
    object: &str,
    size: u64,
    chunk: u64,
    sealed: &[u8],
) -> Result<Vec<u8>, SealError> {
    let last = is_last(chunk, size);
    key.cipher(object).decrypt(&nonce(chunk, last), sealed).map_err(|_| SealError::DoesNotOpen)
}

/// Seals a whole object whose bytes are at hand.
pub fn seal_object(key: &ContentKey, object: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
    let size = plain.len() as u64;
    if plain.is_empty() {
        return seal_chunk(key, object, 0, 0, plain);
    }
    let mut sealed = Vec::with_capacity(sealed_size(size) as usize);
    for (number, chunk) in plain.chunks(CHUNK as usize).enumerate() {
        sealed.extend(seal_chunk(key, object, size, number as u64, chunk)?);
    }
    Ok(sealed)
}

/// Opens a whole object. Its plain size is what was signed about it, or follows from what is stored. `None` when it is not
/// what was sealed under this name.
pub fn open_object(key: &ContentKey, object: &str, stored: &[u8], size: Option<u64>) -> Option<Vec<u8>> {
    let chunks = (stored.len() as u64).div_ceil(SEALED_CHUNK).max(1);
    let size = size.or_else(|| (stored.len() as u64).checked_sub(chunks * TAG))?;
    if sealed_size(size) != stored.len() as u64 {
        return None;
    }
    let mut plain = Vec::with_capacity(size as usize);
    for (number, chunk) in stored.chunks(SEALED_CHUNK as usize).enumerate() {
        plain.extend(open_chunk(key, object, size, number as u64, chunk).ok()?);
    }
    Some(plain)
}
