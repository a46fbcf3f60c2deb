//! Staging one file of a publication: hashed as it is read, sealed where it must be.

use bytes::{Bytes, BytesMut};
use datashare_protocol::{CHUNK, ContentKey, IndexLine, seal_chunk};
use datashare_storage::{
    ByteStream, ErrorKind, ObjectProperties, PutMode, Retry, SourceEntry, StoreError, UploadExpectation,
};
use futures::stream::TryStreamExt;
use md5::{Digest, Md5};
use sha2::Sha256;

use crate::publication::PublishRequest;
use crate::whole::SMALL;
use crate::{Area, Result};

/// Tries per file: it may be written while it is read.
const TRIES: u32 = 3;

/// Stages one file; `None` when it is gone meanwhile. Every try has an object name of its own: a name is written once.
pub(crate) async fn stage(
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
