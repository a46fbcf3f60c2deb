//! What is done with foreign files, as in `datashare-protocol/tests/targets`: for the stable tests and the fuzz targets.
#![allow(clippy::unwrap_used, unreachable_pub)]

use std::sync::Arc;

use datashare_app::{Code, costs_of_sealed, preview_of};
use datashare_storage::{MemoryStore, ObjectProperties, PutMode, Store};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

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

/// A vault file or an exported workspace, which anybody may have changed: it is said what is wrong with it, or what its key
/// costs, which this computer can bear. The hash in it proves nothing, so it is also tried with the one that fits.
pub fn sealed_files(data: &[u8]) {
    let fitting = serde_json::from_slice(data).ok().map(|document: SealedDocument| document.with_its_hash());
    for bytes in [Some(data.to_vec()), fitting].into_iter().flatten() {
        match costs_of_sealed(&bytes) {
            Ok(costs) => {
                let bearable = costs.memory_kib <= 1 << 20 && costs.passes <= 16 && costs.lanes <= 16;
                assert!(bearable, "{costs:?}");
            }
            Err(error) => {
                assert!(matches!(error.code, Code::DamagedWorkspace | Code::NewerDatabase), "{error:?}");
            }
        }
    }
}

/// The form of a sealed file.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct SealedDocument {
    pub format: String,
    pub version: u32,
    pub derivation: SealedDerivation,
    pub check: String,
    pub secrets: String,
    #[serde(default)]
    pub sha256: String,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct SealedDerivation {
    pub algorithm: String,
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
    pub salt: String,
}

impl SealedDocument {
    pub fn with_its_hash(mut self) -> Vec<u8> {
        let hashed = serde_json::to_vec(&(&self.derivation, &self.check, &self.secrets)).unwrap();
        self.sha256 = Sha256::digest(hashed).iter().map(|byte| format!("{byte:02x}")).collect();
        serde_json::to_vec(&self).unwrap()
    }
}
