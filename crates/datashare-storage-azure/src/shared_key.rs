//! What every request of a store carries as proof: a Shared Key signature, or the query of a SAS.
//!
//! Both are added last, to the request as it is sent, so that no client, address or log line holds them.

use std::collections::BTreeMap;
use std::fmt::{self, Debug};
use std::sync::Arc;

use async_trait::async_trait;
use azure_core::http::headers::HeaderName;
use azure_core::http::policies::{Policy, PolicyResult};
use azure_core::http::{Context, Request};
use azure_core::time::{OffsetDateTime, to_rfc7231};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use datashare_secret::Secret;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use url::Url;

/// An account's key, known to be base64.
#[derive(Clone, Debug)]
pub(crate) struct AccountKey(Secret);

impl AccountKey {
    /// `None` when the text is no key.
    pub(crate) fn new(text: &Secret) -> Option<Self> {
        let key = STANDARD.decode(text.reveal()).ok()?;
        (!key.is_empty()).then(|| Self(text.clone()))
    }

    /// HMAC-SHA256 of the text, base64.
    pub(crate) fn sign(&self, text: &str) -> String {
        // Both cannot fail: the text was decoded in `new`, and HMAC takes keys of any length.
        let key = STANDARD.decode(self.0.reveal()).unwrap_or_default();
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key) else { return String::new() };
        mac.update(text.as_bytes());
        STANDARD.encode(mac.finalize().into_bytes())
    }
}

/// Signs each request with the account's key.
#[derive(Debug)]
pub(crate) struct SharedKey {
    pub(crate) account: String,
    pub(crate) key: AccountKey,
}

#[async_trait]
impl Policy for SharedKey {
    async fn send(&self, context: &Context, request: &mut Request, next: &[Arc<dyn Policy>]) -> PolicyResult {
        request.insert_header("x-ms-date", to_rfc7231(&OffsetDateTime::now_utc()));
        let signature = self.key.sign(&string_to_sign(&self.account, request));
        request.insert_header("authorization", format!("SharedKey {}:{signature}", self.account));
        next[0].send(context, request, &next[1..]).await
    }
}

/// Appends the SAS to each request's address.
pub(crate) struct SasQuery(pub(crate) Secret);

impl Debug for SasQuery {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SasQuery")
    }
}

#[async_trait]
impl Policy for SasQuery {
    async fn send(&self, context: &Context, request: &mut Request, next: &[Arc<dyn Policy>]) -> PolicyResult {
        append_query(request.url_mut(), &self.0);
        next[0].send(context, request, &next[1..]).await
    }
}

/// Appends query text as it is.
pub(crate) fn append_query(url: &mut Url, query: &Secret) {
    let addition = query.reveal().trim_start_matches('?');
    let whole = match url.query() {
        Some(present) if !present.is_empty() => format!("{present}&{addition}"),
        _ => addition.to_owned(),
    };
    url.set_query(Some(&whole));
}

/// The text that Azure rebuilds and compares: "Authorize with Shared Key", version 2015-02-21 and later.
fn string_to_sign(account: &str, request: &Request) -> String {
    let length = request.body().len().filter(|length| *length > 0).map(|length| length.to_string());
    let header = |name: &'static str| {
        request.headers().get_optional_str(&HeaderName::from_static(name)).unwrap_or_default()
    };
    let method = request.method();
    let fields = [
        method.as_ref(),
        header("content-encoding"),
        header("content-language"),
        length.as_deref().unwrap_or_default(),
        header("content-md5"),
        header("content-type"),
        // The date, which stands in x-ms-date.
        "",
        header("if-modified-since"),
        header("if-match"),
        header("if-none-match"),
        header("if-unmodified-since"),
        header("range"),
    ];
    format!(
        "{}\n{}{}",
        fields.join("\n"),
        canonical_headers(request),
        canonical_resource(account, request.url())
    )
}

fn canonical_headers(request: &Request) -> String {
    let mut headers: Vec<(&str, &str)> = request
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str().trim()))
        .filter(|(name, _)| name.starts_with("x-ms-"))
        .collect();
    // The service sorts as languages do: an underscore (of metadata names) comes before digits and letters.
    headers.sort_by_key(|(name, _)| name.replace('_', " "));
    headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect()
}

fn canonical_resource(account: &str, url: &Url) -> String {
    let mut parameters: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in url.query_pairs() {
        parameters.entry(name.to_lowercase()).or_default().push(value.into_owned());
    }
    let mut resource = format!("/{account}{}", url.path());
    for (name, mut values) in parameters {
        values.sort_unstable();
        resource.push_str(&format!("\n{name}:{}", values.join(",")));
    }
    resource
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use azure_core::http::Method;

    #[test]
    fn the_string_to_sign_is_that_of_the_documentation() {
        let url = "https://contoso.blob.core.windows.net/data/a%20b?restype=container&comp=list&include=b&include=a";
        let mut request = Request::new(Url::parse(url).unwrap(), Method::Get);
        for (name, value) in [
            ("x-ms-version", "2026-04-06"),
            ("x-ms-meta-a1", "2"),
            ("x-ms-meta-a_b", " 1 "),
            ("if-match", "\"e\""),
        ] {
            request.insert_header(name, value);
        }
        let expected = "GET\n\n\n\n\n\n\n\n\"e\"\n\n\n\nx-ms-meta-a_b:1\nx-ms-meta-a1:2\nx-ms-version:2026-04-06\n\
                        /contoso/data/a%20b\ncomp:list\ninclude:a,b\nrestype:container";
        assert_eq!(string_to_sign("contoso", &request), expected);
    }

    #[test]
    fn a_sas_is_appended_as_it_is() {
        let mut url = Url::parse("https://a/c/b?comp=list").unwrap();
        append_query(&mut url, &Secret::new("?sv=1&sig=a%2Bb%3D"));
        assert_eq!(url.as_str(), "https://a/c/b?comp=list&sv=1&sig=a%2Bb%3D");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        assert!(AccountKey::new(&Secret::new("not base64!")).is_none());
        assert!(AccountKey::new(&Secret::new("")).is_none());
    }
}
