//! Ranges that come with a checksum of their own: what was damaged on its way is not passed on as whole.

use azure_core::http::headers::{HeaderName, Headers};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use crc_fast::{CrcAlgorithm, Digest};
use datashare_storage::{ByteStream, ErrorKind, StoreError};
use futures::{StreamExt, TryStreamExt, stream};

use crate::failure::Attempt;

/// Azure computes a checksum of no larger range.
pub const LARGEST_CHECKED_RANGE: u64 = 4 << 20;

/// The checksum that the answer states of its bytes.
pub(crate) fn stated(headers: &Headers) -> Option<Vec<u8>> {
    let text = headers.get_optional_str(&HeaderName::from_static("x-ms-content-crc64"))?;
    STANDARD.decode(text).ok()
}

/// The body, ending with an error where its bytes do not make up the checksum, if one was stated.
pub(crate) fn checked(body: ByteStream, stated: Option<Vec<u8>>, attempt: Attempt) -> ByteStream {
    let Some(stated) = stated else { return body };
    let begun = (body, Digest::new(CrcAlgorithm::Crc64Nvme));
    stream::try_unfold(begun, move |(mut body, mut digest)| {
        let (stated, attempt) = (stated.clone(), attempt.clone());
        async move {
            if let Some(piece) = body.try_next().await? {
                digest.update(&piece);
                return Ok(Some((piece, (body, digest))));
            }
            if digest.finalize().to_le_bytes().as_slice() == stated {
                Ok(None)
            } else {
                Err(damaged(&attempt))
            }
        }
    })
    .boxed()
}

fn damaged(attempt: &Attempt) -> StoreError {
    let Attempt { key, account, .. } = attempt;
    attempt.error(ErrorKind::Corrupt, format!("'{key}' did not come from {account} as it was sent."))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bytes::Bytes;

    use super::*;
    use crate::failure::Access;

    async fn read(bytes: &'static [u8], checksum_of: &[u8]) -> Result<Vec<u8>, ErrorKind> {
        let mut headers = Headers::new();
        headers.insert("x-ms-content-crc64", STANDARD.encode(crate::write_checks::crc64(checksum_of)));
        let attempt =
            Attempt { operation: "read", key: "data/x".into(), account: String::new(), access: Access::Key };
        let body = stream::iter(bytes.chunks(3).map(|piece| Ok(Bytes::from_static(piece)))).boxed();
        let pieces = checked(body, stated(&headers), attempt).try_collect::<Vec<Bytes>>().await;
        pieces.map(|pieces| pieces.concat()).map_err(|error| error.kind)
    }

    #[tokio::test]
    async fn damage_ends_the_body_with_an_error() {
        assert_eq!(read(b"0123456789", b"0123456789").await.unwrap(), b"0123456789");
        assert_eq!(read(b"0123456789", b"0123456788").await, Err(ErrorKind::Corrupt));
        assert_eq!(read(b"012345678", b"0123456789").await, Err(ErrorKind::Corrupt));
    }
}
