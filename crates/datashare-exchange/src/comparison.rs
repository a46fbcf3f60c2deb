//! A listing beside the index of the publication before, both in order of paths, as they go by.

use datashare_protocol::IndexLine;
use datashare_storage::{Result, SourceEntry};
use futures::stream::{self, BoxStream, Fuse, Stream, StreamExt, TryStreamExt};

/// What became of a file since the last publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Unchanged,
    Added,
    Updated,
    Removed,
}

/// What is to be done with one path.
#[derive(Debug)]
pub(crate) enum Step {
    /// Its object stays.
    Keep(IndexLine),
    /// It is to be staged, as the one of this number (from 0).
    Stage { number: usize, entry: SourceEntry, verdict: Verdict },
    /// It is gone.
    Forget,
}

type Entries<T> = Fuse<BoxStream<'static, Result<T>>>;

pub(crate) struct Comparison {
    listing: Entries<SourceEntry>,
    earlier: Entries<IndexLine>,
    entry: Option<SourceEntry>,
    line: Option<IndexLine>,
    /// The path before.
    last: Option<String>,
    staged: usize,
}

impl Comparison {
    pub(crate) fn of(
        listing: BoxStream<'static, Result<SourceEntry>>,
        earlier: BoxStream<'static, Result<IndexLine>>,
    ) -> Self {
        let (entry, line, last) = (None, None, None);
        Self { listing: listing.fuse(), earlier: earlier.fuse(), entry, line, last, staged: 0 }
    }

    /// In order of paths.
    pub(crate) fn steps(self) -> impl Stream<Item = crate::Result<Step>> {
        stream::try_unfold(self, |mut this| async move { Ok(this.next().await?.map(|step| (step, this))) })
    }

    async fn next(&mut self) -> Result<Option<Step>> {
        while self.entry.is_none() {
            match self.listing.try_next().await? {
                // Pages overlap where the store changed meanwhile.
                Some(entry) if self.last.as_ref() == Some(&entry.path) => {}
                Some(entry) => self.entry = Some(entry),
                None => break,
            }
        }
        if self.line.is_none() {
            self.line = self.earlier.try_next().await?;
        }
        Ok(match (self.entry.take(), self.line.take()) {
            (None, None) => None,
            (None, Some(_)) => Some(Step::Forget),
            (Some(entry), Some(line)) if line.path.as_bytes() < entry.path.as_bytes() => {
                self.entry = Some(entry);
                Some(Step::Forget)
            }
            (Some(entry), Some(line)) if line.path == entry.path => {
                let same = line.version == entry.version.0 && line.size == entry.size;
                self.last = Some(entry.path.clone());
                Some(if same { Step::Keep(line) } else { self.stage(entry, Verdict::Updated) })
            }
            (Some(entry), later) => {
                self.line = later;
                self.last = Some(entry.path.clone());
                Some(self.stage(entry, Verdict::Added))
            }
        })
    }

    fn stage(&mut self, entry: SourceEntry, verdict: Verdict) -> Step {
        self.staged += 1;
        Step::Stage { number: self.staged - 1, entry, verdict }
    }
}
