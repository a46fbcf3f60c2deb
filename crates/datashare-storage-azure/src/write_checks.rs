//! The checksum that every write carries, and that the service holds against what arrived.

use bytes::Bytes;
use md5::{Digest, Md5};

use datashare_storage::{ErrorKind, StoreError};

use crate::failure::Attempt;

/// More bytes than this are hashed where it may take a while.
const INLINE: usize = 256 * 1024;

/// What was computed of the bytes of one write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WriteCheck {
    Crc64([u8; 8]),
    Md5([u8; 16]),
}

impl WriteCheck {
    /// CRC-64, which costs next to nothing. An emulator computes CRC-64 in JavaScript, which takes it longer than all the
    /// rest of a write, and MD5 in native code. `None` when the runtime is closing.
    pub(crate) async fn of(bytes: &Bytes, emulator: bool) -> Option<Self> {
        let compute = move |bytes: &[u8]| {
            if emulator { Self::Md5(Md5::digest(bytes).into()) } else { Self::Crc64(crc64(bytes)) }
        };
        if bytes.len() <= INLINE {
            return Some(compute(bytes));
        }
        let bytes = bytes.clone();
        tokio::task::spawn_blocking(move || compute(&bytes)).await.ok()
    }
}

/// The runtime is closing.
pub(crate) fn stopped(attempt: &Attempt) -> StoreError {
    attempt.error(ErrorKind::Interrupted, "The upload was stopped.")
}

/// As Azure wants it: NVME, lowest byte first.
pub(crate) fn crc64(bytes: &[u8]) -> [u8; 8] {
    crc_fast::checksum(crc_fast::CrcAlgorithm::Crc64Nvme, bytes).to_le_bytes()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn only_an_emulator_is_sent_an_md5() {
        let bytes = Bytes::from_static(b"123456789");
        // The check value of CRC-64/NVME in the catalogue of CRC algorithms.
        let crc64 = WriteCheck::Crc64(0xae8b_1486_0a79_9888_u64.to_le_bytes());
        assert_eq!(WriteCheck::of(&bytes, false).await.unwrap(), crc64);
        let md5 = WriteCheck::Md5(Md5::digest(&bytes).into());
        assert_eq!(WriteCheck::of(&bytes, true).await.unwrap(), md5);
    }
}
