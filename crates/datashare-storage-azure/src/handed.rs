//! Copy Blob: Azure copies an object by itself, whether or not anybody here waits for it.
//!
//! A blob that is being copied is visible under its name and replaces what was there, so it is copied to a place of its own
//! first. A handle is `KEY ID`: where the copy is, and its id at Azure.

use std::time::SystemTime;

use azure_core::http::headers::{HeaderName, Headers};
use azure_core::http::{Method, RawResponse};
use chrono::{DateTime, TimeDelta, Utc};
use datashare_storage::{ErrorKind, Handed, RemoteObject, Result};

use crate::account::Requests;
use crate::listing::Selection;
use crate::listing_answer::version_tag;
use crate::names;
use crate::server_copy::{fetch_from, refused};

/// Folder of a container where copies arrive.
const PLACE: &str = ".datashare-copies";
/// Azure ends a copy that takes longer; nobody takes what lies there by then.
const LEFTOVER_AFTER: TimeDelta = TimeDelta::days(15);

impl Requests<'_> {
    pub(crate) async fn hand_over(&self, key: &str, from: &RemoteObject) -> Result<String> {
        let attempt = self.attempt("copy to", key);
        let (container, _) = names::object("copy to", key)?;
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|error| {
            attempt.error(ErrorKind::Other, "The system gives no random numbers.").with_source(error)
        })?;
        let name = format!("{PLACE}/{}", random.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
        let mut request = self.blob(Method::Put, container, &name);
        fetch_from(&mut request, from);
        let answer = self.send(request).await.map_err(|error| refused(&attempt, &error))?;
        match text(answer.headers(), "x-ms-copy-id") {
            Some(id) => Ok(format!("{container}/{name} {id}")),
            None => Err(attempt.error(ErrorKind::Unsupported, attempt.not_understood())),
        }
    }

    pub(crate) async fn handed(&self, handle: &str) -> Result<Handed> {
        let Some((key, id)) = parts(handle) else { return Ok(Handed::Failed) };
        let attempt = self.attempt("read", key);
        let (container, name) = names::object("read", key)?;
        match self.send(self.blob(Method::Head, container, name)).await {
            Ok(answer) if text(answer.headers(), "x-ms-copy-id") == Some(id) => {
                Ok(self.state_of(key, &answer))
            }
            Ok(_) => Ok(Handed::Failed),
            Err(error) => match attempt.failed(&error) {
                error if matches!(error.kind, ErrorKind::NotFound | ErrorKind::NoSuchPlace) => {
                    Ok(Handed::Failed)
                }
                error => Err(error),
            },
        }
    }

    fn state_of(&self, key: &str, answer: &RawResponse) -> Handed {
        let headers = answer.headers();
        match (text(headers, "x-ms-copy-status"), text(headers, "etag")) {
            (Some("pending"), _) => {
                let copied =
                    text(headers, "x-ms-copy-progress").and_then(|progress| progress.split('/').next());
                Handed::Copying { bytes: copied.and_then(|bytes| bytes.parse().ok()).unwrap_or_default() }
            }
            (Some("success"), Some(etag)) => {
                self.account.remote(key, &version_tag(etag)).map_or(Handed::Failed, Handed::Whole)
            }
            _ => Handed::Failed,
        }
    }

    /// Nothing of it is worth an error: what stays is cleared later.
    pub(crate) async fn drop_handed(&self, handle: &str) {
        let Some((key, id)) = parts(handle) else { return };
        let Ok((container, name)) = names::object("delete", key) else { return };
        let mut abort = self.blob(Method::Put, container, name);
        abort.url_mut().query_pairs_mut().append_pair("comp", "copy").append_pair("copyid", id);
        abort.insert_header("x-ms-copy-action", "abort");
        let _ = self.send(abort).await;
        let _ = self.send(self.blob(Method::Delete, container, name)).await;
    }

    /// Removes what lies there from runs that never came back.
    pub(crate) async fn clear_handed(&self, container: &str) {
        let prefix = format!("{PLACE}/");
        let selection = Selection { prefix: &prefix, ..Selection::default() };
        let Ok(listed) = self.list_blobs(container, selection, container).await else { return };
        let before = DateTime::<Utc>::from(SystemTime::now()) - LEFTOVER_AFTER;
        for object in listed.objects.iter().filter(|object| object.modified.is_some_and(|at| at < before)) {
            if let Ok((container, name)) = names::object("delete", &object.key) {
                let _ = self.send(self.blob(Method::Delete, container, name)).await;
            }
        }
    }
}

/// Key and id. What stands in a handle may have been written by anybody: it names nothing outside the place for copies.
fn parts(handle: &str) -> Option<(&str, &str)> {
    let (key, id) = handle.rsplit_once(' ')?;
    let (container, name) = key.split_once('/')?;
    let random = name.strip_prefix(PLACE)?.strip_prefix('/')?;
    let ours =
        !container.is_empty() && random.len() == 32 && random.bytes().all(|byte| byte.is_ascii_hexdigit());
    ours.then_some((key, id))
}

fn text<'a>(headers: &'a Headers, name: &'static str) -> Option<&'a str> {
    headers.get_optional_str(&HeaderName::from_static(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_names_copies_and_nothing_else() {
        let random = "0123456789abcdef0123456789abcdef";
        assert!(parts(&format!("data/{PLACE}/{random} 1-2")).is_some());
        for foreign in ["data/x 1-2", "data/.datashare-copies/x 1-2", "/.datashare-copies/ 1", "", " "] {
            assert_eq!(parts(foreign), None, "{foreign}");
        }
    }
}
