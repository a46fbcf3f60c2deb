//! Requests as spans, which continue the trace of whoever calls: method, route and status, and nothing that was sent.

use axum::http::HeaderMap;
use axum::response::Response;
use tracing::field::Empty;
use tracing::{Span, info_span};

use crate::operation::Operation;
use crate::problem::Problem;

pub(crate) fn span_of(operation: &Operation, headers: &HeaderMap) -> Span {
    let span = info_span!(
        "request",
        otel.name = format!("{} {}", operation.method, operation.path),
        otel.kind = "server",
        http.request.method = operation.method.as_str(),
        http.route = operation.path,
        http.response.status_code = Empty,
        error.type = Empty,
        otel.status_code = Empty
    );
    if let Some(Ok(caller)) = headers.get("traceparent").map(|header| header.to_str()) {
        datashare_telemetry::continue_trace(&span, caller);
    }
    span
}

pub(crate) fn answered(span: &Span, answered: &Result<Response, Problem>) {
    let status = match answered {
        Ok(response) => response.status(),
        Err(problem) => {
            span.record("error.type", problem.code());
            problem.status()
        }
    };
    span.record("http.response.status_code", i64::from(status.as_u16()));
    // What a caller did wrong is no error of the server.
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
}
