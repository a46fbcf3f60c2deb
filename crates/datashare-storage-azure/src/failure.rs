//! One place that turns what went wrong, an answer or the way to it, into an error with words for people.
//!
//! Nothing of an answer's text is passed on: Azure repeats signatures in it.

use std::error::Error as _;
use std::time::{Duration, SystemTime};

use azure_core::error::ErrorKind as AzureErrorKind;
use azure_core::http::RawResponse;
use azure_core::http::headers::{HeaderName, Headers};
use chrono::{DateTime, Utc};
use datashare_storage::{ErrorKind, Retry, StoreError};

use crate::refusal;
use crate::sas::SasFacts;
use crate::transport::{Silence, Stranger};

/// What the store proves itself with, as far as an error is explained by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Key,
    Sas(SasFacts),
    Anonymous,
}

/// What was being done, to which key, in which account.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    pub(crate) operation: &'static str,
    pub(crate) key: String,
    /// `account 'contoso'`
    pub(crate) account: String,
    pub(crate) access: Access,
}

/// An answer that is not success, as far as somebody decides by it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Azure's own code, empty when the answer has none.
    pub(crate) code: String,
    /// Azure's explanation of a refused signature. Holds signatures; never shown.
    pub(crate) detail: String,
    /// The server's clock.
    pub(crate) date: Option<DateTime<Utc>>,
    pub(crate) retry_after: Option<Duration>,
    /// Azurite says `AuthorizationFailure` where Azure says `AuthenticationFailed`.
    pub(crate) emulator: bool,
    /// The answer comes from a blob service and not from something in between.
    pub(crate) from_storage: bool,
}

impl Attempt {
    /// The error of a request that failed, in words.
    pub(crate) fn failed(&self, error: &azure_core::Error) -> StoreError {
        match error.kind() {
            AzureErrorKind::HttpResponse { status, raw_response, .. } => {
                let answer = match raw_response {
                    Some(response) => Answer::of(response),
                    None => Answer { status: (*status).into(), ..Answer::default() },
                };
                self.refused(&answer, SystemTime::now().into())
            }
            AzureErrorKind::DataConversion => self.error(ErrorKind::Other, self.not_understood()),
            _ => self.unreached(error),
        }
    }

    /// Whether an emulator refused with an error of its own, as it does with what it does not know.
    pub(crate) fn by_emulator(error: &azure_core::Error) -> bool {
        match error.kind() {
            AzureErrorKind::HttpResponse { status, raw_response: Some(response), .. } => {
                u16::from(*status) == 500 && Answer::of(response).emulator
            }
            _ => false,
        }
    }

    /// The error of an answer.
    pub(crate) fn refused(&self, answer: &Answer, now: DateTime<Utc>) -> StoreError {
        let (kind, message) = refusal::words(self, answer, now);
        let error = self.error(kind, message);
        match kind {
            ErrorKind::Busy => error.with_retry(Retry::Later(answer.retry_after)),
            _ => error,
        }
    }

    pub(crate) fn error(&self, kind: ErrorKind, message: impl Into<String>) -> StoreError {
        StoreError::new(kind, self.operation, &self.key, message)
    }

    pub(crate) fn not_understood(&self) -> String {
        format!(
            "The answer of {} could not be understood. Something between this computer and Azure may have changed it, such \
             as the sign-in page of a guest network. Open a web page to see whether it asks you to sign in.",
            self.account
        )
    }

    /// The request did not get an answer.
    fn unreached(&self, error: &azure_core::Error) -> StoreError {
        let chain = Chain::of(error);
        let (kind, message) = self.way_words(&chain, matches!(error.kind(), AzureErrorKind::Connection));
        self.error(kind, message)
    }

