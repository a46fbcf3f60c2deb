//! Files that others made or changed, before anything in them is authentic: made of good ones.
#![allow(clippy::unwrap_used)]

mod targets;

use std::path::Path;

use datashare_app::{Code, SealCosts, costs_of_sealed};
use proptest::prelude::*;
use targets::{KINDS, SealedDerivation, SealedDocument, previews, sealed_files};

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

/// As a vault file is that was just made.
fn sealed() -> SealedDocument {
    let derivation = SealedDerivation {
        algorithm: "argon2id".into(),
        memory_kib: 64 * 1024,
        passes: 3,
        lanes: 1,
        salt: "AAECAwQFBgcICQoLDA0ODw==".into(),
    };
    let text = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v".to_owned();
    SealedDocument {
        format: "datashare-vault".into(),
        version: 1,
        derivation,
        check: text.clone(),
        secrets: text,
        sha256: String::new(),
    }
}

#[test]
fn a_sealed_file_tells_what_its_key_costs_and_may_not_ask_for_more() {
    let good = SealCosts { memory_kib: 64 * 1024, passes: 3, lanes: 1 };
    assert_eq!(costs_of_sealed(&sealed().with_its_hash()).unwrap(), good);
    let changes: [fn(&mut SealedDocument); 8] = [
        |document| document.derivation.memory_kib = (1 << 20) + 1,
        |document| document.derivation.memory_kib = 1,
        |document| document.derivation.passes = 17,
        |document| document.derivation.passes = 0,
        |document| document.derivation.lanes = 17,
        |document| document.derivation.algorithm = "argon2i".into(),
        |document| document.derivation.salt = "AAECAwQFBgcICQoLDA0O".into(),
        |document| document.format = "datashare".into(),
    ];
    for change in changes {
        let mut document = sealed();
        change(&mut document);
        let refused = costs_of_sealed(&document.clone().with_its_hash()).unwrap_err();
        assert_eq!(refused.code, Code::DamagedWorkspace, "{document:?}");
    }
    let newer = SealedDocument { version: 2, ..sealed() };
    assert_eq!(costs_of_sealed(&newer.with_its_hash()).unwrap_err().code, Code::NewerDatabase);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn sealed_files_of_anything(
        costs in prop::array::uniform3(prop_oneof![0..40u32, (1u32 << 20) - 2..(1 << 20) + 2, any::<u32>()]),
        version in 0..4u32,
        texts in prop::array::uniform3("argon2id|[A-Za-z0-9+/]{0,40}={0,2}|\\PC{0,9}"),
        changes in proptest::collection::vec(
            (any::<prop::sample::Index>(), proptest::collection::vec(any::<u8>(), 0..4), 0..3usize), 0..4),
    ) {
        let mut document = sealed();
        let [memory_kib, passes, lanes] = costs;
        let [algorithm, salt, secrets] = texts;
        document.derivation = SealedDerivation { algorithm, memory_kib, passes, lanes, salt };
        (document.version, document.secrets) = (version, secrets);
        let mut bytes = document.with_its_hash();
        for (place, with, without) in changes {
            let place = place.index(bytes.len());
            bytes.splice(place..bytes.len().min(place + without), with);
        }
        sealed_files(&bytes);
        document = sealed();
        [document.derivation.memory_kib, document.derivation.passes, document.derivation.lanes] = costs;
        sealed_files(&document.with_its_hash());
    }
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
