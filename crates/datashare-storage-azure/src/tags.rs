//! Index tags. They take a permission of their own, and accounts with a hierarchical namespace have none: where they are
//! refused, objects travel without them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use azure_core::http::{Method, RawResponse, Request};
use datashare_storage::ObjectProperties;
use url::form_urlencoded;

use crate::account::Requests;
use crate::listing_answer;

const HEADER: &str = "x-ms-tags";

/// Whether this account's tags are seen to.
#[derive(Debug)]
pub(crate) struct Tags {
    wanted: AtomicBool,
}

impl Tags {
    /// An account key allows everything; what a token allows beside bytes is not asked for.
    pub(crate) fn of(by_key: bool) -> Self {
        Self { wanted: AtomicBool::new(by_key) }
    }

    pub(crate) fn may_be_read(&self) -> bool {
        self.wanted.load(Ordering::Relaxed)
    }

    /// As Azure wants them; `None` when there are none to write.
    pub(crate) fn text(&self, properties: &ObjectProperties) -> Option<String> {
        let any = self.may_be_read() && !properties.tags.is_empty();
        any.then(|| form_urlencoded::Serializer::new(String::new()).extend_pairs(&properties.tags).finish())
    }

    pub(crate) fn write(&self, request: &mut Request, properties: &ObjectProperties) {
        if let Some(text) = self.text(properties) {
            request.insert_header(HEADER, text);
        }
    }

    /// Whether a request failed for its tags, as far as one can tell. They are not tried again then.
    pub(crate) fn are_refused(&self, error: &azure_core::Error) -> bool {
        let code = error.http_status().map(u16::from);
        let words = error.to_string();
        let about_tags = match code {
            Some(409) => words.contains("HierarchicalNamespace"),
            Some(400 | 403) => words.contains("AuthorizationPermissionMismatch") || words.contains("tags"),
            _ => false,
        };
        if about_tags {
            self.wanted.store(false, Ordering::Relaxed);
        }
        about_tags
    }
}

impl Requests<'_> {
    /// Sends it again without its tags where they are refused.
    pub(crate) async fn send_with_tags(&self, request: Request) -> azure_core::Result<RawResponse> {
        let tagged = request.headers().iter().any(|(name, _)| name.as_str() == HEADER);
        if !tagged {
            return self.send(request).await;
        }
        let mut plain = request.clone();
        plain.headers_mut().remove(HEADER);
        match self.send(request).await {
            Err(error) if self.account.tags.are_refused(&error) => self.send(plain).await,
            answer => answer,
        }
    }

    /// Those of one object; none where they may not be seen.
    pub(crate) async fn tags(&self, container: &str, name: &str) -> BTreeMap<String, String> {
        if !self.account.tags.may_be_read() {
            return BTreeMap::new();
        }
        let mut request = self.blob(Method::Get, container, name);
        request.url_mut().query_pairs_mut().append_pair("comp", "tags");
        match self.send(request).await {
            Ok(answer) => listing_answer::parse_tags(answer.body()).unwrap_or_default(),
            Err(error) => {
                self.account.tags.are_refused(&error);
                BTreeMap::new()
            }
        }
    }
}
