//! The notice: the provider's last word to one recipient, a list of the envelopes of its chain.

/// The object's bytes.
pub fn write_notice(envelopes: &[Vec<u8>]) -> Vec<u8> {
    let texts: Vec<_> = envelopes.iter().map(|envelope| String::from_utf8_lossy(envelope)).collect();
    // A list of texts always has a JSON form.
    serde_json::to_vec(&texts).unwrap_or_default()
}

/// The envelopes, unverified; none when it is no notice.
pub fn read_notice(bytes: &[u8]) -> Vec<Vec<u8>> {
    let texts: Vec<String> = serde_json::from_slice(bytes).unwrap_or_default();
    texts.into_iter().map(String::into_bytes).collect()
}
