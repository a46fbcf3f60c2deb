//! Own and foreign chains as this workspace holds them: the local copy first, then the exchange.

use chrono::{DateTime, Utc};
use datashare_domain::{MailboxId, ShareId};
use datashare_exchange::Area;
use datashare_protocol::{
    Body, ChainHead, Finding, FindingKind, IdentityKeys, PublicKeys, RECORD_TYPE, Record, VerifiedRecord,
    mailbox_in, mailbox_out, open_envelope, share_chain, sign_record,
};
use rusqlite::{Connection, Transaction};

use crate::database::records::{self, StoredRecord};
use crate::database::{Database, meta};
use crate::{AppError, Code, Result, news};

/// How closely the exchange is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// One request when nothing is new.
    News,
    /// And whether a record was taken out before another.
    Gaps,
}

/// Which chain of the exchange.
#[derive(Clone, Debug)]
pub(crate) enum Chain {
    Share(ShareId),
    Out(MailboxId),
    In(MailboxId),
}

impl Chain {
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Share(share) => share_chain(share),
            Self::Out(mailbox) => mailbox_out(mailbox),
            Self::In(mailbox) => mailbox_in(mailbox),
        }
    }

    async fn push(
        &self,
        area: &Area,
        sequence: u64,
        envelope: &[u8],
        author: &PublicKeys,
    ) -> datashare_exchange::Result<()> {
        match self {
            Self::Share(_) => area.push_log(sequence, envelope, author).await,
            Self::Out(_) => area.push_out(sequence, envelope, author).await,
            Self::In(_) => area.push_in(sequence, envelope).await,
        }
    }
}

/// A chain read from the local database and verified.
#[derive(Debug)]
pub(crate) struct LocalChain {
    pub(crate) head: ChainHead,
    pub(crate) records: Vec<VerifiedRecord>,
}

/// Reads a chain; `signer` is `None` for a recipient who introduces itself by its first record.
pub(crate) fn load(
    connection: &Connection,
    chain: &Chain,
    signer: Option<&PublicKeys>,
) -> Result<LocalChain> {
    let (local, finding) = load_as_far(connection, chain, signer)?;
    finding.map_or(Ok(local), |finding| Err(not_genuine(finding)))
}

/// As [`load`], up to the first record that does not verify: to be shown, never to go on from.
pub(crate) fn load_as_far(
    connection: &Connection,
    chain: &Chain,
    signer: Option<&PublicKeys>,
) -> Result<(LocalChain, Option<Finding>)> {
    let name = chain.name();
    let mut head = match signer {
        Some(signer) => ChainHead::new(&name, signer.clone()),
        None => ChainHead::of_stranger(&name),
    };
    let (mut records, mut finding) = (Vec::new(), None);
    for stored in records::load(connection, &name)? {
        match head.accept(&stored.envelope) {
            Ok(record) => records.push(record),
            Err(wrong) => {
                finding = Some(wrong);
                break;
            }
        }
    }
    Ok((LocalChain { head, records }, finding))
}

/// The newest record of a kind, by its signature alone: what lies before it is not read, however long the log is.
pub(crate) fn newest_of(
    connection: &Connection,
    chain: &Chain,
    signer: &PublicKeys,
    kind: &str,
) -> Result<Option<Record>> {
    let name = chain.name();
    let Some(stored) = records::newest_of(connection, &name, kind)? else { return Ok(None) };
    let payload = open_envelope(RECORD_TYPE, &stored.envelope, signer).map_err(|error| {
        let (sequence, kind) = (stored.sequence, FindingKind::BadSignature);
        let message = format!("{error}.");
        not_genuine(Finding { chain: name.clone(), sequence, kind, message })
    })?;
    let record: Option<Record> = serde_json::from_slice(&payload).ok();
    let record = record.filter(|record| record.chain == name && record.sequence == stored.sequence);
    record.map(Some).ok_or_else(|| {
        let (sequence, kind) = (stored.sequence, FindingKind::Foreign);
        let message = "it was written for another place.".to_owned();
        not_genuine(Finding { chain: name, sequence, kind, message })
    })
}

