//! Where a webhook is. The address is a secret: many carry a token.

use std::net::IpAddr;

use datashare_secret::Secret;
use url::{Host, Url};

use crate::{NotifyError, Problem};

/// An address that may be posted to: https, or http to this computer.
#[derive(Clone)]
pub struct Address(Url);

impl std::fmt::Debug for Address {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Address").field(&self.shown()).finish()
    }
}

impl Address {
    /// [`Problem::Address`] for everything that must not be posted to.
    pub fn parse(text: &Secret) -> Result<Self, NotifyError> {
        let refused = |why: &str| Err(NotifyError::new(Problem::Address, why));
        let Ok(url) = Url::parse(text.reveal().trim()) else {
            return refused(
                "This is no address of a webhook. It looks like https://hooks.contoso.example/abc.",
            );
        };
        if !url.username().is_empty() || url.password().is_some() {
            return refused(
                "The address holds a user or a password, which is not how webhooks are protected.",
            );
        }
        match (url.scheme(), url.host()) {
            ("https", Some(_)) => Ok(Self(url)),
            ("http", Some(host)) if is_this_computer(&host) => Ok(Self(url)),
            ("http", Some(_)) => refused(
                "The address begins with http: what is sent there could be read on the way. Use https.",
            ),
            _ => refused("The address does not begin with https."),
        }
    }

    /// Scheme, host and port: what can be shown.
    pub fn shown(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        let port = self.0.port().map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}://{host}{port}", self.0.scheme())
    }

    pub(crate) fn url(&self) -> Url {
        self.0.clone()
    }
}

fn is_this_computer(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => name.eq_ignore_ascii_case("localhost"),
        Host::Ipv4(address) => IpAddr::V4(*address).is_loopback(),
        Host::Ipv6(address) => IpAddr::V6(*address).is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_https_and_this_computer_are_posted_to() {
        for good in [
            "https://hooks.contoso.example/abc?sig=1",
            "http://localhost:8080/",
            "http://127.0.0.1/x",
            "http://[::1]:9/",
        ] {
            assert!(Address::parse(&Secret::new(good)).is_ok(), "{good}");
        }
        for bad in [
            "http://hooks.contoso.example/abc",
            "http://localhost.contoso.example/",
            "ftp://contoso.example/",
            "file:///etc/passwd",
            "https://user:word@contoso.example/",
            "hooks.contoso.example",
            "",
        ] {
            assert_eq!(Address::parse(&Secret::new(bad)).unwrap_err().problem, Problem::Address, "{bad}");
        }
    }

    #[test]
    fn what_is_shown_holds_no_token() {
        let address = Address::parse(&Secret::new("https://a.example:444/canary?sig=canary#canary")).unwrap();
        assert_eq!(address.shown(), "https://a.example:444");
        assert!(!format!("{address:?}").contains("canary"));
    }
}
