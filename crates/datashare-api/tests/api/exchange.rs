//! The whole of sharing, by two programs that have nothing but the API.

use std::fs;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Party, send};

/// A share `sales` with a dataset `pos` of three files, on a folder.
pub(crate) async fn share(ana: &Party) {
    ana.folder("exchange").await;
    let data = ana.folder("data").await;
    for name in ["a.csv", "b.csv", "c.csv"] {
        fs::write(data.join(name), format!("{name}\n1,2\n")).unwrap();
    }
    let share =
        json!({ "name": "sales", "kind": "snapshot", "exchange": "exchange", "terms": "Use it well." });
    ana.post("/v1/shares", share).await.is(201);
    let dataset = json!({ "connection": "data", "path": "", "name": "pos" });
    ana.post("/v1/shares/sales/dataSets", dataset).await.is(201);
}

/// Invites and answers the link.
pub(crate) async fn invite(ana: &Party, email: &str) -> String {
    let invite = json!({ "emails": [email], "expires_at": null, "acceptance": "automatic" });
    let made = ana.post("/v1/shares/sales/invitations", invite).await.is(201).json();
    made["value"][0]["link"].as_str().unwrap().to_owned()
}

/// Accepts, is let in, and says where the dataset goes.
pub(crate) async fn accept(ana: &Party, ben: &Party, link: &str) {
    let offer = ben.post("/v1/consumerInvitations/show", json!({ "invitation": link })).await.is(200).json();
    assert_eq!(offer["share"]["name"], "sales");
    let answer =
        json!({ "invitation": link, "agree_terms_sha256": offer["terms_sha256"], "name": "contoso" });
    // It waits a while for the provider, who is at work meanwhile.
    let rounds = async {
        loop {
            ana.post("/v1/workspace/round", json!({})).await.is(200);
        }
    };
    let accepted = tokio::select! {
        accepted = ben.post("/v1/consumerInvitations/accept", answer) => accepted.is(201).json(),
        never = rounds => never,
    };
    assert_eq!(accepted["status"], "Active");
    ben.post("/v1/shareSubscriptions/contoso/refresh", json!({})).await.is(200);
    ben.folder("target").await;
    let target = json!({ "connection": "target", "path": "received" });
    let mapped = ben.send(Method::PUT, "/v1/shareSubscriptions/contoso/dataSetMappings/pos", target).await;
    assert_eq!(mapped.is(200).json()["status"], "Ok");
}

/// Starts a snapshot and waits for its end, by events.
pub(crate) async fn synchronize(ben: &Party) -> Value {
    let started = ben.post("/v1/shareSubscriptions/contoso/synchronize", json!({})).await.is(202).json();
    let id = started["snapshot_id"].as_str().unwrap();
    let events =
        ben.get(&format!("/v1/shareSubscriptions/contoso/synchronizations/{id}/events")).await.is(200);
    let last = events.text.rsplit("\n\n").find(|event| event.contains("event: synchronization"));
    let data = last.unwrap().lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
    serde_json::from_str(data).unwrap()
}

#[tokio::test]
async fn from_a_share_to_a_revocation() {
    let (ana, ben) = (Party::start("ana").await, Party::start("ben").await);
    share(&ana).await;
    let link = invite(&ana, "ben@example.org").await;
    accept(&ana, &ben, &link).await;

    let run = synchronize(&ben).await;
    assert_eq!((&run["status"], &run["files_written"]), (&json!("Succeeded"), &json!(3)), "{run}");
    assert!(ben.home.path().join("target/received/b.csv").exists());
    assert_eq!(synchronize(&ben).await["files_written"], 0);

    let runs = ben.get("/v1/shareSubscriptions/contoso/synchronizations").await.is(200).json();
    assert_eq!(runs["value"].as_array().unwrap().len(), 2);
    ana.post("/v1/workspace/round", json!({})).await.is(200);
    let reported = ana.get("/v1/shares/sales/synchronizations").await.is(200).json();
    assert_eq!(reported["value"].as_array().unwrap().len(), 2);
    let recipients = ana.get("/v1/shares/sales/providerShareSubscriptions").await.is(200).json();
    assert_eq!(recipients["value"][0]["subscription_status"], "Active");

    let one = "/v1/shares/sales/providerShareSubscriptions/ben@example.org";
    ana.post(&format!("{one}/adjust"), json!({ "expires_at": "2031-01-01T00:00:00Z" })).await.is(200);
    let revoked = ana.post(&format!("{one}/revoke"), json!({})).await.is(200).json();
    assert_eq!(revoked["subscription_status"], "Revoked");
    let refused = ben.post("/v1/shareSubscriptions/contoso/synchronize", json!({})).await.is(403).json();
    assert_eq!(refused["code"], "revoked");

    assert_eq!(ana.get("/v1/audit/sales/verification").await.is(200).json()["findings"], json!([]));
    let receipt = ana.get("/v1/receipts/sales?recipient=ben@example.org").await.is(200).text;
    let proved = ben.post("/v1/receipts/verify", json!({ "text": receipt })).await.is(200).json();
    assert_eq!(proved["invited"], "ben@example.org");
    let csv = ana.get("/v1/shares/sales/grants/csv").await.is(200);
    assert_eq!(csv.header("content-type"), "text/csv");
}

#[tokio::test]
async fn a_snapshot_is_found_only_where_it_belongs() {
    let (ana, ben) = (Party::start("ana").await, Party::start("ben").await);
    share(&ana).await;
    let link = invite(&ana, "ben@example.org").await;
    accept(&ana, &ben, &link).await;
    let run = synchronize(&ben).await;
    let id = run["snapshot_id"].as_str().unwrap();
    ben.get(&format!("/v1/shareSubscriptions/contoso/synchronizations/{id}")).await.is(200);
    ben.get(&format!("/v1/shareSubscriptions/other/synchronizations/{id}")).await.is(404);
    let ended = format!("/v1/shareSubscriptions/contoso/synchronizations/{id}/pause");
    ben.post(&ended, json!({})).await.is(422);
}

#[tokio::test]
async fn long_lists_come_in_pages() {
    let ana = Party::start("ana").await;
    for number in 0..5 {
        ana.folder(&format!("folder-{number}")).await;
    }
    let (mut names, mut next) = (Vec::new(), Some("/v1/connections?$top=2".to_owned()));
    let mut pages = 0;
    while let Some(path) = next {
        let page = ana.get(&path).await.is(200).json();
        names.extend(
            page["value"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()),
        );
        next = page["nextLink"].as_str().map(str::to_owned);
        pages += 1;
    }
    assert_eq!(pages, 3);
    assert_eq!(names, (0..5).map(|number| format!("folder-{number}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_server_that_is_asked_to_stop_ends_what_would_go_on_for_ever() {
    let ana = Party::start("ana").await;
    let response = ana.request(Method::GET, "/v1/activity/events").send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let url = ana.url.clone();
    ana.stop().await;
    response.text().await.unwrap();
    assert!(reqwest::Client::new().get(url).send().await.is_err());
    let other = Party::start("ben").await;
    send(other.request(Method::GET, "/")).await.is(200);
}
