//! The page's calls through Tauri's own message path, with the permissions that are built into the application, on a
//! workspace in a temporary folder. No display and no browser.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use datashare_app::dto::VaultKind;
use datashare_app::{App, AppOptions, VaultChoice};
use datashare_desktop::Workspace;
use serde_json::{Value, json};
use tauri::ipc::{CallbackFn, InvokeBody};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder};
use tauri::webview::InvokeRequest;
use tauri::{WebviewWindow, WebviewWindowBuilder};
use tempfile::TempDir;

/// The application without a display, its pages calling from a window.
struct Desktop {
    app: tauri::App<MockRuntime>,
    home: TempDir,
}

impl Desktop {
    fn start() -> Self {
        let home = tempfile::tempdir().unwrap();
        let vault = VaultChoice { kind: Some(VaultKind::Session), passphrase: None };
        let options = AppOptions { home: home.path().join("workspace"), vault };
        let app = tauri::async_runtime::block_on(App::open(options)).unwrap();
        Self::with(Workspace::from(app), home)
    }

    fn with(workspace: Workspace, home: TempDir) -> Self {
        let builder = datashare_desktop::with_commands(mock_builder()).manage(workspace);
        Self { app: builder.build(datashare_desktop::context()).unwrap(), home }
    }

    fn window(&self, label: &str) -> WebviewWindow<MockRuntime> {
        WebviewWindowBuilder::new(&self.app, label, Default::default()).build().unwrap()
    }
}

/// What the page gets for a call: the answer, or what it was refused with.
fn call(window: &WebviewWindow<MockRuntime>, command: &str, arguments: Value) -> Result<Value, Value> {
    call_from(window, "tauri://localhost", command, arguments)
}

fn call_from(
    window: &WebviewWindow<MockRuntime>,
    page: &str,
    command: &str,
    arguments: Value,
) -> Result<Value, Value> {
    let request = InvokeRequest {
        cmd: command.to_owned(),
        callback: CallbackFn(0),
        error: CallbackFn(1),
        url: page.parse().unwrap(),
        body: InvokeBody::Json(arguments),
        headers: Default::default(),
        invoke_key: INVOKE_KEY.to_owned(),
    };
    get_ipc_response(window, request).map(|answer| answer.deserialize().unwrap())
}

fn refused_by_permission(answer: &Result<Value, Value>) -> bool {
    matches!(answer, Err(Value::String(text)) if text.contains("not allowed"))
}

#[test]
fn a_first_start_from_the_window() {
    let desktop = Desktop::start();
    let window = desktop.window("main");
    let status = call(&window, "workspace_status", json!({ "request": {} })).unwrap();
    assert_eq!(status["card"], Value::Null);

    let ana = json!({ "name": "Ana", "organisation": "Contoso", "email": "ana@contoso.example" });
    let status = call(&window, "workspace_initialise", json!({ "request": ana })).unwrap();
    assert_eq!(status["card"]["organisation"], "Contoso");
    assert_eq!(call(&window, "workspace_status", json!({ "request": {} })).unwrap()["card"]["name"], "Ana");

    let folder = desktop.home.path().join("data");
    std::fs::create_dir(&folder).unwrap();
    let data = json!({
        "name": "data",
        "settings": { "kind": "folder", "path": folder },
        "credential": { "kind": "none" },
    });
    call(&window, "connection_add", json!({ "request": data.clone() })).unwrap();
    let connections = call(&window, "connection_list", json!({ "request": {} })).unwrap();
    assert_eq!(connections[0]["name"], "data");

    let error = call(&window, "connection_add", json!({ "request": data })).unwrap_err();
    assert_eq!(error["code"], "invalid-request", "an error keeps its form: {error}");
    assert!(error["message"].as_str().unwrap().contains("data"), "{error}");
}

#[test]
fn every_command_of_the_table_reaches_its_use_case() {
    let desktop = Desktop::start();
    let window = desktop.window("main");
    for command in datashare_app::bindings::commands() {
        let answer = call(&window, command.name, json!({}));
        let text = answer.unwrap_err().to_string();
        assert!(text.contains("invalid args `request`"), "{}: {text}", command.name);
    }
}

#[test]
fn the_shell_has_its_commands() {
    let desktop = Desktop::start();
    let window = desktop.window("main");
    let desktop_commands = ["start_at_login", "notify", "zoom", "save_text"];
    for command in
        ["subscribe", "pick_save_file", "open_external", "open_folder"].into_iter().chain(desktop_commands)
    {
        let text = call(&window, command, json!({})).unwrap_err().to_string();
        assert!(text.contains("invalid args"), "{command}: {text}");
    }
    let error = call(&window, "open_external", json!({ "url": "file:///etc/passwd" })).unwrap_err();
    assert_eq!(error["code"], "invalid-request");
    let state = call(&window, "desktop_state", json!({})).unwrap();
    assert!(state["tray"].is_boolean() && state["starts_at_login"].is_null(), "{state}");
    let error = call(&window, "open_folder", json!({ "path": "/no/such/folder" })).unwrap_err();
    assert_eq!(error["code"], "not-found");
}

#[test]
fn what_was_not_allowed_is_refused() {
    let desktop = Desktop::start();
    let window = desktop.window("main");
    let other = desktop.window("other");
    let nothing = json!({ "request": {} });
    assert!(call(&window, "workspace_status", nothing.clone()).is_ok());
    for (window, page, command) in [
        (&other, "tauri://localhost", "workspace_status"),
        (&window, "https://example.com", "workspace_status"),
        (&window, "tauri://localhost", "plugin:opener|open_path"),
        (&window, "tauri://localhost", "plugin:event|emit"),
    ] {
        let answer = call_from(window, page, command, nothing.clone());
        assert!(refused_by_permission(&answer), "{command} from {page}: {answer:?}");
    }
}

#[test]
fn a_workspace_that_does_not_open_says_why_to_every_command() {
    let home = tempfile::tempdir().unwrap();
    let refused = tauri::async_runtime::block_on(Workspace::open(AppOptions {
        home: a_file_where_the_workspace_should_be(&home),
        vault: VaultChoice::default(),
    }));
    let desktop = Desktop::with(refused, home);
    let window = desktop.window("main");
    for command in ["workspace_status", "share_list"] {
        let error = call(&window, command, json!({ "request": {} })).unwrap_err();
        assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()), "{command}: {error}");
    }
}

fn a_file_where_the_workspace_should_be(home: &TempDir) -> std::path::PathBuf {
    let path = home.path().join("occupied");
    std::fs::write(&path, "not a folder").unwrap();
    path
}
