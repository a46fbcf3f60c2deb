//! Answers of a service that is none: ten thousand of them, made of good ones.
#![allow(clippy::unwrap_used)]

mod targets;

use proptest::prelude::*;
use targets::{LISTINGS, listings};

#[test]
fn the_good_ones_are_listed() {
    let listed =
        LISTINGS.iter().map(|good| datashare_storage_azure::objects_listed("data", good).unwrap().len());
    assert_eq!(listed.collect::<Vec<_>>(), [2, 0]);
}

fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let markup = [
        "<Blob>",
        "</Blob>",
        "<Blobs>",
        "</Name>",
        "<Name Encoded=\"true\">",
        "&#x0;",
        "&x;",
        "]]>",
        "<![CDATA[",
        "<!--",
        "%F",
        "\u{feff}",
        "-1",
        "99999999999999999999",
    ];
    prop_oneof![
        prop::sample::select(markup.map(|text| text.as_bytes().to_vec()).to_vec()),
        proptest::collection::vec(any::<u8>(), 1..12),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 200, ..ProptestConfig::with_cases(10_000) })]

    #[test]
    fn listings_of_anything(
        good in prop::sample::select(LISTINGS.to_vec()),
        cuts in any::<(prop::sample::Index, prop::sample::Index)>(),
        pieces in proptest::collection::vec(pieces(), 0..4),
    ) {
        // A stretch of the good one gives way to the pieces.
        let (one, two) = (cuts.0.index(good.len()), cuts.1.index(good.len()));
        let (from, to) = (one.min(two), one.max(two));
        for to in [from, to, good.len()] {
            listings(&[&good[..from], &pieces.concat(), &good[to..]].concat());
        }
    }
}
