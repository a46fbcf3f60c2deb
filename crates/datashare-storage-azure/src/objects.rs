//! Single objects: what their headers say, reading them, writing small ones whole.

use std::collections::BTreeMap;
use std::ops::Range;

use azure_core::http::headers::{HeaderName, Headers};
use azure_core::http::{AsyncRawResponse, Method, Request};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::DateTime;
use datashare_storage::{
    ErrorKind, ObjectInfo, ObjectProperties, ObjectRead, PutMode, Result, StoreError, VersionTag,
};
use futures::{StreamExt, TryStreamExt, stream};

use crate::account::Requests;
use crate::checked::{checked, stated};
use crate::failure::{Access, Attempt};
use crate::listing_answer::{decode_md5, version_tag};
use crate::write_checks::{WriteCheck, stopped};
use crate::{names, refusal};

const RANGE_NOT_SATISFIABLE: u16 = 416;

impl Requests<'_> {
    /// `None` when there is no such object or container.
    pub(crate) async fn head(&self, key: &str) -> Result<Option<ObjectInfo>> {
        let attempt = self.attempt("read", key);
        if !key.contains('/') {
            return Ok(None);
        }
        let (container, name) = names::object("read", key)?;
        match self.send(self.blob(Method::Head, container, name)).await {
            Ok(answer) => {
                let mut info = info_from_headers(&attempt, answer.headers())?;
                if header(answer.headers(), "x-ms-tag-count").is_some() {
                    info.properties.tags = self.tags(container, name).await;
                }
                Ok(Some(info))
            }
            Err(error) => match attempt.failed(&error) {
                error if matches!(error.kind, ErrorKind::NotFound | ErrorKind::NoSuchPlace) => Ok(None),
                error => Err(error),
            },
        }
    }

    pub(crate) async fn read(
        &self,
        key: &str,
        range: Option<Range<u64>>,
        version: Option<&VersionTag>,
    ) -> Result<ObjectRead> {
        let attempt = self.attempt("read", key);
        let (container, name) = names::object("read", key)?;
        let mut request = self.blob(Method::Get, container, name);
        if let Some(version) = version {
            request.insert_header("if-match", quoted(version));
        }
        let opened = match &range {
            Some(range) if range.is_empty() => return self.read_nothing(&attempt, version).await,
            Some(range) => self.stream_range(request, range).await,
            None => self.stream(request).await,
        };
        match opened {
            Ok(answer) => {
                let (info, stated) =
                    (info_from_headers(&attempt, answer.headers())?, stated(answer.headers()));
                let failed = attempt.clone();
                let body = answer.into_body().map_err(move |error| failed.failed(&error)).boxed();
                Ok(ObjectRead { info, body: checked(body, stated, attempt) })
            }
            // A range from the end on, or of an empty object: there is nothing to read there.
            Err(error) if error.http_status().is_some_and(|status| status == RANGE_NOT_SATISFIABLE) => {
                self.read_nothing(&attempt, version).await
            }
            Err(error) => Err(attempt.failed(&error)),
        }
    }

    async fn stream_range(
        &self,
        mut request: Request,
        range: &Range<u64>,
    ) -> azure_core::Result<AsyncRawResponse> {
        request.insert_header("x-ms-range", format!("bytes={}-{}", range.start, range.end - 1));
        if self.account.checked_range().is_none_or(|most| range.end - range.start > most) {
            return self.stream(request).await;
        }
        let plain = request.clone();
        request.insert_header("x-ms-range-get-content-crc64", "true");
        match self.stream(request).await {
            // That this is one was not known before.
            Err(error) if Attempt::by_emulator(&error) => self.stream(plain).await,
            answer => answer,
        }
    }

    async fn read_nothing(&self, attempt: &Attempt, version: Option<&VersionTag>) -> Result<ObjectRead> {
        let Some(info) = self.head(&attempt.key).await? else {
            return Err(attempt.error(ErrorKind::NotFound, refusal::absent(attempt)));
        };
        if version.is_some_and(|version| *version != info.version) {
            return Err(attempt.error(ErrorKind::Changed, refusal::changed(attempt)));
        }
        Ok(ObjectRead { info, body: stream::empty().boxed() })
    }

    pub(crate) async fn put(
        &self,
        key: &str,
        bytes: Bytes,
        mode: PutMode,
        properties: &ObjectProperties,
    ) -> Result<ObjectInfo> {
        let attempt = self.attempt("write", key);
        let (container, name) = names::object("write", key)?;
        let size = bytes.len() as u64;
        let mut request = self.blob(Method::Put, container, name);
        write_headers(&mut request, &mode, properties);
        self.account.tags.write(&mut request, properties);
        // Azure checks it, and computes the MD5 that it keeps.
        match self.account.write_check(&bytes).await.ok_or_else(|| stopped(&attempt))? {
            WriteCheck::Crc64(crc64) => request.insert_header("x-ms-content-crc64", STANDARD.encode(crc64)),
            WriteCheck::Md5(md5) => request.insert_header("content-md5", STANDARD.encode(md5)),
        }
        request.set_body(bytes);
        match self.send_with_tags(request).await {
            Ok(answer) => {
                let md5 = header(answer.headers(), "content-md5").and_then(decode_md5);
                written(&attempt, answer.headers(), size, md5, properties)
            }
            Err(error) => Err(self.refused_write(&attempt, attempt.failed(&error), &mode).await),
        }
    }

    /// The error as the mode means it. A SAS that may only create is refused an object that is there as it is refused
    /// anything else it may not do; looking tells the two apart.
    async fn refused_write(&self, attempt: &Attempt, error: StoreError, mode: &PutMode) -> StoreError {
        let sas = matches!(attempt.access, Access::Sas(_));
        let exists = match (mode, error.kind) {
            (PutMode::Create, ErrorKind::Changed) => true,
            (PutMode::Create, ErrorKind::Denied) if sas => {
                matches!(self.head(&attempt.key).await, Ok(Some(_)))
            }
            _ => false,
        };
        if exists {
            return attempt.error(ErrorKind::AlreadyExists, refusal::exists(attempt));
        }
        error
    }
}

