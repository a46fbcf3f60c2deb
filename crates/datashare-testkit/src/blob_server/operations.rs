//! Which operation a request asks for.

use hyper::{Method, StatusCode};

use super::answer::{Answer, Outcome, Refusal};
use super::call::Call;
use super::state::State;
use super::{blobs, blocks, containers, copies, listing, tags, tokens};

const UNKNOWN: Refusal = Refusal::new(501, "NotImplemented", "This server does not know the operation.");
const EXPIRED: Refusal = Refusal::new(
    403,
    "AuthenticationFailed",
    "Server failed to authenticate the request. Signature not valid in the specified time frame.",
);

pub(super) fn answer(state: &mut State, call: &Call) -> Outcome {
    if state.manners.refuses(call.all_query()) {
        return Err(EXPIRED);
    }
    tokens::check(state, call)?;
    if !call.place.blob.is_empty() {
        return on_blob(state, call);
    }
    if !call.place.container.is_empty() {
        return on_container(state, call);
    }
    match (call.query("restype"), call.query("comp")) {
        ("account", "properties") => containers::account(state),
        ("", "list") => containers::list(state, call),
        ("service", "properties") => Ok(Answer::new(StatusCode::OK)
            .with_xml("<?xml version=\"1.0\" encoding=\"utf-8\"?><StorageServiceProperties />".to_owned())),
        _ => Err(UNKNOWN),
    }
}

fn on_container(state: &mut State, call: &Call) -> Outcome {
    match (call.method.clone(), call.query("restype"), call.query("comp")) {
        (Method::PUT, "container", "") => containers::create(state, call),
        (Method::GET | Method::HEAD, "container", "") => containers::properties(state, call),
        (Method::DELETE, "container", "") => containers::delete(state, call),
        (Method::GET, "container", "list") => listing::list(state, call),
        (Method::GET | Method::HEAD, "container", "acl") => tokens::policies(state, call),
        (Method::PUT, "container", "acl") => tokens::set_policies(state, call),
        (Method::PUT, "container", "lease") => tokens::lease(state, call),
        (Method::GET | Method::HEAD, "account", "properties") => containers::account(state),
        _ => Err(UNKNOWN),
    }
}

fn on_blob(state: &mut State, call: &Call) -> Outcome {
    let copies = call.header("x-ms-copy-source").is_some();
    match (call.method.clone(), call.query("comp")) {
        (Method::GET, "") => blobs::get(state, call),
        (Method::HEAD, "") => blobs::head(state, call),
        (Method::DELETE, "") => blobs::delete(state, call),
        (Method::PUT, "") if copies && call.header("x-ms-blob-type").is_some() => copies::put(state, call),
        (Method::PUT, "") if copies => copies::copy(state, call),
        (Method::PUT, "") => blobs::put(state, call),
        (Method::PUT, "block") if copies => blocks::stage_from_url(state, call),
        (Method::PUT, "block") => blocks::stage(state, call),
        (Method::PUT, "blocklist") => blocks::commit(state, call),
        (Method::GET, "blocklist") => blocks::list(state, call),
        (Method::PUT, "copy") => copies::abort(state, call),
        (Method::PUT, "metadata") => blobs::set_metadata(state, call),
        (Method::PUT, "properties") => blobs::set_properties(state, call),
        (Method::GET, "tags") => tags::get(state, call),
        (Method::PUT, "tags") => tags::set(state, call),
        (Method::GET | Method::HEAD, "properties") => containers::account(state),
        _ => Err(UNKNOWN),
    }
}
