//! Index files: the files of a publication or of a granted folder, one JSON line each, in order of path bytes.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

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
