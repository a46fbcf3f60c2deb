//! Every parser of foreign bytes, with ten thousand malformed inputs each: arbitrary bytes, and good ones that were cut,
//! changed, doubled or mixed. What is done with them stands in `targets`, where the fuzz targets find it too.
#![allow(clippy::unwrap_used, clippy::panic)]

mod targets;

use proptest::prelude::*;
use targets::*;

/// What happens to good bytes on their way.
#[derive(Clone, Debug)]
enum Damage {
    Flip(prop::sample::Index, u8),
    Cut(prop::sample::Index),
    Insert(prop::sample::Index, Vec<u8>),
    Double(prop::sample::Index, prop::sample::Index),
    Replace(prop::sample::Index, Vec<u8>),
    Nothing(Vec<u8>),
}

fn damage() -> impl Strategy<Value = Damage> {
    let place = any::<prop::sample::Index>;
    let bytes = || {
        prop_oneof![
            proptest::collection::vec(any::<u8>(), 1..12),
            // What parsers stumble over.
            prop::sample::select(vec![
                "null",
                "-1",
                "1e999",
                "18446744073709551616",
                "\\ud800",
                "[[[[",
                "{\"a\":",
                "\"\"",
                "0x"
            ])
            .prop_map(|text| text.as_bytes().to_vec()),
        ]
    };
    prop_oneof![
        (place(), 0u8..8).prop_map(|(at, bit)| Damage::Flip(at, bit)),
        place().prop_map(Damage::Cut),
        (place(), bytes()).prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        (place(), place()).prop_map(|(from, to)| Damage::Double(from, to)),
        (place(), bytes()).prop_map(|(at, bytes)| Damage::Replace(at, bytes)),
        proptest::collection::vec(any::<u8>(), 0..300).prop_map(Damage::Nothing),
    ]
}

impl Damage {
    fn to(&self, good: &[u8]) -> Vec<u8> {
        let mut bytes = good.to_vec();
        match self {
            Self::Flip(at, bit) => bytes[at.index(good.len())] ^= 1 << bit,
            Self::Cut(at) => bytes.truncate(at.index(good.len())),
            Self::Insert(at, more) => {
                let at = at.index(good.len());
                bytes.splice(at..at, more.iter().copied());
            }
            Self::Double(from, to) => {
                let (from, to) = (from.index(good.len()), to.index(good.len()));
                bytes.extend_from_slice(&good[from.min(to)..from.max(to)]);
            }
            Self::Replace(at, other) => {
                let at = at.index(good.len());
                let end = good.len().min(at + other.len());
                bytes.splice(at..end, other.iter().copied());
            }
            Self::Nothing(foreign) => bytes.clone_from(foreign),
        }
        bytes
    }
}

fn ten_thousand() -> ProptestConfig {
    ProptestConfig { max_shrink_iters: 200, ..ProptestConfig::with_cases(10_000) }
}

/// Ten thousand inputs, made of good ones.
fn survives(target: fn(&[u8]), seeds: Vec<Vec<u8>>) {
    seeds.iter().for_each(|seed| target(seed));
    let inputs = (prop::sample::select(seeds), damage());
    let mut runner = proptest::test_runner::TestRunner::new(ten_thousand());
    runner
        .run(&inputs, |(seed, damage)| {
            target(&damage.to(&seed));
            Ok(())
        })
        .unwrap();
}

fn kept(seeds: &[&[u8]]) -> Vec<Vec<u8>> {
    seeds.iter().map(|seed| seed.to_vec()).collect()
}

macro_rules! each_survives {
    ($($name:ident from $seeds:expr;)+) => {
        $(#[test]
        fn $name() {
            survives(targets::$name, $seeds);
        })+
    };
}

each_survives! {
    tickets from with_links();
    records from kept(RECORDS);
    signed_nonsense from good_payloads();
    manifests from kept(MANIFESTS);
    grants from good_grants();
    indexes from kept(INDEXES);
    receipts from kept(RECEIPTS);
    approvals from kept(APPROVALS);
    notices from kept(NOTICES);
    chunks from kept(CHUNKS);
}

/// Bare, and as a link.
fn with_links() -> Vec<Vec<u8>> {
    let link = [b"datashare://invitation#", TICKETS[0]].concat();
    kept(TICKETS).into_iter().chain([link]).collect()
}
