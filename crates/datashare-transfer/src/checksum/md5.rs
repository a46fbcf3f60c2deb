//! MD5 (RFC 1321) of one file, as its bytes come.
//!
//! Here because it is what a large file waits for, and no library's is as fast without foreign code (see `digest`).

use std::hint::black_box;

use datashare_domain::{from_hex, hex};

pub(super) const BLOCK: usize = 64;
pub(super) const WORDS: usize = BLOCK / 4;
pub(super) const START: [u32; 4] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];

/// The parts of the sine that RFC 1321 names T.
#[rustfmt::skip]
pub(super) const SINES: [u32; 64] = [
    0xd76a_a478, 0xe8c7_b756, 0x2420_70db, 0xc1bd_ceee, 0xf57c_0faf, 0x4787_c62a, 0xa830_4613, 0xfd46_9501,
    0x6980_98d8, 0x8b44_f7af, 0xffff_5bb1, 0x895c_d7be, 0x6b90_1122, 0xfd98_7193, 0xa679_438e, 0x49b4_0821,
    0xf61e_2562, 0xc040_b340, 0x265e_5a51, 0xe9b6_c7aa, 0xd62f_105d, 0x0244_1453, 0xd8a1_e681, 0xe7d3_fbc8,
    0x21e1_cde6, 0xc337_07d6, 0xf4d5_0d87, 0x455a_14ed, 0xa9e3_e905, 0xfcef_a3f8, 0x676f_02d9, 0x8d2a_4c8a,
    0xfffa_3942, 0x8771_f681, 0x6d9d_6122, 0xfde5_380c, 0xa4be_ea44, 0x4bde_cfa9, 0xf6bb_4b60, 0xbebf_bc70,
    0x289b_7ec6, 0xeaa1_27fa, 0xd4ef_3085, 0x0488_1d05, 0xd9d4_d039, 0xe6db_99e5, 0x1fa2_7cf8, 0xc4ac_5665,
    0xf429_2244, 0x432a_ff97, 0xab94_23a7, 0xfc93_a039, 0x655b_59c3, 0x8f0c_cc92, 0xffef_f47d, 0x8584_5dd1,
    0x6fa8_7e4f, 0xfe2c_e6e0, 0xa301_4314, 0x4e08_11a1, 0xf753_7e82, 0xbd3a_f235, 0x2ad7_d2bb, 0xeb86_d391,
];

/// By how much a step turns to the left, by round and by step modulo 4.
pub(super) const TURNS: [[u32; 4]; 4] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];

/// What does not fill a block, and the padding: one block or two. `length` is of the whole, bytes.
pub(super) fn padded(rest: &[u8], length: u64) -> Vec<u8> {
    let mut tail = rest.to_vec();
    tail.push(0x80);
    tail.resize((tail.len() + 8).next_multiple_of(BLOCK) - 8, 0);
    tail.extend_from_slice(&length.wrapping_mul(8).to_le_bytes());
    tail
}

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

pub(super) fn bytes_of(state: [u32; 4]) -> [u8; 16] {
    let mut bytes = [0; 16];
    for (bytes, word) in bytes.as_chunks_mut().0.iter_mut().zip(state) {
        *bytes = word.to_le_bytes();
    }
    bytes
}

#[inline(always)]
pub(super) fn words_of<const BYTES: usize, const WORDS: usize>(bytes: &[u8; BYTES]) -> [u32; WORDS] {
    let mut words = [0; WORDS];
    for (word, bytes) in words.iter_mut().zip(bytes.as_chunks().0) {
        *word = u32::from_le_bytes(*bytes);
    }
    words
}

/// The word of the block that a step adds.
#[inline(always)]
pub(super) const fn word_of<const ROUND: usize>(step: usize) -> usize {
    let word = match ROUND {
        0 => step,
        1 => 5 * step + 1,
        2 => 3 * step + 5,
        _ => 7 * step,
    };
    word % WORDS
}

/// Each step waits for the one before, so what counts is the way through a step: what is known earlier is added first.
fn digest(state: &mut [u32; 4], blocks: &[[u8; BLOCK]]) {
    // Hidden from the compiler, which would else put them into an addition of three, on that way and a cycle longer: a
    // fifth of the speed.
    let sines = black_box(&SINES);
    for bytes in blocks {
        let block = words_of(bytes);
        let after = round::<0>(*state, &block, sines);
        let after = round::<1>(after, &block, sines);
        let after = round::<2>(after, &block, sines);
        let after = round::<3>(after, &block, sines);
        for (word, after) in state.iter_mut().zip(after) {
            *word = word.wrapping_add(after);
        }
    }
}

/// Sixteen steps.
#[inline(always)]
fn round<const ROUND: usize>(
    [mut a, mut b, mut c, mut d]: [u32; 4],
    block: &[u32; WORDS],
    sines: &[u32; 64],
) -> [u32; 4] {
    for first in [0, 4, 8, 12] {
        a = step::<ROUND>([a, b, c, d], block, sines, first);
        d = step::<ROUND>([d, a, b, c], block, sines, first + 1);
        c = step::<ROUND>([c, d, a, b], block, sines, first + 2);
        b = step::<ROUND>([b, c, d, a], block, sines, first + 3);
    }
    [a, b, c, d]
}

#[inline(always)]
fn step<const ROUND: usize>(
    [a, b, c, d]: [u32; 4],
    block: &[u32; WORDS],
    sines: &[u32; 64],
    step: usize,
) -> u32 {
    let known = a.wrapping_add(sines[16 * ROUND + step]).wrapping_add(block[word_of::<ROUND>(step)]);
    let sum = match ROUND {
        0 => known.wrapping_add(d ^ (b & (c ^ d))),
        // No bit is in both, so they may be added one after the other.
        1 => known.wrapping_add(c & !d).wrapping_add(b & d),
        2 => known.wrapping_add((c ^ d) ^ b),
        _ => known.wrapping_add(c ^ (b | !d)),
    };
    b.wrapping_add(sum.rotate_left(TURNS[ROUND][step % 4]))
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
