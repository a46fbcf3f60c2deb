//! A request, taken apart.

use std::collections::BTreeMap;
use std::ops::Range;

use hyper::{HeaderMap, Method, Request};
use percent_encoding::percent_decode_str;
use url::form_urlencoded;

use super::answer::Refusal;
use super::content::Content;

/// Where a blob is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) account: String,
    pub(super) container: String,
    pub(super) blob: String,
}

impl Place {
    /// From `/account/container/name`; parts that are not there are empty.
    pub(super) fn parse(path: &str) -> Self {
        let decode = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
        let mut parts = path.trim_start_matches('/').splitn(3, '/').map(decode);
        let mut next = || parts.next().unwrap_or_default();
        Self { account: next(), container: next(), blob: next() }
    }
}

/// A request with all its bytes.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) place: Place,
    query: BTreeMap<String, String>,
    headers: HeaderMap,
    pub(super) body: Content,
}

impl Call {
    pub(super) fn new<B>(request: Request<B>, body: Content) -> Self {
        let (parts, _) = request.into_parts();
        let query = parse_query(parts.uri.query().unwrap_or_default());
        let place = Place::parse(parts.uri.path());
        Self { method: parts.method, place, query, headers: parts.headers, body }
    }

    /// Empty when it is not there.
    pub(super) fn query(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }

    pub(super) fn all_query(&self) -> &BTreeMap<String, String> {
        &self.query
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok().map(str::trim)
    }

    /// `x-ms-meta-*`, in lower case.
    pub(super) fn metadata(&self) -> BTreeMap<String, String> {
        let named = self.headers.iter().filter_map(|(name, value)| {
            let name = name.as_str().strip_prefix("x-ms-meta-")?;
            Some((name.to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        });
        named.collect()
    }

    /// `x-ms-tags`.
    pub(super) fn tags(&self) -> BTreeMap<String, String> {
        self.header("x-ms-tags").map(parse_query).unwrap_or_default()
    }

    /// The range that one of these headers asks for, of so many bytes.
    pub(super) fn range(&self, headers: &[&str], length: u64) -> Result<Option<Range<u64>>, Refusal> {
        const INVALID: Refusal =
            Refusal::new(416, "InvalidRange", "The range specified is invalid for the current size.");
        let Some(value) = headers.iter().find_map(|name| self.header(name)) else { return Ok(None) };
        let (start, end) =
            value.strip_prefix("bytes=").and_then(|range| range.split_once('-')).ok_or(INVALID)?;
        let start: u64 = start.parse().map_err(|_| INVALID)?;
        let end = if end.is_empty() { length } else { end.parse::<u64>().map_err(|_| INVALID)? + 1 };
        if start >= length || end <= start {
            return Err(INVALID);
        }
        Ok(Some(start..end.min(length)))
    }
}

pub(super) fn parse_query(query: &str) -> BTreeMap<String, String> {
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}
