//! What is done with foreign files, as in `datashare-protocol/tests/targets`: for the stable tests and the fuzz targets.
#![allow(clippy::unwrap_used, unreachable_pub)]

use std::sync::Arc;

use datashare_app::preview_of;
use datashare_storage::{MemoryStore, ObjectProperties, PutMode, Store};

/// Kinds of files that are shown as rows, by the name's end.
pub const KINDS: [&str; 4] = ["parquet", "csv", "tsv", "json"];

/// A file of the other party: its first byte chooses the kind, the rest is the file. It is shown as a table within limits,
/// or it is said why not.
pub fn previews(data: &[u8]) {
    let Some((kind, file)) = data.split_first() else { return };
    let path = format!("data/file.{}", KINDS[usize::from(*kind) % KINDS.len()]);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let shown = runtime.block_on(async {
        let store = MemoryStore::new();
        store.make_place("data").await.unwrap();
        let nothing = ObjectProperties::default();
        store.put(&path, file.to_vec().into(), PutMode::Overwrite, &nothing).await.unwrap();
        preview_of(Arc::new(store), &path).await.unwrap()
    });
    assert!(shown.columns.len() <= 50 && shown.rows.len() <= 50, "{shown:?}");
    assert!(shown.rows.iter().all(|row| row.len() == shown.columns.len()), "{shown:?}");
    let texts = shown.rows.iter().flatten().chain(&shown.columns);
    assert!(texts.into_iter().all(|text| text.chars().count() <= 201), "{shown:?}");
}
