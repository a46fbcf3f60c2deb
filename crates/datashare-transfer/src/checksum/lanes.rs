//! MD5 (RFC 1321) of several files at once, one in each lane of a vector, by the widest instructions of this processor.
//!
//! What is inlined always is compiled once for each kind of processor.

use bytes::Bytes;
use pulp::{Arch, Simd, WithSimd};

use super::md5::{BLOCK, SINES, START, TURNS, WORDS, bytes_of, padded};

/// Files that are hashed at the same time.
pub(super) const LANES: usize = 16;

/// After so many blocks it is looked whether a file has come for a lane that has none.
const LOOK_EVERY: usize = 1024;

/// One word of every lane. What is done to each of an array is done by few instructions at once.
type Word = [u32; LANES];

/// A file, and how many of its blocks are done.
#[derive(Debug)]
struct Lane<T> {
    bytes: Bytes,
    /// What does not fill a block, and the padding: one block or two.
    tail: Vec<u8>,
    blocks: usize,
    mark: T,
}

impl<T> Lane<T> {
    fn new(bytes: Bytes, mark: T) -> Self {
        let (_, rest) = bytes.as_chunks::<BLOCK>();
        let tail = padded(rest, bytes.len() as u64);
        Self { bytes, tail, blocks: 0, mark }
    }

    /// The blocks that come next and lie together; none when the file is done.
    fn next(&self) -> &[[u8; BLOCK]] {
        let (whole, _) = self.bytes.as_chunks();
        let (tail, _) = self.tail.as_chunks();
        whole
            .get(self.blocks..)
            .filter(|rest| !rest.is_empty())
            .unwrap_or_else(|| tail.get(self.blocks - whole.len()..).unwrap_or_default())
    }
}

/// Hashes files until there is no next one. Each is handed back by its mark as soon as it is done.
pub(super) fn md5<T>(mut next: impl FnMut() -> Option<(Bytes, T)>, mut done: impl FnMut(T, [u8; 16])) {
    let mut lanes: [Option<Lane<T>>; LANES] = std::array::from_fn(|_| None);
    let mut states = [[0; LANES]; 4];
    let processor = Arch::new();
    loop {
        for (index, lane) in lanes.iter_mut().enumerate().filter(|(_, lane)| lane.is_none()) {
            *lane = next().map(|(bytes, mark)| Lane::new(bytes, mark));
            states.iter_mut().zip(START).for_each(|(words, start)| words[index] = start);
        }
        let Some(any) = lanes.iter().flatten().map(Lane::next).min_by_key(|blocks| blocks.len()) else {
            return;
        };
        let together = if lanes.iter().all(Option::is_some) { any.len() } else { any.len().min(LOOK_EVERY) };
        // A lane without a file repeats another's; nobody reads its hash.
        let blocks = std::array::from_fn(|index| lanes[index].as_ref().map_or(any, Lane::next));
        processor.dispatch(Blocks { states: &mut states, blocks, count: together });
        for (index, place) in lanes.iter_mut().enumerate() {
            let Some(lane) = place else { continue };
            lane.blocks += together;
            if lane.next().is_empty()
                && let Some(lane) = place.take()
            {
                done(lane.mark, bytes_of(states.map(|words| words[index])));
            }
        }
    }
}

/// The first `count` blocks of every lane are to be digested.
struct Blocks<'a> {
    states: &'a mut [Word; 4],
    blocks: [&'a [[u8; BLOCK]]; LANES],
    count: usize,
}

impl WithSimd for Blocks<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        for index in 0..self.count {
            let words = words_at(&self.blocks, index);
            for part in 0..LANES / S::U32_LANES {
                digest(simd, self.states, &words, part);
            }
        }
    }
}

/// Digests one block of as many lanes as the instructions are wide.
#[inline(always)]
fn digest<S: Simd>(simd: S, states: &mut [Word; 4], words: &[Word; WORDS], part: usize) {
    let mut block = [simd.splat_u32s(0); WORDS];
    for (wide, word) in block.iter_mut().zip(words) {
        *wide = S::as_simd_u32s(word).0[part];
    }
    let mut state = [simd.splat_u32s(0); 4];
    for (wide, word) in state.iter_mut().zip(states.iter()) {
        *wide = S::as_simd_u32s(word).0[part];
    }
    let state = round::<S, 0>(simd, state, &block);
    let state = round::<S, 1>(simd, state, &block);
    let state = round::<S, 2>(simd, state, &block);
    let state = round::<S, 3>(simd, state, &block);
    for (word, wide) in states.iter_mut().zip(state) {
        let before = &mut S::as_mut_simd_u32s(word).0[part];
        *before = simd.add_u32s(*before, wide);
    }
}

#[inline(always)]
fn each(word: impl Fn(usize) -> u32) -> Word {
    let mut lanes = [0; LANES];
    for (lane, value) in lanes.iter_mut().enumerate() {
        *value = word(lane);
    }
    lanes
}

/// The sixteen words of a block, each of all lanes: a square of words, of which rows become columns by exchanging the
/// corners of ever smaller squares.
#[inline(always)]
fn words_at(lanes: &[&[[u8; BLOCK]]; LANES], index: usize) -> [Word; WORDS] {
    let mut rows = [[0; LANES]; WORDS];
    for (row, lane) in rows.iter_mut().zip(lanes) {
        let (words, _) = lane[index].as_chunks();
        *row = each(|word| u32::from_le_bytes(words[word]));
    }
    exchange::<8>(&mut rows);
    exchange::<4>(&mut rows);
    exchange::<2>(&mut rows);
    exchange::<1>(&mut rows);
    rows
}

