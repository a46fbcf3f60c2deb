//! Diagnostics: on standard error, only when `DATASHARE_LOG` asks for them; of the agent also in the workspace, always.
//! Everything that looks like a secret is masked on the way out. And traces, where the environment names a collector.

use std::path::Path;

use datashare_telemetry::Traces;
use tracing::{Span, field};
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

use crate::failure::Failure;
use crate::log::{Echo, LogSink, USUAL_LEVELS, log_folder};

const VARIABLE: &str = "DATASHARE_LOG";
/// The log of the agent; the window has one of its own.
const AGENT_LOG: &str = "agent.log";

/// Of a command that somebody called.
pub(crate) fn start() -> Result<Traces, Failure> {
    let log = wanted()?.map(|levels| (levels, LogSink::open(None, Echo::StandardError)));
    Ok(begin(log))
}

/// Of the agent of the workspace in this directory.
pub(crate) fn start_for_agent(home: &Path) -> Result<Traces, Failure> {
    let file = log_folder(home).join(AGENT_LOG);
    let (levels, echo) = match wanted()? {
        Some(levels) => (levels, Echo::StandardError),
        None => (EnvFilter::new(USUAL_LEVELS), Echo::Nowhere),
    };
    Ok(begin(Some((levels, LogSink::open(Some(&file), echo)))))
}

fn wanted() -> Result<Option<EnvFilter>, Failure> {
    let Some(wanted) = std::env::var_os(VARIABLE).filter(|wanted| !wanted.is_empty()) else {
        return Ok(None);
    };
    let filter = EnvFilter::try_new(wanted.to_string_lossy())
        .map_err(|error| Failure::usage(format!("{VARIABLE} cannot be understood: {error}.")))?;
    Ok(Some(filter))
}

/// Logs from now on what these levels let through, and sends traces where the environment names a collector. A process that
/// has diagnostics already (the desktop) keeps them.
pub fn begin(log: Option<(EnvFilter, LogSink)>) -> Traces {
    let (traces, problem) = match Traces::from_environment() {
        Ok(traces) => (traces, None),
        Err(problem) => (Traces::default(), Some(problem)),
    };
    if log.is_none() && !traces.are_sent() {
        return traces;
    }
    // Spans are for traces: the log has none, so that they are not even made where nobody wants traces.
    let lines = |levels: EnvFilter| levels.and(filter_fn(|metadata| metadata.is_event()));
    let log =
        log.map(|(levels, sink)| fmt::layer().with_ansi(false).with_writer(sink).with_filter(lines(levels)));
    if let Err(error) = Registry::default().with(traces.layer()).with(log).try_init() {
        tracing::debug!("somebody else logs already: {error}");
    }
    if let Some(problem) = problem {
        tracing::warn!("traces are not sent: {problem}");
    }
    traces
}

/// A command as a span, which is a part of the trace that `TRACEPARENT` in the environment names.
pub(crate) fn span_of(command: &str) -> Span {
    let span = tracing::info_span!(
        "command",
        otel.name = command,
        exit_code = field::Empty,
        error.type = field::Empty,
        otel.status_code = field::Empty
    );
    datashare_telemetry::continue_trace_of_environment(&span);
    span
}

/// Notes how a command ended.
pub(crate) fn ended(span: &Span, ended: &Result<u8, Failure>) {
    let code = match ended {
        Ok(code) => *code,
        Err(failure) => {
            span.record("error.type", failure.to_dto().code);
            span.record("otel.status_code", "ERROR");
            failure.exit_code()
        }
    };
    span.record("exit_code", i64::from(code));
}
