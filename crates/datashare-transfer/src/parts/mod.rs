//! A large file, in parts: read a few ahead, hashed in order, written as they come. How far it is is remembered now and
//! then, so that a later run goes on inside the file.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use datashare_storage::{
    ErrorKind, HeldParts, ObjectInfo, RemoteObject, SourceEntry, Upload, UploadExpectation,
};
use futures::stream::{FuturesOrdered, FuturesUnordered};
use futures::{FutureExt, StreamExt, TryStreamExt};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::allowance::Share;
use crate::checksum::Checksum;
use crate::delivery::{Mover, Outcome, Side, not_as_stated, properties_of};
use crate::patience::Patience;
use crate::progress::Attempt;
use crate::request::{Begun, BegunFile};

mod pieces;

/// Parts that may wait for the next stage: so many that none is held up. How many there are is a matter of memory.
const MOST_WAITING: usize = 64;
/// After so many bytes or so long, how far a file is is remembered: what a crash costs at most, beside what is in flight.
const KEEP_EVERY_BYTES: u64 = 32 << 20;
const KEEP_EVERY: Duration = Duration::from_secs(5);

/// How the parts come to the target.
#[derive(Clone, Debug)]
pub(crate) enum Way {
    /// Read here and written there.
    Sent,
    /// Fetched by the target.
    Fetched(RemoteObject),
}

struct Part {
    index: u32,
    offset: u64,
    bytes: Bytes,
    /// Hashes of everything up to its end.
    hashes: String,
    _memory: Share,
}

/// A large file on its way.
struct Passage<'a> {
    entry: &'a SourceEntry,
    counted: &'a Attempt,
    upload: Box<dyn Upload>,
    part_size: u64,
    /// Parts that were there from an earlier try.
    held: u32,
    checksum: Checksum,
    prefix: Mutex<Prefix>,
    keeping: tokio::sync::Mutex<Kept>,
}

/// Parts written without a gap from the first on.
#[derive(Debug, Default)]
struct Prefix {
    count: u32,
    /// Hashes up to the end of the prefix.
    hashes: String,
    /// Written, with a gap before them.
    beyond: BTreeMap<u32, String>,
}

impl Prefix {
    fn wrote(&mut self, index: u32, hashes: String) {
        self.beyond.insert(index, hashes);
        while let Some(hashes) = self.beyond.remove(&self.count) {
            (self.count, self.hashes) = (self.count + 1, hashes);
        }
    }
}

/// What was remembered last.
#[derive(Debug)]
struct Kept {
    at: Instant,
    count: u32,
    /// Something is remembered of it.
    any: bool,
}

impl Passage<'_> {
    fn ranges(&self) -> impl Iterator<Item = (u32, Range<u64>)> + use<> {
        let (size, whole) = (self.part_size, self.entry.size);
        let count = whole.div_ceil(size);
        let range = move |index: u64| (index as u32, index * size..whole.min((index + 1) * size));
        (u64::from(self.held)..count).map(range)
    }

    fn wrote(&self, index: u32, bytes: u64, hashes: String) {
        self.counted.wrote(bytes);
        self.prefix.lock().unwrap_or_else(PoisonError::into_inner).wrote(index, hashes);
    }

    fn prefix(&self) -> (u32, String) {
        let prefix = self.prefix.lock().unwrap_or_else(PoisonError::into_inner);
        (prefix.count, prefix.hashes.clone())
    }

    fn bytes_of(&self, count: u32) -> u64 {
        (u64::from(count) * self.part_size).min(self.entry.size)
    }
}

impl Mover {
    /// What the target can take in one piece, and so that it needs no more parts than it allows.
    pub(crate) fn part_size(&self, size: u64, wanted: u64) -> u64 {
        let capabilities = self.target.capabilities();
        let fewest = size.div_ceil(u64::from(capabilities.most_parts.max(1)));
        let allowed = capabilities.part_size;
        wanted.max(fewest.next_multiple_of(1 << 20)).min(allowed.end.saturating_sub(1)).max(allowed.start)
    }

