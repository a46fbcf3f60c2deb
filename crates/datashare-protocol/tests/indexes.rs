//! Indexes in pieces: what is cut comes back, one change changes little, and nothing but the piece that was meant opens.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use datashare_protocol::*;
use proptest::prelude::*;

fn line(path: &str, size: u64) -> IndexLine {
    IndexLine {
        path: path.into(),
        size,
        version: format!("v{size}"),
        modified: None,
        sha256: None,
        md5: None,
        object: format!("sales/{path}"),
        signature: Some("AAA=".into()),
        content_type: None,
    }
}

/// The pieces of a tree, with what the root says of each; objects are numbered from `from`.
fn cut(tree: &BTreeMap<String, u64>, from: usize) -> (IndexRoot, Vec<Vec<u8>>) {
    let (mut cutter, mut pieces) = (PieceCutter::default(), Vec::new());
    for (path, size) in tree {
        pieces.extend(cutter.add(&line(path, *size)));
    }
    pieces.extend(cutter.finish());
    let named = pieces.iter().enumerate().map(|(at, piece)| piece.under(format!("index-{:06}", from + at)));
    (IndexRoot { pieces: named.collect() }, pieces.into_iter().map(|piece| piece.plain).collect())
}

fn tree(files: usize, size: u64) -> BTreeMap<String, u64> {
    (0..files).map(|number| (format!("{}/{number}.csv", number % 7), size)).collect()
}

fn read_all(root: &IndexRoot, pieces: &[Vec<u8>]) -> BTreeMap<String, u64> {
    let lines =
        pieces.iter().enumerate().flat_map(|(at, plain)| root.open_piece(at, plain.clone(), None).unwrap());
    lines.map(|line| (line.path, line.size)).collect()
}

fn hashes(root: &IndexRoot) -> BTreeSet<&str> {
    root.pieces.iter().map(|piece| piece.sha256.as_str()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_is_cut_into_pieces_comes_back(paths in proptest::collection::btree_map("[a-zä/. ]{1,12}", any::<u64>(), 0..3000)) {
        let (root, pieces) = cut(&paths, 1);
        let plain = root.write();
        let opened = IndexRoot::open("index", plain.clone(), &sha256_hex(&plain), None, None).unwrap();
        prop_assert_eq!(&opened, &root);
        prop_assert_eq!(read_all(&opened, &pieces), paths.clone());
        let opened_piece = |number: usize| opened.open_piece(number, pieces[number].clone(), None).unwrap();
        for (number, lines) in (0..pieces.len()).map(|number| (number, opened_piece(number))) {
            prop_assert!(lines.iter().all(|line| opened.piece_of(&line.path) == Some(number)));
        }
    }

    #[test]
    fn one_changed_file_changes_one_piece_and_one_added_or_removed_a_few(
        files in 1usize..12_000, at in 0usize..12_000, added in "[a-z0-9/]{1,8}"
    ) {
        let before = tree(files, 1);
        let path = before.keys().nth(at % files).unwrap().clone();
        let (root, _) = cut(&before, 1);
        let changes = |after: &BTreeMap<String, u64>| {
            let (after, _) = cut(after, 1);
            hashes(&after).difference(&hashes(&root)).count()
        };
        let mut changed = before.clone();
        changed.insert(path.clone(), 99);
        prop_assert!(changes(&changed) <= 1, "the names are the same, so the pieces end where they did");
        let mut removed = before.clone();
        removed.remove(&path);
        prop_assert!(changes(&removed) <= 3);
        let mut more = before.clone();
        more.insert(added, 7);
        prop_assert!(changes(&more) <= 3);
    }

    #[test]
    fn a_sealed_piece_opens_in_its_place_only(at in 0usize..1_000_000, bit in 0u8..8) {
        let key = ContentKey::new([7; 32]);
        let (root, plain) = cut(&tree(4000, 1), 1);
        let sealed = |number: usize| seal_object(&key, &root.pieces[number].object, &plain[number]).unwrap();
        prop_assert!(root.pieces.len() > 1);
        prop_assert!(root.open_piece(0, sealed(0), Some(&key)).is_some());
        prop_assert!(root.open_piece(0, sealed(1), Some(&key)).is_none(), "another piece");
        prop_assert!(root.open_piece(0, sealed(0), Some(&ContentKey::new([8; 32]))).is_none(), "another's key");
        let mut changed = sealed(0);
        let at = at % changed.len();
        changed[at] ^= 1 << bit;
        prop_assert!(root.open_piece(0, changed, Some(&key)).is_none());
        let (other, older) = cut(&tree(4000, 2), 1);
        let older = seal_object(&key, &other.pieces[0].object, &older[0]).unwrap();
        prop_assert!(root.open_piece(0, older, Some(&key)).is_none(), "of another index, under the same name");
    }
}

/// A root that somebody signed and that does not hold together.
#[test]
fn pieces_out_of_order_or_missing_are_no_index() {
    let (root, plain) = cut(&tree(4000, 1), 1);
    let opens = |root: &IndexRoot| {
        let text = root.write();
        IndexRoot::open("index", text.clone(), &sha256_hex(&text), None, None).is_some()
    };
    let with = |change: fn(&mut IndexRoot)| {
        let mut changed = root.clone();
        change(&mut changed);
        changed
    };
    assert!(opens(&root));
    assert!(!opens(&with(|root| root.pieces.swap(0, 1))), "reordered");
    assert!(!opens(&with(|root| root.pieces.insert(1, root.pieces[0].clone()))), "twice");
    assert!(!opens(&with(|root| root.pieces[0].files = 0)));
    assert!(!opens(&with(|root| root.pieces[0].size = LONGEST_INDEX_PIECE + 1)));
    let other_version = String::from_utf8(plain[0].clone()).unwrap().replacen("v1", "v2", 1).into_bytes();
    assert!(root.open_piece(0, other_version, None).is_none(), "changed where nothing is sealed");
    let counted = with(|root| root.pieces[0].files += 1);
    assert!(counted.open_piece(0, plain[0].clone(), None).is_none(), "another number of lines");
    let renamed = with(|root| root.pieces[1].first = format!("{}0", root.pieces[0].first));
    assert!(renamed.open_piece(0, plain[0].clone(), None).is_none(), "it reaches into the next piece");
    assert!(renamed.open_piece(1, plain[1].clone(), None).is_none(), "another first path");
}

#[test]
fn lines_out_of_order_or_twice_are_no_piece() {
    for paths in [["b", "a"], ["a", "a"]] {
        let mut plain = Vec::new();
        paths.iter().for_each(|path| write_index_line(&line(path, 1), &mut plain).unwrap());
        let piece = PlainPiece { first: paths[0].into(), files: 2, plain: plain.clone() };
        let root = IndexRoot { pieces: vec![piece.under("index-000001".into())] };
        assert!(root.open_piece(0, plain, None).is_none());
    }
}

/// Names that end every piece, or none, and lines that are long.
#[test]
fn pieces_are_bounded_whatever_the_names_are() {
    let long: BTreeMap<String, u64> =
        (0..9000).map(|number| (format!("{number:06}{}", "x".repeat(900)), 1)).collect();
    for files in [tree(20_000, 1), long] {
        let (root, pieces) = cut(&files, 1);
        assert!(root.pieces.iter().rev().skip(1).all(|piece| piece.files >= 64));
        assert!(root.pieces.iter().all(|piece| piece.files <= 8192 && piece.size <= 4 << 20));
        assert_eq!(read_all(&root, &pieces), files);
    }
}
