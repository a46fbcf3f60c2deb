//! Diagnostics on standard error, only when `DATASHARE_LOG` asks for them, with everything that looks like a secret
//! masked on the way out.

use std::io::Write;

use datashare_secret::redact_text;
use tracing_subscriber::EnvFilter;

use crate::failure::Failure;

const VARIABLE: &str = "DATASHARE_LOG";

pub(crate) fn start() -> Result<(), Failure> {
    let Some(wanted) = std::env::var_os(VARIABLE).filter(|wanted| !wanted.is_empty()) else { return Ok(()) };
    let filter = EnvFilter::try_new(wanted.to_string_lossy())
        .map_err(|error| Failure::usage(format!("{VARIABLE} cannot be understood: {error}.")))?;
    // A process that has diagnostics already (the desktop) keeps them.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(|| Redacting)
        .try_init();
    Ok(())
}

/// Each event arrives in one piece, so that no secret is cut in two here.
struct Redacting;

impl Write for Redacting {
    fn write(&mut self, event: &[u8]) -> std::io::Result<usize> {
        std::io::stderr().write_all(redact_text(&String::from_utf8_lossy(event)).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        std::io::stderr().flush()
    }
}
