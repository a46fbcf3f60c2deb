//! The steps of MD5 (RFC 1321), of one file or of several in the lanes of vectors.
//!
//! Each step waits for the one before, so what counts is the way through a step: what is known earlier is added first. Whoever
//! calls hides [`SINES`] from the compiler by `black_box`. It would else add them last, on that way: a fifth of the speed.

use pulp::Simd;

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

/// What does not fill a block, and the padding: one block or two. `length` is of the whole, bytes.
pub(super) fn padded(rest: &[u8], length: u64) -> Vec<u8> {
    let mut tail = rest.to_vec();
    tail.push(0x80);
    tail.resize((tail.len() + 8).next_multiple_of(BLOCK) - 8, 0);
    tail.extend_from_slice(&length.wrapping_mul(8).to_le_bytes());
    tail
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

/// A word of every lane, in as many vectors as that takes.
pub(super) type Word<S, const PARTS: usize> = [<S as Simd>::u32s; PARTS];

/// By how much a step turns to the left, by round and by step modulo 4.
const TURNS: [[u32; 4]; 4] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];

/// The word of the block that a step adds.
#[inline(always)]
const fn word_of<const ROUND: usize>(step: usize) -> usize {
    let word = match ROUND {
        0 => step,
        1 => 5 * step + 1,
        2 => 3 * step + 5,
        _ => 7 * step,
    };
    word % WORDS
}

/// What the steps of a block make of a state.
#[inline(always)]
pub(super) fn rounds<S: Simd, const PARTS: usize>(
    simd: S,
    state: [Word<S, PARTS>; 4],
    block: &[Word<S, PARTS>; WORDS],
    sines: &[u32; 64],
) -> [Word<S, PARTS>; 4] {
    let state = round::<S, PARTS, 0>(simd, state, block, sines);
    let state = round::<S, PARTS, 1>(simd, state, block, sines);
    let state = round::<S, PARTS, 2>(simd, state, block, sines);
    round::<S, PARTS, 3>(simd, state, block, sines)
}

/// Sixteen steps. What is known of a step when it is compiled makes it few instructions.
#[inline(always)]
fn round<S: Simd, const PARTS: usize, const ROUND: usize>(
    simd: S,
    [mut a, mut b, mut c, mut d]: [Word<S, PARTS>; 4],
    block: &[Word<S, PARTS>; WORDS],
    sines: &[u32; 64],
) -> [Word<S, PARTS>; 4] {
    for first in [0, 4, 8, 12] {
        a = step::<S, PARTS, ROUND>(simd, [a, b, c, d], block, sines, first, const { TURNS[ROUND][0] });
        d = step::<S, PARTS, ROUND>(simd, [d, a, b, c], block, sines, first + 1, const { TURNS[ROUND][1] });
        c = step::<S, PARTS, ROUND>(simd, [c, d, a, b], block, sines, first + 2, const { TURNS[ROUND][2] });
        b = step::<S, PARTS, ROUND>(simd, [b, c, d, a], block, sines, first + 3, const { TURNS[ROUND][3] });
    }
    [a, b, c, d]
}

/// The parts do not wait for each other, so the processor takes their steps together.
#[inline(always)]
fn step<S: Simd, const PARTS: usize, const ROUND: usize>(
    simd: S,
    [mut a, b, c, d]: [Word<S, PARTS>; 4],
    block: &[Word<S, PARTS>; WORDS],
    sines: &[u32; 64],
    step: usize,
    turn: u32,
) -> Word<S, PARTS> {
    let sine = simd.splat_u32s(sines[16 * ROUND + step]);
    for (part, word) in block[word_of::<ROUND>(step)].into_iter().enumerate() {
        let (b, c, d) = (b[part], c[part], d[part]);
        let known = simd.add_u32s(a[part], simd.add_u32s(sine, word));
        let sum = match ROUND {
            0 => simd.add_u32s(known, simd.xor_u32s(d, simd.and_u32s(b, simd.xor_u32s(c, d)))),
            // No bit is in both, so they may be added one after the other.
            1 => {
                let known = simd.add_u32s(known, simd.and_u32s(c, simd.not_u32s(d)));
                simd.add_u32s(known, simd.and_u32s(b, d))
            }
            2 => simd.add_u32s(known, simd.xor_u32s(b, simd.xor_u32s(c, d))),
            _ => simd.add_u32s(known, simd.xor_u32s(c, simd.or_u32s(b, simd.not_u32s(d)))),
        };
        let left = simd.wrapping_dyn_shl_u32s(sum, simd.splat_u32s(turn));
        let right = simd.wrapping_dyn_shr_u32s(sum, simd.splat_u32s(32 - turn));
        a[part] = simd.add_u32s(b, simd.or_u32s(left, right));
    }
    a
}
