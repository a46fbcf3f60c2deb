//! Index files: the files of a publication or of a granted folder, one JSON line each, in order of path bytes.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{CHUNK, ContentKey, SEALED_CHUNK, open_chunk, sealed_size, sha256_hex};

/// One file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IndexLine {
    /// Path within the dataset.
    pub path: String,
    /// Bytes (plain, where the object is sealed).
    pub size: u64,
    /// Version tag at the source.
    pub version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<DateTime<Utc>>,
    /// Hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub md5: Option<String>,
    /// Where the bytes are: whole key in the data's account, or object below the share area.
    pub object: String,
    /// Signature for this object alone (base64). Only in indexes that are sealed to a recipient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
}

/// Appends a line, newline included.
pub fn write_index_line(line: &IndexLine, out: &mut Vec<u8>) -> serde_json::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.push(b'\n');
    Ok(())
}

/// Reads a line without its newline.
pub fn read_index_line(line: &[u8]) -> serde_json::Result<IndexLine> {
    serde_json::from_slice(line)
}

/// Reads the lines of an index as it is stored under the name `object`: checks it against its signed hash, and opens its seal
/// where there is a `key`. `plain_size` is what its manifest says. `None` when it is not the index that was meant.
pub fn open_index(
    object: &str,
    stored: Vec<u8>,
    sha256: &str,
    key: Option<&ContentKey>,
    plain_size: Option<u64>,
) -> Option<Vec<IndexLine>> {
    if sha256_hex(&stored) != sha256 {
        return None;
    }
    let plain = match key {
        Some(key) => unseal(key, object, &stored, plain_size)?,
        None => stored,
    };
    let lines = plain.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| read_index_line(line).ok()).collect()
}

fn unseal(key: &ContentKey, object: &str, stored: &[u8], plain_size: Option<u64>) -> Option<Vec<u8>> {
    let chunks = (stored.len() as u64).div_ceil(SEALED_CHUNK).max(1);
    let size = plain_size.or_else(|| (stored.len() as u64).checked_sub(chunks * (SEALED_CHUNK - CHUNK)))?;
    if sealed_size(size) != stored.len() as u64 {
        return None;
    }
    let mut plain = Vec::with_capacity(size as usize);
    for (number, chunk) in stored.chunks(SEALED_CHUNK as usize).enumerate() {
        plain.extend(open_chunk(key, object, size, number as u64, chunk).ok()?);
    }
    Some(plain)
}
