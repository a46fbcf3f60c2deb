//! The register of every access token that was issued.

use chrono::{DateTime, Utc};
use datashare_domain::{GrantId, MailboxId, ShareId};
use datashare_exchange::IssuedGrant;
use rusqlite::{Connection, Transaction, params};

use super::Time;
use crate::Result;

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
