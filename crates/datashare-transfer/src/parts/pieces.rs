//! Parts that are written as they come, so that what was just read is written while it is near, and no part lies in memory.

use std::ops::Range;

use datashare_storage::{Pieces, SourceEntry};
use futures::{FutureExt, TryStreamExt};

use super::Passage;
use crate::delivery::{Mover, Outcome, Side, not_as_asked};
use crate::patience::Patience;

/// Bytes that are written at a time: enough to be worth a write, few enough to be near still.
const PIECE: usize = 512 * 1024;
/// A piece, and what may have come with its last bytes.
const ROOM: usize = 2 * PIECE;

impl Mover {
    /// For targets that take pieces, of a file that is not hashed as a whole.
    pub(super) async fn pass_parts(
        &self,
        passage: &Passage<'_>,
        pieces: &dyn Pieces,
    ) -> Outcome<Option<[u8; 16]>> {
        let passes = passage.ranges();
        self.all(passes.map(|(index, range)| self.pass_part(passage, pieces, index, range).boxed())).await?;
        Ok(None)
    }

    async fn pass_part(
        &self,
        passage: &Passage<'_>,
        pieces: &dyn Pieces,
        index: u32,
        range: Range<u64>,
    ) -> Outcome<()> {
        let memory = self.pace.memory(ROOM as u64).await;
        let mut patience = Patience::default();
        loop {
            let slot = self.turn().await;
            let passed = self.pass_range(passage.entry, pieces, &range).await;
            drop(slot);
            match passed {
                Ok(()) => break,
                Err(trouble) => {
                    let waited = self.wait(&mut patience, trouble.error).await;
                    waited.map_err(trouble.side.spent())?;
                }
            }
        }
        drop(memory);
        let length = range.end - range.start;
        pieces.whole(index, range.start, length);
        passage.wrote(index, length, passage.checksum.state());
        self.remember(passage).await
    }

    /// Read to the end of the stream, where a source tells whether what it sent is good. Not one byte is written beyond the
    /// range, where another part stands.
    async fn pass_range(&self, entry: &SourceEntry, pieces: &dyn Pieces, range: &Range<u64>) -> Outcome<()> {
        let other = || Side::Source.fresh()(not_as_asked(entry, range.end - range.start));
        let mut body = self.source.open(entry, Some(range.clone())).await.map_err(Side::Source.fresh())?;
        let (mut written, mut piece) = (range.start, self.buffers.take(ROOM));
        while let Some(chunk) = body.try_next().await.map_err(Side::Source.fresh())? {
            self.heard(&chunk).await;
            piece.bytes.extend_from_slice(&chunk);
            drop(chunk);
            let (length, read) = (piece.bytes.len(), written + piece.bytes.len() as u64);
            if read > range.end {
                return Err(other());
            }
            if length >= PIECE || read == range.end {
                let full = std::mem::replace(&mut piece, self.buffers.take(ROOM));
                pieces.write(written, full.freeze()).await.map_err(Side::Target.fresh())?;
                written = read;
            }
        }
        if written == range.end { Ok(()) } else { Err(other()) }
    }
}
