//! Answers that are kept for a day, so that a request which is sent once more is not done once more.
//!
//! Both the request's hash and the sealed answer need a key that only the caller's token gives: the database alone tells
//! neither what was asked nor what was answered.

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use chrono::TimeDelta;
use datashare_secret::Secret;
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::ApiSeat;
use crate::database::api::{self, AnswerRow};
use crate::{App, AppError, Code, Result};

/// How long an answer is kept.
const KEPT_FOR: TimeDelta = TimeDelta::hours(24);
const NONCE: usize = 24;

/// What is known of a request when it comes.
#[derive(Debug, PartialEq, Eq)]
pub enum ApiBegin {
    /// Do it, then finish or forget it.
    New,
    /// It was done; this was the answer.
    Answered(Vec<u8>),
    /// It is being done.
    Unanswered,
    /// The key stands for another request.
    Other,
}

/// The answers that are kept for one token.
pub struct ApiAnswers {
    app: App,
    token_sha256: String,
    /// Held for as long as anything is being answered.
    seat: ApiSeat,
    keys: Zeroizing<[u8; 64]>,
}

impl ApiAnswers {
    pub(super) fn new(app: App, token: &Secret, token_sha256: String, seat: ApiSeat) -> Self {
        let mut keys = Zeroizing::new([0; 64]);
        // 64 bytes are always a valid length for HKDF-SHA256.
        let _ = Hkdf::<Sha256>::new(Some(b"datashare/api-answer/v1"), token.reveal().as_bytes())
            .expand(b"", &mut *keys);
        Self { app, token_sha256, seat, keys }
    }

    /// Looks a request up by its key, and keeps a place for its answer when it is new. One that was interrupted with the
    /// process that did it is new again: nothing is known of its answer, and whoever sends it once more wants it done.
    pub fn begin(&self, key: &str, request: &[u8]) -> Result<ApiBegin> {
        let (hash, now) = (self.hash(request)?, self.app.now());
        let found = self.app.database().write(|transaction| {
            api::forget_answers_before(transaction, now - KEPT_FOR)?;
            let of = (self.token_sha256.as_str(), key);
            let Some(found) = api::find_answer(transaction, of.0, of.1)? else {
                api::begin_answer(transaction, of, &hash, self.seat.number, now)?;
                return Ok(None);
            };
            if found.request == hash && self.was_interrupted(&found)? {
                api::take_over_answer(transaction, of, self.seat.number)?;
                return Ok(None);
            }
            Ok(Some(found))
        })?;
        match found {
            None => Ok(ApiBegin::New),
            Some(found) if found.request != hash => Ok(ApiBegin::Other),
            Some(found) => match found.answer {
                None => Ok(ApiBegin::Unanswered),
                Some(sealed) => Ok(ApiBegin::Answered(self.open(key, &sealed)?)),
            },
        }
    }

    fn was_interrupted(&self, found: &AnswerRow) -> Result<bool> {
        Ok(found.answer.is_none() && found.seat != self.seat.number && self.app.is_seat_free(found.seat)?)
    }

    /// Keeps the answer.
    pub fn finish(&self, key: &str, answer: &[u8]) -> Result<()> {
        let sealed = self.seal(key, answer)?;
        self.app
            .database()
            .write(|transaction| api::finish_answer(transaction, &self.token_sha256, key, &sealed))
    }

    /// Nothing was done: the same request may be tried again.
    pub fn forget(&self, key: &str) -> Result<()> {
        self.app.database().write(|transaction| api::forget_answer(transaction, &self.token_sha256, key))
    }

    fn hash(&self, request: &[u8]) -> Result<Vec<u8>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.keys[32..]).map_err(|_| unusable())?;
        mac.update(request);
        Ok(mac.finalize().into_bytes().to_vec())
    }

    fn cipher(&self) -> Result<XChaCha20Poly1305> {
        XChaCha20Poly1305::new_from_slice(&self.keys[..32]).map_err(|_| unusable())
    }

    fn seal(&self, key: &str, answer: &[u8]) -> Result<Vec<u8>> {
        let nonce = self.app.random::<NONCE>()?;
        let payload = Payload { msg: answer, aad: key.as_bytes() };
        let sealed = self.cipher()?.encrypt(&XNonce::from(nonce), payload).map_err(|_| unusable())?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    fn open(&self, key: &str, sealed: &[u8]) -> Result<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or_else(unusable)?;
        let payload = Payload { msg: sealed, aad: key.as_bytes() };
        self.cipher()?.decrypt(&XNonce::from(*nonce), payload).map_err(|_| unusable())
    }
}

fn unusable() -> AppError {
    AppError::new(Code::Internal, "The answer that is kept for this idempotency key cannot be used.")
        .hint("Look whether the request was done; if not, send it with another key.")
}
