//! Transfers that a server runs.

use std::fs;

use serde_json::{Value, json};

use crate::support::Party;

async fn folders() -> Party {
    let ana = Party::start("ana").await;
    let from = ana.folder("from").await;
    for name in ["a.csv", "b.csv"] {
        fs::write(from.join(name), vec![b'1'; 100_000]).unwrap();
    }
    ana.folder("to").await;
    ana
}

fn transfer(options: Value) -> Value {
    json!({ "source": { "connection": "from" }, "target": { "connection": "to", "path": "copy" }, "options": options })
}

/// Asks until the transfer has ended.
async fn ended(ana: &Party, id: &str) -> Value {
    loop {
        let row = ana.get(&format!("/v1/transfers/{id}")).await.is(200).json();
        if !row["ended_at"].is_null() {
            return row;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_transfer_is_planned_run_and_found_again() {
    let ana = folders().await;
    let plan = ana.post("/v1/transfers/plan", transfer(json!({}))).await.is(200).json();
    assert_eq!(plan["to_write"]["files"], 2);
    assert!(!ana.home.path().join("to/copy").exists(), "a plan writes nothing");
    let started = ana.post("/v1/transfers", transfer(json!({}))).await.is(202).json();
    let id = started["snapshot_id"].as_str().unwrap();
    let row = ended(&ana, id).await;
    assert_eq!((&row["status"], &row["files_written"]), (&json!("Succeeded"), &json!(2)), "{row}");
    assert!(ana.home.path().join("to/copy/b.csv").exists());
    // The next one knows what arrived.
    let again = ana.post("/v1/transfers", transfer(json!({}))).await.is(202).json();
    assert_eq!(ended(&ana, again["snapshot_id"].as_str().unwrap()).await["files_written"], 0);
    let known = ana.get("/v1/transfers").await.is(200).json();
    assert_eq!(known["value"][0]["snapshot_id"], again["snapshot_id"], "the newest is first");
    assert_eq!(known["value"][1], row);
    ana.post(&format!("/v1/transfers/{id}/cancel"), json!({})).await.is(422);
    ana.get("/v1/transfers/unknown").await.is(404);
    let nowhere = json!({ "source": { "connection": "nowhere" }, "target": { "connection": "to" } });
    ana.post("/v1/transfers", nowhere).await.is(404);
}

#[tokio::test]
async fn a_transfer_is_cancelled_and_runs_once_at_a_time() {
    let ana = folders().await;
    let slow = transfer(json!({ "limit": 1000 }));
    let started = ana.post("/v1/transfers", slow.clone()).await.is(202).json();
    let id = started["snapshot_id"].as_str().unwrap();
    assert_eq!(ana.post("/v1/transfers", slow.clone()).await.is(409).json()["code"], "already-running");
    let asked = ana.post(&format!("/v1/transfers/{id}/cancel"), json!({})).await.is(200).json();
    assert_eq!(asked["status"], "Cancelling");
    assert_eq!(ended(&ana, id).await["status"], "Cancelled");
    // What runs when the server is asked to stop ends with it.
    ana.post("/v1/transfers", slow).await.is(202);
    ana.stop().await;
}