    fn way_words(&self, chain: &Chain, connecting: bool) -> (ErrorKind, String) {
        let account = &self.account;
        if chain.stranger {
            return (ErrorKind::Other, self.not_understood());
        }
        if chain.mentions(&["certificate", "unknownissuer"]) {
            let why = "is not trusted by this computer. A company proxy may stand in between, or the address is not the \
                       one it seems to be. Ask your IT department to install its certificate, or check the address.";
            return (ErrorKind::Certificate, format!("The server's certificate of {account} {why}"));
        }
        if chain.mentions(&["proxy", "tunnel"]) {
            return (ErrorKind::Proxy, refusal::proxy(account));
        }
        if chain.mentions(&["dns error", "failed to lookup", "resolve"]) {
            return self.name_words(chain);
        }
        if chain.silent {
            let message = format!("{account} sent nothing for a minute, so the connection was given up.");
            return (ErrorKind::Interrupted, capitalised(message));
        }
        if connecting {
            let why = "Nothing answers there: this computer may be offline, a firewall may block the way, or the address \
                       may be wrong. Check the network and the address.";
            return (ErrorKind::Unreachable, format!("There is no connection to {account}. {why}"));
        }
        (ErrorKind::Interrupted, format!("The connection to {account} broke before all was transferred."))
    }

    /// The address has no number: the account does not exist, or names cannot be looked up just now.
    fn name_words(&self, chain: &Chain) -> (ErrorKind, String) {
        let account = &self.account;
        if chain.mentions(&["temporary failure", "try again", "timed out"]) {
            let message =
                format!("The address of {account} cannot be looked up: this computer seems to be offline.");
            return (ErrorKind::Unreachable, message);
        }
        let message = format!(
            "There is no {account}: its address is not known on the network. Check the spelling of the account's name (and \
             that this computer is online)."
        );
        (ErrorKind::NoSuchAccount, message)
    }
}

/// The texts of an error and its causes, in lower case.
struct Chain {
    text: String,
    silent: bool,
    stranger: bool,
}

impl Chain {
    fn of(error: &azure_core::Error) -> Self {
        let mut chain = Self { text: String::new(), silent: false, stranger: false };
        let mut cause = error.source();
        while let Some(error) = cause {
            chain.text.push_str(&error.to_string().to_lowercase());
            chain.text.push('\n');
            chain.silent |= error.is::<Silence>();
            chain.stranger |= error.is::<Stranger>();
            cause = error.source();
        }
        chain
    }

    fn mentions(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.text.contains(word))
    }
}

impl Answer {
    fn of(response: &RawResponse) -> Self {
        let header = |name: &'static str| response.headers().get_optional_str(&HeaderName::from_static(name));
        let body = std::str::from_utf8(response.body()).unwrap_or_default();
        Self {
            status: response.status().into(),
            code: header("x-ms-error-code").or_else(|| element(body, "Code")).unwrap_or_default().to_owned(),
            detail: element(body, "AuthenticationErrorDetail").unwrap_or_default().to_owned(),
            date: header("date")
                .and_then(|date| DateTime::parse_from_rfc2822(date).ok())
                .map(|date| date.to_utc()),
            retry_after: retry_after(header("x-ms-retry-after-ms"), header("retry-after")),
            emulator: is_emulator(response.headers()),
            from_storage: header("x-ms-request-id").is_some() || header("x-ms-error-code").is_some(),
        }
    }
}

/// Whether an answer with these headers came from Azurite.
pub(crate) fn is_emulator(headers: &Headers) -> bool {
    let server = headers.get_optional_str(&HeaderName::from_static("server"));
    server.is_some_and(|server| server.starts_with("Azurite"))
}

/// Whether the error is an answer with this code of Azure's.
pub(crate) fn has_code(error: &azure_core::Error, code: &str) -> bool {
    matches!(error.kind(), AzureErrorKind::HttpResponse { error_code: Some(found), .. } if found == code)
}

fn retry_after(milliseconds: Option<&str>, seconds: Option<&str>) -> Option<Duration> {
    let milliseconds = milliseconds.and_then(|text| text.trim().parse().ok()).map(Duration::from_millis);
    milliseconds.or_else(|| seconds.and_then(|text| text.trim().parse().ok()).map(Duration::from_secs))
}

fn element<'a>(body: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = body.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(text, _)| text)
}

/// The text with a capital first letter, for a sentence that starts with a name.
pub(crate) fn capitalised(text: String) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
