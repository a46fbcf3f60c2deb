//! Long lists, in pages: `$top` says how many at most, `$skipToken` goes on after an earlier page.

use axum::http::Uri;
use serde_json::{Value, json};

use crate::problem::Problem;

/// Items of a page when nobody says how many, and the most.
pub(crate) const USUAL: usize = 100;
pub(crate) const MOST: usize = 1000;

/// Which part of a list is wanted.
#[derive(Debug)]
pub(crate) struct Page {
    skip: usize,
    top: usize,
    /// Path and the rest of the query, for the address of the next page.
    path: String,
    query: Vec<(String, String)>,
}

impl Page {
    /// Takes out of a query what is for the page, when there are pages.
    pub(crate) fn of(uri: &Uri, paged: bool) -> Result<(Self, Vec<(String, String)>), Problem> {
        let text = uri.query().unwrap_or_default();
        let (own, query): (Vec<_>, Vec<_>) = url::form_urlencoded::parse(text.as_bytes())
            .into_owned()
            .partition(|(name, _)| paged && (name == "$top" || name == "$skipToken"));
        let mut page = Self { skip: 0, top: USUAL, path: uri.path().to_owned(), query: query.clone() };
        for (name, text) in own {
            let wrong = || Problem::bad_request(format!("The parameter '{name}' cannot be read."));
            match name.as_str() {
                "$top" => {
                    page.top = text.parse().ok().filter(|top| (1..=MOST).contains(top)).ok_or_else(wrong)?;
                }
                _ => page.skip = text.parse().map_err(|_| wrong())?,
            }
        }
        Ok((page, query))
    }

    /// The wanted part of a list.
    pub(crate) fn cut(&self, items: Vec<Value>) -> Value {
        let all = items.len();
        let value: Vec<Value> = items.into_iter().skip(self.skip).take(self.top).collect();
        let end = self.skip.saturating_add(self.top);
        json!({ "value": value, "nextLink": (end < all).then(|| self.next(end)) })
    }

    fn next(&self, skip: usize) -> String {
        let start = format!("{}?", self.path);
        let length = start.len();
        let mut next = url::form_urlencoded::Serializer::for_suffix(start, length);
        next.extend_pairs(&self.query);
        next.append_pair("$top", &self.top.to_string()).append_pair("$skipToken", &skip.to_string());
        next.finish()
    }
}
