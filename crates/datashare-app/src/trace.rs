//! How work is seen from outside: spans with ids, kinds, counts, bytes and codes of errors. Never a name, a path, an address
//! or the text of an error.

use tracing::{Instrument, Span};

use crate::Result;

/// Does the work in a span that has the fields `error.type` and `otel.status_code`; they tell how it failed.
pub(crate) async fn in_span<T>(span: Span, work: impl Future<Output = Result<T>>) -> Result<T> {
    let done = work.instrument(span.clone()).await;
    if let Err(error) = &done {
        failed(&span, error.code.as_str());
    }
    done
}

/// A number of a span as traces know numbers; another one would be a text there.
pub(crate) fn count(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

/// Notes by its code that the work of a span failed.
pub(crate) fn failed(span: &Span, code: &str) {
    span.record("error.type", code);
    span.record("otel.status_code", "ERROR");
}

/// A span of this application, with the fields that tell how it failed.
macro_rules! span {
    ($name:literal $($fields:tt)*) => {
        tracing::info_span!(
            $name,
            error.type = tracing::field::Empty,
            otel.status_code = tracing::field::Empty
            $($fields)*
        )
    };
}
pub(crate) use span;
