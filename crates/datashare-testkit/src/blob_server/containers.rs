//! Containers, and what an account says of itself.

use std::collections::BTreeMap;

use chrono::Utc;
use hyper::StatusCode;

use super::answer::{Answer, Outcome, Refusal, http_date, xml_text};
use super::call::Call;
use super::state::{Container, NO_CONTAINER, State};

fn key(call: &Call) -> (String, String) {
    (call.place.account.clone(), call.place.container.clone())
}

pub(super) fn create(state: &mut State, call: &Call) -> Outcome {
    if state.containers.contains_key(&key(call)) {
        return Err(Refusal::new(409, "ContainerAlreadyExists", "The specified container already exists."));
    }
    let container = Container {
        etag: state.next_etag(),
        modified: Utc::now(),
        metadata: call.metadata(),
        policies: String::new(),
        blobs: BTreeMap::new(),
        staged: BTreeMap::new(),
    };
    let answer = described(StatusCode::CREATED, &container);
    state.containers.insert(key(call), container);
    Ok(answer)
}

pub(super) fn properties(state: &mut State, call: &Call) -> Outcome {
    let container = state.container(&call.place)?;
    let mut answer = described(StatusCode::OK, container)
        .with("x-ms-lease-state", "available")
        .with("x-ms-lease-status", "unlocked");
    for (name, value) in &container.metadata {
        answer = answer.with(&format!("x-ms-meta-{name}"), value);
    }
    Ok(answer)
}

pub(super) fn delete(state: &mut State, call: &Call) -> Outcome {
    state.containers.remove(&key(call)).ok_or(NO_CONTAINER)?;
    Ok(Answer::new(StatusCode::ACCEPTED))
}

fn described(status: StatusCode, container: &Container) -> Answer {
    Answer::new(status).with("etag", &container.etag).with("last-modified", http_date(container.modified))
}

/// List Containers, all in one answer.
pub(super) fn list(state: &State, call: &Call) -> Outcome {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ServiceEndpoint=\"/\"><Containers>",
    );
    let prefix = call.query("prefix");
    for ((account, name), container) in &state.containers {
        if *account == call.place.account && name.starts_with(prefix) {
            let (name, modified) = (xml_text(name), http_date(container.modified));
            xml.push_str(&format!(
                "<Container><Name>{name}</Name><Properties><Last-Modified>{modified}</Last-Modified><Etag>{}</Etag>\
                 <LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState></Properties></Container>",
                xml_text(&container.etag)
            ));
        }
    }
    xml.push_str("</Containers><NextMarker /></EnumerationResults>");
    Ok(Answer::new(StatusCode::OK).with_xml(xml))
}

/// Get Account Information.
pub(super) fn account(state: &State) -> Outcome {
    let hierarchical = if state.manners.hierarchical { "true" } else { "false" };
    Ok(Answer::new(StatusCode::OK)
        .with("x-ms-sku-name", "Standard_LRS")
        .with("x-ms-account-kind", "StorageV2")
        .with("x-ms-is-hns-enabled", hierarchical)
        .with_length_alone(0))
}
