//! The last stop before the network: spans without secrets, and trouble with the collector said once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use datashare_secret::redact_text;
use opentelemetry::trace::Status;
use opentelemetry::{Array, KeyValue, StringValue, Value};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanExporter};

/// Hands spans on as they may leave the process.
#[derive(Debug)]
pub(crate) struct Careful<E> {
    exporter: E,
    failing: AtomicBool,
}

impl<E> Careful<E> {
    pub(crate) fn new(exporter: E) -> Self {
        Self { exporter, failing: AtomicBool::new(false) }
    }
}

impl<E: SpanExporter> SpanExporter for Careful<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let sent = self.exporter.export(batch.into_iter().map(without_secrets).collect()).await;
        let failed_before = self.failing.swap(sent.is_err(), Ordering::Relaxed);
        if let Err(error) = &sent
            && !failed_before
        {
            tracing::warn!(
                "traces are lost until the collector that the environment names takes them: {error}"
            );
        }
        sent
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn shutdown(&self) -> OTelSdkResult {
        self.exporter.shutdown()
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

fn without_secrets(mut span: SpanData) -> SpanData {
    span.name = redact_text(&span.name).into();
    span.attributes.iter_mut().for_each(redact);
    for link in &mut span.links.links {
        link.attributes.iter_mut().for_each(redact);
    }
    span.events = SpanEvents::default();
    if let Status::Error { description } = &mut span.status {
        *description = redact_text(description).into();
    }
    span
}

fn redact(attribute: &mut KeyValue) {
    let redacted = |text: &StringValue| StringValue::from(redact_text(text.as_str()));
    match &mut attribute.value {
        Value::String(text) => *text = redacted(text),
        Value::Array(Array::String(texts)) => texts.iter_mut().for_each(|text| *text = redacted(text)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::{Arc, Mutex};

    use opentelemetry::trace::{Span, Tracer, TracerProvider};
    use opentelemetry_sdk::trace::SdkTracerProvider;

    use super::*;

    /// Keeps what it is given.
    #[derive(Clone, Debug, Default)]
    struct Collector(Arc<Mutex<Vec<SpanData>>>);

    impl SpanExporter for Collector {
        async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
            self.0.lock().unwrap().extend(batch);
            Ok(())
        }
    }

    #[test]
    fn no_secret_leaves_in_a_name_an_attribute_an_event_or_a_status() {
        let collector = Collector::default();
        let provider =
            SdkTracerProvider::builder().with_simple_exporter(Careful::new(collector.clone())).build();
        let mut span = provider.tracer("test").start("GET https://a/b?sv=1&sig=canary");
        span.set_attribute(KeyValue::new("text", "Bearer canary"));
        let texts = vec![StringValue::from("AccountKey=canary"), StringValue::from("kept")];
        span.set_attribute(KeyValue::new("texts", Value::Array(Array::String(texts))));
        span.add_event("canary", vec![KeyValue::new("line", "canary")]);
        span.set_status(Status::error("datashare://invitation#canary"));
        span.end();
        let spans = collector.0.lock().unwrap();
        let shown = format!("{spans:?}");
        assert!(shown.contains("sv=1") && shown.contains("kept"), "{shown}");
        assert!(!shown.contains("canary"), "{shown}");
    }
}
