//! The same request twice is done once.

use datashare_app::{ApiAnswers, ApiBegin, App};
use datashare_secret::Secret;
use reqwest::Method;
use serde_json::{Value, json};

use crate::exchange;
use crate::support::{Answer, Party, send, with_json};

async fn keyed(ana: &Party, key: &str, path: &str, body: &Value) -> Answer {
    send(with_json(ana.request(Method::POST, path).header("idempotency-key", key), body)).await
}

const INVITATIONS: &str = "/v1/shares/sales/invitations";

fn ben() -> Value {
    json!({ "emails": ["ben@example.org"], "expires_at": null, "acceptance": "automatic" })
}

#[tokio::test]
async fn the_same_request_with_the_same_key_is_answered_as_before() {
    let ana = Party::start("ana").await;
    exchange::share(&ana).await;
    let first = keyed(&ana, "k1", INVITATIONS, &ben()).await.is(201);
    let second = keyed(&ana, "k1", INVITATIONS, &ben()).await.is(201);
    assert_eq!(first.text, second.text);
    let all = ana.get(INVITATIONS).await.is(200).json();
    assert_eq!(all["value"].as_array().unwrap().len(), 1, "it was done once");
    // The link in the answer is not readable where the answer is kept.
    let link = first.json()["value"][0]["link"].as_str().unwrap().to_owned();
    let secret = link.split('#').next_back().unwrap();
    let database = std::fs::read(ana.home.path().join("workspace/workspace.db")).unwrap();
    let log = std::fs::read(ana.home.path().join("workspace/workspace.db-wal")).unwrap_or_default();
    for bytes in [database, log] {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
    }
    // Another key is another request.
    keyed(&ana, "k2", INVITATIONS, &ben()).await.is(201);
    assert_eq!(ana.get(INVITATIONS).await.json()["value"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_key_stands_for_one_request() {
    let ana = Party::start("ana").await;
    exchange::share(&ana).await;
    keyed(&ana, "k1", INVITATIONS, &ben()).await.is(201);
    let other = json!({ "emails": ["eve@example.org"], "expires_at": null, "acceptance": "automatic" });
    let refused = keyed(&ana, "k1", INVITATIONS, &other).await.is(422).json();
    assert_eq!(refused["code"], "idempotency-key-reused");
    let refused = keyed(&ana, "k1", "/v1/shares/sales/publish", &json!({})).await.is(422).json();
    assert_eq!(refused["code"], "idempotency-key-reused");
    for key in ["", "with space", &"x".repeat(256)] {
        keyed(&ana, key, INVITATIONS, &ben()).await.is(400);
    }
}

#[tokio::test]
async fn requests_at_the_same_time_are_done_once() {
    let ana = Party::start("ana").await;
    exchange::share(&ana).await;
    let all =
        futures::future::join_all((0..8).map(|_| async { keyed(&ana, "k1", INVITATIONS, &ben()).await }))
            .await;
    assert!(all.iter().any(|answer| answer.status == 201));
    for answer in &all {
        let unanswered = answer.status == 409 && answer.json()["code"] == "idempotency-key-unanswered";
        assert!(answer.status == 201 || unanswered, "{}", answer.text);
    }
    assert_eq!(ana.get(INVITATIONS).await.json()["value"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_refusal_is_kept_and_what_may_pass_is_not() {
    let ana = Party::start("ana").await;
    let share = json!({ "name": "sales", "kind": "snapshot", "exchange": "exchange" });
    keyed(&ana, "k1", "/v1/shares", &share).await.is(404);
    ana.folder("exchange").await;
    keyed(&ana, "k1", "/v1/shares", &share).await.is(404);
    keyed(&ana, "k2", "/v1/shares", &share).await.is(201);
}

/// As another process that serves the same workspace.
fn beside(app: &App, token: &str) -> ApiAnswers {
    let caller = app.api_caller(&Secret::new(token)).unwrap().unwrap();
    app.api_answers(&caller, &app.api_seat().unwrap())
}

#[tokio::test]
async fn what_was_interrupted_with_its_process_may_be_sent_again_at_once() {
    let ana = Party::start("ana").await;
    exchange::share(&ana).await;
    let other = beside(&ana.app, &ana.token);
    let asked = format!("POST {INVITATIONS}\n{}", ben()).into_bytes();
    assert_eq!(other.begin("k1", &asked).unwrap(), ApiBegin::New);
    assert_eq!(other.begin("k2", b"another").unwrap(), ApiBegin::New);
    let refused = keyed(&ana, "k1", INVITATIONS, &ben()).await.is(409).json();
    assert_eq!(refused["code"], "idempotency-key-unanswered", "the other one is at it");
    // It dies.
    drop(other);
    let first = keyed(&ana, "k1", INVITATIONS, &ben()).await.is(201);
    assert_eq!(keyed(&ana, "k1", INVITATIONS, &ben()).await.is(201).text, first.text);
    assert_eq!(ana.get(INVITATIONS).await.json()["value"].as_array().unwrap().len(), 1);
    // Whoever comes in its place knows nothing of what it began.
    let next = beside(&ana.app, &ana.token);
    assert_eq!(next.begin("k2", b"yet another").unwrap(), ApiBegin::New);
}
