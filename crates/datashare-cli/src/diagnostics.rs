//! Diagnostics: on standard error, only when `DATASHARE_LOG` asks for them; of the agent also in the workspace, always.
//! Everything that looks like a secret is masked on the way out.

use std::path::Path;

use tracing_subscriber::EnvFilter;

use crate::failure::Failure;
use crate::log::{Echo, LogSink, USUAL_LEVELS, log_folder};

const VARIABLE: &str = "DATASHARE_LOG";
/// The log of the agent; the window has one of its own.
const AGENT_LOG: &str = "agent.log";

/// Of a command that somebody called.
pub(crate) fn start() -> Result<(), Failure> {
    let Some(filter) = wanted()? else { return Ok(()) };
    begin(filter, LogSink::open(None, Echo::StandardError));
    Ok(())
}

/// Of the agent of the workspace in this directory.
pub(crate) fn start_for_agent(home: &Path) -> Result<(), Failure> {
    let file = log_folder(home).join(AGENT_LOG);
    match wanted()? {
        Some(filter) => begin(filter, LogSink::open(Some(&file), Echo::StandardError)),
        None => begin(EnvFilter::new(USUAL_LEVELS), LogSink::open(Some(&file), Echo::Nowhere)),
    }
    Ok(())
}

fn wanted() -> Result<Option<EnvFilter>, Failure> {
    let Some(wanted) = std::env::var_os(VARIABLE).filter(|wanted| !wanted.is_empty()) else {
        return Ok(None);
    };
    let filter = EnvFilter::try_new(wanted.to_string_lossy())
        .map_err(|error| Failure::usage(format!("{VARIABLE} cannot be understood: {error}.")))?;
    Ok(Some(filter))
}

fn begin(filter: EnvFilter, sink: LogSink) {
    // A process that has diagnostics already (the desktop) keeps them.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(sink).try_init();
}
