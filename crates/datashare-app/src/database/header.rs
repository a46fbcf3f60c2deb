//! The layout version of a database file, read without opening the database: SQLite would write beside it, or recover
//! its log into it.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;

use crate::{AppError, Code, Result};

use super::damage;

/// Where `PRAGMA user_version` stands in the first page (SQLite file format, 1.3).
const VERSION_AT: usize = 60;
const HEADER: usize = 100;
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// Header of the log, and of each frame in it (SQLite file format, 4.1).
const LOG_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// The highest layout version that the file or its write-ahead log carries; 0 when there is no database yet.
pub(super) fn layout_version(file: &Path) -> Result<u32> {
    let unreadable = |error: io::Error| {
        AppError::new(
            Code::Internal,
            format!("The workspace's database {} cannot be read: {error}.", file.display()),
        )
        .hint("Check that the file belongs to you and may be read.")
        .because(error)
    };
    let in_file = match File::open(file) {
        Ok(mut opened) => version_in_file(&mut opened).map_err(unreadable)?,
        Err(error) if error.kind() == ErrorKind::NotFound => Some(0),
        Err(error) => return Err(unreadable(error)),
    };
    let in_file = in_file.ok_or_else(|| damage::damaged(file))?;
    let mut log = file.as_os_str().to_owned();
    log.push("-wal");
    match File::open(log) {
        Ok(mut log) => Ok(in_file.max(version_in_log(&mut log).unwrap_or(0))),
        Err(_) => Ok(in_file),
    }
}

/// `None` when this is no SQLite database.
fn version_in_file(file: &mut File) -> io::Result<Option<u32>> {
    let mut header = [0; HEADER];
    match file.read_exact(&mut header) {
        Ok(()) if header.starts_with(MAGIC) => Ok(Some(number(&header, VERSION_AT))),
        // A start that was cut off right after making the file.
        Err(error) if error.kind() == ErrorKind::UnexpectedEof && file.metadata()?.len() == 0 => Ok(Some(0)),
        Ok(()) => Ok(None),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

/// The version in the newest copy of the first page that waits in the log. Whatever cannot be read as a log says 0:
/// SQLite itself judges it on opening.
fn version_in_log(log: &mut File) -> io::Result<u32> {
    let mut header = [0; LOG_HEADER];
    log.read_exact(&mut header)?;
    let (page_size, salts) = (u64::from(number(&header, 8)), &header[16..24]);
    let mut version = 0;
    let mut frame = [0; FRAME_HEADER + VERSION_AT + 4];
    let mut at = LOG_HEADER as u64;
    loop {
        log.seek(SeekFrom::Start(at))?;
        match log.read_exact(&mut frame) {
            // Frames of an earlier round of the log have other salts.
            Ok(()) if frame[8..16] == *salts => {}
            _ => return Ok(version),
        }
        if number(&frame, 0) == 1 {
            version = number(&frame, FRAME_HEADER + VERSION_AT);
        }
        at += FRAME_HEADER as u64 + page_size;
    }
}

fn number(bytes: &[u8], at: usize) -> u32 {
    bytes[at..at + 4].iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
}
