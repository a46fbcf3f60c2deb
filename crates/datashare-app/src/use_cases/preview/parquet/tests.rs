//! Files of the reference implementation (`tests/parquet/make.py`), and what is left of them after somebody was at them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use datashare_storage::FolderStore;
use proptest::prelude::*;

use super::super::{MOST_CHARACTERS, MOST_COLUMNS, MOST_ROWS};
use super::*;

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/parquet");
const ALL: [&str; 8] = ["none", "snappy", "gzip", "zstd", "pages-2", "encodings", "no-rows", "wide"];

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(SAMPLES).join(format!("{name}.parquet"))).unwrap()
}

async fn shown_in(folder: &Path, name: &str) -> FilePreview {
    let store: SharedStore = Arc::new(FolderStore::new(folder.to_owned()));
    preview(store, name).await.unwrap()
}

async fn shown(bytes: &[u8]) -> FilePreview {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.parquet"), bytes).unwrap();
    shown_in(folder.path(), "a.parquet").await
}

#[tokio::test]
async fn the_first_rows_are_what_was_written_however_they_are_packed() {
    for name in ["none", "snappy", "gzip", "zstd", "pages-2"] {
        let preview = shown(&sample(name)).await;
        assert_eq!(preview.problem, None, "{name}");
        let columns = "id store price weight sold day at_ms at_ns raw tags place";
        assert_eq!(preview.columns.join(" "), columns, "{name}");
        assert_eq!((preview.rows.len(), preview.more), (MOST_ROWS, true), "{name}");
        let row = [
            "5",
            "Köln, Süd 2",
            "1.25",
            "0.625",
            "false",
            "2026-03-06",
            "2026-03-01 12:30:00.000 +00:00",
            "2026-03-01 12:30:00 UTC",
            "05ff",
            r#"["a","b"]"#,
            r#"{"city":"Essen","zip":5}"#,
        ];
        assert_eq!(preview.rows[5], row, "{name}");
        assert_eq!(preview.rows[4][1], "", "{name}: nothing is shown as nothing");
    }
}

#[tokio::test]
async fn a_column_that_is_not_read_takes_no_other_with_it() {
    let preview = shown(&sample("encodings")).await;
    assert_eq!(preview.columns, ["id", "weight", "store"]);
    assert_eq!(preview.rows[8], ["8", "1.0", "…"]);
}

#[tokio::test]
async fn columns_have_a_limit_and_a_file_without_rows_has_columns() {
    let wide = shown(&sample("wide")).await;
    assert_eq!((wide.columns.len(), wide.rows.len(), wide.more), (MOST_COLUMNS, 1, false));
    assert_eq!(wide.rows[0][49], "49");
    let empty = shown(&sample("no-rows")).await;
    assert_eq!((empty.columns.len(), empty.rows.len(), empty.problem), (11, 0, None));
}

/// What a footer says is counted from the beginning, so that its file may have any length in between.
#[tokio::test]
async fn a_file_of_ten_gigabytes_costs_no_more_than_a_small_one() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = sample("snappy");
    let length = u32::from_le_bytes(bytes[bytes.len() - 8..bytes.len() - 4].try_into().unwrap()) as usize;
    let (data, end) = bytes.split_at(bytes.len() - 8 - length);
    let mut file = std::fs::File::create(folder.path().join("big.parquet")).unwrap();
    file.write_all(data).unwrap();
    file.seek(SeekFrom::Start(10_000_000_000)).unwrap();
    file.write_all(end).unwrap();
    let preview = shown_in(folder.path(), "big.parquet").await;
    assert_eq!((preview.rows.len(), preview.rows[5][1].as_str()), (MOST_ROWS, "Köln, Süd 2"));
}

#[tokio::test]
async fn what_is_no_parquet_says_so() {
    for (bytes, problem) in [
        (&b""[..], PreviewProblem::Empty),
        (b"PAR1", PreviewProblem::Unreadable),
        (b"PAR1\xff\xff\xff\xffPAR1", PreviewProblem::Unreadable),
        (b"PAR1\0\0\0\0PAR1", PreviewProblem::Unreadable),
        (b"store,city\n1,2\n", PreviewProblem::Unreadable),
    ] {
        assert_eq!(shown(bytes).await.problem, Some(problem), "{bytes:?}");
    }
}

/// A footer of a few bytes that describes two thousand million columns, and one whose columns lie within each other so
/// deep that reading them would end the process.
#[test]
fn a_schema_that_is_more_than_it_holds_is_not_read() {
    let element = |children: &[u8]| [&[0x48, 1, b'a', 0x15][..], children, &[0]].concat();
    let footer = |elements: &[Vec<u8>]| {
        let count = u16::try_from(elements.len()).unwrap();
        let count = [(count & 0x7f) as u8 | 0x80, (count >> 7) as u8];
        [&[0x15, 4, 0x19, 0xfc][..], &count, &elements.concat(), &[0]].concat()
    };
    assert!(thrift::schema_is_sound(&footer(&[element(&[4]), element(&[0]), element(&[0])])).is_some());
    let many = element(&[0xfe, 0xff, 0xff, 0xff, 0x0f]);
    assert!(thrift::schema_is_sound(&footer(&[many])).is_none());
    assert!(thrift::schema_is_sound(&footer(&vec![element(&[2]); 5000])).is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// Whatever was changed, cut or filled in: an answer within the limits, and the process goes on.
    #[test]
    fn a_damaged_file_is_rows_or_a_problem(
        name in prop::sample::select(&ALL[..]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        in_the_footer in any::<bool>(),
        kept in prop::option::weighted(0.1, any::<prop::sample::Index>()),
    ) {
        let mut bytes = sample(name);
        let length = u32::from_le_bytes(bytes[bytes.len() - 8..bytes.len() - 4].try_into().unwrap()) as usize;
        let start = if in_the_footer { bytes.len() - 8 - length } else { 4 };
        for (at, byte) in changes {
            let place = start + at.index(bytes.len() - start);
            bytes[place] = byte;
        }
        if let Some(kept) = kept {
            bytes.truncate(kept.index(bytes.len()));
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let preview = runtime.block_on(shown(&bytes));
        prop_assert!(preview.columns.len() <= MOST_COLUMNS && preview.rows.len() <= MOST_ROWS);
        let values = || preview.columns.iter().chain(preview.rows.iter().flatten());
        prop_assert!(values().all(|value| value.chars().count() <= MOST_CHARACTERS + 1));
        prop_assert!(preview.rows.iter().all(|row| row.len() == preview.columns.len()));
    }
}
