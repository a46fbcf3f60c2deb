//! Values that can be neither printed nor serialised, and URLs shown without their secrets.
//!
//! [`Secret`] has no `Display`, no `Serialize` and a `Debug` that names nothing: a secret in a record, a
//! journal, a log line or an error text is a compile error, not a review finding. Memory is wiped on drop.

use serde::{Deserialize, Deserializer};
use url::Url;
use zeroize::Zeroizing;

/// Text that must never be shown: a key, a SAS, a passphrase. Read it with [`Secret::reveal`], where it is used.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes ownership of the text; surrounding whitespace (a pasted newline) is not part of a secret.
    pub fn new(text: impl Into<String>) -> Self {
        let text = Zeroizing::new(text.into());
        Self(Zeroizing::new(text.trim().to_owned()))
    }

    /// The text itself. Every call is a place to look at in review.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

/// Secrets come in (from a form, from a file); they never go out.
impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Secret::new)
    }
}

/// A text that is never part of an answer.
#[cfg(feature = "schema")]
impl schemars::JsonSchema for Secret {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Secret".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "password", "writeOnly": true })
    }
}

/// Query parameters of a storage URL that say what was asked and prove nothing. All others are masked.
const HARMLESS_PARAMETERS: [&str; 14] = [
    "api-version",
    "blockid",
    "comp",
    "delimiter",
    "marker",
    "maxresults",
    "prefix",
    "restype",
    "se",
    "si",
    "sp",
    "sr",
    "st",
    "sv",
];

/// The URL as it may stand in a log or an error: user information is dropped, and of the query only the parameters
/// of an allow-list keep their values.
pub fn redact_url(url: &Url) -> String {
    let mut shown = url.clone();
    let _ = shown.set_username("");
    let _ = shown.set_password(None);
    shown.set_fragment(None);
    let pairs: Vec<(String, String)> = url
        .query_pairs()
        .map(|(name, value)| {
            let kept = HARMLESS_PARAMETERS.contains(&name.as_ref());
            (name.into_owned(), if kept { value.into_owned() } else { "REDACTED".to_owned() })
        })
        .collect();
    shown.set_query(None);
    if !pairs.is_empty() {
        shown.query_pairs_mut().extend_pairs(pairs);
    }
    shown.into()
}

/// Masks every secret that the forms used here can give away inside free text: `sig=` of a SAS, account keys,
/// bearer tokens, the ticket of an invitation link. The last net, at the sink of logs and errors.
pub fn redact_text(text: &str) -> String {
    const MARKS: [&str; 6] =
        ["sig=", "AccountKey=", "SharedAccessSignature=", "Bearer ", "SharedKey ", "datashare://invitation#"];
    let mut shown = text.to_owned();
    for mark in MARKS {
        let mut from = 0;
        while let Some(at) = shown[from..].find(mark).map(|at| from + at + mark.len()) {
            let length = shown[at..]
                .find(|c: char| c.is_whitespace() || matches!(c, '&' | '"' | '\'' | ';' | '<' | ')'))
                .unwrap_or(shown.len() - at);
            shown.replace_range(at..at + length, "REDACTED");
            from = at + "REDACTED".len();
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn debug_does_not_show_the_secret() {
        assert!(!format!("{:?}", Secret::new("canary")).contains("canary"));
    }

    #[test]
    fn surrounding_whitespace_is_not_part_of_it() {
        assert_eq!(Secret::new(" key==\n").reveal(), "key==");
    }

    #[test]
    fn a_url_keeps_only_harmless_parameters() {
        let url =
            Url::parse("https://u:canary@a.example/c?sv=2026-04-06&si=g1&sig=canary&future=canary#canary")
                .unwrap();
        let shown = redact_url(&url);
        assert!(!shown.contains("canary"), "{shown}");
        assert!(shown.contains("si=g1"));
    }

    #[test]
    fn free_text_loses_signatures_keys_and_tickets() {
        let text = "PUT https://a/b?sv=1&sig=canary%3D&x=1 AccountKey=canary; \"datashare://invitation#canary\" Bearer canary";
        let shown = redact_text(text);
        assert!(!shown.contains("canary"), "{shown}");
        assert!(shown.contains("&x=1"));
    }
}
