//! What one mapping is known to hold, in the local database.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use datashare_transfer::{ArrivedFile, ArrivedFiles, Begun};

use crate::database::received;
use crate::{App, Result};

/// Rows that are written together: a transaction for each small file would cost more than the file. A process that is
/// killed forgets at most these; their files are sent again.
const TOGETHER: usize = 200;
const AT_LEAST_EVERY: Duration = Duration::from_secs(1);

/// Files that arrived, by received share and dataset. What is not written yet is written when it is dropped.
#[derive(Debug)]
pub(crate) struct ArrivedRows {
    app: App,
    received: String,
    dataset: String,
    full: Option<FullRun>,
    waiting: Mutex<Waiting>,
}

/// A full snapshot that writes.
#[derive(Clone, Debug)]
pub(crate) struct FullRun {
    /// Id of the first run that it took.
    pub(crate) first: String,
    /// That run did not come to its end: what it wrote need not be written again, and only that.
    pub(crate) goes_on: bool,
}

#[derive(Debug)]
struct Waiting {
    files: Vec<(String, ArrivedFile)>,
    written: Instant,
}

impl ArrivedRows {
    pub(crate) fn new(app: App, received: String, dataset: String, full: Option<FullRun>) -> Self {
        let waiting = Mutex::new(Waiting { files: Vec::new(), written: Instant::now() });
        Self { app, received, dataset, full, waiting }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, files: Vec<(String, ArrivedFile)>) -> Result<()> {
        if files.is_empty() {
            return Ok(());
        }
        let written_in = self.full.as_ref().map(|full| full.first.as_str());
        self.app.database().write(|transaction| {
            files.iter().try_for_each(|(path, file)| {
                received::not_begun(transaction, &self.received, &self.dataset, path)?;
                received::arrived(transaction, &self.received, &self.dataset, path, file, written_in)
            })
        })
    }
}

#[async_trait]
impl ArrivedFiles for ArrivedRows {
    async fn known(&self, path: &str) -> Result<Option<ArrivedFile>, String> {
        let written_in = self.full.as_ref().filter(|full| full.goes_on).map(|full| full.first.as_str());
        let found = self
            .app
            .database()
            .read(|connection| received::known(connection, &self.received, &self.dataset, path, written_in));
        found.map_err(|error| error.to_string())
    }

    async fn after(&self, path: Option<&str>) -> Result<Vec<(String, ArrivedFile)>, String> {
        let found = self
            .app
            .database()
            .read(|connection| received::known_after(connection, &self.received, &self.dataset, path));
        found.map_err(|error| error.to_string())
    }

    async fn forget(&self, path: &str) -> Result<(), String> {
        let forgotten = self
            .app
            .database()
            .write(|transaction| received::forget_file(transaction, &self.received, &self.dataset, path));
        forgotten.map_err(|error| error.to_string())
    }

    async fn begun(&self, path: &str) -> Result<Option<Begun>, String> {
        let found = self
            .app
            .database()
            .read(|connection| received::begun(connection, &self.received, &self.dataset, path));
        found.map_err(|error| error.to_string())
    }

    async fn not_begun(&self, path: &str) -> Result<(), String> {
        let forgotten = self
            .app
            .database()
            .write(|transaction| received::not_begun(transaction, &self.received, &self.dataset, path));
        forgotten.map_err(|error| error.to_string())
    }

    async fn progressed(&self, path: &str, file: &Begun) -> Result<(), String> {
        let written = self.app.database().write(|transaction| {
            received::progressed(transaction, &self.received, &self.dataset, path, file)
        });
        written.map_err(|error| error.to_string())
    }

    async fn arrived(&self, path: &str, file: &ArrivedFile) -> Result<(), String> {
        let due = {
            let mut waiting = self.waiting();
            waiting.files.push((path.to_owned(), file.clone()));
            let due = waiting.files.len() >= TOGETHER || waiting.written.elapsed() >= AT_LEAST_EVERY;
            if due {
                waiting.written = Instant::now();
                std::mem::take(&mut waiting.files)
            } else {
                Vec::new()
            }
        };
        self.write(due).map_err(|error| error.to_string())
    }
}

impl Drop for ArrivedRows {
    fn drop(&mut self) {
        let rest = std::mem::take(&mut self.waiting().files);
        if let Err(error) = self.write(rest) {
            tracing::warn!("some files that arrived could not be noted and will be sent again: {error}");
        }
    }
}