fn write_headers(request: &mut Request, mode: &PutMode, properties: &ObjectProperties) {
    request.insert_header("x-ms-blob-type", "BlockBlob");
    request.insert_header("content-type", "application/octet-stream");
    match mode {
        PutMode::Overwrite => {}
        PutMode::Create => request.insert_header("if-none-match", "*"),
        PutMode::Update(version) => request.insert_header("if-match", quoted(version)),
    }
    write_properties(request, properties);
}

/// What travels with an object, as headers.
pub(crate) fn write_properties(request: &mut Request, properties: &ObjectProperties) {
    let fields = [
        ("x-ms-blob-content-type", &properties.content_type),
        ("x-ms-blob-content-encoding", &properties.content_encoding),
        ("x-ms-blob-cache-control", &properties.cache_control),
    ];
    for (name, value) in fields {
        if let Some(value) = value {
            request.insert_header(name, value.clone());
        }
    }
    for (name, value) in &properties.metadata {
        request.insert_header(format!("x-ms-meta-{name}"), value.clone());
    }
}

/// What a finished write says of itself.
pub(crate) fn written(
    attempt: &Attempt,
    headers: &Headers,
    size: u64,
    md5: Option<[u8; 16]>,
    properties: &ObjectProperties,
) -> Result<ObjectInfo> {
    let etag =
        header(headers, "etag").ok_or_else(|| attempt.error(ErrorKind::Other, attempt.not_understood()))?;
    Ok(ObjectInfo {
        key: attempt.key.clone(),
        size,
        version: version_tag(etag),
        modified: header(headers, "last-modified")
            .and_then(|time| DateTime::parse_from_rfc2822(time).ok())
            .map(|t| t.to_utc()),
        md5,
        properties: ObjectProperties { modified: None, ..properties.clone() },
    })
}

fn info_from_headers(attempt: &Attempt, headers: &Headers) -> Result<ObjectInfo> {
    let whole = header(headers, "content-range").and_then(|range| range.rsplit('/').next());
    let size = whole.or_else(|| header(headers, "content-length")).and_then(|size| size.trim().parse().ok());
    let Some(size) = size else {
        return Err(attempt.error(ErrorKind::Other, attempt.not_understood()));
    };
    // Of a range, `content-md5` would be that of the range.
    let own_md5 = if whole.is_none() { header(headers, "content-md5") } else { None };
    let md5 = header(headers, "x-ms-blob-content-md5").or(own_md5).and_then(decode_md5);
    let text = |name| header(headers, name).filter(|value| !value.is_empty()).map(str::to_owned);
    let properties = ObjectProperties {
        content_type: text("content-type"),
        content_encoding: text("content-encoding"),
        cache_control: text("cache-control"),
        metadata: headers
            .iter()
            .filter_map(|(name, value)| {
                let name = name.as_str().strip_prefix("x-ms-meta-")?;
                Some((name.to_lowercase(), value.as_str().to_owned()))
            })
            .collect(),
        tags: BTreeMap::new(),
        modified: None,
    };
    written(attempt, headers, size, md5, &properties)
}

fn header<'a>(headers: &'a Headers, name: &'static str) -> Option<&'a str> {
    headers.get_optional_str(&HeaderName::from_static(name))
}

pub(crate) fn quoted(version: &VersionTag) -> String {
    format!("\"{}\"", version.0)
}
