//! Files that carry signed envelopes and verify by themselves: receipts and approvals. What of them is wrong is a value;
//! its words are those of the kind of file.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::envelope::{is_canonical, open_exact, peek_payload};
use crate::{EnvelopeError, PublicKeys};

/// Why a file is not one of a kind.
pub(crate) enum DocumentError {
    NotOne,
    /// Of a format that this version does not know.
    Newer(String),
    Changed,
}

/// Why an envelope is not what stands in its place.
pub(crate) enum PartError {
    NotSigned,
    Another,
}

/// The member that names the format is called like the kind.
#[derive(Deserialize)]
struct Format {
    #[serde(rename = "receipt", alias = "approval")]
    format: String,
}

/// Reads a file of the format `datashare/KIND/vN`. Canonical, so that there is one spelling of every file and each changed
/// byte is found.
pub(crate) fn read<T: Serialize + DeserializeOwned>(
    format: &str,
    longest: usize,
    bytes: &[u8],
) -> Result<T, DocumentError> {
    if bytes.len() > longest {
        return Err(DocumentError::NotOne);
    }
    let named: Format = serde_json::from_slice(bytes).map_err(|_| DocumentError::NotOne)?;
    if named.format != format {
        let kind = format.trim_end_matches(|character: char| character.is_ascii_digit());
        let newer = named.format.starts_with(kind);
        return Err(if newer { DocumentError::Newer(named.format) } else { DocumentError::NotOne });
    }
    let document: T = serde_json::from_slice(bytes).map_err(|_| DocumentError::Changed)?;
    if is_canonical(bytes, &document) { Ok(document) } else { Err(DocumentError::Changed) }
}

/// What an envelope says before anybody vouched for it: only to learn which key it introduces.
pub(crate) fn introduced<T: DeserializeOwned>(envelope: &str) -> Result<T, PartError> {
    let payload = peek_payload(envelope.as_bytes()).map_err(|_| PartError::NotSigned)?;
    serde_json::from_slice(&payload).map_err(|_| PartError::Another)
}

/// The payload of an envelope that this key signed, exactly as this protocol writes it.
pub(crate) fn signed(payload_type: &str, envelope: &str, keys: &PublicKeys) -> Result<Vec<u8>, PartError> {
    open_exact(payload_type, envelope.as_bytes(), keys).map_err(|error| match error {
        EnvelopeError::WrongType => PartError::Another,
        _ => PartError::NotSigned,
    })
}
