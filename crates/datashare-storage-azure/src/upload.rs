//! Large objects: blocks staged in any order, then committed as one list.
//!
//! Every block carries its MD5, which Azure verifies on arrival. The MD5 of the whole can only be taken in order:
//! parts that come early wait in memory, up to a limit, until it is their turn.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use azure_storage_blob::BlockBlobClient;
use azure_storage_blob::models::{
    BlockBlobClientCommitBlockListOptions, BlockBlobClientStageBlockOptions, BlockLookupList,
};
use bytes::Bytes;
use datashare_storage::{
    ErrorKind, ObjectInfo, ObjectProperties, RemoteObject, Result, Upload, UploadExpectation,
};
use md5::{Digest, Md5};

use crate::account::Account;
use crate::failure::Attempt;
use crate::objects::written;

/// Bytes of early parts that wait for their turn in the whole's MD5.
const MOST_WAITING: usize = 256 * 1024 * 1024;

pub(crate) struct BlockUpload {
    account: Arc<Account>,
    client: BlockBlobClient,
    attempt: Attempt,
    properties: ObjectProperties,
    /// Random, so that two uploads of the same object do not mix their blocks.
    block_prefix: [u8; 8],
    staged: Mutex<BTreeMap<u32, Span>>,
    whole: Arc<Mutex<WholeHash>>,
    /// Azure fetched parts by itself: their bytes were never here to be hashed.
    fetched: AtomicBool,
}

/// Where a staged part lies.
#[derive(Clone, Copy)]
struct Span {
    offset: u64,
    length: u64,
}

impl BlockUpload {
    pub(crate) fn new(
        account: Arc<Account>,
        client: BlockBlobClient,
        attempt: Attempt,
        properties: &ObjectProperties,
    ) -> Result<Self> {
        let mut block_prefix = [0; 8];
        getrandom::fill(&mut block_prefix).map_err(|error| {
            attempt.error(ErrorKind::Other, "The system gives no random numbers.").with_source(error)
        })?;
        let properties = properties.clone();
        let (staged, whole, fetched) = (Mutex::default(), Arc::default(), AtomicBool::default());
        Ok(Self { account, client, attempt, properties, block_prefix, staged, whole, fetched })
    }

    /// Of equal length for all blocks, as Azure demands.
    fn block_id(&self, index: u32) -> Vec<u8> {
        [self.block_prefix.as_slice(), &index.to_be_bytes()].concat()
    }

    fn staged(&self) -> MutexGuard<'_, BTreeMap<u32, Span>> {
        self.staged.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// MD5 of the part; takes it into the whole's. Not on the runtime's threads: it is work.
    async fn hash(&self, index: u32, bytes: Bytes) -> Result<[u8; 16]> {
        let whole = self.whole.clone();
        let hashed = tokio::task::spawn_blocking(move || {
            let md5: [u8; 16] = Md5::digest(&bytes).into();
            whole.lock().unwrap_or_else(PoisonError::into_inner).add(index, bytes, md5);
            md5
        });
        hashed.await.map_err(|_| self.attempt.error(ErrorKind::Interrupted, "The upload was stopped."))
    }

    /// The ids of the parts in order, if they make up exactly the expected bytes.
    fn blocks(&self, expectation: &UploadExpectation) -> Result<Vec<Vec<u8>>> {
        let staged = self.staged();
        let mut end = 0;
        let mut in_order = true;
        for (expected, (index, span)) in (0..).zip(staged.iter()) {
            in_order &= *index == expected && span.offset == end;
            end += span.length;
        }
        if !in_order || end != expectation.size {
            let message = format!(
                "'{}' was not stored in {}: {} bytes were expected, and {end} arrived{}.",
                self.attempt.key,
                self.attempt.account,
                expectation.size,
                if in_order { "" } else { " with gaps" }
            );
            return Err(self.attempt.error(ErrorKind::Corrupt, message));
        }
        Ok(staged.keys().map(|index| self.block_id(*index)).collect())
    }

    fn check_hash(&self, expected: [u8; 16], parts: u32) -> Result<()> {
        let Attempt { key, account, .. } = &self.attempt;
        match self.whole.lock().unwrap_or_else(PoisonError::into_inner).finish(parts) {
            Some(found) if found == expected => Ok(()),
            Some(_) => {
                let message = format!(
                    "'{key}' was not stored in {account}: its bytes are not those that were announced."
                );
                Err(self.attempt.error(ErrorKind::Corrupt, message))
            }
            None => {
                let message = format!(
                    "The parts of '{key}' came too far out of order to be verified. It is sent again."
                );
                Err(self.attempt.error(ErrorKind::Interrupted, message))
            }
        }
    }

    fn commit_options(&self, md5: Option<[u8; 16]>) -> BlockBlobClientCommitBlockListOptions<'static> {
        let properties = &self.properties;
        BlockBlobClientCommitBlockListOptions {
            blob_content_type: properties.content_type.clone(),
            blob_content_encoding: properties.content_encoding.clone(),
            blob_cache_control: properties.cache_control.clone(),
            blob_content_md5: md5.map(Vec::from),
            metadata: (!properties.metadata.is_empty()).then(|| {
                properties.metadata.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
            }),
            ..BlockBlobClientCommitBlockListOptions::default()
        }
    }
}

