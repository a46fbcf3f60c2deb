//! What the standard variables of OpenTelemetry ask for, as far as the exporter does not read them itself.

use std::time::Duration;

use opentelemetry::{Key, KeyValue};
use opentelemetry_sdk::Resource;

const USUAL_TIMEOUT: Duration = Duration::from_secs(10);
const SERVICE: &str = "datashare";

/// A variable of the environment that is set to something.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// Whether a collector is named and nothing says that it is not to be used.
pub(crate) fn are_wanted(variable: impl Fn(&str) -> Option<String>) -> bool {
    let says = |name, word: &str| variable(name).is_some_and(|value| value.trim().eq_ignore_ascii_case(word));
    let names_one = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"]
        .into_iter()
        .any(|name| variable(name).is_some());
    names_one && !says("OTEL_SDK_DISABLED", "true") && !says("OTEL_TRACES_EXPORTER", "none")
}

/// How long one request may take.
pub(crate) fn timeout(variable: impl Fn(&str) -> Option<String>) -> Duration {
    let named = ["OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"]
        .into_iter()
        .find_map(|name| variable(name)?.trim().parse().ok());
    named.map_or(USUAL_TIMEOUT, Duration::from_millis)
}

/// Who sends: as `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` say, and what they leave out.
pub(crate) fn resource() -> Resource {
    let said = Resource::builder().build();
    let text = |key: &'static str| said.get(&Key::from_static_str(key)).map(|value| value.to_string());
    let mut resource = Resource::builder();
    // Where nobody names the service, the library makes up a name that begins like this.
    if text("service.name").is_none_or(|name| name.starts_with("unknown_service")) {
        resource = resource.with_service_name(SERVICE);
    }
    if text("service.version").is_none() {
        resource = resource.with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")));
    }
    resource.with_attribute(KeyValue::new("process.pid", i64::from(std::process::id()))).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment<'a>(pairs: &'a [(&str, &str)]) -> impl Fn(&str) -> Option<String> + 'a {
        |name| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    }

    const ENDPOINT: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318");

    #[test]
    fn nothing_is_sent_unless_a_collector_is_named_and_not_forbidden() {
        assert!(!are_wanted(environment(&[])));
        assert!(!are_wanted(environment(&[("OTEL_SERVICE_NAME", "x")])));
        assert!(are_wanted(environment(&[ENDPOINT])));
        assert!(are_wanted(environment(&[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://c/v1/traces")])));
        assert!(are_wanted(environment(&[ENDPOINT, ("OTEL_SDK_DISABLED", "false")])));
        assert!(!are_wanted(environment(&[ENDPOINT, ("OTEL_SDK_DISABLED", "True")])));
        assert!(!are_wanted(environment(&[ENDPOINT, ("OTEL_TRACES_EXPORTER", "none")])));
    }

    #[test]
    fn a_request_takes_as_long_as_the_environment_allows() {
        assert_eq!(timeout(environment(&[])), USUAL_TIMEOUT);
        let both = [("OTEL_EXPORTER_OTLP_TIMEOUT", "1"), ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "250")];
        assert_eq!(timeout(environment(&both)), Duration::from_millis(250));
        assert_eq!(timeout(environment(&[("OTEL_EXPORTER_OTLP_TIMEOUT", "soon")])), USUAL_TIMEOUT);
    }
}
