//! How much is asked, and of which container.

use std::collections::BTreeMap;

use hyper::StatusCode;
use serde_json::json;

use super::answer::Answer;
use super::call::Call;

/// No account has this name.
const OWN: &str = "-";

/// Requests by container and method, refused ones too. Those with a SAS, which are of whoever was granted something, are
/// counted for themselves (`GET by SAS`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requests(BTreeMap<String, BTreeMap<String, u64>>);

impl Requests {
    pub(super) fn add(&mut self, call: &Call) {
        let container = format!("{}/{}", call.place.account, call.place.container);
        let by = if call.query("sig").is_empty() { "" } else { " by SAS" };
        *self.0.entry(container).or_default().entry(format!("{}{by}", call.method)).or_default() += 1;
    }

    /// To all containers whose name (without the account) begins so.
    pub fn to(&self, prefix: &str) -> u64 {
        let named = |place: &str| place.split_once('/').is_some_and(|(_, name)| name.starts_with(prefix));
        self.0.iter().filter(|(place, _)| named(place)).flat_map(|(_, methods)| methods.values()).sum()
    }

    /// Of all there were.
    pub fn total(&self) -> u64 {
        self.0.values().flat_map(BTreeMap::values).sum()
    }
}

pub(super) fn are_asked_for(call: &Call) -> bool {
    call.place.account == OWN && call.place.container == "requests"
}

/// `{"account/container": {"GET": 3, "GET by SAS": 1}}`.
pub(super) fn answer(requests: &Requests) -> Answer {
    let text = json!(requests.0).to_string();
    Answer::new(StatusCode::OK).with("content-type", "application/json").with_body(text.into())
}
