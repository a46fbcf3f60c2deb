//! Moving one file: pinned, checked, tried again, visible whole or not at all.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use bytes::Bytes;
use datashare_domain::join_path;
use datashare_storage::{
    ByteStream, ErrorKind, ObjectInfo, ObjectProperties, PutMode, Retry, SharedStore, Source, SourceEntry,
    StoreError,
};
use futures::TryStreamExt;
use tokio_util::sync::CancellationToken;

use crate::allowance::Share;
use crate::buffers::Buffers;
use crate::checksum::{Checksum, Md5Wanted, SideBySide};
use crate::control::Valve;
use crate::fetch::Fetching;
use crate::pace::Pace;
use crate::parts::Way;
use crate::patience::Patience;
use crate::progress::{Attempt, Meter};
use crate::request::{ArrivedFiles, Verification};

/// Up to here a file is one write; from here on it goes in parts of this size.
const PART: u64 = 8 << 20;
/// How often a file that changes while it is read is started again.
const RESTARTS: u32 = 3;
/// For what was read when a run is stopped to be written.
const LAST_MOMENT: Duration = Duration::from_secs(2);

/// What went wrong with a file, and whether at the source or at the target.
#[derive(Debug)]
pub(crate) struct Trouble {
    pub(crate) side: Side,
    pub(crate) error: StoreError,
    /// It was tried often enough.
    spent: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Source,
    Target,
}

impl Side {
    pub(crate) fn fresh(self) -> impl Fn(StoreError) -> Trouble {
        move |error| Trouble { side: self, error, spent: false }
    }

    pub(crate) fn spent(self) -> impl Fn(StoreError) -> Trouble {
        move |error| Trouble { side: self, error, spent: true }
    }
}

pub(crate) type Outcome<T> = Result<T, Trouble>;

/// A file that is visible at the target, as the source had it and as the target shows it.
pub(crate) struct Delivered {
    pub(crate) entry: SourceEntry,
    pub(crate) info: ObjectInfo,
}

/// Moves files of one dataset.
pub(crate) struct Mover {
    pub(crate) source: Arc<dyn Source>,
    pub(crate) target: SharedStore,
    pub(crate) target_path: String,
    pub(crate) meter: Arc<Meter>,
    pub(crate) arrived: Arc<dyn ArrivedFiles>,
    pub(crate) pace: Arc<Pace>,
    pub(crate) valve: Arc<Valve>,
    pub(crate) fetching: Fetching,
    pub(crate) verification: Verification,
    pub(crate) buffers: Arc<Buffers>,
    pub(crate) hashing: Arc<SideBySide>,
    /// Uploads on their way are given up when it is cancelled.
    pub(crate) stop: CancellationToken,
    /// Cancelled before `stop` where the target takes nothing more.
    pub(crate) target_ended: CancellationToken,
    /// Then a later run is to go on inside them.
    pub(crate) left: Arc<AtomicBool>,
    /// Called with the bytes that were read from the source.
    pub(crate) on_read: Box<dyn Fn(u64) + Send + Sync>,
}

impl Mover {
    /// Moves one file, restarting it where that helps.
    pub(crate) async fn deliver(&self, mut entry: SourceEntry) -> Outcome<Delivered> {
        let (mut restarts, mut patience) = (0, Patience::default());
        loop {
            let trouble = match self.attempt(&entry).await {
                Ok(info) => return Ok(Delivered { entry, info }),
                Err(trouble) => trouble,
            };
            let (side, error) = (trouble.side, trouble.error);
            if side == Side::Source && matches!(error.kind, ErrorKind::Changed | ErrorKind::NotFound) {
                restarts += 1;
                entry = self.unless_stopped(self.looked_up_again(entry, restarts)).await?;
            } else if trouble.spent {
                return Err(Trouble { side, error, spent: true });
            } else {
                self.pause(&mut patience, side, error).await?;
            }
        }
    }

