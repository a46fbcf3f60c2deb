//! Reading an index: its root whole, its pieces as they are wanted, each checked against the root before it is used.

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError};

use datashare_protocol::{ContentKey, IndexLine, IndexRoot, LONGEST_INDEX_ROOT, sealed_size};
use datashare_storage::{ErrorKind, StoreError};
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use tokio::sync::Mutex;

use crate::whole::get_whole;
use crate::{Area, ExchangeError, Result};

/// Pieces fetched together while an index is listed.
const PIECES_AHEAD: usize = 4;
/// Pieces that are kept: those around which files are being read.
const PIECES_KEPT: usize = 8;

/// Reads a root; an error that names the dataset when it is not the one that was meant.
pub(crate) async fn open_root(
    area: &Area,
    name: &str,
    object: &str,
    sha256: &str,
    key: Option<&ContentKey>,
    plain_size: Option<u64>,
) -> Result<IndexRoot> {
    let stored = get_whole(area.store(), &area.key(object), sealed_size(LONGEST_INDEX_ROOT)).await?;
    let root = stored.and_then(|stored| IndexRoot::open(object, stored, sha256, key, plain_size));
    root.ok_or_else(|| ExchangeError::IndexNotGenuine(name.to_owned()))
}

/// The lines of one piece.
type Piece = Arc<Vec<IndexLine>>;

/// An index whose root was checked.
#[derive(Debug)]
pub(crate) struct Index {
    name: String,
    area: Area,
    key: Option<ContentKey>,
    root: IndexRoot,
    /// The newest last.
    recent: std::sync::Mutex<VecDeque<(usize, Piece)>>,
    /// Held while a piece is fetched for one file: many files ask for the same one.
    fetching: Mutex<()>,
}

impl Index {
    pub(crate) fn new(name: &str, area: Area, key: Option<ContentKey>, root: IndexRoot) -> Self {
        let (recent, fetching) = (std::sync::Mutex::default(), Mutex::default());
        Self { name: name.to_owned(), area, key, root, recent, fetching }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// All lines, in order, a few pieces at a time.
    pub(crate) fn lines(self: Arc<Self>) -> BoxStream<'static, datashare_storage::Result<IndexLine>> {
        self.lines_by(|piece| piece)
    }

    /// As [`Self::lines`], without those of damaged pieces.
    pub(crate) fn genuine_lines(self: Arc<Self>) -> BoxStream<'static, datashare_storage::Result<IndexLine>> {
        self.lines_by(|piece| match piece {
            Err(error) if error.kind == ErrorKind::Corrupt => Ok(Piece::default()),
            piece => piece,
        })
    }

    fn lines_by(
        self: Arc<Self>,
        check: fn(datashare_storage::Result<Piece>) -> datashare_storage::Result<Piece>,
    ) -> BoxStream<'static, datashare_storage::Result<IndexLine>> {
        stream::iter(0..self.root.pieces.len())
            .map(move |number| {
                let this = self.clone();
                async move { check(this.piece(number).await) }
            })
            .buffered(PIECES_AHEAD)
            .map_ok(|piece| stream::iter((0..piece.len()).map(move |at| Ok(piece[at].clone()))))
            .try_flatten()
            .boxed()
    }

    /// The line of a path; [`ErrorKind::NotFound`] when there is none.
    pub(crate) async fn line(&self, path: &str) -> datashare_storage::Result<IndexLine> {
        let not_listed = || {
            let message = format!("'{path}' is not in the list of files.");
            StoreError::new(ErrorKind::NotFound, "read", path, message)
        };
        let number = self.root.piece_of(path).ok_or_else(not_listed)?;
        let piece = match self.kept(number) {
            Some(piece) => piece,
            None => {
                let _one_at_a_time = self.fetching.lock().await;
                self.piece(number).await?
            }
        };
        let found = piece.binary_search_by(|line| line.path.as_bytes().cmp(path.as_bytes()));
        found.ok().and_then(|at| piece.get(at)).cloned().ok_or_else(not_listed)
    }

    /// A piece, kept or fetched.
    async fn piece(&self, number: usize) -> datashare_storage::Result<Piece> {
        if let Some(piece) = self.kept(number) {
            return Ok(piece);
        }
        let Some(named) = self.root.pieces.get(number) else { return Err(self.not_genuine()) };
        let (place, longest) = (self.area.key(&named.object), sealed_size(named.size));
        let stored = match get_whole(self.area.store(), &place, longest).await {
            Ok(stored) => stored,
            Err(ExchangeError::Store(error)) => return Err(error),
            Err(_) => None,
        };
        let lines = stored.and_then(|stored| self.root.open_piece(number, stored, self.key.as_ref()));
        let piece = Arc::new(lines.ok_or_else(|| self.not_genuine())?);
        self.keep(number, piece.clone());
        Ok(piece)
    }

    fn kept(&self, number: usize) -> Option<Piece> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.iter().find(|(kept, _)| *kept == number).map(|(_, piece)| piece.clone())
    }

    fn keep(&self, number: usize, piece: Piece) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.retain(|(kept, _)| *kept != number);
        if recent.len() >= PIECES_KEPT {
            recent.pop_front();
        }
        recent.push_back((number, piece));
    }

    /// A piece is gone or another one; a newer index may be there.
    fn not_genuine(&self) -> StoreError {
        let message = ExchangeError::IndexNotGenuine(self.name.clone()).to_string();
        StoreError::new(ErrorKind::Corrupt, "list", &self.name, message)
    }
}
