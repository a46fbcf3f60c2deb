//! Objects read and written whole.

use bytes::Bytes;
use datashare_storage::{
    ErrorKind, ObjectProperties, PutMode, Retry, SharedStore, StoreError, UploadExpectation,
};
use futures::TryStreamExt;

use crate::{Area, ExchangeError, Result};

/// Objects up to this size are written in one request, bytes.
pub(crate) const SMALL: usize = 8 << 20;
/// Tries of a write that may succeed when it is done again.
const TRIES: u32 = 3;

/// Writes an object of any length whose bytes are at hand.
pub(crate) async fn write_whole(area: &Area, object: &str, bytes: Vec<u8>) -> Result<()> {
    let (store, key, properties) = (area.store(), area.key(object), ObjectProperties::default());
    if bytes.len() <= SMALL {
        store.put(&key, Bytes::from(bytes), PutMode::Overwrite, &properties).await?;
        return Ok(());
    }
    let bytes = Bytes::from(bytes);
    let upload = store.upload(&key, &properties).await?;
    for (index, start) in (0..bytes.len()).step_by(SMALL).enumerate() {
        let part = bytes.slice(start..bytes.len().min(start + SMALL));
        upload.part(index as u32, start as u64, part).await?;
    }
    upload.finish(UploadExpectation { size: bytes.len() as u64, md5: None }).await?;
    Ok(())
}

/// Writes an object in one request, again when that may help.
pub(crate) async fn write_patiently(area: &Area, object: &str, bytes: Bytes) -> Result<(), StoreError> {
    let (store, key, properties) = (area.store(), area.key(object), ObjectProperties::default());
    let mut tried = 1;
    loop {
        match store.put(&key, bytes.clone(), PutMode::Overwrite, &properties).await {
            Err(error) if tried < TRIES && matches!(error.retry, Retry::Later(_)) => tried += 1,
            written => return written.map(drop),
        }
    }
}

/// Reads an object whole, up to `longest` bytes; `None` when it is not there. A place that is not there is an error.
pub(crate) async fn get_whole(store: &SharedStore, key: &str, longest: u64) -> Result<Option<Vec<u8>>> {
    let read = match store.read(key, None, None).await {
        Ok(read) => read,
        Err(error) if error.kind == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    if read.info.size > longest {
        return Err(ExchangeError::TooLong(key.to_owned()));
    }
    let chunks: Vec<Bytes> = read.body.try_collect().await?;
    Ok(Some(chunks.concat()))
}
