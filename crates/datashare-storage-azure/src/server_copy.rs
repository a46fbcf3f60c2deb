//! Copying between accounts inside Azure: the target fetches from the source's address, pinned to a version.
//!
//! Azure has three ways: Put Blob From URL (newest, whole objects), Copy Blob From URL (whole objects, older services and
//! the emulator), Put Block From URL (parts). A refusal is told as `Unsupported`, so that the caller sends the bytes.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use azure_core::Error;
use azure_core::http::{Method, Request};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use datashare_secret::Secret;
use datashare_storage::{
    AccessPermission, DelegatedScope, ErrorKind, ObjectInfo, ObjectProperties, RemoteObject, Result,
    StoreError, UploadExpectation, VersionTag,
};

use crate::account::{Account, Requests};
use crate::failure::Attempt;
use crate::objects::{quoted, write_properties, written};
use crate::sas::Basis;
use crate::shared_key::append_query;
use crate::{names, sas};

/// What Copy Blob From URL takes; Put Blob From URL takes more.
pub(crate) const MOST_AT_ONCE: u64 = 256 << 20;
/// Azure fetches the parts of one object side by side.
pub(crate) const PART: u64 = 64 << 20;
/// How long an address signed for a copy is good: what was handed over may take days.
const SIGNED_FOR: TimeDelta = TimeDelta::days(7);

/// The newer way is tried first, and not again where it is not offered.
#[derive(Debug, Default)]
pub(crate) struct Ways {
    older_only: AtomicBool,
    /// Leftovers of copies that nobody came back for were removed.
    pub(crate) cleared: AtomicBool,
}

impl Account {
    /// The object's address with a proof that another account can use.
    pub(crate) fn remote(&self, key: &str, version: &VersionTag) -> Option<RemoteObject> {
        if let Some(query) = &self.query {
            return self.remote_with(key, query, version);
        }
        let query = match &self.key {
            Some(account_key) => {
                let (scope, permission) = (DelegatedScope::Object(key.to_owned()), AccessPermission::Read);
                let expires = DateTime::<Utc>::from(SystemTime::now()) + SIGNED_FOR;
                let basis = Basis::Until { permission, expires };
                sas::delegate(&self.name, account_key, &self.endpoint, &scope, &basis, None).ok()?.query
            }
            None => Secret::new(""),
        };
        self.remote_with(key, &query, version)
    }

    pub(crate) fn remote_with(
        &self,
        key: &str,
        query: &Secret,
        version: &VersionTag,
    ) -> Option<RemoteObject> {
        let (container, name) = names::object("copy", key).ok()?;
        let mut url = self.service.blob_client(container, name).url().clone();
        if !query.reveal().is_empty() {
            append_query(&mut url, query);
        }
        Some(RemoteObject { address: Secret::new(url.to_string()), version: version.clone() })
    }
}

impl Requests<'_> {
    pub(crate) async fn copy(
        &self,
        key: &str,
        from: &RemoteObject,
        expectation: &UploadExpectation,
        properties: &ObjectProperties,
    ) -> Result<ObjectInfo> {
        let attempt = self.attempt("copy to", key);
        let (container, name) = names::object("copy to", key)?;
        let request = |newer: bool| {
            let mut request = self.blob(Method::Put, container, name);
            fetch_from(&mut request, from);
            write_properties(&mut request, properties);
            if let Some(md5) = expectation.md5 {
                request.insert_header("x-ms-source-content-md5", STANDARD.encode(md5));
            }
            if newer {
                request.insert_header("x-ms-blob-type", "BlockBlob");
            } else {
                request.insert_header("x-ms-requires-sync", "true");
            }
            request
        };
        let ways = &self.account.ways;
        let newer_first = !ways.older_only.load(Ordering::Relaxed);
        let mut answer = self.send(request(newer_first)).await;
        if newer_first && answer.as_ref().err().is_some_and(may_be_too_new) {
            answer = self.send(request(false)).await;
            ways.older_only.fetch_or(answer.is_ok(), Ordering::Relaxed);
        }
        let answer = answer.map_err(|error| refused(&attempt, &error))?;
        written(&attempt, answer.headers(), expectation.size, expectation.md5, properties)
    }

    /// Stages one block of `key`, fetched from elsewhere.
    pub(crate) async fn stage_from(
        &self,
        key: &str,
        block: &[u8],
        from: &RemoteObject,
        range: Range<u64>,
    ) -> Result<()> {
        let (container, name) = names::object("copy to", key)?;
        let mut request = self.blob(Method::Put, container, name);
        request.url_mut().query_pairs_mut().append_pair("comp", "block");
        request.url_mut().query_pairs_mut().append_pair("blockid", &STANDARD.encode(block));
        fetch_from(&mut request, from);
        request.insert_header("x-ms-source-range", format!("bytes={}-{}", range.start, range.end - 1));
        let attempt = self.attempt("copy to", key);
        self.send(request).await.map(drop).map_err(|error| refused(&attempt, &error))
    }
}

pub(crate) fn fetch_from(request: &mut Request, from: &RemoteObject) {
    request.insert_header("x-ms-copy-source", from.address.reveal().to_owned());
    request.insert_header("x-ms-source-if-match", quoted(&from.version));
}

/// The service may not know this request: then the older one is worth a try.
fn may_be_too_new(error: &Error) -> bool {
    error.http_status().is_some_and(|status| matches!(u16::from(status), 400 | 405 | 500 | 501))
}

fn unsupported(attempt: &Attempt) -> StoreError {
    let message = format!("{} cannot fetch from the source by itself.", attempt.account);
    attempt.error(ErrorKind::Unsupported, message)
}

/// What passes is told as it is; what only means "not in this way" is `Unsupported`.
pub(crate) fn refused(attempt: &Attempt, error: &Error) -> StoreError {
    let failed = attempt.failed(error);
    let not_offered = error.http_status().is_some_and(|status| u16::from(status) == 501);
    match failed.kind {
        ErrorKind::Busy if not_offered => unsupported(attempt).with_source(failed),
        ErrorKind::Changed
        | ErrorKind::Busy
        | ErrorKind::Interrupted
        | ErrorKind::Unreachable
        | ErrorKind::Corrupt
        | ErrorKind::NoSpace => failed,
        _ => unsupported(attempt).with_source(failed),
    }
}
