//! What stands before every request: is it meant for this server, may a page have sent it, and who is it from.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, ORIGIN, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use datashare_app::{ApiCaller, App};
use datashare_secret::Secret;

use crate::problem::Problem;

/// The page runs only what comes with it, and only from here.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The names under which this server may be called.
#[derive(Debug)]
pub(crate) struct Names {
    listen: SocketAddr,
    hosts: Vec<String>,
}

impl Names {
    pub(crate) fn new(listen: SocketAddr, hosts: Vec<String>) -> Self {
        Self { listen, hosts }
    }

    /// An address cannot be rebound to another computer; a name can, so only names that were given count.
    fn has(&self, authority: &str) -> bool {
        let Ok(url) = url::Url::parse(&format!("http://{authority}/")) else { return false };
        if !url.username().is_empty() || url.password().is_some() || url.path() != "/" {
            return false;
        }
        let address = match url.host() {
            Some(url::Host::Ipv4(address)) => IpAddr::V4(address),
            Some(url::Host::Ipv6(address)) => IpAddr::V6(address),
            Some(url::Host::Domain(name)) => {
                return name == "localhost" || self.hosts.iter().any(|host| host.eq_ignore_ascii_case(name));
            }
            None => return false,
        };
        address.is_loopback() || !self.listen.ip().is_loopback()
    }
}

/// Refuses what was sent to another name or from another page, and puts the headers on every answer.
pub(crate) async fn admit(State(names): State<Arc<Names>>, request: Request, next: Next) -> Response {
    let mut response = match refusal(&names, &request) {
        Some(problem) => problem.into_response(),
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

fn refusal(names: &Names, request: &Request) -> Option<Problem> {
    let headers = request.headers();
    let host = single(headers, HOST.as_str()).or_else(|| request.uri().authority().map(|a| a.as_str()));
    let Some(host) = host.filter(|host| names.has(host)) else {
        return Some(
            Problem::new(
                StatusCode::MISDIRECTED_REQUEST,
                "wrong-host",
                "The request names another host than this one.",
            )
            .hint("Call the server by the address it listens on, or start it with --host NAME."),
        );
    };
    let from_here = |origin: &str| origin.split_once("://").is_some_and(|(_, authority)| authority == host);
    let other_origin =
        headers.contains_key(ORIGIN) && !single(headers, ORIGIN.as_str()).is_some_and(from_here);
    let other_site =
        single(headers, "sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none"));
    (other_origin || other_site).then(|| {
        Problem::new(StatusCode::FORBIDDEN, "wrong-origin", "A page of another site may not use this API.")
            .hint("Call it from a program of your own, or from the page of this server.")
    })
}

/// The value of a header that is there once.
fn single<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

/// Lets nobody pass without a token that holds, and says whose it is to whoever comes next.
pub(crate) async fn authenticate(State(app): State<App>, mut request: Request, next: Next) -> Response {
    match caller(&app, request.headers()) {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    }
}

fn caller(app: &App, headers: &HeaderMap) -> Result<ApiCaller, Problem> {
    let refused = |detail: &str| {
        Problem::new(StatusCode::UNAUTHORIZED, "unauthorised", detail)
            .hint("Make a token with 'datashare api token create NAME --scope …' and send it as 'Authorization: Bearer TOKEN'.")
    };
    let value =
        single(headers, AUTHORIZATION.as_str()).ok_or_else(|| refused("The request has no token."))?;
    let token = match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Secret::new(token),
        _ => return Err(refused("The request has no bearer token.")),
    };
    let unknown = || refused("This token does not hold: it is unknown, was revoked, or has expired.");
    app.api_caller(&token)?.ok_or_else(unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(listen: &str, hosts: &[&str]) -> Names {
        let listen = listen.parse().unwrap_or_else(|_| SocketAddr::from(([127, 0, 0, 1], 0)));
        Names::new(listen, hosts.iter().map(|host| (*host).to_owned()).collect())
    }

    #[test]
    fn on_loopback_only_its_own_names_count() {
        let names = names("127.0.0.1:8080", &["share.contoso.example"]);
        for host in ["127.0.0.1:8080", "localhost", "LOCALHOST:1", "[::1]:8080", "share.contoso.example:8080"]
        {
            assert!(names.has(host), "{host}");
        }
        for host in
            ["", "attacker.example", "127.0.0.1.attacker.example", "192.0.2.1", "a@127.0.0.1", "localhost/x"]
        {
            assert!(!names.has(host), "{host}");
        }
    }

    #[test]
    fn elsewhere_addresses_count_and_names_that_were_given() {
        let names = names("0.0.0.0:443", &["share.contoso.example"]);
        assert!(names.has("192.0.2.1") && names.has("share.contoso.example"));
        assert!(!names.has("attacker.example"));
    }
}
