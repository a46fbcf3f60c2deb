//! The log of the window: standard error and a file in the workspace, without secrets and without growing for ever; and
//! traces, where the environment names a collector.

use std::path::{Path, PathBuf};

use datashare_cli::diagnostics;
use datashare_cli::log::{Echo, LogSink, USUAL_LEVELS, log_folder, predecessor};
use datashare_secret::redact_text;
use datashare_telemetry::Traces;
use tracing_subscriber::EnvFilter;

const FILE: &str = "datashare.log";
/// As much of the log as a report holds, bytes.
const REPORTED: usize = 512 * 1024;

/// Starts logging into `home/logs`. Without a writable file there is still standard error.
pub(crate) fn start(home: Option<&Path>) -> (LogPlace, Traces) {
    let levels = EnvFilter::try_from_env("DATASHARE_LOG").unwrap_or_else(|_| EnvFilter::new(USUAL_LEVELS));
    let file = home.map(|home| log_folder(home).join(FILE));
    let sink = LogSink::open(file.as_deref(), Echo::StandardError);
    (LogPlace(file), diagnostics::begin(Some((levels, sink))))
}

/// Where the log is, for who has to read it.
#[derive(Clone, Debug, Default)]
pub(crate) struct LogPlace(Option<PathBuf>);

impl LogPlace {
    /// The newest lines, older ones first; says so where there is no log. What is in it lost its secrets when it was
    /// written, and loses them once more here.
    pub(crate) async fn newest(&self) -> String {
        let Some(path) = &self.0 else { return "There is no log.".to_owned() };
        let before = tokio::fs::read(predecessor(path)).await.unwrap_or_default();
        let after = tokio::fs::read(path).await.unwrap_or_default();
        let all = [before, after].concat();
        let newest = &all[all.len().saturating_sub(REPORTED)..];
        redact_text(&String::from_utf8_lossy(newest))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_report_has_the_log_of_before_and_no_secret() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join(FILE);
        std::fs::write(predecessor(&file), "first\n").unwrap();
        std::fs::write(&file, "GET https://a/b?sv=1&sig=canary\n").unwrap();
        let newest = tauri::async_runtime::block_on(LogPlace(Some(file)).newest());
        assert!(newest.starts_with("first\n") && newest.contains("sv=1"), "{newest}");
        assert!(!newest.contains("canary"), "{newest}");
        assert_eq!(tauri::async_runtime::block_on(LogPlace::default().newest()), "There is no log.");
    }
}
