//! Heads of HTTP/1.1 messages, read and passed on as they are.

use std::io;

use chrono::{DateTime, Duration};
use tokio::io::{AsyncBufRead, AsyncBufReadExt};

/// Request or status line and headers, with the empty line at the end.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) text: String,
}

/// How the end of a body is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    Length(u64),
    Chunked,
    UntilClose,
}

impl Head {
    /// `None` when the connection ends before a head begins.
    pub(super) async fn read(from: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Option<Self>> {
        let mut bytes = Vec::new();
        loop {
            let read = from.read_until(b'\n', &mut bytes).await?;
            if read == 0 {
                return if bytes.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
            }
            if bytes.ends_with(b"\r\n\r\n") {
                let text = String::from_utf8(bytes).map_err(|_| io::ErrorKind::InvalidData)?;
                return Ok(Some(Self { text }));
            }
        }
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.text.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The header with another value, if it is there.
    pub(super) fn with(&self, name: &str, value: &str) -> Self {
        let one = |line: &str| match line.split_once(':') {
            Some((found, _)) if found.eq_ignore_ascii_case(name) => format!("{found}: {value}\r\n"),
            _ => format!("{line}\r\n"),
        };
        Self { text: self.text.lines().map(one).collect() }
    }

    pub(super) fn with_date_off_by(&self, seconds: i64) -> Self {
        let date = self.header("date").and_then(|date| DateTime::parse_from_rfc2822(date).ok());
        match date.and_then(|date| date.checked_add_signed(Duration::seconds(seconds))) {
            Some(date) if seconds != 0 => {
                self.with("date", &date.format("%a, %d %b %Y %H:%M:%S GMT").to_string())
            }
            _ => Self { text: self.text.clone() },
        }
    }

    fn is(&self, method: &str) -> bool {
        self.text.starts_with(method) && self.text[method.len()..].starts_with(' ')
    }

    pub(super) fn status(&self) -> u16 {
        self.text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
    }

    pub(super) fn has_sas(&self) -> bool {
        self.text.lines().next().is_some_and(|line| line.contains("sig="))
    }

    pub(super) fn closes(&self) -> bool {
        self.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"))
    }

    /// Of a request.
    pub(super) fn framing(&self) -> Framing {
        self.declared().unwrap_or(Framing::Length(0))
    }

    /// Of the answer to a request.
    pub(super) fn answer_framing(&self, request: &Self) -> Framing {
        if request.is("HEAD") || matches!(self.status(), 100..=199 | 204 | 304) {
            return Framing::Length(0);
        }
        self.declared().unwrap_or(Framing::UntilClose)
    }

    fn declared(&self) -> Option<Framing> {
        if self.header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")) {
            return Some(Framing::Chunked);
        }
        self.header("content-length")?.parse().ok().map(Framing::Length)
    }
}
