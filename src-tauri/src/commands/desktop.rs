//! What a desktop gives beside a window: tray, notifications, progress in the task bar, start at login, text size, files
//! saved where the person says, the report for support. The page has the words; here nothing speaks a language.
//! build.rs takes the names of the commands from this file.

use datashare_app::AppError;
use datashare_app::dto::ErrorDto;
use serde::Serialize;
use tauri::{AppHandle, Manager, Runtime, State, WebviewWindow};
use tauri_plugin_autostart::ManagerExt;
use tauri_plugin_notification::NotificationExt;

use super::shell;
use crate::logging::LogPlace;
use crate::taskbar::Taskbar;
use crate::tray::{self, Tray, TrayWords};
use crate::workspace::told;

/// The longest text that is saved from the page, bytes.
const LARGEST_TEXT: usize = 64 * 1024 * 1024;

/// What this desktop can do and has been told to do.
#[derive(Debug, Serialize)]
pub(super) struct DesktopState {
    /// There is a tray to go on in when the window is closed.
    tray: bool,
    /// Datashare starts when the person signs in; `None` where that cannot be found out.
    starts_at_login: Option<bool>,
}

#[tauri::command]
pub(super) async fn desktop_state<R: Runtime>(app: AppHandle<R>) -> DesktopState {
    let tray = tauri::async_runtime::spawn_blocking(tray::is_there).await.unwrap_or_default();
    let starts_at_login = app
        .try_state::<tauri_plugin_autostart::AutoLaunchManager>()
        .and_then(|_| app.autolaunch().is_enabled().ok());
    DesktopState { tray, starts_at_login }
}

#[tauri::command]
pub(super) fn start_at_login<R: Runtime>(app: AppHandle<R>, on: bool) -> Result<(), ErrorDto> {
    let changed = if on { app.autolaunch().enable() } else { app.autolaunch().disable() };
    changed.map_err(|error| {
        told(
            &AppError::invalid("This system does not let Datashare change what starts at login.")
                .hint("Change it in the settings of the system.")
                .because(error),
        )
    })
}

/// Shows the tray's symbol with these words, or takes it away: then closing the window ends the program.
#[tauri::command]
pub(super) fn show_tray<R: Runtime>(app: AppHandle<R>, tray: State<'_, Tray>, words: Option<TrayWords>) {
    tray.show(&app, words);
}

/// Tells something while the window is not looked at.
#[tauri::command]
pub(super) fn notify<R: Runtime>(window: WebviewWindow<R>, title: String, body: String) {
    // A window that was hidden just now may still count as the one with the focus.
    if window.is_visible().unwrap_or(true) && window.is_focused().unwrap_or_default() {
        return;
    }
    if let Err(error) = window.notification().builder().title(title).body(body).show() {
        tracing::info!("a notification was not shown: {error}");
    }
}

/// Shows how far the running snapshots are on the window's button in the task bar; `None` when nothing runs.
#[tauri::command]
pub(super) async fn show_progress<R: Runtime>(window: WebviewWindow<R>, percent: Option<u8>) {
    let shown = move || window.state::<Taskbar>().show(&window, percent);
    if let Err(error) = tauri::async_runtime::spawn_blocking(shown).await {
        tracing::debug!("the task bar shows no progress: {error}");
    }
}

/// Draws the page larger or smaller.
#[tauri::command]
pub(super) fn zoom<R: Runtime>(window: WebviewWindow<R>, percent: u16) {
    if let Err(error) = window.set_zoom(f64::from(percent.clamp(50, 300)) / 100.0) {
        tracing::warn!("the text size cannot be changed: {error}");
    }
}

/// Writes a text where the person says; the path, or `None` when they changed their mind.
#[tauri::command]
pub(super) async fn save_text<R: Runtime>(
    window: WebviewWindow<R>,
    suggested_name: String,
    text: String,
) -> Result<Option<String>, ErrorDto> {
    if text.len() > LARGEST_TEXT {
        return Err(told(
            &AppError::invalid("This is too much for one file.").hint("Choose less with the filters."),
        ));
    }
    let Some(path) = shell::pick_save_file(window, suggested_name).await else { return Ok(None) };
    tokio::fs::write(&path, text).await.map_err(|error| {
        told(
            &AppError::invalid(format!("{path} cannot be written: {error}."))
                .hint("Choose another folder, or make room on the disk.")
                .because(error),
        )
    })?;
    Ok(Some(path))
}

/// What support asks for: version, system, and the newest part of the log, from which secrets are gone.
#[tauri::command]
pub(super) async fn support_report(log: State<'_, LogPlace>) -> Result<String, ErrorDto> {
    let system = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
    Ok(format!("Datashare {}\nSystem: {system}\n\n{}", env!("CARGO_PKG_VERSION"), log.newest().await))
}
