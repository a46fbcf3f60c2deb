//! The bytes of blocks and blobs, in the pieces in which they came: nothing is copied, a range is a list of views.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use crc_fast::CrcAlgorithm::Crc64Nvme;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use md5::{Digest, Md5};

/// Bytes in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Content {
    /// Where each piece ends, and the piece. No piece is empty.
    pieces: Vec<(u64, Bytes)>,
}

impl Content {
    /// Everything that a request carries. Fails when the connection ends before the announced length.
    pub(super) async fn receive(body: &mut Incoming) -> hyper::Result<Self> {
        let mut content = Self::default();
        while let Some(frame) = std::future::poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await
        {
            if let Ok(piece) = frame?.into_data() {
                content.push(piece);
            }
        }
        Ok(content)
    }

    pub(super) fn length(&self) -> u64 {
        self.pieces.last().map_or(0, |(end, _)| *end)
    }

    pub(super) fn push(&mut self, piece: Bytes) {
        if !piece.is_empty() {
            self.pieces.push((self.length() + piece.len() as u64, piece));
        }
    }

    pub(super) fn append(&mut self, other: &Self) {
        self.pieces.reserve(other.pieces.len());
        other.pieces.iter().for_each(|(_, piece)| self.push(piece.clone()));
    }

    /// A part of it; the range lies inside.
    pub(super) fn slice(&self, range: Range<u64>) -> Self {
        let first = self.pieces.partition_point(|(end, _)| *end <= range.start);
        let mut slice = Self::default();
        for (end, piece) in &self.pieces[first..] {
            let start = end - piece.len() as u64;
            if start >= range.end {
                break;
            }
            let from = range.start.saturating_sub(start) as usize;
            let to = (range.end.min(*end) - start) as usize;
            slice.push(piece.slice(from..to));
        }
        slice
    }

    /// In one piece. For short ones: lists and settings.
    pub(super) fn joined(&self) -> Vec<u8> {
        self.pieces.iter().flat_map(|(_, piece)| piece.iter().copied()).collect()
    }

    /// MD5 in base64, as headers have it.
    pub(super) fn md5(&self) -> String {
        let mut hash = Md5::new();
        self.pieces.iter().for_each(|(_, piece)| hash.update(piece));
        STANDARD.encode(hash.finalize())
    }

    /// CRC-64/NVME in base64 (little-endian bytes), as headers have it.
    pub(super) fn crc64(&self) -> String {
        let mut checksum = crc_fast::Digest::new(Crc64Nvme);
        self.pieces.iter().for_each(|(_, piece)| checksum.update(piece));
        STANDARD.encode(checksum.finalize().to_le_bytes())
    }

    pub(super) fn into_body(self) -> Pieces {
        Pieces { left: self.length(), pieces: self.pieces.into_iter().map(|(_, piece)| piece).collect() }
    }
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        let mut content = Self::default();
        content.push(text.into());
        content
    }
}

/// The body of an answer.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    pieces: VecDeque<Bytes>,
    left: u64,
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let piece = self.pieces.pop_front();
        self.left -= piece.as_ref().map_or(0, |piece| piece.len() as u64);
        Poll::Ready(piece.map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.pieces.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_the_same_however_the_bytes_came() {
        let mut content = Content::default();
        ["ab", "", "cde", "f"].into_iter().for_each(|piece| content.push(piece.into()));
        for start in 0..=6 {
            for end in start..=6 {
                let range = start as u64..end as u64;
                assert_eq!(content.slice(range).joined(), b"abcdef"[start..end]);
            }
        }
    }

    #[test]
    fn checksums_are_those_of_the_service() {
        let mut content = Content::default();
        ["1234", "56789"].into_iter().for_each(|piece| content.push(piece.into()));
        assert_eq!(content.md5(), "JfnnlDI7RTiF9RgfG2JNCw==");
        // The check value of CRC-64/NVME is ae8b14860a799888.
        assert_eq!(content.crc64(), STANDARD.encode(0xae8b_1486_0a79_9888_u64.to_le_bytes()));
    }
}
