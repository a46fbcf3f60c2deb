//! A log in the workspace that cannot grow without end. Every line loses its secrets at the sink, whatever the code that
//! wrote it thought of them.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use datashare_secret::redact_text;
use tracing_subscriber::fmt::MakeWriter;

/// One file and its predecessor are kept.
const LARGEST_FILE: u64 = 2 * 1024 * 1024;
/// What is worth reading later, where nobody asked for more.
pub const USUAL_LEVELS: &str = "warn,datashare=info";

/// Where log files of a workspace are.
pub fn log_folder(home: &Path) -> PathBuf {
    home.join("logs")
}

/// The file that a full one was renamed to.
pub fn predecessor(file: &Path) -> PathBuf {
    file.with_extension("log.1")
}

/// Where lines go besides the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Echo {
    StandardError,
    Nowhere,
}

/// Writes each event as one piece.
#[derive(Clone, Debug)]
pub struct LogSink {
    file: Option<Arc<Mutex<LogFile>>>,
    echo: Echo,
}

impl LogSink {
    /// Into this file, as far as it can be written; a log that cannot be is no reason not to work.
    pub fn open(file: Option<&Path>, echo: Echo) -> Self {
        let file = file.and_then(|file| LogFile::open(file).ok());
        Self { file: file.map(|file| Arc::new(Mutex::new(file))), echo }
    }
}

impl<'a> MakeWriter<'a> for LogSink {
    type Writer = LogLine;

    fn make_writer(&'a self) -> LogLine {
        LogLine { sink: self.clone(), text: Vec::new() }
    }
}

/// One event's text, collected so that it is redacted as a whole.
#[derive(Debug)]
pub struct LogLine {
    sink: LogSink,
    text: Vec<u8>,
}

impl Write for LogLine {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for LogLine {
    fn drop(&mut self) {
        let shown = redact_text(&String::from_utf8_lossy(&self.text));
        // A log that cannot be written must not stop the work it tells about.
        if self.sink.echo == Echo::StandardError {
            let _ = io::stderr().write_all(shown.as_bytes());
        }
        if let Some(file) = &self.sink.file {
            let _ = file.lock().unwrap_or_else(PoisonError::into_inner).append(shown.as_bytes());
        }
    }
}

#[derive(Debug)]
struct LogFile {
    path: PathBuf,
    file: File,
    size: u64,
}

impl LogFile {
    fn open(path: &Path) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        let size = file.metadata()?.len();
        Ok(Self { path: path.to_owned(), file, size })
    }

    fn append(&mut self, text: &[u8]) -> io::Result<()> {
        if self.size + text.len() as u64 > LARGEST_FILE {
            std::fs::rename(&self.path, predecessor(&self.path))?;
            self.file = OpenOptions::new().create(true).append(true).open(&self.path)?;
            self.size = 0;
        }
        self.file.write_all(text)?;
        self.size += text.len() as u64;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn no_secret_reaches_the_file_and_the_files_stay_small() {
        let home = tempfile::tempdir().unwrap();
        let path = log_folder(home.path()).join("test.log");
        let sink = LogSink::open(Some(&path), Echo::Nowhere);
        writeln!(sink.make_writer(), "GET https://a/b?sv=1&sig=canary opened datashare://invitation#canary")
            .unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains("sv=1") && !text.contains("canary"), "{text}");

        let mut log = LogFile::open(&path).unwrap();
        for _ in 0..5 {
            log.append(&vec![b'.'; 1024 * 1024]).unwrap();
        }
        for entry in std::fs::read_dir(log_folder(home.path())).unwrap() {
            assert!(entry.unwrap().metadata().unwrap().len() <= LARGEST_FILE);
        }
        assert_eq!(std::fs::read_dir(log_folder(home.path())).unwrap().count(), 2);
    }
}
