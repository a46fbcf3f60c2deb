//! The hashes of a file, computed while its bytes pass in order.

use std::sync::Arc;

use bytes::Bytes;
use datashare_domain::hex;
use datashare_storage::SourceEntry;
use sha2::digest::common::hazmat::{SerializableState, SerializedState};
use sha2::{Digest, Sha256};

pub(crate) use self::md5::Md5;
pub(crate) use self::side_by_side::{Announced, SideBySide};

mod lanes;
mod md5;
mod side_by_side;
mod steps;

/// More bytes than this are hashed where it may take a while.
const INLINE: usize = 256 * 1024;

/// What is expected, and what was seen so far.
#[derive(Clone, Debug)]
pub(crate) struct Checksum {
    md5: Option<Md5>,
    sha256: Option<Sha256>,
    expected_md5: Option<[u8; 16]>,
    expected_sha256: Option<[u8; 32]>,
}

/// Whether an MD5 is worth computing where the source has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Md5Wanted {
    /// The target keeps it.
    Always,
    /// Only to compare it.
    IfStated,
}

impl Checksum {
    pub(crate) fn expecting(entry: &SourceEntry, wanted: Md5Wanted) -> Self {
        Self {
            md5: (entry.md5.is_some() || wanted == Md5Wanted::Always).then(Md5::new),
            sha256: entry.sha256.map(|_| Sha256::new()),
            expected_md5: entry.md5,
            expected_sha256: entry.sha256,
        }
    }

    /// Says before it is read that a whole is to be checked; `None` where it is hashed by itself.
    pub(crate) fn announce(&self, hashing: &Arc<SideBySide>) -> Option<Announced> {
        let alone = self.expected_md5.is_none() || self.sha256.is_some();
        (!alone).then(|| hashing.announce())
    }

    /// Whether the whole is what was expected; otherwise the name of the hash that is another one.
    pub(crate) async fn check(
        mut self,
        whole: &Bytes,
        announced: Option<Announced>,
    ) -> Result<(), &'static str> {
        if let Some(announced) = announced {
            let md5 = announced.md5(whole.clone()).await;
            return if md5 == self.expected_md5 { Ok(()) } else { Err("MD5") };
        }
        self.update(whole).await;
        self.finish().map(drop)
    }

    /// Whether it needs the bytes, in order.
    pub(crate) fn is_computed(&self) -> bool {
        self.md5.is_some() || self.sha256.is_some()
    }

    pub(crate) async fn update(&mut self, bytes: &Bytes) {
        if !self.is_computed() {
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
        if let Some(hash) = &mut self.md5 {
            hash.update(bytes);
        }
        if let Some(hash) = &mut self.sha256 {
            hash.update(bytes);
        }
    }

    /// What it takes to go on later: hex, `MD5.SHA-256`.
    pub(crate) fn state(&self) -> String {
        let md5 = self.md5.as_ref().map(Md5::state).unwrap_or_default();
        let sha256 = self.sha256.as_ref().map(|hash| hex(&hash.serialize())).unwrap_or_default();
        format!("{md5}.{sha256}")
    }

    /// Goes on from a state; `None` when the state is not one of these hashes.
    pub(crate) fn resumed(self, state: &str) -> Option<Self> {
        let (md5, sha256) = state.split_once('.')?;
        let md5 = if self.md5.is_some() { Some(Md5::restored(md5)?) } else { None };
        let sha256 = if self.sha256.is_some() { Some(restored(sha256)?) } else { None };
        Some(Self { md5, sha256, ..self })
    }

    /// The MD5 of the whole, if one was computed; the name of the hash that is another one than expected.
    pub(crate) fn finish(self) -> Result<Option<[u8; 16]>, &'static str> {
        let md5 = self.md5.map(Md5::finish);
        let sha256: Option<[u8; 32]> = self.sha256.map(|hash| hash.finalize().into());
        if self.expected_md5.is_some() && self.expected_md5 != md5 {
            return Err("MD5");
        }
        if self.expected_sha256.is_some() && self.expected_sha256 != sha256 {
            return Err("SHA-256");
        }
        Ok(md5)
    }
}

fn restored(text: &str) -> Option<Sha256> {
    let mut state = SerializedState::<Sha256>::default();
    if text.len() != 2 * state.len() || !text.is_ascii() {
        return None;
    }
    for (index, byte) in state.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).ok()?;
    }
    Sha256::deserialize(&state).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn expecting(md5: Option<[u8; 16]>, sha256: Option<[u8; 32]>) -> Checksum {
        Checksum {
            md5: md5.map(|_| Md5::new()),
            sha256: sha256.map(|_| Sha256::new()),
            expected_md5: md5,
            expected_sha256: sha256,
        }
    }

    #[tokio::test]
    async fn a_hash_goes_on_where_it_was_left() {
        let bytes = Bytes::from_static(b"a file that came in two runs");
        let (md5, sha256) = (Md5::of(&bytes), Sha256::digest(&bytes).into());
        for (md5, sha256) in [(Some(md5), None), (None, Some(sha256)), (Some(md5), Some(sha256))] {
            for cut in [0, 1, 20, bytes.len()] {
                let mut first = expecting(md5, sha256);
                first.update(&bytes.slice(..cut)).await;
                let mut second = expecting(md5, sha256).resumed(&first.state()).unwrap();
                second.update(&bytes.slice(cut..)).await;
                assert_eq!(second.finish().unwrap(), md5);
            }
            let short = expecting(md5, sha256);
            assert!(short.clone().finish().is_err());
            for strange in ["", ".", "zz.zz", "00.00", "é.é"] {
                assert!(short.clone().resumed(strange).is_none(), "{strange}");
            }
        }
    }
}
