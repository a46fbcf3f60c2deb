//! Stored access policies, and service SAS as the documentation describes them: only on a server that was made
//! hierarchical. A directory's token (`sr=d`) is checked by signing the first `sdd` segments of what is asked for.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use hyper::{Method, StatusCode};
use sha2::Sha256;

use super::answer::{Answer, Outcome, Refusal, http_date};
use super::call::Call;
use super::state::State;

const NOT_SIGNED: Refusal =
    Refusal::new(403, "AuthenticationFailed", "Server failed to authenticate the request.");
const NOT_PERMITTED: Refusal = Refusal::new(
    403,
    "AuthorizationPermissionMismatch",
    "This request is not authorized to perform this operation using this permission.",
);

/// The key of every account, as bytes.
pub(super) fn key_of(account: &str) -> Vec<u8> {
    format!("the key of {account}, which nobody compares with anything at all").into_bytes()
}

/// Whether the request's SAS opens what it asks for.
pub(super) fn check(state: &mut State, call: &Call) -> Result<(), Refusal> {
    if !state.manners.hierarchical || call.query("sig").is_empty() {
        return Ok(());
    }
    if signature(call) != Some(call.query("sig").to_owned()) {
        return Err(NOT_SIGNED);
    }
    let (permission, expiry) = match call.query("si") {
        "" => (call.query("sp").to_owned(), call.query("se").to_owned()),
        policy => policy_of(&state.container(&call.place)?.policies, policy).ok_or(NOT_SIGNED)?,
    };
    let open = DateTime::parse_from_rfc3339(&expiry).is_ok_and(|end| end > Utc::now());
    if !open {
        return Err(NOT_SIGNED);
    }
    let listing = call.query("comp") == "list";
    let needed = match call.method {
        Method::GET if listing => 'l',
        Method::GET | Method::HEAD if call.query("comp").is_empty() => 'r',
        _ => return Err(NOT_PERMITTED),
    };
    if permission.contains(needed) { Ok(()) } else { Err(NOT_PERMITTED) }
}

/// What the signature of this token has to be for what is asked for.
fn signature(call: &Call) -> Option<String> {
    let (account, container) = (&call.place.account, &call.place.container);
    let asked = match call.query("comp") {
        "list" => call.query("prefix"),
        _ => &call.place.blob,
    };
    let path = match call.query("sr") {
        "c" => container.clone(),
        "b" => format!("{container}/{}", call.place.blob),
        "d" => {
            let depth: usize = call.query("sdd").parse().ok().filter(|depth| *depth > 0)?;
            // What is in the directory has a segment more.
            let segments: Vec<&str> = asked.split('/').collect();
            let directory = segments.get(..depth).filter(|_| segments.len() > depth)?;
            format!("{container}/{}", directory.join("/"))
        }
        _ => return None,
    };
    let canonical = format!("/blob/{account}/{path}");
    let fields = ["sp", "st", "se"].map(|name| call.query(name)).into_iter().chain([canonical.as_str()]);
    let rest = ["si", "sip", "spr", "sv", "sr", "", "ses", "rscc", "rscd", "rsce", "rscl", "rsct"];
    let text: Vec<&str> = fields.chain(rest.map(|name| call.query(name))).collect();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key_of(account)).ok()?;
    mac.update(text.join("\n").as_bytes());
    Some(STANDARD.encode(mac.finalize().into_bytes()))
}

/// Permission and end of a policy in the list as it was written.
fn policy_of(list: &str, id: &str) -> Option<(String, String)> {
    let element = |text: &str, name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        Some(rest.split_once(&format!("</{name}>"))?.0.to_owned())
    };
    let policies = list.split("<SignedIdentifier>").skip(1);
    let mut named = policies.filter(|policy| element(policy, "Id").as_deref() == Some(id));
    let policy = named.next()?;
    Some((element(policy, "Permission")?, element(policy, "Expiry")?))
}

/// Get Container ACL.
pub(super) fn policies(state: &mut State, call: &Call) -> Outcome {
    let container = state.container(&call.place)?;
    let answer = Answer::new(StatusCode::OK).with("last-modified", http_date(container.modified));
    Ok(answer.with_xml(match container.policies.as_str() {
        "" => "<?xml version=\"1.0\" encoding=\"utf-8\"?><SignedIdentifiers />".to_owned(),
        list => list.to_owned(),
    }))
}

/// Set Container ACL.
pub(super) fn set_policies(state: &mut State, call: &Call) -> Outcome {
    let list = String::from_utf8_lossy(&call.body.joined()).into_owned();
    state.container(&call.place)?.policies = list;
    Ok(Answer::new(StatusCode::OK))
}

/// Lease Container: always granted, since only one writes at a time here.
pub(super) fn lease(state: &mut State, call: &Call) -> Outcome {
    state.container(&call.place)?;
    let status = match call.header("x-ms-lease-action") {
        Some("acquire") => StatusCode::CREATED,
        _ => StatusCode::OK,
    };
    Ok(Answer::new(status).with("x-ms-lease-id", "00000000-0000-0000-0000-000000000001"))
}
