//! Answers and refusals, as the service words them.

use chrono::{DateTime, Utc};
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

use super::content::{Content, Pieces};

/// What an operation answers.
pub(super) type Outcome = Result<Answer, Refusal>;

#[derive(Debug)]
pub(super) struct Answer {
    response: Response<Pieces>,
}

impl Answer {
    pub(super) fn new(status: StatusCode) -> Self {
        let mut response = Response::new(Pieces::default());
        *response.status_mut() = status;
        Self { response }
    }

    pub(super) fn with_status(mut self, status: StatusCode) -> Self {
        *self.response.status_mut() = status;
        self
    }

    /// Left out when a header cannot hold the value.
    pub(super) fn with(mut self, name: &str, value: impl AsRef<str>) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value.as_ref())) {
            self.response.headers_mut().insert(name, value);
        }
        self
    }

    pub(super) fn with_some(self, name: &str, value: Option<impl AsRef<str>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    pub(super) fn with_body(mut self, content: Content) -> Self {
        *self.response.body_mut() = content.into_body();
        self
    }

    /// With the length that the body would have, for HEAD.
    pub(super) fn with_length_alone(self, length: u64) -> Self {
        self.with("content-length", length.to_string())
    }

    pub(super) fn with_xml(self, xml: String) -> Self {
        self.with("content-type", "application/xml").with_body(xml.into())
    }

    /// The headers that every answer has.
    pub(super) fn finish(self, request: u64) -> Response<Pieces> {
        self.with("server", "datashare-blob-server")
            .with("x-ms-version", "2026-04-06")
            .with("x-ms-request-id", format!("00000000-0000-0000-0000-{request:012x}"))
            .with("date", http_date(Utc::now()))
            .response
    }
}

/// A refusal with one of the service's codes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) code: &'static str,
    pub(super) message: &'static str,
}

impl Refusal {
    pub(super) const fn new(status: u16, code: &'static str, message: &'static str) -> Self {
        Self { status, code, message }
    }

    pub(super) fn answer(self) -> Answer {
        let Self { status, code, message } = self;
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let xml = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code><Message>{message}</Message></Error>"
        );
        let answer = Answer::new(status).with("x-ms-error-code", code);
        if status == StatusCode::NOT_MODIFIED { answer } else { answer.with_xml(xml) }
    }
}

/// `Sat, 21 Nov 2026 03:29:00 GMT`.
pub(super) fn http_date(time: DateTime<Utc>) -> String {
    time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Text between tags.
pub(super) fn xml_text(text: &str) -> std::borrow::Cow<'_, str> {
    quick_xml::escape::escape(text)
}
