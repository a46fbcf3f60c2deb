//! Comparison: what of a dataset is to be written, in order, while it is listed.

use std::collections::VecDeque;
use std::sync::Arc;

use datashare_domain::{SnapshotMode, join_path};
use datashare_storage::{
    ErrorKind, Result, SharedStore, Source, SourceEntry, StoreError, StoreSource, VersionTag,
};
use serde::Serialize;

use crate::listing::Listing;
use crate::names::Names;
use crate::patience::Patience;
use crate::progress::Meter;
use crate::request::{ArrivedFile, ArrivedFiles, DatasetRun};

/// A dataset of fewer files has its target asked for each of them, instead of listing what may be a large folder.
const FEW: usize = 16;

/// What is to be done with one entry.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Write(Reason),
    /// The target received this version and still holds what was written.
    Unchanged,
    /// The target cannot hold the name, because of this.
    Impossible(String),
}

/// Why a file is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Everything is.
    Full,
    /// It was never received.
    New,
    /// It is another version than was received.
    Changed,
    /// It was received, and the target has lost it or holds something else.
    Missing,
}

/// A dataset being listed and compared.
pub(crate) struct Scan {
    listing: Listing,
    /// Listed, not yet given out.
    ahead: VecDeque<SourceEntry>,
    names: Names,
    mode: SnapshotMode,
    arrived: Arc<dyn ArrivedFiles>,
    target: Target,
}

impl Scan {
    /// Lists the first entries. A source that does not exist is an error here.
    pub(crate) async fn open(dataset: &DatasetRun, mode: SnapshotMode, meter: Arc<Meter>) -> Result<Self> {
        let mut listing = Listing::of(dataset.source.clone(), meter.clone());
        let mut ahead = VecDeque::new();
        while ahead.len() < FEW {
            let Some(entry) = listing.next().await? else { break };
            ahead.push_back(entry);
        }
        let target = Target {
            store: dataset.target.clone(),
            path: dataset.target_path.clone(),
            view: if ahead.len() < FEW { View::Asked } else { View::Unopened },
            meter,
        };
        let names = Names::new(dataset.target.capabilities().paths, &dataset.target_path);
        Ok(Self { listing, ahead, names, mode, arrived: dataset.arrived.clone(), target })
    }

    /// The next entry, in order of paths.
    pub(crate) async fn next(&mut self) -> Result<Option<(SourceEntry, Verdict)>> {
        let entry = match self.ahead.pop_front() {
            Some(entry) => entry,
            None => match self.listing.next().await? {
                Some(entry) => entry,
                None => return Ok(None),
            },
        };
        let verdict = match self.names.problem(&entry.path) {
            Some(reason) => Verdict::Impossible(reason),
            None => self.compare(&entry).await?.map_or(Verdict::Unchanged, Verdict::Write),
        };
        Ok(Some((entry, verdict)))
    }

    /// Why it is to be written; `None` when it need not be.
    async fn compare(&mut self, entry: &SourceEntry) -> Result<Option<Reason>> {
        if self.mode == SnapshotMode::Full {
            return Ok(Some(Reason::Full));
        }
        let known =
            self.arrived.known(&entry.path).await.map_err(|message| unreadable(&entry.path, &message))?;
        Ok(match known {
            None => Some(Reason::New),
            Some(known) if !known.is_of(entry) => Some(Reason::Changed),
            Some(known) if self.target.still_holds(&entry.path, &known).await? => None,
            Some(_) => Some(Reason::Missing),
        })
    }
}

pub(crate) fn unreadable(path: &str, message: &str) -> StoreError {
    let message = format!("What was received before could not be looked up: {message}");
    StoreError::new(ErrorKind::Other, "compare", path, message)
}

/// What the target shows at present.
struct Target {
    store: SharedStore,
    path: String,
    view: View,
    meter: Arc<Meter>,
}

enum View {
    Unopened,
    Listed(Box<Listed>),
    /// File by file: there are few, or it cannot be listed.
    Asked,
    /// There is no such folder.
    Missing,
}

/// The target's listing, up to and with the first path that was not asked for yet.
struct Listed {
    listing: Listing,
    next: Option<SourceEntry>,
}

impl Listed {
    async fn version(&mut self, path: &str) -> Result<Option<VersionTag>> {
        while self.next.as_ref().is_some_and(|entry| entry.path.as_str() < path) {
            self.next = self.listing.next().await?;
        }
        let same = self.next.as_ref().filter(|entry| entry.path == path);
        Ok(same.map(|entry| entry.version.clone()))
    }
}

impl Target {
    /// Whether the file is there as it was written. Asked in order of paths.
    async fn still_holds(&mut self, path: &str, known: &ArrivedFile) -> Result<bool> {
        if matches!(self.view, View::Unopened) {
            self.open().await;
        }
        let found = match &mut self.view {
            View::Listed(listed) => listed.version(path).await,
            View::Missing => Ok(None),
            View::Asked | View::Unopened => self.asked(path).await,
        };
        let found = match found {
            Err(_) if matches!(self.view, View::Listed(_)) => {
                self.view = View::Asked;
                self.asked(path).await?
            }
            found => found?,
        };
        Ok(found.as_ref() == Some(&known.target_version))
    }

    async fn open(&mut self) {
        let source: Arc<dyn Source> = Arc::new(StoreSource::folder(self.store.clone(), &self.path));
        let mut listing = Listing::of(source, self.meter.clone());
        self.view = match listing.next().await {
            Ok(next) => View::Listed(Box::new(Listed { listing, next })),
            Err(error) if error.kind == ErrorKind::NoSuchPlace => View::Missing,
            // Not every target that can be written can be listed.
            Err(_) => View::Asked,
        };
    }

    async fn asked(&mut self, path: &str) -> Result<Option<VersionTag>> {
        let (key, mut patience) = (join_path(&self.path, path), Patience::default());
        loop {
            match self.store.head(&key).await {
                Ok(found) => return Ok(found.map(|info| info.version)),
                // What cannot be looked at is written again; not every target that can be written can be read.
                Err(error) if matches!(error.kind, ErrorKind::Denied | ErrorKind::Unsupported) => {
                    return Ok(None);
                }
                Err(error) => patience.pause(error, &self.meter).await?,
            }
        }
    }
}
