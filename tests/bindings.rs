//! What was generated from the command table and committed is what the table says today.
#![allow(clippy::unwrap_used)]

use std::path::Path;

fn committed(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

#[test]
fn the_typescript_client_is_fresh() {
    let fresh = datashare_app::bindings::typescript();
    let same = committed("ui/src/backend/bindings/commands.ts") == fresh;
    assert!(same, "the command table has changed: run ./dev bindings and commit what it writes");
}

#[test]
fn the_window_may_call_the_commands_of_the_table_and_no_others() {
    let capability: serde_json::Value =
        serde_json::from_str(&committed("src-tauri/capabilities/commands.json")).unwrap();
    let permissions: Vec<&str> =
        capability["permissions"].as_array().unwrap().iter().map(|p| p.as_str().unwrap()).collect();
    let commands = datashare_app::bindings::commands();
    let expected: Vec<String> =
        commands.iter().map(|command| format!("allow-{}", command.name.replace('_', "-"))).collect();
    assert_eq!(permissions, expected, "run ./dev bindings and commit what it writes");
}