/// In every square of twice as many rows, the corner at the upper right for the one at the lower left.
#[inline(always)]
fn exchange<const SIDE: usize>(rows: &mut [Word; WORDS]) {
    for square in rows.chunks_exact_mut(2 * SIDE) {
        let (above, below) = square.split_at_mut(SIDE);
        for (above, below) in above.iter_mut().zip(below) {
            let is_left = |column: usize| column & SIDE == 0;
            let upper = each(|column| if is_left(column) { above[column] } else { below[column - SIDE] });
            *below = each(|column| if is_left(column) { above[column + SIDE] } else { below[column] });
            *above = upper;
        }
    }
}

/// Sixteen steps. What is known of a step when it is compiled makes it few instructions.
#[inline(always)]
fn round<S: Simd, const ROUND: usize>(
    simd: S,
    [mut a, mut b, mut c, mut d]: [S::u32s; 4],
    block: &[S::u32s; WORDS],
) -> [S::u32s; 4] {
    for first in [0, 4, 8, 12] {
        a = step::<S, ROUND>(simd, [a, b, c, d], block, first, const { TURNS[ROUND][0] });
        d = step::<S, ROUND>(simd, [d, a, b, c], block, first + 1, const { TURNS[ROUND][1] });
        c = step::<S, ROUND>(simd, [c, d, a, b], block, first + 2, const { TURNS[ROUND][2] });
        b = step::<S, ROUND>(simd, [b, c, d, a], block, first + 3, const { TURNS[ROUND][3] });
    }
    [a, b, c, d]
}

#[inline(always)]
fn step<S: Simd, const ROUND: usize>(
    simd: S,
    [a, b, c, d]: [S::u32s; 4],
    block: &[S::u32s; WORDS],
    step: usize,
    turn: u32,
) -> S::u32s {
    let (mixed, word) = match ROUND {
        0 => (simd.xor_u32s(d, simd.and_u32s(b, simd.xor_u32s(c, d))), step),
        1 => (simd.xor_u32s(c, simd.and_u32s(d, simd.xor_u32s(b, c))), 5 * step + 1),
        2 => (simd.xor_u32s(b, simd.xor_u32s(c, d)), 3 * step + 5),
        _ => (simd.xor_u32s(c, simd.or_u32s(b, simd.not_u32s(d))), 7 * step),
    };
    let added = simd.add_u32s(simd.splat_u32s(SINES[16 * ROUND + step]), block[word % WORDS]);
    let sum = simd.add_u32s(simd.add_u32s(a, added), mixed);
    let left = simd.wrapping_dyn_shl_u32s(sum, simd.splat_u32s(turn));
    let right = simd.wrapping_dyn_shr_u32s(sum, simd.splat_u32s(32 - turn));
    simd.add_u32s(b, simd.or_u32s(left, right))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use md5::{Digest, Md5};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_file_has_the_hash_it_has_alone(
            files in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..400), 0..40),
        ) {
            let mut waiting = files.iter().cloned().map(Bytes::from).enumerate();
            let mut hashes = vec![None; files.len()];
            md5(|| waiting.next().map(|(index, bytes)| (bytes, index)), |index, hash| hashes[index] = Some(hash));
            for (file, hash) in files.iter().zip(hashes) {
                prop_assert_eq!(hash.unwrap(), <[u8; 16]>::from(Md5::digest(file)));
            }
        }
    }

    /// This computer's widest instructions are what all else is tested with.
    #[test]
    fn narrower_instructions_digest_the_same() {
        fn digested(dispatch: impl FnOnce(Blocks<'_>)) -> [Word; 4] {
            let block = |lane: usize| std::array::from_fn(|byte| (byte * 7 + lane * 13) as u8);
            let blocks: [[[u8; BLOCK]; 2]; LANES] =
                std::array::from_fn(|lane| [block(lane), block(lane + 5)]);
            let mut states = START.map(|start| [start; LANES]);
            dispatch(Blocks {
                states: &mut states,
                blocks: std::array::from_fn(|lane| &blocks[lane][..]),
                count: 2,
            });
            states
        }
        let widest = digested(|blocks| Arch::new().dispatch(blocks));
        assert_eq!(digested(|blocks| Simd::vectorize(pulp::Scalar::new(), blocks)), widest);
        #[cfg(target_arch = "x86_64")]
        if let Some(narrower) = pulp::x86::V3::try_new() {
            assert_eq!(digested(|blocks| Simd::vectorize(narrower, blocks)), widest);
        }
    }

    #[test]
    fn a_file_that_comes_later_takes_a_free_lane() {
        let (long, short) = (Bytes::from(vec![7; 3 * LOOK_EVERY * BLOCK]), Bytes::from_static(b"short"));
        let nobody_yet = std::iter::repeat_n(None, LANES - 1);
        let mut coming = [Some(&long)].into_iter().chain(nobody_yet).chain([Some(&short)]);
        let mut done = Vec::new();
        md5(
            || coming.next().flatten().map(|file| (file.clone(), file.len())),
            |size, hash| done.push((size, hash)),
        );
        let hash = |file: &Bytes| (file.len(), <[u8; 16]>::from(Md5::digest(file)));
        assert_eq!(done, [hash(&short), hash(&long)]);
    }
}
