//! Letting the target fetch a file by itself, where both ends are of one kind and allow it. What is refused is sent.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use datashare_storage::{ErrorKind, ObjectInfo, RemoteObject, ServerCopy, SourceEntry, UploadExpectation};

use crate::delivery::{Mover, Outcome, Side, properties_of};
use crate::parts::Way;
use crate::progress::Attempt;

/// So many refusals one after the other, and it is not asked again.
const MOST_REFUSALS: u32 = 3;

/// How the target took to fetching.
#[derive(Debug, Default)]
pub(crate) struct Fetching {
    refused_in_a_row: AtomicU32,
    refused: AtomicU64,
    fetched: AtomicU64,
}

impl Fetching {
    fn is_given_up(&self) -> bool {
        self.refused_in_a_row.load(Ordering::Relaxed) >= MOST_REFUSALS
    }

    fn count<T>(&self, result: &Outcome<T>) {
        if result.is_ok() {
            self.refused_in_a_row.store(0, Ordering::Relaxed);
            self.fetched.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn refused(&self) {
        self.refused_in_a_row.fetch_add(1, Ordering::Relaxed);
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// Said once, when it is over.
    pub(crate) fn in_words(&self) -> Option<String> {
        let (refused, fetched) = (self.refused.load(Ordering::Relaxed), self.fetched.load(Ordering::Relaxed));
        match (refused, fetched) {
            (0, _) => None,
            (_, 0) => Some(
                "The target would not fetch the files from the source by itself, so they were sent through this computer."
                    .to_owned(),
            ),
            _ => Some(format!(
                "The target fetched {fetched} files by itself and refused {refused}, which were sent through this computer."
            )),
        }
    }
}

impl Mover {
    /// `None` when the file is to be sent: there is no such way, or it was refused.
    pub(crate) async fn fetch(&self, entry: &SourceEntry, counted: &Attempt) -> Option<Outcome<ObjectInfo>> {
        let copies = self.target.server_copy().filter(|_| !self.fetching.is_given_up())?;
        let from = self.source.remote(entry).await?;
        let fetched = self.fetch_from(copies, &from, entry, counted).await;
        if let Some(fetched) = &fetched {
            self.fetching.count(fetched);
        } else {
            self.fetching.refused();
        }
        fetched
    }

    /// As [`Self::fetch`], from where the same bytes are.
    pub(crate) async fn fetch_from(
        &self,
        copies: &dyn ServerCopy,
        from: &RemoteObject,
        entry: &SourceEntry,
        counted: &Attempt,
    ) -> Option<Outcome<ObjectInfo>> {
        let fetched = if entry.size <= copies.most_at_once() {
            let expectation = UploadExpectation { size: entry.size, md5: entry.md5 };
            let properties = properties_of(entry);
            let copy = async {
                let _slot = self.turn().await;
                let copied = copies.copy(&self.key(entry), from, &expectation, &properties).await;
                copied.map_err(|error| match error.kind {
                    ErrorKind::Changed => Side::Source.fresh()(error),
                    _ => Side::Target.fresh()(error),
                })
            };
            let copied = self.unless_stopped(copy).await;
            if copied.is_ok() {
                (self.on_read)(entry.size);
                counted.wrote(entry.size);
            }
            copied
        } else {
            let part_size = self.part_size(entry.size, copies.part_size());
            self.move_large(entry, counted, part_size, Way::Fetched(from.clone())).await
        };
        match fetched {
            Err(trouble) if trouble.error.kind == ErrorKind::Unsupported => {
                counted.take_back();
                None
            }
            fetched => Some(fetched),
        }
    }
}
