//! Terms of use: text in versions, each named by its SHA-256.

use sha2::{Digest, Sha256};

/// The name of a terms text: lower-case hex SHA-256 of its UTF-8 bytes, exactly as written.
pub fn terms_sha256(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
