//! The hashes a file must have, computed while its bytes pass in order.

use bytes::Bytes;
use datashare_storage::SourceEntry;
use md5::{Digest, Md5};
use sha2::Sha256;

/// More bytes than this are hashed where it may take a while.
const INLINE: usize = 256 * 1024;

/// What is expected, and what was seen so far.
#[derive(Clone)]
pub(crate) struct Checksum {
    md5: Option<(Md5, [u8; 16])>,
    sha256: Option<(Sha256, [u8; 32])>,
}

impl Checksum {
    pub(crate) fn expecting(entry: &SourceEntry) -> Self {
        Self {
            md5: entry.md5.map(|expected| (Md5::new(), expected)),
            sha256: entry.sha256.map(|expected| (Sha256::new(), expected)),
        }
    }

    pub(crate) async fn update(&mut self, bytes: &Bytes) {
        if self.md5.is_none() && self.sha256.is_none() {
            return;
        }
        if bytes.len() <= INLINE {
            return self.update_now(bytes);
        }
        let (mut work, bytes) = (self.clone(), bytes.clone());
        let hashed = tokio::task::spawn_blocking(move || {
            work.update_now(&bytes);
            work
        });
        // A task that does not end (the runtime is closing) leaves a wrong hash, so the file is not accepted.
        if let Ok(work) = hashed.await {
            *self = work;
        }
    }

    fn update_now(&mut self, bytes: &[u8]) {
        if let Some((hash, _)) = &mut self.md5 {
            hash.update(bytes);
        }
        if let Some((hash, _)) = &mut self.sha256 {
            hash.update(bytes);
        }
    }

    /// The name of the hash that is another one than expected.
    pub(crate) fn mismatch(self) -> Option<&'static str> {
        let md5 = self.md5.is_some_and(|(hash, expected)| hash.finalize()[..] != expected);
        let sha256 = self.sha256.is_some_and(|(hash, expected)| hash.finalize()[..] != expected);
        if md5 { Some("MD5") } else { sha256.then_some("SHA-256") }
    }
}
