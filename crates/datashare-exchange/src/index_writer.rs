//! Writing an index, piece by piece, as its lines come.

use std::collections::HashMap;

use datashare_protocol::{
    ContentKey, IndexLine, IndexPiece, IndexRoot, PieceCutter, PlainPiece, seal_object, sha256_hex,
};
use datashare_storage::StoreError;
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, TryStreamExt};

use crate::whole::{write_patiently, write_whole};
use crate::{Area, Result};

/// Pieces on their way to the store.
const PIECES_AT_ONCE: usize = 4;

/// An index on its way. Lines are given in order of their paths. Nobody can see it before the root's hash is told.
pub(crate) struct IndexWriter {
    area: Area,
    /// Name of the root; a piece's begins with it.
    object: String,
    key: Option<ContentKey>,
    /// Pieces that are there already, by their hash.
    earlier: HashMap<String, IndexPiece>,
    cutter: PieceCutter,
    root: IndexRoot,
    written: usize,
    writing: FuturesUnordered<BoxFuture<'static, Result<(), StoreError>>>,
}

/// A root that is in its place.
pub(crate) struct WrittenIndex {
    pub(crate) root: IndexRoot,
    /// Plain bytes of the root.
    pub(crate) size: u64,
    /// Hex, of the root as stored.
    pub(crate) sha256: String,
}

impl IndexWriter {
    /// `object` is a name that is used once under this key. The pieces of `earlier` are taken again when they are the same;
    /// they lie in the same area, under the same key.
    pub(crate) fn new(area: &Area, object: String, key: Option<ContentKey>, earlier: IndexRoot) -> Self {
        let earlier = earlier.pieces.into_iter().map(|piece| (piece.sha256.clone(), piece)).collect();
        Self {
            area: area.clone(),
            object,
            key,
            earlier,
            cutter: PieceCutter::default(),
            root: IndexRoot::default(),
            written: 0,
            writing: FuturesUnordered::new(),
        }
    }

    pub(crate) async fn add(&mut self, line: &IndexLine) -> Result<()> {
        match self.cutter.add(line) {
            Some(piece) => self.add_piece(piece).await,
            None => Ok(()),
        }
    }

    async fn add_piece(&mut self, piece: PlainPiece) -> Result<()> {
        let named = piece.under(format!("{}-{:06}", self.object, self.written + 1));
        if let Some(there) = self.earlier.get(&named.sha256) {
            self.root.pieces.push(there.clone());
            return Ok(());
        }
        self.written += 1;
        let stored = self.sealed(&named.object, piece.plain)?;
        let (area, object) = (self.area.clone(), named.object.clone());
        self.root.pieces.push(named);
        while self.writing.len() >= PIECES_AT_ONCE {
            self.writing.try_next().await?;
        }
        self.writing.push(Box::pin(async move { write_patiently(&area, &object, stored.into()).await }));
        Ok(())
    }

    fn sealed(&self, object: &str, plain: Vec<u8>) -> Result<Vec<u8>> {
        Ok(match &self.key {
            Some(key) => seal_object(key, object, &plain)?,
            None => plain,
        })
    }

    /// Writes the last piece, and the root when all pieces are there.
    pub(crate) async fn finish(mut self) -> Result<WrittenIndex> {
        if let Some(piece) = std::mem::take(&mut self.cutter).finish() {
            self.add_piece(piece).await?;
        }
        while self.writing.try_next().await?.is_some() {}
        let plain = self.root.write();
        let size = plain.len() as u64;
        let stored = self.sealed(&self.object, plain)?;
        let sha256 = sha256_hex(&stored);
        write_whole(&self.area, &self.object, stored).await?;
        Ok(WrittenIndex { root: self.root, size, sha256 })
    }
}
