//! The one window. It shows the pages that come with the application and goes nowhere else.

use std::sync::Arc;

use datashare_app::dto::AppEvent;
use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Manager, Runtime, Url, WebviewWindow, WebviewWindowBuilder, WindowEvent};

use crate::opened::Inbox;
use crate::tray::Tray;

const LABEL: &str = "main";

/// Whether a window can be shown. Only Linux has computers without a screen as a matter of course.
pub(crate) fn has_display() -> bool {
    let names_one = |variable| std::env::var_os(variable).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || names_one("DISPLAY") || names_one("WAYLAND_DISPLAY")
}

/// Opens the window as tauri.conf.json describes it.
pub(crate) fn open<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<()> {
    let described = app.config().app.windows.iter().find(|window| window.label == LABEL);
    let Some(described) = described else { return Err(tauri::Error::WindowNotFound) };
    let pages = app.config().build.dev_url.clone().filter(|_| tauri::is_dev());
    let window = WebviewWindowBuilder::from_config(app, described)?
        .on_navigation(move |url| is_own_page(url, pages.as_ref()))
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    let closed = window.clone();
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { api, .. } = event
            && closed.state::<Tray>().keeps_running()
            && closed.hide().is_ok()
        {
            api.prevent_close();
            closed.state::<Arc<Inbox>>().put(AppEvent::ClosedToTray);
        }
    });
    draw_steadily(&window)
}

/// WebKitGTK changes to drawing by graphics card whenever something on the page moves, and where there is none (virtual
/// machines, remote desktops) the window is white for half a second each time. These pages need no card.
#[cfg(target_os = "linux")]
fn draw_steadily<R: Runtime>(window: &WebviewWindow<R>) -> tauri::Result<()> {
    use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt, WebViewExt};
    window.with_webview(|webview| {
        if let Some(settings) = webview.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    })
}

#[cfg(not(target_os = "linux"))]
fn draw_steadily<R: Runtime>(_window: &WebviewWindow<R>) -> tauri::Result<()> {
    Ok(())
}

/// Brings the window to the front.
pub(crate) fn show<R: Runtime>(app: &AppHandle<R>) {
    let Some(window) = app.get_webview_window(LABEL) else { return };
    let shown = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
    if let Err(error) = shown {
        tracing::warn!("the window does not come to the front: {error}");
    }
}

/// Ends the program. What runs may take a moment to stop: nobody is to look at a window that no longer answers.
pub(crate) fn quit<R: Runtime>(app: &AppHandle<R>) {
    if let Some(Err(error)) = app.get_webview_window(LABEL).map(|window| window.hide()) {
        tracing::warn!("the window cannot be hidden: {error}");
    }
    app.exit(0);
}

/// The application's pages: the built-in ones, or those of the development server.
fn is_own_page(url: &Url, development: Option<&Url>) -> bool {
    let built_in = url.scheme() == "tauri"
        || (url.scheme().starts_with("http") && url.host_str() == Some("tauri.localhost"));
    built_in || development.is_some_and(|pages| pages.origin() == url.origin())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_window_shows_its_own_pages_only() {
        let development: Url = "http://127.0.0.1:5173".parse().unwrap();
        let own = |url: &str| is_own_page(&url.parse().unwrap(), None);
        assert!(own("tauri://localhost/#/shares"));
        assert!(own("http://tauri.localhost/"));
        for foreign in [
            "https://example.com/",
            "http://127.0.0.1:5173/",
            "file:///etc/passwd",
            "data:text/html,x",
            "about:blank",
        ] {
            assert!(!own(foreign), "{foreign}");
        }
        assert!(is_own_page(&"http://127.0.0.1:5173/x".parse().unwrap(), Some(&development)));
    }
}
