//! A mailbox or a share's area as one party reaches it: records written once, read in order.

use bytes::Bytes;
use datashare_protocol::{
    ChainHead, Finding, FindingKind, PublicKeys, RECORD_TYPE, Record, VerifiedRecord, open_envelope,
};
use datashare_storage::{ErrorKind, ObjectProperties, PutMode, SharedStore, StoreError};

use crate::layout::{IN, LOG, NOTICE, OUT, record_name};
use crate::whole::{get_whole, write_whole};
use crate::{ExchangeError, Result};

/// Records read in one go at most; the rest comes with the next look.
const MOST_RECORDS: usize = 1000;
/// Longest object that is read whole, bytes; longer ones are not records.
pub(crate) const LONGEST_RECORD: u64 = 4 << 20;
/// Longest notice that is read, bytes: it repeats a whole log.
const LONGEST_NOTICE: u64 = 256 << 20;

/// What a look at a chain brought.
#[derive(Debug, Default)]
pub struct Pulled {
    pub records: Vec<VerifiedRecord>,
    /// The chain does not go on from here: the next object is not what its author wrote.
    pub finding: Option<Finding>,
}

/// One place of the exchange.
#[derive(Clone, Debug)]
pub struct Area {
    store: SharedStore,
    root: String,
}

impl Area {
    pub fn new(store: SharedStore, root: impl Into<String>) -> Self {
        Self { store, root: root.into() }
    }

    pub fn store(&self) -> &SharedStore {
        &self.store
    }

    /// Whole key of an object of this area.
    pub fn key(&self, name: &str) -> String {
        format!("{}/{name}", self.root)
    }

    /// Name of the container or folder.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// Makes the container or folder.
    pub async fn make(&self) -> Result<()> {
        Ok(self.store.make_place(&self.root).await?)
    }

    /// Removes everything.
    pub async fn remove(&self) -> Result<()> {
        Ok(self.store.remove_place(&self.root).await?)
    }

    pub async fn push_log(&self, sequence: u64, envelope: &[u8], author: &PublicKeys) -> Result<()> {
        self.push_as_owner(LOG, sequence, envelope, author).await
    }

    pub async fn push_out(&self, sequence: u64, envelope: &[u8], author: &PublicKeys) -> Result<()> {
        self.push_as_owner(OUT, sequence, envelope, author).await
    }

    pub async fn push_in(&self, sequence: u64, envelope: &[u8]) -> Result<()> {
        self.push(IN, sequence, envelope).await
    }

    /// As [`Self::push`], by the owner of the place. Recipients can create objects in their mailbox, also where the owner
    /// writes; what the owner did not sign for this very place gives way (also a copy of another record of its), so that
    /// nobody can keep a revocation from being written. What the owner signed for it stays: another copy of its workspace
    /// is at work.
    async fn push_as_owner(
        &self,
        folder: &str,
        sequence: u64,
        envelope: &[u8],
        author: &PublicKeys,
    ) -> Result<()> {
        let refused = match self.push(folder, sequence, envelope).await {
            Err(ExchangeError::Store(error)) if error.kind == ErrorKind::AlreadyExists => error,
            other => return other,
        };
        let name = record_name(folder, sequence);
        let there = self.get(&name).await?.unwrap_or_default();
        if place_of(&there, author).is_some_and(|place| Some(place) == place_of(envelope, author)) {
            return Err(refused.into());
        }
        let bytes = Bytes::copy_from_slice(envelope);
        self.store.put(&self.key(&name), bytes, PutMode::Overwrite, &ObjectProperties::default()).await?;
        Ok(())
    }

    /// Writes a record in its place, once. The same bytes again are fine; others there are `AlreadyExists`.
    async fn push(&self, folder: &str, sequence: u64, envelope: &[u8]) -> Result<()> {
        let name = record_name(folder, sequence);
        let bytes = Bytes::copy_from_slice(envelope);
        let written =
            self.store.put(&self.key(&name), bytes, PutMode::Create, &ObjectProperties::default()).await;
        match written {
            Ok(_) => Ok(()),
            Err(error) if matches!(error.kind, ErrorKind::AlreadyExists | ErrorKind::Denied) => {
                match self.get(&name).await {
                    Ok(Some(there)) if there == envelope => Ok(()),
                    Ok(Some(_)) => Err(already_there(&self.key(&name)).into()),
                    _ => Err(error.into()),
                }
            }
            Err(error) => Err(error.into()),
        }
    }

