//! Tokens of the REST API as rows, and the answers kept for idempotency keys.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::Time;
use super::columns::{json, to_json};
use crate::Result;
use crate::dto::ApiToken;

const TOKEN: &str = "SELECT name, scopes, created_at, expires_at, last_used_at FROM api_tokens";

pub(crate) fn insert_token(transaction: &Transaction<'_>, token: &ApiToken, sha256: &str) -> Result<()> {
    transaction.execute(
        "INSERT INTO api_tokens (name, sha256, scopes, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            token.name,
            sha256,
            to_json(&token.scopes)?,
            Time(token.created_at),
            token.expires_at.map(Time)
        ],
    )?;
    Ok(())
}

pub(crate) fn list_tokens(connection: &Connection) -> Result<Vec<ApiToken>> {
    let mut statement = connection.prepare_cached(&format!("{TOKEN} ORDER BY name"))?;
    Ok(statement.query_map([], token)?.collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn find_token(connection: &Connection, name: &str) -> Result<Option<ApiToken>> {
    Ok(connection.query_row(&format!("{TOKEN} WHERE name = ?1"), [name], token).optional()?)
}

pub(crate) fn token_of(connection: &Connection, sha256: &str) -> Result<Option<ApiToken>> {
    let mut statement = connection.prepare_cached(&format!("{TOKEN} WHERE sha256 = ?1"))?;
    Ok(statement.query_row([sha256], token).optional()?)
}

pub(crate) fn set_last_used(transaction: &Transaction<'_>, sha256: &str, at: DateTime<Utc>) -> Result<()> {
    transaction
        .execute("UPDATE api_tokens SET last_used_at = ?2 WHERE sha256 = ?1", params![sha256, Time(at)])?;
    Ok(())
}

/// With the answers that are kept for it.
pub(crate) fn remove_token(transaction: &Transaction<'_>, name: &str) -> Result<()> {
    transaction.execute("DELETE FROM api_tokens WHERE name = ?1", [name])?;
    Ok(())
}

fn token(row: &Row<'_>) -> rusqlite::Result<ApiToken> {
    Ok(ApiToken {
        name: row.get(0)?,
        scopes: json(row, 1)?,
        created_at: row.get::<_, Time>(2)?.0,
        expires_at: row.get::<_, Option<Time>>(3)?.map(|time| time.0),
        last_used_at: row.get::<_, Option<Time>>(4)?.map(|time| time.0),
    })
}

/// What is kept for a key.
#[derive(Debug)]
pub(crate) struct AnswerRow {
    pub(crate) request: Vec<u8>,
    /// `None` while the request is being answered.
    pub(crate) answer: Option<Vec<u8>>,
    /// Of the process that answers it.
    pub(crate) seat: u32,
}

pub(crate) fn find_answer(connection: &Connection, token: &str, key: &str) -> Result<Option<AnswerRow>> {
    let query = "SELECT request, answer, seat FROM api_answers WHERE token_sha256 = ?1 AND key = ?2";
    let answer =
        |row: &Row<'_>| Ok(AnswerRow { request: row.get(0)?, answer: row.get(1)?, seat: row.get(2)? });
    Ok(connection.query_row(query, [token, key], answer).optional()?)
}

pub(crate) fn begin_answer(
    transaction: &Transaction<'_>,
    (token, key): (&str, &str),
    request: &[u8],
    seat: u32,
    at: DateTime<Utc>,
) -> Result<()> {
    let insert = "INSERT INTO api_answers (token_sha256, key, request, seat, at) VALUES (?1, ?2, ?3, ?4, ?5)";
    transaction.execute(insert, params![token, key, request, seat, Time(at)])?;
    Ok(())
}

/// Another process answers it now.
pub(crate) fn take_over_answer(
    transaction: &Transaction<'_>,
    (token, key): (&str, &str),
    seat: u32,
) -> Result<()> {
    let update = "UPDATE api_answers SET seat = ?3 WHERE token_sha256 = ?1 AND key = ?2";
    transaction.execute(update, params![token, key, seat])?;
    Ok(())
}

/// What was begun from this seat and not answered.
pub(crate) fn forget_unanswered(transaction: &Transaction<'_>, seat: u32) -> Result<()> {
    transaction.execute("DELETE FROM api_answers WHERE seat = ?1 AND answer IS NULL", [seat])?;
    Ok(())
}

pub(crate) fn finish_answer(
    transaction: &Transaction<'_>,
    token: &str,
    key: &str,
    answer: &[u8],
) -> Result<()> {
    let update = "UPDATE api_answers SET answer = ?3 WHERE token_sha256 = ?1 AND key = ?2";
    transaction.execute(update, params![token, key, answer])?;
    Ok(())
}

pub(crate) fn forget_answer(transaction: &Transaction<'_>, token: &str, key: &str) -> Result<()> {
    transaction.execute("DELETE FROM api_answers WHERE token_sha256 = ?1 AND key = ?2", [token, key])?;
    Ok(())
}

pub(crate) fn forget_answers_before(transaction: &Transaction<'_>, at: DateTime<Utc>) -> Result<()> {
    transaction.execute("DELETE FROM api_answers WHERE at < ?1", [Time(at)])?;
    Ok(())
}
