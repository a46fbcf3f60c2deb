//! Who may do what, and from where.

use chrono::{TimeDelta, Utc};
use datashare_app::dto::{ApiScope, ApiTokenCreate, ApiTokenName};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Party, send, token};

#[tokio::test]
async fn nothing_of_the_workspace_is_told_without_a_token_that_holds() {
    let ana = Party::start("ana").await;
    for path in ["/v1/workspace", "/v1/shares", "/v1/nothing-here"] {
        let answer = send(ana.client.get(format!("{}{path}", ana.url))).await.is(401);
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        assert_eq!(answer.header("content-type"), "application/problem+json");
        for wrong in ["datashare_wrong", "", &ana.token[..20]] {
            send(ana.client.get(format!("{}{path}", ana.url)).bearer_auth(wrong)).await.is(401);
        }
    }
    ana.get("/v1/workspace").await.is(200);
    ana.get("/v1/nothing-here").await.is(404);
}

#[tokio::test]
async fn a_token_ends_when_it_is_revoked_and_at_its_date() {
    let ana = Party::start("ana").await;
    let short = token(&ana.app, "short", &[ApiScope::Read]).await;
    let with = |token: &str| ana.client.get(format!("{}/v1/workspace", ana.url)).bearer_auth(token);
    send(with(&short)).await.is(200);
    send(ana.request(Method::DELETE, "/v1/tokens/short")).await.is(204);
    send(with(&short)).await.is(401);

    let soon = Utc::now() + TimeDelta::milliseconds(50);
    let request =
        ApiTokenCreate { name: "soon".into(), scopes: vec![ApiScope::Read], expires_at: Some(soon) };
    let ending = ana.app.api_token_create(request).await.unwrap().secret;
    while Utc::now() <= soon {
        tokio::task::yield_now().await;
    }
    send(with(ending.reveal())).await.is(401);
    // Neither token can be read back.
    let listed = ana.get("/v1/tokens").await.is(200);
    assert!(listed.text.contains("soon") && !listed.text.contains("datashare_"), "{}", listed.text);
    let again = ana.app.api_token_revoke(ApiTokenName { name: "short".into() }).await;
    assert_eq!(again.unwrap_err().code.as_str(), "not-found");
}

/// Every operation of the description, called with a token of each scope: let in exactly as described.
#[tokio::test]
async fn every_operation_lets_in_the_scopes_that_it_names_and_no_other() {
    let ana = Party::start("ana").await;
    let description = datashare_api::description();
    let scopes = [
        ("read", ApiScope::Read),
        ("provider", ApiScope::Provider),
        ("consumer", ApiScope::Consumer),
        ("admin", ApiScope::Admin),
    ];
    let mut tokens = Vec::new();
    for (name, scope) in scopes {
        tokens.push((name, token(&ana.app, name, &[scope]).await));
    }
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let needed: Vec<&str> = operation["security"][0]["token"]
                .as_array()
                .unwrap()
                .iter()
                .map(|s| s.as_str().unwrap())
                .collect();
            // Nothing has this name, so that nothing happens.
            let path = path.replace('{', "no-such-").replace('}', "");
            for (name, token) in &tokens {
                let allowed = *name == "admin" || needed.contains(&"read") || needed.contains(name);
                let refused = refused_for_scope(&ana, method, &path, token).await;
                assert_eq!(refused, !allowed, "{method} {path} with {name}");
            }
        }
    }
}

async fn refused_for_scope(ana: &Party, method: &str, path: &str, token: &str) -> bool {
    let method: Method = method.to_uppercase().parse().unwrap();
    let url = format!("{}{path}", ana.url);
    // A body that no operation takes; those without one ignore nothing either.
    let request = ana.client.request(method.clone(), url).bearer_auth(token);
    let request = match method {
        Method::GET => request,
        _ => request.header("content-type", "application/json").body("[]"),
    };
    let response = request.send().await.unwrap();
    if response.headers()["content-type"] == "text/event-stream" {
        return false;
    }
    let text = response.text().await.unwrap();
    serde_json::from_str::<Value>(&text).is_ok_and(|problem| problem["code"] == "wrong-scope")
}

#[tokio::test]
async fn a_page_of_another_site_reaches_nothing() {
    let ana = Party::start("ana").await;
    let get = || ana.request(Method::GET, "/v1/workspace");
    // A name that an attacker made point here.
    let rebound = send(get().header("host", "attacker.example")).await.is(421);
    assert_eq!(rebound.json()["code"], "wrong-host");
    send(get().header("origin", "https://attacker.example")).await.is(403);
    send(get().header("origin", "null")).await.is(403);
    send(get().header("sec-fetch-site", "cross-site")).await.is(403);
    // The page of this server itself.
    let here = send(get().header("origin", &ana.url).header("sec-fetch-site", "same-origin")).await.is(200);
    assert!(!here.headers.contains_key("access-control-allow-origin"));
    let preflight = ana.request(Method::OPTIONS, "/v1/shares").header("origin", "https://attacker.example");
    send(preflight).await.is(403);
    // Also what needs no token is not for others.
    let page = ana.client.get(format!("{}/", ana.url)).header("host", "attacker.example");
    send(page).await.is(421);
}

#[tokio::test]
async fn the_database_and_the_answers_never_hold_a_token_or_a_credential() {
    let ana = Party::start("ana").await;
    const CANARY: &str =
        "Y2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5LWNhbmFyeS1jYW5hcnk=";
    let settings =
        json!({ "kind": "azure-blob", "account": "contoso", "endpoint": "http://127.0.0.1:1/contoso" });
    let credential = json!({ "kind": "account-key", "secret": CANARY });
    let body = json!({ "name": "lake", "settings": settings, "credential": credential });
    let request = ana.request(Method::POST, "/v1/connections").header("idempotency-key", "once");
    let made = send(crate::support::with_json(request, &body)).await.is(201);
    let shown = ana.get("/v1/connections").await.is(200);
    let refused = ana.post("/v1/connections", body).await.is(422);
    for answer in [made, shown, refused] {
        assert!(!answer.text.contains(CANARY), "{}", answer.text);
    }
    for file in std::fs::read_dir(ana.home.path().join("workspace")).unwrap() {
        let path = file.unwrap().path();
        let Ok(bytes) = std::fs::read(&path) else { continue };
        for secret in [CANARY, ana.token.as_str()] {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "a secret lies in {}", path.display());
        }
    }
}