#[async_trait]
impl Upload for BlockUpload {
    async fn part(&self, index: u32, offset: u64, bytes: Bytes) -> Result<()> {
        let length = bytes.len() as u64;
        let md5 = self.hash(index, bytes.clone()).await?;
        let options = BlockBlobClientStageBlockOptions {
            transactional_content_md5: Some(md5.to_vec()),
            ..BlockBlobClientStageBlockOptions::default()
        };
        self.client
            .stage_block(&self.block_id(index), length, bytes.into(), Some(options))
            .await
            .map_err(|error| self.attempt.failed(&error))?;
        self.staged().insert(index, Span { offset, length });
        Ok(())
    }

    async fn part_from(&self, index: u32, offset: u64, from: &RemoteObject, range: Range<u64>) -> Result<()> {
        let length = range.end - range.start;
        self.account.requests().stage_from(&self.attempt.key, &self.block_id(index), from, range).await?;
        self.fetched.store(true, Ordering::Relaxed);
        self.staged().insert(index, Span { offset, length });
        Ok(())
    }

    async fn finish(self: Box<Self>, expectation: UploadExpectation) -> Result<ObjectInfo> {
        let blocks = self.blocks(&expectation)?;
        if let Some(expected) = expectation.md5.filter(|_| !self.fetched.load(Ordering::Relaxed)) {
            self.check_hash(expected, blocks.len() as u32)?;
        }
        let list = BlockLookupList { latest: Some(blocks), ..BlockLookupList::default() };
        let list = list.try_into().map_err(|error| self.attempt.failed(&error))?;
        let options = self.commit_options(expectation.md5);
        let answer = self
            .client
            .commit_block_list(list, Some(options))
            .await
            .map_err(|error| self.attempt.failed(&error))?;
        written(&self.attempt, answer.headers(), expectation.size, expectation.md5, &self.properties)
    }

    /// Azure drops blocks that were never committed after a week; there is no way to drop them now.
    async fn abort(self: Box<Self>) {}
}

/// The MD5 of the whole, taken part by part in order.
#[derive(Default)]
struct WholeHash {
    state: Md5,
    /// MD5 of each part taken, in order: a part written again must be the same.
    taken: Vec<[u8; 16]>,
    waiting: BTreeMap<u32, (Bytes, [u8; 16])>,
    waiting_bytes: usize,
    lost: bool,
}

impl WholeHash {
    fn add(&mut self, index: u32, bytes: Bytes, md5: [u8; 16]) {
        if self.lost {
            return;
        }
        if let Some(before) = self.taken.get(index as usize) {
            self.lost |= *before != md5;
            return;
        }
        self.waiting_bytes += bytes.len();
        if let Entry::Occupied(before) = self.waiting.entry(index) {
            self.waiting_bytes -= before.remove().0.len();
        }
        self.waiting.insert(index, (bytes, md5));
        while let Some((bytes, md5)) = self.waiting.remove(&(self.taken.len() as u32)) {
            self.waiting_bytes -= bytes.len();
            self.state.update(&bytes);
            self.taken.push(md5);
        }
        if self.waiting_bytes > MOST_WAITING {
            self.lost = true;
            self.waiting.clear();
            self.waiting_bytes = 0;
        }
    }

    /// `None` when the parts did not come in a way that can be hashed.
    fn finish(&self, parts: u32) -> Option<[u8; 16]> {
        let whole = !self.lost && self.taken.len() == parts as usize;
        whole.then(|| self.state.clone().finalize().into())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn add(hash: &mut WholeHash, index: u32, bytes: impl Into<Bytes>) {
        let bytes = bytes.into();
        let md5 = Md5::digest(&bytes).into();
        hash.add(index, bytes, md5);
    }

    #[test]
    fn the_whole_is_hashed_in_order_whatever_order_parts_come_in() {
        let mut hash = WholeHash::default();
        for (index, part) in [(2, "c"), (0, "a"), (0, "a"), (2, "cc"), (1, "b")] {
            add(&mut hash, index, part);
        }
        assert_eq!(hash.finish(3).unwrap(), <[u8; 16]>::from(Md5::digest("abcc")));
        assert_eq!(hash.finish(4), None, "a part is missing");
        add(&mut hash, 1, "other");
        assert_eq!(hash.finish(3), None, "a part that was hashed is another now");
    }

    #[test]
    fn early_parts_do_not_fill_the_memory() {
        let mut hash = WholeHash::default();
        let large = Bytes::from(vec![0; MOST_WAITING / 8]);
        for index in 1..20 {
            hash.add(index, large.clone(), [0; 16]);
            assert!(hash.waiting_bytes <= MOST_WAITING);
        }
        add(&mut hash, 0, "late");
        assert_eq!(hash.finish(20), None);
    }
}
