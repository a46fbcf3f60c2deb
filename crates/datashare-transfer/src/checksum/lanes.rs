//! MD5 (RFC 1321) of several files at once, one in each lane of a vector, by the widest instructions of this processor.
//!
//! What is inlined always is compiled once for each kind of processor.

use std::hint::black_box;

use bytes::Bytes;
use pulp::{Arch, Simd, WithSimd};

use super::steps::{BLOCK, SINES, START, WORDS, Word, bytes_of, padded, rounds, words_of};

/// Files that are hashed at the same time.
pub(super) const LANES: usize = 16;

/// After so many blocks it is looked whether a file has come for a lane that has none.
const LOOK_EVERY: usize = 1024;
/// Blocks whose words are brought together before they are digested: what was just written is slow to read in another width.
const TOGETHER: usize = 4;

/// Four words of every lane.
type Words = [[u32; 4]; LANES];

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

/// Whether this processor does the same to several words at once; otherwise one file after the other is faster.
pub(super) fn are_wide() -> bool {
    !matches!(Arch::new(), Arch::Scalar)
}

/// Hashes files until there is no next one. Each is handed back by its mark as soon as it is done.
pub(super) fn md5<T>(mut next: impl FnMut() -> Option<(Bytes, T)>, mut done: impl FnMut(T, [u8; 16])) {
    let mut lanes: [Option<Lane<T>>; LANES] = std::array::from_fn(|_| None);
    let mut states = [START; LANES];
    let processor = Arch::new();
    loop {
        for (index, lane) in lanes.iter_mut().enumerate().filter(|(_, lane)| lane.is_none()) {
            *lane = next().map(|(bytes, mark)| Lane::new(bytes, mark));
            states[index] = START;
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
                done(lane.mark, bytes_of(states[index]));
            }
        }
    }
}

/// The first `count` blocks of every lane are to be digested.
struct Blocks<'a> {
    states: &'a mut Words,
    blocks: [&'a [[u8; BLOCK]]; LANES],
    count: usize,
}

impl WithSimd for Blocks<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let mut words = [[[[0; 4]; LANES]; 4]; TOGETHER];
        for first in (0..self.count).step_by(TOGETHER) {
            let words = &mut words[..TOGETHER.min(self.count - first)];
            for (index, words) in words.iter_mut().enumerate() {
                gather(words, self.blocks.map(|blocks| &blocks[first + index]));
            }
            match S::U32_LANES {
                16 => digest::<S, 1>(simd, self.states, words),
                8 => digest::<S, 2>(simd, self.states, words),
                4 => digest::<S, 4>(simd, self.states, words),
                _ => digest::<S, LANES>(simd, self.states, words),
            }
        }
    }
}

/// The words of a block of every lane.
#[inline(always)]
fn gather(words: &mut [Words; 4], blocks: [&[u8; BLOCK]; LANES]) {
    for (lane, block) in blocks.into_iter().enumerate() {
        for (words, bytes) in words.iter_mut().zip(block.as_chunks::<16>().0) {
            words[lane] = words_of(bytes);
        }
    }
}

#[inline(always)]
fn digest<S: Simd, const PARTS: usize>(simd: S, states: &mut Words, blocks: &[[Words; 4]]) {
    let mut before = apart::<S, PARTS>(simd, states);
    let sines = black_box(&SINES);
    for words in blocks {
        let mut block = [[simd.splat_u32s(0); PARTS]; WORDS];
        for (block, words) in block.as_chunks_mut().0.iter_mut().zip(words) {
            *block = apart::<S, PARTS>(simd, words);
        }
        let state = rounds(simd, before, &block, sines);
        for (before, state) in before.as_flattened_mut().iter_mut().zip(state.as_flattened()) {
            *before = simd.add_u32s(*before, *state);
        }
    }
    let states = S::as_mut_simd_u32s(states.as_flattened_mut()).0;
    for (part, states) in states.as_chunks_mut().0.iter_mut().enumerate() {
        let words: [_; 4] = before.map(|word| simd.transmute_f32s_u32s(word[part]));
        *states = simd.interleave_shfl_f32s(words).map(|word| simd.transmute_u32s_f32s(word));
    }
}

/// The first words of all lanes, the second, the third, the fourth. The lanes are in any order, always the same.
#[inline(always)]
fn apart<S: Simd, const PARTS: usize>(simd: S, words: &Words) -> [Word<S, PARTS>; 4] {
    let mut apart = [[simd.splat_u32s(0); PARTS]; 4];
    let vectors = S::as_simd_u32s(words.as_flattened()).0;
    for (part, vectors) in vectors.as_chunks::<4>().0.iter().enumerate() {
        let together = vectors.map(|vector| simd.transmute_f32s_u32s(vector));
        for (apart, word) in apart.iter_mut().zip(simd.deinterleave_shfl_f32s(together)) {
            apart[part] = simd.transmute_u32s_f32s(word);
        }
    }
    apart
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
        fn digested(dispatch: impl FnOnce(Blocks<'_>)) -> Words {
            let block = |lane: usize| std::array::from_fn(|byte| (byte * 7 + lane * 13) as u8);
            let blocks: [[[u8; BLOCK]; TOGETHER + 2]; LANES] =
                std::array::from_fn(|lane| std::array::from_fn(|index| block(lane + 5 * index)));
            let mut states = [START; LANES];
            dispatch(Blocks {
                states: &mut states,
                blocks: std::array::from_fn(|lane| &blocks[lane][..]),
                count: TOGETHER + 2,
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
