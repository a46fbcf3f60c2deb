//! What the page may call. The commands of the application come from its table, one line each with no rule of their own;
//! those of the shell are what only a desktop has.

mod desktop;
mod shell;

use datashare_app::dto::*;
use tauri::ipc::Invoke;
use tauri::{Runtime, State};

use crate::workspace::{Workspace, told};

pub(crate) use shell::Listening;

macro_rules! commands {
    (
        reads { $($read:ident($read_request:ty) -> $read_answer:ty;)* }
        changes { $($change:ident($change_request:ty) -> $change_answer:ty;)* }
    ) => {
        commands! { $($read($read_request) -> $read_answer;)* $($change($change_request) -> $change_answer;)* }
    };
    ($($name:ident($request:ty) -> $answer:ty;)*) => {
        $(
            #[tauri::command]
            async fn $name(workspace: State<'_, Workspace>, request: $request) -> Result<$answer, ErrorDto> {
                workspace.app()?.$name(request).await.map_err(|error| told(&error))
            }
        )*

        /// Answers every command of the application and of the shell.
        pub(crate) fn handler<R: Runtime>() -> impl Fn(Invoke<R>) -> bool + Send + Sync + 'static {
            tauri::generate_handler![
                $($name,)*
                shell::subscribe,
                shell::pick_folder,
                shell::pick_file,
                shell::pick_save_file,
                shell::open_external,
                shell::open_folder,
                desktop::desktop_state,
                desktop::start_at_login,
                desktop::show_tray,
                desktop::notify,
                desktop::show_progress,
                desktop::zoom,
                desktop::save_text,
                desktop::support_report,
            ]
        }
    };
}
datashare_app::command_table!(commands);