    /// The entry as it is now, so that it can be started again.
    async fn looked_up_again(&self, entry: SourceEntry, restarts: u32) -> Outcome<SourceEntry> {
        let failed =
            |kind, message| Side::Source.spent()(StoreError::new(kind, "read", &entry.path, message));
        if restarts > RESTARTS {
            let message = format!("'{}' was changed {restarts} times while it was read.", entry.path);
            return Err(failed(ErrorKind::Changed, message));
        }
        let mut patience = Patience::default();
        loop {
            match self.source.refresh(&entry).await {
                Ok(Some(now)) => {
                    self.meter.resized(entry.size, now.size);
                    return Ok(now);
                }
                Ok(None) => {
                    let message =
                        format!("'{}' was removed at the source before it could be read.", entry.path);
                    return Err(failed(ErrorKind::NotFound, message));
                }
                Err(error) => self.wait(&mut patience, error).await.map_err(Side::Source.spent())?,
            }
        }
    }

    async fn attempt(&self, entry: &SourceEntry) -> Outcome<ObjectInfo> {
        let counted = self.meter.attempt();
        let part_size = self.part_size(entry.size, self.source.checked_range().unwrap_or(PART).min(PART));
        let info = if let Some(taken) = self.take_handed(entry, &counted).await {
            taken?
        } else if let Some(fetched) = self.fetch(entry, &counted).await {
            fetched?
        } else if entry.size <= part_size {
            self.move_small(entry, &counted).await?
        } else {
            self.move_large(entry, &counted, part_size, Way::Sent).await?
        };
        if info.size != entry.size {
            let message = format!(
                "The target holds {} instead of {} bytes of '{}'.",
                info.size, entry.size, entry.path
            );
            return Err(Side::Target.fresh()(StoreError::new(
                ErrorKind::Corrupt,
                "write",
                &entry.path,
                message,
            )));
        }
        if self.verification == Verification::ReadBack {
            self.unless_stopped(self.read_back(entry, &info)).await?;
        }
        counted.keep();
        Ok(info)
    }

    pub(crate) fn key(&self, entry: &SourceEntry) -> String {
        join_path(&self.target_path, &entry.path)
    }

    /// The turn ends when all is read: others read while it is hashed. What was read is written although the run is stopped
    /// meanwhile, because it would have to be read again.
    async fn move_small(&self, entry: &SourceEntry, counted: &Attempt) -> Outcome<ObjectInfo> {
        let checksum = Checksum::expecting(entry, Md5Wanted::IfStated);
        let reading = async {
            let memory = self.pace.memory(entry.size).await;
            let _slot = self.turn().await;
            let announced = checksum.announce(&self.hashing);
            let bytes = self.read(entry, self.range_of(entry), entry.size).await;
            bytes.map(|bytes| (bytes, announced, memory)).map_err(Side::Source.fresh())
        };
        let (bytes, announced, _memory) = self.unless_stopped(reading).await?;
        let writing = async {
            checksum.check(&bytes, announced).await.map_err(|hash| not_as_stated(entry, hash))?;
            let _slot = self.turn_to_write().await;
            let properties = properties_of(entry);
            let written = self.target.put(&self.key(entry), bytes, PutMode::Overwrite, &properties).await;
            written.map_err(Side::Target.fresh())
        };
        let info = self.soon_once_stopped(writing).await?;
        counted.wrote(entry.size);
        Ok(info)
    }

    /// Where nothing states a hash of the whole, the whole as a range, which has a checksum of its own.
    fn range_of(&self, entry: &SourceEntry) -> Option<Range<u64>> {
        let stated = entry.md5.is_some() || entry.sha256.is_some();
        let most = self.source.checked_range().unwrap_or_default();
        (!stated && (1..=most).contains(&entry.size)).then_some(0..entry.size)
    }

    /// The work, or its end when the dataset is stopped.
    pub(crate) async fn unless_stopped<T>(&self, work: impl Future<Output = Outcome<T>>) -> Outcome<T> {
        tokio::select! {
            biased;
            done = work => done,
            () = self.stop.cancelled() => Err(stopped()),
        }
    }

    /// The work, or its end a moment after the dataset is stopped; at once where the target is why.
    async fn soon_once_stopped<T>(&self, work: impl Future<Output = Outcome<T>>) -> Outcome<T> {
        let moment_over = async {
            self.stop.cancelled().await;
            tokio::time::sleep(LAST_MOMENT).await;
        };
        tokio::select! {
            biased;
            done = work => done,
            () = self.target_ended.cancelled() => Err(stopped()),
            () = moment_over => Err(stopped()),
        }
    }

