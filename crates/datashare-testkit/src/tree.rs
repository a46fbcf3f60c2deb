//! Trees of files with names that break careless code, and their hashes.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::Path;

use sha2::{Digest, Sha256};

/// How much of what.
#[derive(Clone, Debug)]
pub struct AwkwardOptions {
    /// Files of 1 to 100 bytes in `many/`.
    pub small_files: usize,
    /// Size of the one large file `large.bin`, bytes.
    pub large_file: usize,
}

impl Default for AwkwardOptions {
    fn default() -> Self {
        Self { small_files: 20, large_file: 5 * 1024 * 1024 + 3 }
    }
}

/// Names that are legal everywhere and awkward somewhere.
const AWKWARD_NAMES: [&str; 14] = [
    "with space.txt",
    " leading space",
    "Grüße aus Köln.csv",
    "日本語/データ.parquet",
    "emoji 🦀.bin",
    "e\u{301} decomposed",
    "100% sure.txt",
    "%41 is not A.txt",
    "hash#tag.txt",
    "plus+plus & ampersand=.txt",
    "quote'd (brackets) [and] {more}.txt",
    "same-prefix",
    "same/prefix",
    ".hidden/.deeper/.file",
];

/// Names that Windows does not hold.
const AWKWARD_ON_WINDOWS: [&str; 5] =
    ["what?.txt", "trailing dot.", "trailing dots...", "a:b|c<d>\"e\"*.txt", "trailing space "];

/// Writes the tree; what stands in a file depends on its path alone, so that two trees are the same.
pub fn awkward_tree(directory: &Path, options: &AwkwardOptions) -> io::Result<()> {
    let windows_only = if cfg!(windows) { &[][..] } else { &AWKWARD_ON_WINDOWS[..] };
    for name in AWKWARD_NAMES.iter().chain(windows_only) {
        write_file(directory, name, 10 + name.len())?;
    }
    write_file(directory, "empty", 0)?;
    write_file(directory, "deep/empty", 0)?;
    let deep: Vec<String> = (1..=20).map(|level| format!("level {level}")).collect();
    write_file(directory, &format!("deep/{}/file", deep.join("/")), 33)?;
    write_file(directory, "large.bin", options.large_file)?;
    (0..options.small_files).try_for_each(|n| write_file(directory, &format!("many/{n:05}.txt"), 1 + n % 100))
}

/// SHA-256 (lower-case hex) of every file below the directory, by relative path with `/`.
pub fn hash_tree(directory: &Path) -> io::Result<BTreeMap<String, String>> {
    let mut hashes = BTreeMap::new();
    hash_below(directory, "", &mut hashes)?;
    Ok(hashes)
}

/// Bytes that look random and depend on the seed alone.
pub fn sample_bytes(seed: &str, length: usize) -> Vec<u8> {
    let mut state =
        u64::from_le_bytes(Sha256::digest(seed).as_slice()[..8].try_into().unwrap_or_default()) | 1;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        // xorshift64: fast, and even enough for content.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

fn write_file(directory: &Path, path: &str, length: usize) -> io::Result<()> {
    let file = directory.join(path);
    if let Some(parent) = file.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(file, sample_bytes(path, length))
}

fn hash_below(directory: &Path, prefix: &str, hashes: &mut BTreeMap<String, String>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            hash_below(&entry.path(), &format!("{path}/"), hashes)?;
        } else {
            hashes.insert(path, hash_file(&entry.path())?);
        }
    }
    Ok(())
}

fn hash_file(path: &Path) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut file = File::open(path)?;
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match io::Read::read(&mut file, &mut buffer)? {
            0 => break,
            read => hash.update(&buffer[..read]),
        }
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn two_trees_are_the_same_and_a_changed_byte_shows() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for directory in [&one, &two] {
            awkward_tree(directory.path(), &AwkwardOptions::default()).unwrap();
        }
        let hashes = hash_tree(one.path()).unwrap();
        assert_eq!(hashes, hash_tree(two.path()).unwrap());
        assert!(hashes.contains_key("100% sure.txt") && hashes.contains_key("日本語/データ.parquet"));
        fs::write(two.path().join("deep/empty"), "x").unwrap();
        assert_ne!(hashes, hash_tree(two.path()).unwrap());
    }
}