    pub(crate) async fn move_large(
        &self,
        entry: &SourceEntry,
        counted: &Attempt,
        part_size: u64,
        way: Way,
    ) -> Outcome<ObjectInfo> {
        let passage = self.unless_stopped(self.begin_or_resume(entry, counted, part_size, &way)).await?;
        let moved = match way {
            Way::Sent => match passage.upload.pieces().filter(|_| !passage.checksum.is_computed()) {
                Some(pieces) => self.unless_stopped(self.pass_parts(&passage, pieces)).await,
                None => self.unless_stopped(self.send_parts(&passage)).await,
            },
            Way::Fetched(from) => self.unless_stopped(self.fetch_parts(&passage, &from)).await,
        };
        let finished = match moved {
            Ok(md5) => self.unless_stopped(self.finish(&passage, md5)).await,
            Err(trouble) => Err(trouble),
        };
        let trouble = match finished {
            Ok(info) => return Ok(info),
            Err(trouble) => trouble,
        };
        if self.left.load(Ordering::Relaxed) {
            self.remember_what_is_left(&passage).await;
        }
        let of_no_use = [ErrorKind::Changed, ErrorKind::NotFound, ErrorKind::Corrupt];
        if passage.keeping.into_inner().any && !of_no_use.contains(&trouble.error.kind) {
            passage.upload.leave().await;
        } else {
            self.give_up(entry, passage.upload).await;
        }
        Err(trouble)
    }

    /// Tries again by itself: what was sent need not be sent again because the last request failed or was damaged.
    async fn finish(&self, passage: &Passage<'_>, md5: Option<[u8; 16]>) -> Outcome<ObjectInfo> {
        let expectation = UploadExpectation { size: passage.entry.size, md5 };
        let mut patience = Patience::default();
        loop {
            match passage.upload.finish(expectation.clone()).await {
                Ok(info) => return Ok(info),
                // The parts are gone, or do not fit however often it is tried: the file begins anew.
                Err(error) if error.kind == ErrorKind::NotFound => return Err(Side::Target.fresh()(error)),
                Err(error) if error.kind == ErrorKind::Corrupt => {
                    self.wait(&mut patience, error).await.map_err(Side::Target.fresh())?;
                }
                Err(error) => self.wait(&mut patience, error).await.map_err(Side::Target.spent())?,
            }
        }
    }

    /// What is at the target is of no use, to nobody and never.
    async fn give_up(&self, entry: &SourceEntry, upload: Box<dyn Upload>) {
        upload.abort().await;
        if let Err(message) = self.arrived.not_begun(&entry.path).await {
            tracing::warn!(path = entry.path, message, "a file's beginning could not be forgotten");
        }
    }

