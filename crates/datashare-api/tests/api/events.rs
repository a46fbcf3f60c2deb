//! Server-sent events.

use datashare_app::dto::WorkspacePolicy;
use futures::StreamExt;
use reqwest::Method;
use serde_json::json;

use crate::support::{Party, open};

/// Reads until an event of this name; answers its data.
async fn wait_for(response: reqwest::Response, name: &str) -> String {
    let (mut text, mut body) = (String::new(), response.bytes_stream());
    loop {
        let chunk = body.next().await.expect("the stream ended before the event").unwrap();
        text.push_str(&String::from_utf8_lossy(&chunk));
        let wanted = format!("event: {name}\n");
        let whole =
            text.split_inclusive("\n\n").find(|event| event.contains(&wanted) && event.ends_with("\n\n"));
        if let Some(event) = whole {
            return event.lines().find_map(|line| line.strip_prefix("data: ")).unwrap().to_owned();
        }
    }
}

#[tokio::test]
async fn what_changes_is_told() {
    let ana = Party::start("ana").await;
    let events = ana.request(Method::GET, "/v1/activity/events").send().await.unwrap();
    ana.folder("data").await;
    assert_eq!(wait_for(events, "changed").await, json!({ "tags": ["connections"] }).to_string());
}

/// The window or the command line, at work on the same workspace.
#[tokio::test]
async fn what_another_process_changes_is_told_too() {
    let ana = Party::start("ana").await;
    let events = ana.request(Method::GET, "/v1/activity/events").send().await.unwrap();
    let beside = open(&ana.home.path().join("workspace")).await;
    beside.policy_set(WorkspacePolicy::default()).await.unwrap();
    assert!(wait_for(events, "changed").await.contains("workspace"));
}
