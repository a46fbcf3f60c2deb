//! Traces: what this process does, as spans for an OpenTelemetry collector (OTLP over HTTP, protobuf). Only where the
//! environment names a collector; else nothing is opened, and spans cost nothing.
//!
//! Only this application's own spans go out, never lines of the log, and every text in them loses its secrets on the way as
//! the log's do. A collector that is away or slow never holds up the work and is complained of once.

mod careful;
mod settings;

use std::collections::HashMap;
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{SpanExporter, WithHttpConfig};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::level_filters::LevelFilter;
use tracing::{Metadata, Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

use careful::Careful;

/// So long the end of a process is held up at most to send what is left.
const LAST_WORDS_WITHIN: Duration = Duration::from_secs(3);
/// Modules whose spans are sent begin like this.
const OWN: &str = "datashare";
/// The header, and the variable of the environment, that tell which trace is to be continued (W3C Trace Context).
const TRACEPARENT: &str = "traceparent";

/// Where the spans of this process go. The default sends none.
#[derive(Clone, Debug, Default)]
pub struct Traces(Option<SdkTracerProvider>);

impl Traces {
    /// As the standard variables `OTEL_*` want it; in words what is wrong with them, if something is. Not to be called from
    /// asynchronous code: the HTTP client has a thread of its own.
    pub fn from_environment() -> Result<Self, String> {
        if !settings::are_wanted(settings::variable) {
            return Ok(Self::default());
        }
        let client = reqwest::blocking::Client::builder()
            // What stands in the headers is for the collector alone.
            .redirect(reqwest::redirect::Policy::none())
            .timeout(settings::timeout(settings::variable))
            .build()
            .map_err(|error| error.to_string())?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .build()
            .map_err(|error| error.to_string())?;
        let provider = SdkTracerProvider::builder()
            .with_resource(settings::resource())
            .with_batch_exporter(Careful::new(exporter))
            .build();
        Ok(Self(Some(provider)))
    }

    /// Whether spans are sent at all.
    pub fn are_sent(&self) -> bool {
        self.0.is_some()
    }

    /// What takes the spans in, for the subscriber of this process.
    pub fn layer<S>(&self) -> Option<impl Layer<S> + Send + Sync + use<S>>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        let tracer = self.0.as_ref()?.tracer(OWN);
        let layer = tracing_opentelemetry::layer()
            .with_location(false)
            .with_threads(false)
            .with_level(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_tracer(tracer);
        Some(layer.with_filter(filter_fn(is_own_span).with_max_level_hint(LevelFilter::INFO)))
    }

    /// Sends what is left, for a few seconds at most. What ends later is not sent any more.
    pub fn end(&self) {
        if let Some(provider) = &self.0 {
            // What goes wrong was said by the exporter.
            let _ = provider.shutdown_with_timeout(LAST_WORDS_WITHIN);
        }
    }
}

/// Other libraries' spans may hold addresses with signatures, and events the names of people.
fn is_own_span(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && metadata.target().starts_with(OWN)
}

/// Makes a span that was not entered yet a part of the caller's trace, which the header `traceparent` names. Anything else
/// than such a name is passed over.
pub fn continue_trace(span: &Span, traceparent: &str) {
    let carrier = HashMap::from([(TRACEPARENT.to_owned(), traceparent.to_owned())]);
    let caller = TraceContextPropagator::new().extract_with_context(&Context::new(), &carrier);
    // Where nobody takes spans in, there is nothing to continue.
    let _ = span.set_parent(caller);
}

/// As [`continue_trace`], by the variable `TRACEPARENT` of the environment.
pub fn continue_trace_of_environment(span: &Span) {
    if let Some(traceparent) = settings::variable("TRACEPARENT") {
        continue_trace(span, &traceparent);
    }
}
