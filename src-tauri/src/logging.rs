//! The log of the window: standard error and a file in the workspace. Every line loses its secrets at the sink, whatever
//! the code that wrote it thought of them, and the file cannot grow without end.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use datashare_secret::redact_text;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// One file and its predecessor are kept.
const LARGEST_FILE: u64 = 2 * 1024 * 1024;
const FILE: &str = "datashare.log";
/// As much of the log as a report holds, bytes.
const REPORTED: usize = 512 * 1024;
const USUAL_LEVELS: &str = "warn,datashare=info";

/// Starts logging into `home/logs`. Without a writable file there is still standard error.
pub(crate) fn start(home: Option<&Path>) -> LogPlace {
    let levels = EnvFilter::try_from_env("DATASHARE_LOG").unwrap_or_else(|_| EnvFilter::new(USUAL_LEVELS));
    let file = home.and_then(|home| LogFile::open(&home.join("logs")).ok());
    let sink = Sink { file: file.map(|file| Arc::new(Mutex::new(file))) };
    let started =
        tracing_subscriber::fmt().with_env_filter(levels).with_ansi(false).with_writer(sink).try_init();
    if let Err(error) = started {
        tracing::debug!("somebody else logs already: {error}");
    }
    LogPlace(home.map(|home| home.join("logs").join(FILE)))
}

/// Where the log is, for who has to read it.
#[derive(Clone, Debug, Default)]
pub(crate) struct LogPlace(Option<PathBuf>);

impl LogPlace {
    /// The newest lines, older ones first; says so where there is no log. What is in it lost its secrets when it was
    /// written, and loses them once more here.
    pub(crate) async fn newest(&self) -> String {
        let Some(path) = &self.0 else { return "There is no log.".to_owned() };
        let before = tokio::fs::read(path.with_extension("log.1")).await.unwrap_or_default();
        let after = tokio::fs::read(path).await.unwrap_or_default();
        let all = [before, after].concat();
        let newest = &all[all.len().saturating_sub(REPORTED)..];
        redact_text(&String::from_utf8_lossy(newest))
    }
}

#[derive(Clone)]
struct Sink {
    file: Option<Arc<Mutex<LogFile>>>,
}

impl<'a> MakeWriter<'a> for Sink {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line { sink: self.clone(), text: Vec::new() }
    }
}

/// One event's text, collected so that it is redacted as a whole.
struct Line {
    sink: Sink,
    text: Vec<u8>,
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let shown = redact_text(&String::from_utf8_lossy(&self.text));
        // A log that cannot be written must not stop the work it tells about.
        let _ = io::stderr().write_all(shown.as_bytes());
        if let Some(file) = &self.sink.file {
            let _ = file.lock().unwrap_or_else(PoisonError::into_inner).append(shown.as_bytes());
        }
    }
}

struct LogFile {
    path: PathBuf,
    file: File,
    size: u64,
}

impl LogFile {
    fn open(directory: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(directory)?;
        let path = directory.join(FILE);
        let file = OpenOptions::new().create(true).append(true).open(&path)?;
        let size = file.metadata()?.len();
        Ok(Self { path, file, size })
    }

    fn append(&mut self, text: &[u8]) -> io::Result<()> {
        if self.size + text.len() as u64 > LARGEST_FILE {
            std::fs::rename(&self.path, self.path.with_extension("log.1"))?;
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
    fn no_secret_reaches_the_file_and_the_file_stays_small() {
        let home = tempfile::tempdir().unwrap();
        let file = Arc::new(Mutex::new(LogFile::open(home.path()).unwrap()));
        let sink = Sink { file: Some(file) };
        writeln!(sink.make_writer(), "GET https://a/b?sv=1&sig=canary opened datashare://invitation#canary")
            .unwrap();
        let text = std::fs::read_to_string(home.path().join("datashare.log")).unwrap();
        assert!(text.contains("sv=1") && !text.contains("canary"), "{text}");

        let report = LogPlace(Some(home.path().join(FILE)));
        assert!(tauri::async_runtime::block_on(report.newest()).contains("sv=1"));
        assert_eq!(tauri::async_runtime::block_on(LogPlace::default().newest()), "There is no log.");

        let mut log = LogFile::open(home.path()).unwrap();
        for _ in 0..5 {
            log.append(&vec![b'.'; 1024 * 1024]).unwrap();
        }
        for entry in std::fs::read_dir(home.path()).unwrap() {
            assert!(entry.unwrap().metadata().unwrap().len() <= LARGEST_FILE);
        }
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 2);
    }
}
