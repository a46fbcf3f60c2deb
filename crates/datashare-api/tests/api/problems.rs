//! Errors: in the form of RFC 9457, with words that help.

use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, Party, send, with_json};

#[track_caller]
fn problem(answer: Answer, status: u16, code: &str) -> String {
    let answer = answer.is(status);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let problem = answer.json();
    assert_eq!(problem["status"], status);
    assert_eq!(problem["code"], code, "{problem}");
    assert_eq!(problem["type"], "about:blank");
    problem["detail"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn every_error_is_a_problem_document() {
    let ana = Party::start("ana").await;
    problem(ana.get("/v1/shares/none").await, 404, "not-found");
    problem(ana.get("/v1/none").await, 404, "no-such-resource");
    problem(ana.get("/v1/shares?wrong=1").await, 400, "bad-request");
    problem(ana.get("/v1/shares?$top=0").await, 400, "bad-request");
    let answer = ana.send(Method::PUT, "/v1/shares", json!({})).await;
    assert_eq!(answer.header("allow"), "GET,HEAD,POST");
    problem(answer, 405, "method-not-allowed");
    let domain = json!({ "name": "s", "kind": "snapshot", "exchange": "none" });
    problem(ana.post("/v1/shares", domain).await, 404, "not-found");
    problem(
        ana.post("/v1/consumerInvitations/show", json!({ "invitation": "x", "exchange_folder": null })).await,
        422,
        "bad-invitation",
    );
}

#[tokio::test]
async fn a_wrong_body_is_named() {
    let ana = Party::start("ana").await;
    let said = problem(ana.post("/v1/shares", json!({ "name": "s" })).await, 400, "bad-request");
    assert!(said.contains("kind") || said.contains("exchange"), "{said}");
    let wrong = json!({ "name": 7, "kind": "snapshot", "exchange": "x" });
    let said = problem(ana.post("/v1/shares", wrong).await, 400, "bad-request");
    assert!(said.contains("'name'"), "{said}");
    let unknown = json!({ "name": "s", "kind": "snapshot", "exchange": "x", "colour": "red" });
    let said = problem(ana.post("/v1/shares", unknown).await, 400, "bad-request");
    assert!(said.contains("'colour'"), "{said}");
    // What the path says cannot be said otherwise in the body.
    let other = ana.send(Method::PATCH, "/v1/shares/one", json!({ "share": "two" })).await;
    problem(other, 400, "bad-request");

    let text = ana.request(Method::POST, "/v1/shares").header("content-type", "text/plain").body("{}");
    problem(send(text).await, 415, "unsupported-media-type");
    let broken = ana.request(Method::POST, "/v1/shares").header("content-type", "application/json").body("{");
    problem(send(broken).await, 400, "bad-request");
    let long = json!({ "text": "x".repeat(17 << 20) });
    let request = with_json(ana.request(Method::POST, "/v1/receipts/verify"), &long);
    // A server may close the connection before all of it has been sent.
    if let Ok(response) = request.send().await {
        assert_eq!(response.status(), 413);
    }
}

#[tokio::test]
async fn headers_keep_a_browser_from_running_or_keeping_anything() {
    let ana = Party::start("ana").await;
    for path in ["/", "/v1/workspace", "/v1/openapi.json", "/none"] {
        let answer = ana.get(path).await;
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}
