//! The symbol beside the clock, where the desktop has a place for it. While it is there, closing the window hides it and
//! the work goes on.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

use serde::Deserialize;
use tauri::menu::{Menu, MenuItem, PredefinedMenuItem};
use tauri::tray::{MouseButton, MouseButtonState, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Runtime};

use crate::window;

const ID: &str = "tray";

/// What the tray says, in the language of the page.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct TrayWords {
    /// What runs now.
    activity: String,
    open: String,
    quit: String,
}

/// Whether the tray's symbol is shown.
#[derive(Debug, Default)]
pub(crate) struct Tray {
    shown: AtomicBool,
}

impl Tray {
    /// Closing the window only hides it.
    pub(crate) fn keeps_running(&self) -> bool {
        self.shown.load(Ordering::Relaxed)
    }

    /// Shows the symbol with these words; hides it when there are none: one that is taken away and made anew has no menu
    /// on Linux, because the old menu's place on the bus is still taken. A desktop that has no tray after all is
    /// logged, and the window then closes as ever.
    pub(crate) fn show<R: Runtime>(&self, app: &AppHandle<R>, words: Option<TrayWords>) {
        let Some(words) = words else {
            if let Some(Err(error)) = app.tray_by_id(ID).map(|tray| tray.set_visible(false)) {
                tracing::warn!("the tray's symbol cannot be hidden: {error}");
            }
            return self.shown.store(false, Ordering::Relaxed);
        };
        // The library behind it ends the thread when the system lacks it.
        let shown = catch_unwind(AssertUnwindSafe(|| draw(app, &words)));
        let shown = match shown {
            Ok(Ok(())) => true,
            Ok(Err(error)) => {
                tracing::warn!("the tray cannot be used: {error}");
                false
            }
            Err(_) => {
                tracing::warn!(
                    "the tray cannot be used: this system lacks its library (ayatana-appindicator)"
                );
                false
            }
        };
        self.shown.store(shown, Ordering::Relaxed);
    }
}

fn draw<R: Runtime>(app: &AppHandle<R>, words: &TrayWords) -> tauri::Result<()> {
    let activity = MenuItem::with_id(app, "activity", &words.activity, false, None::<&str>)?;
    let open = MenuItem::with_id(app, "open", &words.open, true, None::<&str>)?;
    let quit = MenuItem::with_id(app, "quit", &words.quit, true, None::<&str>)?;
    let menu = Menu::with_items(app, &[&activity, &PredefinedMenuItem::separator(app)?, &open, &quit])?;
    if let Some(tray) = app.tray_by_id(ID) {
        tray.set_menu(Some(menu))?;
        tray.set_tooltip(Some(&words.activity))?;
        return tray.set_visible(true);
    }
    let mut tray =
        TrayIconBuilder::with_id(ID).menu(&menu).tooltip(&words.activity).show_menu_on_left_click(false);
    if let Some(icon) = app.default_window_icon() {
        tray = tray.icon(icon.clone());
    }
    tray.on_menu_event(|app, event| match event.id().as_ref() {
        "open" => window::show(app),
        "quit" => window::quit(app),
        _ => {}
    })
    .on_tray_icon_event(|tray, event| {
        if let TrayIconEvent::Click {
            button: MouseButton::Left, button_state: MouseButtonState::Up, ..
        } = event
        {
            window::show(tray.app_handle());
        }
    })
    .build(app)?;
    Ok(())
}

/// Whether this desktop has a place for the symbol. On Linux somebody has to watch for it on the session bus; GNOME has
/// nobody by itself.
#[cfg(target_os = "linux")]
pub(crate) fn is_there() -> bool {
    let watched = || -> zbus::Result<bool> {
        let session = zbus::blocking::Connection::session()?;
        let bus = zbus::blocking::fdo::DBusProxy::new(&session)?;
        Ok(bus.name_has_owner("org.kde.StatusNotifierWatcher".try_into()?)?)
    };
    watched().unwrap_or_default()
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn is_there() -> bool {
    true
}