/// Signs what `body` makes for the next place of an own chain and keeps it. The place is known to `body` because sealed
/// grants are bound to it.
pub(crate) fn append(
    database: &Database,
    chain: &Chain,
    keys: &IdentityKeys,
    at: DateTime<Utc>,
    body: impl FnOnce(&ChainHead) -> Result<Body>,
) -> Result<VerifiedRecord> {
    database.write(|transaction| append_in(transaction, chain, keys, at, body))
}

/// As [`append`], together with what else the transaction does.
pub(crate) fn append_in(
    transaction: &Transaction<'_>,
    chain: &Chain,
    keys: &IdentityKeys,
    at: DateTime<Utc>,
    body: impl FnOnce(&ChainHead) -> Result<Body>,
) -> Result<VerifiedRecord> {
    let mut local = load(transaction, chain, Some(&keys.public()))?;
    let record = local.head.continue_with(at, body(&local.head)?);
    let envelope = sign_record(&record, keys).map_err(cannot_sign)?;
    let verified = local.head.accept(&envelope).map_err(not_genuine)?;
    records::append(transaction, &chain.name(), &stored(&verified))?;
    Ok(verified)
}

/// Keeps records that were read from the exchange and that the other party, called `who`, wrote; what people may want to
/// hear of is noted with them.
pub(crate) fn keep(database: &Database, chain: &Chain, pulled: &[VerifiedRecord], who: &str) -> Result<()> {
    if pulled.is_empty() {
        return Ok(());
    }
    database.write(|transaction| {
        pulled.iter().try_for_each(|record| {
            records::append(transaction, &chain.name(), &stored(record))?;
            news::of_record(transaction, chain, record, who)
        })
    })
}

/// How many records of an own chain the exchange has.
pub(crate) fn pushed(database: &Database, chain: &Chain) -> Result<u64> {
    let key = pushed_key(chain);
    let pushed = database.read(|connection| meta::get(connection, &key))?;
    Ok(pushed.and_then(|text| text.parse().ok()).unwrap_or(0))
}

fn pushed_key(chain: &Chain) -> String {
    format!("pushed:{}", chain.name())
}

/// Writes to the exchange what it does not have yet of an own chain. What was written before is remembered, so this
/// costs nothing when there is nothing to do, and a crash or a lost network in between loses nothing.
pub(crate) async fn push(database: &Database, chain: &Chain, area: &Area, author: &PublicKeys) -> Result<()> {
    let key = pushed_key(chain);
    let (pushed, pending) = database.read(|connection| {
        let pushed: u64 = meta::get(connection, &key)?.and_then(|text| text.parse().ok()).unwrap_or(0);
        let last = records::last(connection, &chain.name())?.map_or(0, |record| record.sequence);
        let pending = if last > pushed { records::load(connection, &chain.name())? } else { Vec::new() };
        Ok((pushed, pending))
    })?;
    for record in pending.iter().filter(|record| record.sequence > pushed) {
        chain.push(area, record.sequence, &record.envelope, author).await?;
        database.write(|transaction| meta::set(transaction, &key, &record.sequence.to_string()))?;
    }
    Ok(())
}

fn stored(verified: &VerifiedRecord) -> StoredRecord {
    StoredRecord {
        sequence: verified.record.sequence,
        kind: verified.record.body.kind().to_owned(),
        at: verified.record.at,
        sha256: verified.sha256.clone(),
        envelope: verified.envelope.clone(),
    }
}

fn cannot_sign(error: datashare_protocol::EnvelopeError) -> AppError {
    AppError::new(Code::Internal, "A record could not be signed.").because(error)
}

/// A finding as the person meets it.
pub(crate) fn not_genuine(finding: Finding) -> AppError {
    AppError::new(Code::NotGenuine, finding.to_string())
        .hint("Nothing was taken from it. Ask the other party, and look at the audit page for all findings.")
        .because(finding)
}
