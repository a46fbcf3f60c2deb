//! Indexes: the files of a publication or of a granted folder. A root names pieces; a piece has one JSON line for each file,
//! in order of path bytes. Where a piece ends follows from the names of the files, so that one changed file changes one
//! piece and the root.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{ContentKey, open_object, sha256_hex};

/// Longest root, plain bytes.
pub const LONGEST_INDEX_ROOT: u64 = 16 << 20;
/// Longest piece that is read, plain bytes.
pub const LONGEST_INDEX_PIECE: u64 = 8 << 20;
const MOST_PIECES: usize = 1 << 16;

/// No piece that a name ends is shorter, so that nobody makes a root long by choosing names.
const FEWEST_LINES: u64 = 64;
const MOST_LINES: u64 = 8192;
/// Bytes of the longest piece that is written.
const MOST_BYTES: usize = 4 << 20;
/// One name in so many ends a piece.
const ENDS: u16 = 1024;

/// One file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IndexLine {
    /// Path within the dataset.
    pub path: String,
    /// Bytes (plain, where the object is sealed).
    pub size: u64,
    /// Version tag at the source.
    pub version: String,
    #[serde(
        deserialize_with = "crate::moment::read_or_leave_out",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub modified: Option<DateTime<Utc>>,
    /// Hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub md5: Option<String>,
    /// Where the bytes are: whole key in the data's account, or object below the share area.
    pub object: String,
    /// Signature for this object alone (base64). Only in indexes that are sealed to a recipient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
}

/// Appends a line, newline included.
pub fn write_index_line(line: &IndexLine, out: &mut Vec<u8>) -> serde_json::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.push(b'\n');
    Ok(())
}

/// Reads a line without its newline.
pub fn read_index_line(line: &[u8]) -> serde_json::Result<IndexLine> {
    serde_json::from_slice(line)
}

/// What a root says of one piece.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexPiece {
    /// Path of its first line.
    pub first: String,
    /// Object in the area of the root; it may lie with an older index.
    pub object: String,
    /// Plain bytes.
    pub size: u64,
    /// Hex, of the plain bytes.
    pub sha256: String,
    /// Lines.
    pub files: u64,
}

/// All the pieces of an index, in order of their files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexRoot {
    pub pieces: Vec<IndexPiece>,
}

impl IndexRoot {
    /// Plain bytes of the root.
    pub fn write(&self) -> Vec<u8> {
        // Texts and numbers always have a JSON form.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads a root as it is stored under the name `object`: checks it against its signed hash, opens its seal where there
    /// is a `key`, and checks that its pieces are in order. `plain_size` is what its manifest says. `None` when it is not
    /// the one that was meant.
    pub fn open(
        object: &str,
        stored: Vec<u8>,
        sha256: &str,
        key: Option<&ContentKey>,
        plain_size: Option<u64>,
    ) -> Option<Self> {
        if sha256_hex(&stored) != sha256 {
            return None;
        }
        let plain = match key {
            Some(key) => open_object(key, object, &stored, plain_size)?,
            None => stored,
        };
        let root: Self = serde_json::from_slice(&plain).ok()?;
        let pieces = &root.pieces;
        let each = pieces.iter().all(|piece| piece.files > 0 && piece.size <= LONGEST_INDEX_PIECE);
        let in_order = pieces.is_sorted_by(|a, b| a.first.as_bytes() < b.first.as_bytes());
        (each && in_order && pieces.len() <= MOST_PIECES).then_some(root)
    }

    /// Number of the piece that has this path, if any has.
    pub fn piece_of(&self, path: &str) -> Option<usize> {
        self.pieces.partition_point(|piece| piece.first.as_bytes() <= path.as_bytes()).checked_sub(1)
    }

    /// Reads piece `number` as it is stored: checks it against all that the root says of it and its neighbour. `None` when
    /// it is not the one that was meant.
    pub fn open_piece(
        &self,
        number: usize,
        stored: Vec<u8>,
        key: Option<&ContentKey>,
    ) -> Option<Vec<IndexLine>> {
        let piece = self.pieces.get(number)?;
        let plain = match key {
            Some(key) => open_object(key, &piece.object, &stored, Some(piece.size))?,
            None => stored,
        };
        if plain.len() as u64 != piece.size || sha256_hex(&plain) != piece.sha256 {
            return None;
        }
        let lines = plain.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let lines: Vec<IndexLine> = lines.map(|line| read_index_line(line).ok()).collect::<Option<_>>()?;
        let (first, last) = (lines.first()?, lines.last()?);
        let ends =
            self.pieces.get(number + 1).is_none_or(|next| last.path.as_bytes() < next.first.as_bytes());
        let in_order = lines.is_sorted_by(|a, b| a.path.as_bytes() < b.path.as_bytes());
        (lines.len() as u64 == piece.files && first.path == piece.first && ends && in_order).then_some(lines)
    }
}

/// A piece that is ready to be sealed and written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainPiece {
    /// Path of its first line.
    pub first: String,
    pub files: u64,
    pub plain: Vec<u8>,
}

impl PlainPiece {
    /// What the root says of it, as it lies under this name.
    pub fn under(&self, object: String) -> IndexPiece {
        IndexPiece {
            first: self.first.clone(),
            object,
            size: self.plain.len() as u64,
            sha256: sha256_hex(&self.plain),
            files: self.files,
        }
    }
}

/// Cuts lines, given in order of their paths, into pieces.
#[derive(Debug, Default)]
pub struct PieceCutter {
    piece: Option<PlainPiece>,
}

impl PieceCutter {
    /// Adds a line. Answers a piece when one is whole with it, or before it.
    pub fn add(&mut self, line: &IndexLine) -> Option<PlainPiece> {
        let mut written = Vec::new();
        // A line is texts and numbers; it always has a JSON form.
        let _ = write_index_line(line, &mut written);
        let too_long = |piece: &mut PlainPiece| piece.plain.len() + written.len() > MOST_BYTES;
        let before = self.piece.take_if(too_long);
        let piece = self.piece.get_or_insert_with(|| PlainPiece {
            first: line.path.clone(),
            files: 0,
            plain: Vec::new(),
        });
        piece.plain.append(&mut written);
        piece.files += 1;
        if before.is_some() {
            return before;
        }
        let whole = piece.files >= MOST_LINES || (piece.files >= FEWEST_LINES && ends_a_piece(&line.path));
        if whole { self.piece.take() } else { None }
    }

    /// The last piece; `None` when the one before was, or there are no lines.
    pub fn finish(self) -> Option<PlainPiece> {
        self.piece
    }
}

fn ends_a_piece(path: &str) -> bool {
    let digest = Sha256::digest(path.as_bytes());
    u16::from_be_bytes([digest[0], digest[1]]).is_multiple_of(ENDS)
}
