//! What arrived against what was shared, file by file, by SHA-256.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use datashare_app::App;
use datashare_app::dto::{ConnectionSettings, Nothing, ReceivedName, ShareName};
use datashare_domain::DatasetKind;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::failure::Failure;

#[derive(Debug, Default, Serialize)]
pub(crate) struct Comparison {
    pub(crate) files: u64,
    /// Missing, added or changed.
    pub(crate) different: Vec<String>,
}

/// Compares every dataset of the share with where the recipient mapped it to; both on folders.
pub(crate) async fn compare(
    provider: &App,
    share: &str,
    consumer: &App,
    received: &str,
) -> Result<Comparison, Failure> {
    let (sources, targets) = (folders(provider).await?, folders(consumer).await?);
    let share = provider.share_show(ShareName { share: share.to_owned() }).await?;
    let received = consumer.received_show(ReceivedName { received: received.to_owned() }).await?;
    let mut comparison = Comparison::default();
    for dataset in share.datasets {
        let mapping = received.mappings.iter().find(|mapping| mapping.dataset == dataset.name);
        let target = mapping.and_then(|mapping| Some((mapping.connection.as_ref()?, mapping.path.as_ref()?)));
        let source =
            sources.get(&dataset.connection).map(|folder| folder.join(&dataset.path)).unwrap_or_default();
        let target = target
            .and_then(|(connection, path)| Some(targets.get(connection)?.join(path)))
            .unwrap_or_default();
        let sent = match dataset.kind {
            DatasetKind::File => file_hash(&source)?,
            _ => hashes(&source)?,
        };
        comparison.add(&dataset.name, &sent, &hashes(&target)?);
    }
    Ok(comparison)
}

impl Comparison {
    fn add(&mut self, dataset: &str, sent: &Hashes, arrived: &Hashes) {
        self.files += sent.len() as u64;
        let paths = sent.keys().chain(arrived.keys().filter(|path| !sent.contains_key(*path)));
        let different = paths.filter(|path| sent.get(*path) != arrived.get(*path));
        self.different.extend(different.map(|path| format!("{dataset}/{}", path.display())));
    }
}

/// Folder connections, by name.
async fn folders(app: &App) -> Result<BTreeMap<String, PathBuf>, Failure> {
    let connections = app.connection_list(Nothing {}).await?.into_iter();
    let folder = connections.filter_map(|connection| match connection.settings {
        ConnectionSettings::Folder { path } => Some((connection.name, PathBuf::from(path))),
        ConnectionSettings::AzureBlob { .. } => None,
    });
    Ok(folder.collect())
}

type Hashes = BTreeMap<PathBuf, [u8; 32]>;

fn file_hash(file: &Path) -> Result<Hashes, Failure> {
    let name = PathBuf::from(file.file_name().unwrap_or_default());
    Ok(BTreeMap::from([(name, hash(file)?)]))
}

/// Of every file below the folder, by path in it.
fn hashes(folder: &Path) -> Result<Hashes, Failure> {
    let mut hashes = BTreeMap::new();
    let mut left = vec![folder.to_owned()];
    while let Some(directory) = left.pop() {
        for entry in std::fs::read_dir(directory)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                left.push(entry.path());
            } else {
                let path = entry.path();
                let within = path.strip_prefix(folder).unwrap_or(&path).to_owned();
                hashes.insert(within, hash(&path)?);
            }
        }
    }
    Ok(hashes)
}

fn hash(file: &Path) -> Result<[u8; 32], Failure> {
    let mut hash = Sha256::new();
    let mut file = std::fs::File::open(file)?;
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hash.finalize().into()),
            read => hash.update(&buffer[..read]),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_missing_an_added_and_a_changed_file_are_told() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for (name, content) in [("same", "a"), ("deep/changed", "b"), ("missing", "c")] {
            std::fs::create_dir_all(one.path().join("deep")).unwrap();
            std::fs::write(one.path().join(name), content).unwrap();
        }
        for (name, content) in [("same", "a"), ("deep/changed", "B"), ("added", "d")] {
            std::fs::create_dir_all(two.path().join("deep")).unwrap();
            std::fs::write(two.path().join(name), content).unwrap();
        }
        let mut comparison = Comparison::default();
        comparison.add("pos", &hashes(one.path()).unwrap(), &hashes(two.path()).unwrap());
        assert_eq!(comparison.files, 3);
        assert_eq!(comparison.different, ["pos/deep/changed", "pos/missing", "pos/added"]);
    }
}
