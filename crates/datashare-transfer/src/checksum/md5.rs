//! MD5 (RFC 1321) of one file, as its bytes come.
//!
//! Here because it is what a large file waits for, and no library's is as fast without foreign code (see `steps`).

use std::hint::black_box;

use datashare_domain::{from_hex, hex};
use pulp::Scalar;

use super::steps::{BLOCK, SINES, START, bytes_of, padded, rounds, words_of};

#[derive(Clone, Debug)]
pub(crate) struct Md5 {
    state: [u32; 4],
    /// Of everything so far, bytes.
    length: u64,
    /// What does not fill a block yet, at the beginning.
    rest: [u8; BLOCK],
}

impl Md5 {
    pub(crate) fn new() -> Self {
        Self { state: START, length: 0, rest: [0; BLOCK] }
    }

    pub(crate) fn of(bytes: &[u8]) -> [u8; 16] {
        let mut hash = Self::new();
        hash.update(bytes);
        hash.finish()
    }

    pub(crate) fn update(&mut self, mut bytes: &[u8]) {
        let held = self.held();
        self.length += bytes.len() as u64;
        if held > 0 {
            let (first, others) = bytes.split_at(bytes.len().min(BLOCK - held));
            self.rest[held..held + first.len()].copy_from_slice(first);
            bytes = others;
            if held + first.len() < BLOCK {
                return;
            }
            digest(&mut self.state, &[self.rest]);
        }
        let (blocks, rest) = bytes.as_chunks();
        digest(&mut self.state, blocks);
        self.rest[..rest.len()].copy_from_slice(rest);
    }

    pub(crate) fn finish(mut self) -> [u8; 16] {
        let tail = padded(&self.rest[..self.held()], self.length);
        digest(&mut self.state, tail.as_chunks().0);
        bytes_of(self.state)
    }

    /// Bytes of the block that is not full.
    fn held(&self) -> usize {
        (self.length % BLOCK as u64) as usize
    }

    /// What it takes to go on later, in hex.
    pub(super) fn state(&self) -> String {
        hex(&[&bytes_of(self.state)[..], &self.length.to_le_bytes(), &self.rest].concat())
    }

    pub(super) fn restored(text: &str) -> Option<Self> {
        let bytes: [u8; 16 + 8 + BLOCK] = from_hex(text)?;
        let (words, bytes) = bytes.split_first_chunk()?;
        let (length, rest) = bytes.split_first_chunk()?;
        let (state, length) = (words_of::<16, 4>(words), u64::from_le_bytes(*length));
        Some(Self { state, length, rest: rest.try_into().ok()? })
    }
}

fn digest(state: &mut [u32; 4], blocks: &[[u8; BLOCK]]) {
    let sines = black_box(&SINES);
    for bytes in blocks {
        let block = words_of(bytes).map(|word| [word]);
        let after = rounds(Scalar::new(), state.map(|word| [word]), &block, sines);
        for (word, [after]) in state.iter_mut().zip(after) {
            *word = word.wrapping_add(after);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use md5::Digest;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bytes_that_come_in_pieces_have_the_hash_of_the_whole(
            pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..12),
        ) {
            let mut hash = Md5::new();
            for piece in &pieces {
                hash.update(piece);
                let state = hash.state();
                prop_assert!(Md5::restored(&state[2..]).is_none());
                hash = Md5::restored(&state).unwrap();
            }
            prop_assert_eq!(hash.finish(), <[u8; 16]>::from(md5::Md5::digest(pieces.concat())));
        }
    }
}
