//! What the tests share: processes of the command line, and the two parties with their stores.

mod blobs;
mod party;
mod process;
mod scenario;

pub use blobs::Blobs;
pub use party::Party;
pub use process::{Ran, Running};
pub use scenario::{Invited, Scenario};

use std::time::{Duration, Instant};

use serde_json::Value;

/// Longest wait for something that comes by itself.
const PATIENCE: Duration = Duration::from_secs(120);

/// Asks again and again until there is an answer.
pub fn eventually<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(began.elapsed() < PATIENCE, "{what} did not happen in {} seconds", PATIENCE.as_secs());
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// The names of an object's fields.
pub fn fields(value: &Value) -> Vec<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

/// Fails when one of these fields is missing: the contract of design/cli.md. More are welcome.
#[track_caller]
pub fn has_fields(value: &Value, names: &str) {
    for name in names.split_whitespace() {
        assert!(fields(value).contains(&name), "there is no '{name}' in {value}");
    }
}