    pub async fn pull_log(&self, head: &mut ChainHead) -> Result<Pulled> {
        self.pull(LOG, head).await
    }

    pub async fn pull_out(&self, head: &mut ChainHead) -> Result<Pulled> {
        self.pull(OUT, head).await
    }

    pub async fn pull_in(&self, head: &mut ChainHead) -> Result<Pulled> {
        self.pull(IN, head).await
    }

    /// Reads and checks what came after `head`: two requests when nothing is new, the second to see whether one record
    /// was taken out before another.
    async fn pull(&self, folder: &str, head: &mut ChainHead) -> Result<Pulled> {
        let mut pulled = Pulled::default();
        while pulled.records.len() < MOST_RECORDS {
            let Some(envelope) = self.get(&record_name(folder, head.next())).await? else {
                pulled.finding = self.gap(folder, head).await?;
                break;
            };
            match head.accept(&envelope) {
                Ok(record) => pulled.records.push(record),
                Err(finding) => {
                    pulled.finding = Some(finding);
                    break;
                }
            }
        }
        Ok(pulled)
    }

    /// The next record is not there; a finding when the one after it is.
    async fn gap(&self, folder: &str, head: &ChainHead) -> Result<Option<Finding>> {
        if self.store.head(&self.key(&record_name(folder, head.next() + 1))).await?.is_none() {
            return Ok(None);
        }
        // Its author may have written both between the two looks.
        let missing = self.get(&record_name(folder, head.next())).await?.is_none();
        Ok(missing.then(|| Finding {
            chain: head.chain().to_owned(),
            sequence: head.next(),
            kind: FindingKind::Missing,
            message: "it is missing, and a later one is there.".to_owned(),
        }))
    }

    /// The envelope at a place of a chain, as it is stored now.
    pub async fn stored_log(&self, sequence: u64) -> Result<Option<Vec<u8>>> {
        self.get(&record_name(LOG, sequence)).await
    }

    pub async fn stored_out(&self, sequence: u64) -> Result<Option<Vec<u8>>> {
        self.get(&record_name(OUT, sequence)).await
    }

    pub async fn stored_in(&self, sequence: u64) -> Result<Option<Vec<u8>>> {
        self.get(&record_name(IN, sequence)).await
    }

    /// Leaves the provider's last word where it stays readable: all records after `welcome`, so that the chain goes on
    /// without a gap for a recipient who can read nothing else.
    pub async fn write_notice(&self, envelopes: &[Vec<u8>]) -> Result<()> {
        write_whole(self, NOTICE, datashare_protocol::write_notice(envelopes)).await
    }

    /// The envelopes of the notice; empty when there is none.
    pub async fn read_notice(&self) -> Result<Vec<Vec<u8>>> {
        let notice = get_whole(&self.store, &self.key(NOTICE), LONGEST_NOTICE).await?;
        Ok(notice.map(|bytes| datashare_protocol::read_notice(&bytes)).unwrap_or_default())
    }

    /// A record or manifest as it is stored; `None` when it is not there.
    async fn get(&self, name: &str) -> Result<Option<Vec<u8>>> {
        get_envelope(&self.store, &self.key(name)).await
    }
}

/// Chain and number of a record that this author signed.
fn place_of(envelope: &[u8], author: &PublicKeys) -> Option<(String, u64)> {
    let payload = open_envelope(RECORD_TYPE, envelope, author).ok()?;
    let record: Record = serde_json::from_slice(&payload).ok()?;
    Some((record.chain, record.sequence))
}

fn already_there(key: &str) -> StoreError {
    StoreError::new(
        ErrorKind::AlreadyExists,
        "write",
        key,
        "Another record stands in this place already: another copy of this workspace may have written it.",
    )
}

/// Reads what should be an envelope; `None` when it is not there. What is longer than any is none: it reads as no bytes,
/// which no signature fits.
pub(crate) async fn get_envelope(store: &SharedStore, key: &str) -> Result<Option<Vec<u8>>> {
    match get_whole(store, key, LONGEST_RECORD).await {
        Err(ExchangeError::TooLong(_)) => Ok(Some(Vec::new())),
        found => found,
    }
}
