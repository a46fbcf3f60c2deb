//! Signed envelopes: DSSE over canonical JSON (RFC 8785), one Ed25519 signature.

use dsse::{Ed25519Verifier, Envelope, verify};
use serde::Serialize;
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::{IdentityKeys, PublicKeys};

pub const RECORD_TYPE: &str = "application/vnd.datashare.record+json;v=1";
pub const MANIFEST_TYPE: &str = "application/vnd.datashare.manifest+json;v=1";

/// What somebody asks a second person to approve.
pub const APPROVAL_REQUEST_TYPE: &str = "application/vnd.datashare.approval-request+json;v=1";
/// What the second person answers.
pub const APPROVAL_ANSWER_TYPE: &str = "application/vnd.datashare.approval-answer+json;v=1";

/// Longest envelope that is looked at, bytes. Terms are the longest thing inside.
const LONGEST_ENVELOPE: usize = 4 << 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum EnvelopeError {
    #[error("it is not a signed envelope")]
    NotReadable,
    #[error("its signature does not match its content and the expected key")]
    BadSignature,
    #[error("it is of another type than expected")]
    WrongType,
}

/// Signs the canonical JSON of a value; answers the envelope's bytes, which are what is stored and hashed.
pub fn sign_envelope(
    payload_type: &str,
    value: &impl Serialize,
    keys: &IdentityKeys,
) -> Result<Vec<u8>, EnvelopeError> {
    let payload = serde_json_canonicalizer::to_vec(value).map_err(|_| EnvelopeError::NotReadable)?;
    let envelope =
        dsse::sign(payload_type, &payload, &keys.signer()).map_err(|_| EnvelopeError::BadSignature)?;
    serde_json_canonicalizer::to_vec(&envelope).map_err(|_| EnvelopeError::NotReadable)
}

/// The payload of an envelope that this key signed.
pub fn open_envelope(
    payload_type: &str,
    bytes: &[u8],
    signer: &PublicKeys,
) -> Result<Vec<u8>, EnvelopeError> {
    let envelope = parse(bytes)?;
    let verifier = Ed25519Verifier::from_bytes(&signer.signing).map_err(|_| EnvelopeError::BadSignature)?;
    let verified = verify(&envelope, &[&verifier], 1).map_err(|_| EnvelopeError::BadSignature)?;
    if verified.payload_type != payload_type {
        return Err(EnvelopeError::WrongType);
    }
    Ok(verified.payload)
}

/// As [`open_envelope`], but stricter than a reader of the exchange has to be: the envelope is written as this protocol
/// writes it, with one signature and the fingerprint of its signer, so that each changed byte is found.
pub(crate) fn open_exact(
    payload_type: &str,
    bytes: &[u8],
    signer: &PublicKeys,
) -> Result<Vec<u8>, EnvelopeError> {
    let document: serde_json::Value =
        serde_json::from_slice(bytes).map_err(|_| EnvelopeError::NotReadable)?;
    let single = document["signatures"].as_array().is_some_and(|signatures| signatures.len() == 1);
    let named = document["signatures"][0]["keyid"].as_str() == Some(&signer.fingerprint());
    if !single || !named || !is_canonical(bytes, &document) {
        return Err(EnvelopeError::BadSignature);
    }
    open_envelope(payload_type, bytes, signer)
}

/// Whether these bytes are the one way to write this value.
pub(crate) fn is_canonical(bytes: &[u8], value: &impl Serialize) -> bool {
    serde_json_canonicalizer::to_vec(value).is_ok_and(|canonical| canonical == bytes)
}

/// The payload before anybody vouched for it: only to learn which key claims to have signed.
pub(crate) fn peek_payload(bytes: &[u8]) -> Result<Vec<u8>, EnvelopeError> {
    use base64::Engine;
    let envelope: serde_json::Value =
        serde_json::from_slice(bytes).map_err(|_| EnvelopeError::NotReadable)?;
    let payload = envelope["payload"].as_str().ok_or(EnvelopeError::NotReadable)?;
    base64::engine::general_purpose::STANDARD.decode(payload).map_err(|_| EnvelopeError::NotReadable)
}

fn parse(bytes: &[u8]) -> Result<Envelope, EnvelopeError> {
    if bytes.len() > LONGEST_ENVELOPE {
        return Err(EnvelopeError::NotReadable);
    }
    Envelope::from_json(bytes).map_err(|_| EnvelopeError::NotReadable)
}

/// Lower-case hex SHA-256: how a record names the one before it.
pub fn sha256_hex(bytes: &[u8]) -> String {
    datashare_domain::hex(&Sha256::digest(bytes))
}