    /// A request's turn: not while the run is paused, and never once it is stopped. To be awaited in
    /// [`Self::unless_stopped`], and held for one request.
    pub(crate) async fn turn(&self) -> Share {
        self.valve.open().await;
        let slot = self.pace.slot().await;
        if self.stop.is_cancelled() {
            drop(slot);
            return std::future::pending().await;
        }
        slot
    }

    /// The turn of what was read: it is written also when the run is paused or stopped meanwhile.
    pub(crate) async fn turn_to_write(&self) -> Share {
        let slot = self.pace.write_slot().await;
        if self.target_ended.is_cancelled() {
            drop(slot);
            return std::future::pending().await;
        }
        slot
    }

    async fn pause(&self, patience: &mut Patience, side: Side, error: StoreError) -> Outcome<()> {
        self.unless_stopped(async { self.wait(patience, error).await.map_err(side.spent()) }).await
    }

    /// Waits before the next try; gives the error back when another try is not worth it.
    pub(crate) async fn wait(&self, patience: &mut Patience, error: StoreError) -> Result<(), StoreError> {
        if error.kind == ErrorKind::Busy {
            self.pace.slow_down();
        }
        patience.pause(error, &self.meter).await
    }

    /// Parts are checked on their way in. An MD5 of the whole, where the source states none, costs more than all the rest;
    /// whoever wants everything read back gets it too.
    pub(crate) fn md5_wanted(&self) -> Md5Wanted {
        let keeps = self.target.capabilities().keeps_md5;
        if keeps && self.verification == Verification::ReadBack {
            Md5Wanted::Always
        } else {
            Md5Wanted::IfStated
        }
    }

    /// All bytes of a range of the entry's version.
    pub(crate) async fn read(
        &self,
        entry: &SourceEntry,
        range: Option<Range<u64>>,
        size: u64,
    ) -> Result<Bytes, StoreError> {
        let body = self.source.open(entry, range).await?;
        let bytes = self.collect(body, size).await?;
        if bytes.len() as u64 == size { Ok(bytes) } else { Err(not_as_asked(entry, size)) }
    }

    /// Counts what came from the source, and waits where it came faster than it may.
    pub(crate) async fn heard(&self, chunk: &Bytes) {
        (self.on_read)(chunk.len() as u64);
        self.meter.heard();
        self.valve.pass(chunk.len() as u64).await;
    }

    /// Up to little more than `size` bytes, so that a source that sends without end fills no memory. Read to the end of
    /// the stream, where a source tells whether the file changed meanwhile. A connection that gets its own buffers back soon
    /// uses them again, which saves more than the copy costs.
    async fn collect(&self, mut body: ByteStream, size: u64) -> Result<Bytes, StoreError> {
        let mut joined = self.buffers.take(size as usize);
        while let Some(chunk) = body.try_next().await? {
            self.heard(&chunk).await;
            joined.bytes.extend_from_slice(&chunk);
            if joined.bytes.len() as u64 > size {
                break;
            }
        }
        Ok(joined.freeze())
    }
}

fn stopped() -> Trouble {
    Side::Target.spent()(StoreError::new(ErrorKind::Other, "write", "", "The run was stopped."))
}

/// The source sent more or less than it was asked for.
pub(crate) fn not_as_asked(entry: &SourceEntry, size: u64) -> StoreError {
    let message =
        format!("The source sent other than the {size} bytes of '{}' that were asked for.", entry.path);
    StoreError::new(ErrorKind::Corrupt, "read", &entry.path, message)
}

/// What was read is not what the source states, by this hash.
pub(crate) fn not_as_stated(entry: &SourceEntry, hash: &str) -> Trouble {
    let message =
        format!("The {hash} of what was read of '{}' is not the one that the source states.", entry.path);
    let error =
        StoreError::new(ErrorKind::Corrupt, "read", &entry.path, message).with_retry(Retry::Later(None));
    Side::Source.fresh()(error)
}

pub(crate) fn properties_of(entry: &SourceEntry) -> ObjectProperties {
    let modified = entry.properties.modified.or(entry.modified);
    ObjectProperties { modified, ..entry.properties.clone() }
}
