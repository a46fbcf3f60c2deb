//! Large objects: blocks staged in any order, then committed as one list.
//!
//! Every block carries a checksum, which Azure verifies on arrival.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use azure_storage_blob::BlockBlobClient;
use azure_storage_blob::models::{
    BlockBlobClientCommitBlockListOptions, BlockBlobClientStageBlockOptions, BlockListType, BlockLookupList,
};
use bytes::Bytes;
use datashare_storage::{
    ErrorKind, HeldParts, ObjectInfo, ObjectProperties, RemoteObject, Result, Retry, Upload,
    UploadExpectation,
};

use crate::account::Account;
use crate::failure::Attempt;
use crate::objects::written;
use crate::write_checks::{WriteCheck, stopped};

pub(crate) struct BlockUpload {
    account: Arc<Account>,
    client: BlockBlobClient,
    attempt: Attempt,
    properties: ObjectProperties,
    /// Random, so that two uploads of the same object do not mix their blocks.
    block_prefix: [u8; 8],
    staged: Mutex<BTreeMap<u32, Span>>,
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
        Ok(Self { account, client, attempt, properties, block_prefix, staged: Mutex::default() })
    }

    /// Goes on with blocks that were staged before. `None` when Azure does not hold all of them any more.
    pub(crate) async fn resume(self, kept: &str, held: HeldParts) -> Result<Option<Self>> {
        let Some(block_prefix) = read_prefix(kept) else { return Ok(None) };
        let upload = Self { block_prefix, ..self };
        let listed = match upload.client.get_block_list(BlockListType::Uncommitted, None).await {
            Ok(answer) => answer.into_model().map_err(|error| upload.attempt.failed(&error))?,
            // Nothing was ever staged, or this access may not look; the upload begins anew.
            Err(error) => match upload.attempt.failed(&error) {
                error if matches!(error.retry, Retry::Later(_)) => return Err(error),
                _ => return Ok(None),
            },
        };
        let blocks = listed.uncommitted_blocks.unwrap_or_default();
        let lengths: BTreeMap<Vec<u8>, u64> = blocks
            .into_iter()
            .filter_map(|block| Some((block.name?, u64::try_from(block.size?).ok()?)))
            .collect();
        let mut offset = 0;
        for index in 0..held.count {
            let Some(length) = lengths.get(&upload.block_id(index)) else { return Ok(None) };
            upload.staged().insert(index, Span { offset, length: *length });
            offset += length;
        }
        Ok((offset == held.bytes).then_some(upload))
    }

    /// Of equal length for all blocks, as Azure demands.
    fn block_id(&self, index: u32) -> Vec<u8> {
        [self.block_prefix.as_slice(), &index.to_be_bytes()].concat()
    }

    fn staged(&self) -> MutexGuard<'_, BTreeMap<u32, Span>> {
        self.staged.lock().unwrap_or_else(PoisonError::into_inner)
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
        let check = self.account.write_check(&bytes).await.ok_or_else(|| stopped(&self.attempt))?;
        let mut options = BlockBlobClientStageBlockOptions::default();
        match check {
            WriteCheck::Crc64(crc64) => options.transactional_content_crc64 = Some(crc64.to_vec()),
            WriteCheck::Md5(md5) => options.transactional_content_md5 = Some(md5.to_vec()),
        }
        let staged =
            self.client.stage_block(&self.block_id(index), length, bytes.into(), Some(options)).await;
        staged.map_err(|error| self.attempt.failed(&error))?;
        self.staged().insert(index, Span { offset, length });
        Ok(())
    }

    async fn part_from(&self, index: u32, offset: u64, from: &RemoteObject, range: Range<u64>) -> Result<()> {
        let length = range.end - range.start;
        self.account.requests().stage_from(&self.attempt.key, &self.block_id(index), from, range).await?;
        self.staged().insert(index, Span { offset, length });
        Ok(())
    }

    /// A commit whose answer was lost may be sent again: Azure finds the same blocks among those it committed.
    async fn finish(&self, expectation: UploadExpectation) -> Result<ObjectInfo> {
        let blocks = self.blocks(&expectation)?;
        let commit = async |tags: Option<String>| {
            let list = BlockLookupList { latest: Some(blocks.clone()), ..BlockLookupList::default() };
            let options = BlockBlobClientCommitBlockListOptions {
                blob_tags_string: tags,
                ..self.commit_options(expectation.md5)
            };
            self.client.commit_block_list(list.try_into()?, Some(options)).await
        };
        let tags = self.account.tags.text(&self.properties);
        let answer = match commit(tags.clone()).await {
            Err(error) if tags.is_some() && self.account.tags.are_refused(&error) => commit(None).await,
            answer => answer,
        };
        let answer = answer.map_err(|error| self.attempt.failed(&error))?;
        written(&self.attempt, answer.headers(), expectation.size, expectation.md5, &self.properties)
    }

    /// Azure keeps staged blocks for a week; their names are all it takes.
    async fn keep(&self) -> Result<Option<String>> {
        Ok(Some(self.block_prefix.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    /// Azure drops blocks that were never committed after a week; there is no way to drop them now.
    async fn abort(self: Box<Self>) {}
}

fn read_prefix(kept: &str) -> Option<[u8; 8]> {
    let number = u64::from_str_radix(kept, 16).ok().filter(|_| kept.len() == 16)?;
    Some(number.to_be_bytes())
}
