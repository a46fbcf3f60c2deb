//! The desktop shell: the only place that knows Tauri. It opens the workspace, shows the window, and hands what the page
//! asks to [`datashare_app::App`]. It has no rule of its own.

mod background;
mod commands;
mod events;
mod logging;
mod opened;
mod start;
mod taskbar;
mod tray;
mod window;
mod workspace;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use datashare_app::AppOptions;
use datashare_app::dto::{AppEvent, ErrorDto, Nothing};
use sha2::{Digest, Sha256};
use tauri::plugin::TauriPlugin;
use tauri::{App, AppHandle, Builder, Context, Manager, RunEvent, Runtime};
use tauri_plugin_autostart::MacosLauncher;
use tauri_plugin_deep_link::DeepLinkExt;
use tauri_plugin_window_state::StateFlags;

pub use events::Numbered;
pub use start::Start;
pub use workspace::Workspace;

use opened::Inbox;

/// Opens the window and stays until it is closed.
pub fn run(start: Start) -> ExitCode {
    if !window::has_display() {
        let words = "There is no display here for the window. Use the command line: datashare --help";
        let _ = writeln!(std::io::stderr(), "{words}");
        return ExitCode::FAILURE;
    }
    let options = datashare_cli::app_options(start.home.as_deref());
    let home = options.as_ref().ok().map(|options| workspace::settled(&options.home));
    let (log, traces) = logging::start(home.as_deref());
    let built = with_commands(Builder::default())
        .manage(log)
        .plugin(single_instance(home.as_deref()))
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_autostart::init(MacosLauncher::LaunchAgent, None))
        .plugin(remembered_window())
        .plugin(tauri_plugin_opener::Builder::new().open_js_links_on_click(false).build())
        .setup(move |app| Ok(set_up(app, start, options)?))
        .build(context());
    match built {
        Ok(app) => {
            app.run(move |app, event| {
                if matches!(event, RunEvent::Exit) {
                    leave(app);
                    traces.end();
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!("the window cannot be opened: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What runs stops where the next start goes on.
fn leave(app: &AppHandle) {
    if let Some(Ok(opened)) = app.try_state::<Workspace>().map(|workspace| workspace.app().cloned()) {
        tauri::async_runtime::block_on(opened.leave());
    }
}

/// The application's commands and what they need besides a [`Workspace`].
pub fn with_commands<R: Runtime>(builder: Builder<R>) -> Builder<R> {
    builder
        .manage(Arc::new(Inbox::default()))
        .manage(commands::Listening::default())
        .manage(tray::Tray::default())
        .manage(taskbar::Taskbar::default())
        .invoke_handler(commands::handler())
}

/// Configuration, pages and permissions as they were built in.
pub fn context<R: Runtime>() -> Context<R> {
    tauri::generate_context!()
}

/// The window opens where it was left. Whether it was hidden is not kept: a start shows it.
fn remembered_window<R: Runtime>() -> TauriPlugin<R> {
    let kept = StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED | StateFlags::FULLSCREEN;
    tauri_plugin_window_state::Builder::new().with_state_flags(kept).build()
}

/// One window for each workspace: a second start hands over what it was given and ends.
fn single_instance<R: Runtime>(home: Option<&Path>) -> TauriPlugin<R> {
    let workspace = Sha256::digest(home.map(|home| home.as_os_str().as_encoded_bytes()).unwrap_or_default());
    let name: String = workspace.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    tauri_plugin_single_instance::Builder::new()
        .dbus_id(format!("org.datashare.desktop.workspace_{name}"))
        .callback(|app, arguments, directory| {
            if let Some(opened) = Start::read(arguments.into_iter().skip(1)).and_then(|start| start.opened) {
                app.state::<Arc<Inbox>>().put(opened::event(&opened, Path::new(&directory)));
            }
            window::show(app);
        })
        .build()
}

fn set_up<R: Runtime>(
    app: &mut App<R>,
    start: Start,
    options: Result<AppOptions, ErrorDto>,
) -> tauri::Result<()> {
    let inbox = app.state::<Arc<Inbox>>().inner().clone();
    // The page takes a moment to come up, and asks nothing before this is over.
    window::open(app.handle())?;
    let workspace = tauri::async_runtime::block_on(open_workspace(options, start.demo, &inbox));
    if let Some(opened) = &start.opened {
        inbox.put(opened::event(opened, &std::env::current_dir().unwrap_or_default()));
    }
    if let Ok(opened) = workspace.app() {
        tauri::async_runtime::spawn(background::work(opened.clone()));
        let watched = opened.clone();
        tauri::async_runtime::spawn(async move { watched.watch().await });
        let asked = opened.clone();
        // The page's first question: a vault is slow when it is opened, and only then.
        tauri::async_runtime::spawn(async move { asked.workspace_status(Nothing {}).await });
    }
    app.manage(workspace);
    take_links_of_macos(app.handle());
    Ok(())
}

async fn open_workspace(
    options: Result<AppOptions, ErrorDto>,
    with_sample: bool,
    inbox: &Inbox,
) -> Workspace {
    let workspace = match options {
        Ok(options) => Workspace::open(options).await,
        Err(error) => Workspace::refused(error),
    };
    if with_sample && let Ok(app) = workspace.app() {
        match background::prepare_sample(app).await {
            Ok(Some(invitation)) => inbox.put(AppEvent::OpenInvitation { invitation }),
            Ok(None) => {}
            Err(error) => inbox.put(AppEvent::Notice { message: workspace::told(&error).message }),
        }
    }
    workspace
}

/// macOS delivers links as events; everywhere else they are arguments.
fn take_links_of_macos<R: Runtime>(app: &AppHandle<R>) {
    if !cfg!(target_os = "macos") {
        return;
    }
    let handle = app.clone();
    app.deep_link().on_open_url(move |event| {
        for url in event.urls() {
            handle.state::<Arc<Inbox>>().put(opened::event(url.as_str(), Path::new("")));
        }
        window::show(&handle);
    });
}
