//! Files of others, whose first rows somebody wants to see: made of good ones.
#![allow(clippy::unwrap_used)]

mod targets;

use std::path::Path;

use proptest::prelude::*;
use targets::{KINDS, previews};

/// Good files, each with the number of its kind before it.
fn good() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parquet");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let parquet = files.filter(|path| path.extension().is_some_and(|extension| extension == KINDS[0]));
    let mut good: Vec<Vec<u8>> =
        parquet.map(|path| [vec![0], std::fs::read(path).unwrap()].concat()).collect();
    for (kind, text) in [
        (1, "store,city\n1,\"Köln, Süd\"\n2,Essen\n"),
        (1, "a;b\n1,5;2\n"),
        (2, "a\tb\n1\t2\n"),
        (3, r#"[{"a": 1, "b": null}, {"b": {"c": [1, 2]}, "d": "x"}]"#),
        (3, "{\"a\":1}\n{\"a\":\"z\"}\n"),
    ] {
        good.push([&[kind], text.as_bytes()].concat());
    }
    good
}

#[test]
fn good_files_are_shown() {
    good().iter().for_each(|file| previews(file));
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 200, ..ProptestConfig::with_cases(3_000) })]

    #[test]
    fn files_of_anything(
        file in prop::sample::select(good()),
        changes in proptest::collection::vec(
            (any::<prop::sample::Index>(), proptest::collection::vec(any::<u8>(), 0..6), 0..4usize), 1..5),
        end in any::<prop::sample::Index>(),
        cut in prop::bool::weighted(0.2),
    ) {
        let mut file = file;
        for (place, with, without) in changes {
            let place = 1 + place.index(file.len() - 1);
            file.splice(place..file.len().min(place + without), with);
        }
        if cut {
            file.truncate(1 + end.index(file.len()));
        }
        previews(&file);
    }

    #[test]
    fn texts_of_anything(kind in 1..4u8, text in "[\\[\\]{}\",;:\t\n\\\\a0-]{0,60}|\\PC{0,40}") {
        previews(&[&[kind], text.as_bytes()].concat());
    }
}
