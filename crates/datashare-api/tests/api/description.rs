//! The description, and the page that shows it.

use serde_json::Value;

use crate::support::{Party, send};

#[tokio::test]
async fn the_description_is_served_as_it_is_made() {
    let ana = Party::start("ana").await;
    let served = send(ana.client.get(format!("{}/v1/openapi.json", ana.url))).await.is(200);
    assert_eq!(served.json(), datashare_api::description());
    assert_eq!(served.json()["openapi"], "3.1.0");
}

/// Every reference leads somewhere, and every operation is told apart.
#[test]
fn the_description_is_whole() {
    let description = datashare_api::description();
    references(&description, &mut |target| {
        let found = description.pointer(target.trim_start_matches('#'));
        assert!(found.is_some(), "{target} leads nowhere");
    });
    let mut ids = Vec::new();
    for item in description["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            assert!(!operation["summary"].as_str().unwrap().is_empty());
            ids.push(operation["operationId"].as_str().unwrap());
        }
    }
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
    assert!(count > 60);
}

fn references(value: &Value, found: &mut impl FnMut(&str)) {
    match value {
        Value::Object(object) => {
            if let Some(target) = object.get("$ref").and_then(Value::as_str) {
                found(target);
            }
            object.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

/// Only what a connection, the mail server and a target need, and an invitation that somebody got, is secret in a request.
#[test]
fn no_other_request_holds_a_secret() {
    let description = datashare_api::description();
    let mut secret = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for operation in item.as_object().unwrap().values() {
            if operation["requestBody"].to_string().contains("\"writeOnly\":true") {
                secret.push(path.as_str());
            }
        }
    }
    secret.sort_unstable();
    let invitations = ["accept", "reject", "show"].map(|verb| format!("/v1/consumerInvitations/{verb}"));
    let others = ["/v1/mail", "/v1/notifications/targets/{target}"].map(str::to_owned);
    let expected: Vec<String> =
        ["/v1/connections".to_owned()].into_iter().chain(invitations).chain(others).collect();
    assert_eq!(secret, expected);
    assert!(!description["components"]["schemas"].to_string().contains("writeOnly"));
}

#[tokio::test]
async fn the_page_loads_nothing_from_elsewhere() {
    let ana = Party::start("ana").await;
    for path in ["/", "/style.css", "/script.js"] {
        let text = send(ana.client.get(format!("{}{path}", ana.url))).await.is(200).text;
        for elsewhere in ["http://", "https://", "\"//", "innerHTML", "style=", "onclick"] {
            assert!(!text.contains(elsewhere), "{path} has {elsewhere}");
        }
    }
}
