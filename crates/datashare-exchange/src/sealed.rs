//! Reading a range of a sealed object: whole chunks in, the plain range out.

use std::ops::Range;

use bytes::{Bytes, BytesMut};
use datashare_protocol::{CHUNK, ContentKey, SEALED_CHUNK, open_chunk, sealed_size};
use datashare_storage::{ByteStream, ErrorKind, Result, SharedStore, StoreError};
use futures::stream::{self, StreamExt, TryStreamExt};

/// One sealed object.
#[derive(Clone, Debug)]
pub(crate) struct SealedObject {
    pub(crate) store: SharedStore,
    pub(crate) key: ContentKey,
    /// Whole key in the store.
    pub(crate) place: String,
    /// Name that the content is bound to.
    pub(crate) name: String,
    /// Plain bytes.
    pub(crate) size: u64,
}

struct Position {
    object: SealedObject,
    body: ByteStream,
    buffer: BytesMut,
    chunk: u64,
    left: Range<u64>,
}

impl SealedObject {
    /// The plain bytes of a range, chunk by chunk.
    pub(crate) async fn open(self, range: Option<Range<u64>>) -> Result<ByteStream> {
        let range = range.unwrap_or(0..self.size);
        let range = range.start.min(self.size)..range.end.min(self.size);
        let first = range.start / CHUNK;
        let last = if range.is_empty() { first } else { (range.end - 1) / CHUNK };
        let stored = first * SEALED_CHUNK..((last + 1) * SEALED_CHUNK).min(sealed_size(self.size));
        let body = self.store.read(&self.place, Some(stored), None).await?.body;
        let position = Position { object: self, body, buffer: BytesMut::new(), chunk: first, left: range };
        let plain = stream::try_unfold(Some(position), |position| async move {
            match position {
                Some(position) => next_chunk(position).await,
                None => Ok(None),
            }
        });
        Ok(plain.boxed())
    }
}

/// Opens the next chunk and cuts it to what is wanted. An empty object still has its one chunk checked.
async fn next_chunk(mut position: Position) -> Result<Option<(Bytes, Option<Position>)>> {
    let start = position.chunk * CHUNK;
    let plain_length = (position.object.size - start.min(position.object.size)).min(CHUNK);
    let wanted = (plain_length + (SEALED_CHUNK - CHUNK)) as usize;
    while position.buffer.len() < wanted {
        match position.body.try_next().await? {
            Some(bytes) => position.buffer.extend_from_slice(&bytes),
            None => return Err(corrupt(&position.object.place)),
        }
    }
    let sealed = position.buffer.split_to(wanted);
    let object = &position.object;
    let plain = open_chunk(&object.key, &object.name, object.size, position.chunk, &sealed)
        .map_err(|_| corrupt(&object.place))?;
    let from = position.left.start.saturating_sub(start) as usize;
    let to = (position.left.end.saturating_sub(start)).min(plain_length) as usize;
    let bytes = Bytes::from(plain).slice(from.min(to)..to);
    position.chunk += 1;
    let done = position.chunk * CHUNK >= position.left.end;
    Ok(Some((bytes, (!done).then_some(position))))
}

fn corrupt(place: &str) -> StoreError {
    let message =
        "The published bytes are not as they were written: a part is changed, cut or from another file.";
    StoreError::new(ErrorKind::Corrupt, "read", place, message)
}
