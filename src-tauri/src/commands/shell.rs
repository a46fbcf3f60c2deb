//! What only a desktop has: one stream of events for the page, the system's dialogs, the browser and the file manager.
//! build.rs takes the names of the commands from this file.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use datashare_app::AppError;
use datashare_app::dto::{AppEvent, ErrorDto};
use tauri::async_runtime::JoinHandle;
use tauri::ipc::Channel;
use tauri::{Runtime, State, WebviewWindow};
use tauri_plugin_dialog::{DialogExt, FileDialogBuilder, FilePath};
use tauri_plugin_opener::OpenerExt;
use tokio::sync::oneshot;

use crate::events::{self, Gone, Numbered};
use crate::opened::Inbox;
use crate::workspace::{Workspace, told};

/// The stream of the page that listens now. A page that was loaded again takes the place of the one before.
#[derive(Debug, Default)]
pub(crate) struct Listening(Mutex<Option<JoinHandle<()>>>);

/// Sends everything that happens from now on, and what was opened before.
#[tauri::command]
pub(super) fn subscribe(
    workspace: State<'_, Workspace>,
    inbox: State<'_, Arc<Inbox>>,
    listening: State<'_, Listening>,
    channel: Channel<Numbered<AppEvent>>,
) {
    let mut listening = listening.0.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(before) = listening.take() {
        before.abort();
    }
    let events = workspace.app().ok().map(|app| app.events());
    let inbox = inbox.inner().clone();
    *listening = Some(tauri::async_runtime::spawn(async move {
        events::stream(events, &inbox, |event| channel.send(event).map_err(|_| Gone)).await;
    }));
}

/// Asks for a folder; `None` when the person changed their mind.
#[tauri::command]
pub(super) async fn pick_folder<R: Runtime>(window: WebviewWindow<R>) -> Option<String> {
    picked(dialog(&window), FileDialogBuilder::pick_folder).await
}

/// Asks for a file to open; `None` when the person changed their mind.
#[tauri::command]
pub(super) async fn pick_file<R: Runtime>(window: WebviewWindow<R>) -> Option<String> {
    picked(dialog(&window), FileDialogBuilder::pick_file).await
}

/// Asks where to save a file; `None` when the person changed their mind.
#[tauri::command]
pub(super) async fn pick_save_file<R: Runtime>(
    window: WebviewWindow<R>,
    suggested_name: String,
) -> Option<String> {
    picked(dialog(&window).set_file_name(suggested_name), FileDialogBuilder::save_file).await
}

fn dialog<R: Runtime>(window: &WebviewWindow<R>) -> FileDialogBuilder<R> {
    window.dialog().file().set_parent(window)
}

type Answer = Box<dyn FnOnce(Option<FilePath>) + Send>;

async fn picked<R: Runtime>(
    dialog: FileDialogBuilder<R>,
    ask: impl FnOnce(FileDialogBuilder<R>, Answer),
) -> Option<String> {
    let (answer, answered) = oneshot::channel();
    ask(dialog, Box::new(move |path| drop(answer.send(path))));
    let path = answered.await.ok().flatten()?.into_path().ok()?;
    Some(path.to_string_lossy().into_owned())
}

/// Opens an address in the browser, or a letter in the mail program.
#[tauri::command]
pub(super) async fn open_external<R: Runtime>(window: WebviewWindow<R>, url: String) -> Result<(), ErrorDto> {
    if !is_external(&url) {
        return Err(told(&AppError::invalid(
            "Only web addresses (https) and mail addresses can be opened from here.",
        )));
    }
    window.opener().open_url(url, None::<&str>).map_err(|error| {
        told(
            &AppError::invalid("No program on this computer opens it.")
                .hint("Copy it instead.")
                .because(error),
        )
    })
}

/// What may leave the application for another program.
fn is_external(url: &str) -> bool {
    tauri::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "https" | "mailto"))
}

/// Opens a folder in the file manager.
#[tauri::command]
pub(super) async fn open_folder<R: Runtime>(window: WebviewWindow<R>, path: String) -> Result<(), ErrorDto> {
    if !(Path::new(&path).is_absolute() && Path::new(&path).is_dir()) {
        return Err(told(&AppError::not_found(format!("There is no folder “{path}” on this computer."))));
    }
    window.opener().open_path(path, None::<&str>).map_err(|error| {
        told(
            &AppError::invalid("No file manager opens the folder.")
                .hint("Copy its path instead.")
                .because(error),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_and_mail_leave_the_application() {
        assert!(is_external("https://learn.example/page?x=1#y"));
        assert!(is_external("mailto:ben@fabrikam.example?subject=Hello"));
        for refused in
            ["http://a.example", "file:///etc/passwd", "javascript:alert(1)", "datashare://x", "/bin/sh", ""]
        {
            assert!(!is_external(refused), "{refused}");
        }
    }
}