    async fn begin_or_resume<'a>(
        &self,
        entry: &'a SourceEntry,
        counted: &'a Attempt,
        part_size: u64,
        way: &Way,
    ) -> Outcome<Passage<'a>> {
        let checksum = Checksum::expecting(entry, self.md5_wanted());
        let passage = |upload, part_size, held: u32, checksum: Checksum| Passage {
            entry,
            counted,
            upload,
            part_size,
            held,
            prefix: Mutex::new(Prefix { count: held, hashes: checksum.state(), ..Prefix::default() }),
            checksum,
            keeping: tokio::sync::Mutex::new(Kept { at: Instant::now(), count: held, any: held > 0 }),
        };
        if let Some((upload, begun, resumed)) = self.resume(entry, checksum.clone(), way).await? {
            counted.held(begun.bytes());
            return Ok(passage(upload, begun.part_size, begun.parts, resumed));
        }
        let upload = self.target.upload(&self.key(entry), &properties_of(entry)).await;
        Ok(passage(upload.map_err(Side::Target.fresh())?, part_size, 0, checksum))
    }

    /// The upload that an earlier run began of this very version, if it is still there.
    async fn resume(
        &self,
        entry: &SourceEntry,
        checksum: Checksum,
        way: &Way,
    ) -> Outcome<Option<(Box<dyn Upload>, BegunFile, Checksum)>> {
        let Ok(Some(Begun::Parts(begun))) = self.arrived.begun(&entry.path).await else { return Ok(None) };
        let held = HeldParts { count: begun.parts, part_size: begun.part_size, bytes: begun.bytes() };
        let key = self.key(entry);
        let upload = self.target.resume(&key, &properties_of(entry), &begun.kept, held).await;
        let Some(upload) = upload.map_err(Side::Target.fresh())? else { return Ok(None) };
        let same = begun.version == entry.version && begun.size == entry.size && begun.part_size > 0;
        let resumed = match way {
            Way::Sent => checksum.resumed(&begun.hashes),
            Way::Fetched(_) => begun.hashes.is_empty().then_some(checksum),
        };
        match resumed.filter(|_| same) {
            Some(resumed) => Ok(Some((upload, begun, resumed))),
            None => {
                self.give_up(entry, upload).await;
                Ok(None)
            }
        }
    }

    /// Three stages side by side, so that reading goes on while a part is hashed, and hashing while one is written.
    async fn send_parts(&self, passage: &Passage<'_>) -> Outcome<Option<[u8; 16]>> {
        let (read, to_hash) = mpsc::channel(MOST_WAITING);
        let (hashed, to_write) = mpsc::channel(MOST_WAITING);
        let stages = (
            self.read_parts(passage, read),
            hash_parts(passage.checksum.clone(), to_hash, hashed),
            self.write_parts(passage, to_write),
        );
        let ((), checksum, ()) = tokio::try_join!(stages.0, stages.1, stages.2)?;
        checksum.finish().map_err(|hash| not_as_stated(passage.entry, hash))
    }

    async fn read_parts(&self, passage: &Passage<'_>, read: mpsc::Sender<Part>) -> Outcome<()> {
        let mut reads = FuturesOrdered::new();
        let mut ranges = passage.ranges().peekable();
        while !reads.is_empty() || ranges.peek().is_some() {
            if self.pace.allows_another(reads.len())
                && let Some((index, range)) = ranges.next()
            {
                reads.push_back(self.read_part(passage.entry, index, range).boxed());
            } else if let Some(part) = reads.try_next().await?
                && read.send(part).await.is_err()
            {
                break;
            }
        }
        Ok(())
    }

    async fn write_parts(&self, passage: &Passage<'_>, mut parts: mpsc::Receiver<Part>) -> Outcome<()> {
        let mut writes = FuturesUnordered::new();
        loop {
            tokio::select! {
                part = parts.recv(), if self.pace.allows_another(writes.len()) => match part {
                    Some(part) => writes.push(self.write_part(passage, part).boxed()),
                    None => return writes.try_collect().await,
                },
                Some(written) = writes.next() => written?,
            }
        }
    }

    /// Side by side, as many as the pace allows one file.
    async fn all(&self, parts: impl Iterator<Item = impl Future<Output = Outcome<()>>>) -> Outcome<()> {
        let mut under_way = FuturesUnordered::new();
        for part in parts {
            while !self.pace.allows_another(under_way.len()) {
                under_way.try_next().await?;
            }
            under_way.push(part);
        }
        under_way.try_collect().await
    }

    async fn read_part(&self, entry: &SourceEntry, index: u32, range: Range<u64>) -> Outcome<Part> {
        let memory = self.pace.memory(range.end - range.start).await;
        let mut patience = Patience::default();
        loop {
            let slot = self.turn().await;
            let read = self.read(entry, Some(range.clone()), range.end - range.start).await;
            drop(slot);
            match read {
                Ok(bytes) => {
                    let hashes = String::new();
                    return Ok(Part { index, offset: range.start, bytes, hashes, _memory: memory });
                }
                Err(error) => self.wait(&mut patience, error).await.map_err(Side::Source.spent())?,
            }
        }
    }

    async fn write_part(&self, passage: &Passage<'_>, part: Part) -> Outcome<()> {
        let mut patience = Patience::default();
        loop {
            let slot = self.turn_to_write().await;
            let written = passage.upload.part(part.index, part.offset, part.bytes.clone()).await;
            drop(slot);
            match written {
                Ok(()) => break,
                Err(error) => self.wait(&mut patience, error).await.map_err(Side::Target.spent())?,
            }
        }
        passage.wrote(part.index, part.bytes.len() as u64, part.hashes);
        self.remember(passage).await
    }

    /// The target fetches the parts; their bytes are checked by the two stores.
    async fn fetch_parts(&self, passage: &Passage<'_>, from: &RemoteObject) -> Outcome<Option<[u8; 16]>> {
        let fetches = passage.ranges();
        self.all(fetches.map(|(index, range)| self.fetch_part(passage, from, index, range).boxed())).await?;
        Ok(passage.entry.md5)
    }

    async fn fetch_part(
        &self,
        passage: &Passage<'_>,
        from: &RemoteObject,
        index: u32,
        range: Range<u64>,
    ) -> Outcome<()> {
        let mut patience = Patience::default();
        loop {
            let slot = self.turn().await;
            let fetched = passage.upload.part_from(index, range.start, from, range.clone()).await;
            drop(slot);
            match fetched {
                Ok(()) => break,
                Err(error) if error.kind == ErrorKind::Changed => return Err(Side::Source.fresh()(error)),
                Err(error) => self.wait(&mut patience, error).await.map_err(Side::Target.spent())?,
            }
        }
        let bytes = range.end - range.start;
        (self.on_read)(bytes);
        passage.wrote(index, bytes, String::new());
        self.remember(passage).await
    }

    /// Remembers how far the file is, when it is time. A journal that cannot be written costs time after a crash, and no
    /// data.
    async fn remember(&self, passage: &Passage<'_>) -> Outcome<()> {
        let Ok(mut kept) = passage.keeping.try_lock() else { return Ok(()) };
        let bytes = passage.bytes_of(passage.prefix().0) - passage.bytes_of(kept.count);
        if bytes < KEEP_EVERY_BYTES && kept.at.elapsed() < KEEP_EVERY {
            return Ok(());
        }
        self.keep(passage, &mut kept).await
    }

    /// Once nothing of the file is on its way any more. What cannot be remembered is sent again.
    async fn remember_what_is_left(&self, passage: &Passage<'_>) {
        let mut kept = passage.keeping.lock().await;
        if let Err(trouble) = self.keep(passage, &mut kept).await {
            let (path, message) = (&passage.entry.path, trouble.error.message);
            tracing::warn!(path, message, "how far a file is could not be remembered");
        }
    }

    async fn keep(&self, passage: &Passage<'_>, kept: &mut Kept) -> Outcome<()> {
        let (count, hashes) = passage.prefix();
        let whole = passage.bytes_of(count) == passage.entry.size;
        if count == kept.count || whole {
            return Ok(());
        }
        let Some(name) = passage.upload.keep().await.map_err(Side::Target.fresh())? else { return Ok(()) };
        let begun = BegunFile {
            version: passage.entry.version.clone(),
            size: passage.entry.size,
            part_size: passage.part_size,
            parts: count,
            hashes,
            kept: name,
        };
        if let Err(message) = self.arrived.progressed(&passage.entry.path, &Begun::Parts(begun)).await {
            tracing::warn!(path = passage.entry.path, message, "how far a file is could not be remembered");
        }
        *kept = Kept { at: Instant::now(), count, any: true };
        Ok(())
    }
}

/// In order; every part learns the hashes up to its end.
async fn hash_parts(
    mut checksum: Checksum,
    mut parts: mpsc::Receiver<Part>,
    hashed: mpsc::Sender<Part>,
) -> Outcome<Checksum> {
    while let Some(mut part) = parts.recv().await {
        checksum.update(&part.bytes).await;
        part.hashes = checksum.state();
        if hashed.send(part).await.is_err() {
            break;
        }
    }
    Ok(checksum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_ends_at_the_first_gap() {
        let mut prefix = Prefix::default();
        for index in [1, 2, 4] {
            prefix.wrote(index, index.to_string());
        }
        assert_eq!((prefix.count, prefix.hashes.as_str()), (0, ""));
        prefix.wrote(0, "0".into());
        assert_eq!((prefix.count, prefix.hashes.as_str()), (3, "2"));
        prefix.wrote(3, "3".into());
        assert_eq!((prefix.count, prefix.hashes.as_str()), (5, "4"));
    }
}
