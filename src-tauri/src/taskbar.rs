//! How far the running snapshots are, on the window's button in the task bar.

#[cfg(target_os = "linux")]
pub(crate) use linux::Taskbar;
#[cfg(not(target_os = "linux"))]
pub(crate) use others::Taskbar;

/// Docks and task managers (KDE, Ubuntu, Plank) listen for a signal on the session bus; the window system has no word for
/// it. Where nobody listens, nothing happens.
#[cfg(target_os = "linux")]
mod linux {
    use std::collections::HashMap;
    use std::sync::OnceLock;

    use tauri::{Runtime, WebviewWindow};
    use zbus::blocking::Connection;
    use zbus::zvariant::Value;

    /// The menu entry that the packages install; docks find the button by it.
    const ENTRY: &str = "application://Datashare.desktop";

    /// Keeps its connection: a dock forgets what somebody said who is gone.
    #[derive(Debug, Default)]
    pub(crate) struct Taskbar {
        session: OnceLock<Option<Connection>>,
    }

    impl Taskbar {
        /// Shows so many percent; nothing when `None`. Blocks for as long as the bus takes.
        pub(crate) fn show<R: Runtime>(&self, _window: &WebviewWindow<R>, percent: Option<u8>) {
            let session = self.session.get_or_init(|| Connection::session().ok());
            let Some(session) = session else { return };
            let progress = f64::from(percent.unwrap_or_default().min(100)) / 100.0;
            let state = HashMap::from([
                ("progress", Value::from(progress)),
                ("progress-visible", Value::from(percent.is_some())),
            ]);
            let said = session.emit_signal(
                None::<&str>,
                "/org/datashare/desktop",
                "com.canonical.Unity.LauncherEntry",
                "Update",
                &(ENTRY, state),
            );
            if let Err(error) = said {
                tracing::debug!("the task bar shows no progress: {error}");
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod others {
    use tauri::window::{ProgressBarState, ProgressBarStatus};
    use tauri::{Runtime, WebviewWindow};

    #[derive(Debug, Default)]
    pub(crate) struct Taskbar;

    impl Taskbar {
        /// Shows so many percent; nothing when `None`.
        pub(crate) fn show<R: Runtime>(&self, window: &WebviewWindow<R>, percent: Option<u8>) {
            let status = if percent.is_some() { ProgressBarStatus::Normal } else { ProgressBarStatus::None };
            let progress = percent.map(|percent| u64::from(percent.min(100)));
            let state = ProgressBarState { status: Some(status), progress };
            if let Err(error) = window.set_progress_bar(state) {
                tracing::debug!("the task bar shows no progress: {error}");
            }
        }
    }
}
