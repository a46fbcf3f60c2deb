//! The register of every access token that was issued.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use datashare_domain::{DatasetId, GrantId, MailboxId, ShareId};
use datashare_exchange::{EarlierIndex, IssuedGrant};
use rusqlite::{Connection, Transaction, params};

use super::Time;
use crate::Result;
use crate::dto::IssuedToken;

/// Adds what was issued for one recipient. The signatures' hashes join it to the storage's own logs.
pub(crate) fn register(
    transaction: &Transaction<'_>,
    share: &ShareId,
    mailbox: &MailboxId,
    grant: &GrantId,
    issued: &[IssuedGrant],
    at: DateTime<Utc>,
) -> Result<()> {
    for (number, token) in issued.iter().enumerate() {
        transaction.execute(
            "INSERT INTO grants (id, share_id, mailbox_id, dataset_id, scope, policy, signature_sha256, issued_at, expires_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                format!("{grant}-{number}"),
                share.as_str(),
                mailbox.as_str(),
                token.dataset.as_ref().map(|dataset| dataset.as_str()),
                token.scope,
                token.policy,
                token.signature_sha256,
                Time(at),
                Time(token.expires_at)
            ],
        )?;
    }
    Ok(())
}

/// The newest index, or what else was given, of each dataset of a recipient.
pub(crate) fn earlier_indexes(
    connection: &Connection,
    mailbox: &MailboxId,
) -> Result<BTreeMap<DatasetId, EarlierIndex>> {
    let mut statement = connection.prepare_cached(
        "SELECT dataset_id, id, signature_sha256 FROM grants WHERE rowid IN
         (SELECT max(rowid) FROM grants WHERE mailbox_id = ?1 AND dataset_id IS NOT NULL GROUP BY dataset_id)",
    )?;
    let rows = statement.query_map([mailbox.as_str()], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
    })?;
    let mut earlier = BTreeMap::new();
    for row in rows {
        let (dataset, token, sha256) = row?;
        let grant = token.rsplit_once('-').and_then(|(grant, _)| GrantId::parse(grant));
        if let (Some(dataset), Some(grant)) = (DatasetId::parse(&dataset), grant) {
            earlier.insert(dataset, EarlierIndex { grant, sha256 });
        }
    }
    Ok(earlier)
}

/// Every token of a share, oldest first.
pub(crate) fn list(connection: &Connection, share: &ShareId) -> Result<Vec<IssuedToken>> {
    let mut statement = connection.prepare_cached(
        "SELECT grants.id, mailbox_id, email, datasets.name, scope, policy, signature_sha256, issued_at,
                grants.expires_at, ended_at
         FROM grants JOIN mailboxes ON mailboxes.id = mailbox_id LEFT JOIN datasets ON datasets.id = dataset_id
         WHERE grants.share_id = ?1 ORDER BY issued_at, grants.rowid",
    )?;
    let tokens = statement.query_map([share.as_str()], |row| {
        Ok(IssuedToken {
            token_id: row.get(0)?,
            recipient_id: row.get(1)?,
            email: row.get(2)?,
            dataset: row.get(3)?,
            scope: row.get(4)?,
            policy: row.get(5)?,
            signature_sha256: row.get(6)?,
            issued_at: row.get::<_, Time>(7)?.0,
            expires_at: row.get::<_, Time>(8)?.0,
            ended_at: row.get::<_, Option<Time>>(9)?.map(|time| time.0),
        })
    })?;
    Ok(tokens.collect::<rusqlite::Result<_>>()?)
}

/// How long a token lives.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Life {
    pub(crate) issued_at: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
    /// Under no policy: nothing ends it before its time.
    pub(crate) stands_alone: bool,
}

impl Life {
    /// Half of it is over.
    pub(crate) fn is_due(&self, now: DateTime<Utc>) -> bool {
        now >= self.issued_at + (self.expires_at - self.issued_at) / 2
    }
}

/// The tokens of a recipient's newest grant that were not ended.
pub(crate) fn newest(connection: &Connection, mailbox: &MailboxId) -> Result<Vec<Life>> {
    let mut statement = connection.prepare_cached(
        "SELECT issued_at, expires_at, policy FROM grants WHERE mailbox_id = ?1 AND ended_at IS NULL
         AND issued_at = (SELECT max(issued_at) FROM grants WHERE mailbox_id = ?1)",
    )?;
    let lives = statement.query_map([mailbox.as_str()], |row| {
        Ok(Life {
            issued_at: row.get::<_, Time>(0)?.0,
            expires_at: row.get::<_, Time>(1)?.0,
            stands_alone: row.get::<_, String>(2)?.is_empty(),
        })
    })?;
    Ok(lives.collect::<rusqlite::Result<_>>()?)
}

/// Whether a recipient has tokens that were not ended.
pub(crate) fn any_open(connection: &Connection, mailbox: &MailboxId) -> Result<bool> {
    let query = "SELECT EXISTS (SELECT 1 FROM grants WHERE mailbox_id = ?1 AND ended_at IS NULL)";
    Ok(connection.query_row(query, [mailbox.as_str()], |row| row.get(0))?)
}

/// Marks all tokens of a recipient as ended.
pub(crate) fn end(transaction: &Transaction<'_>, mailbox: &MailboxId, at: DateTime<Utc>) -> Result<()> {
    let update = "UPDATE grants SET ended_at = ?2 WHERE mailbox_id = ?1 AND ended_at IS NULL";
    transaction.execute(update, params![mailbox.as_str(), Time(at)])?;
    Ok(())
}
