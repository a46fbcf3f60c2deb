//! Tells Tauri where the capabilities are and which commands exist, so that a window may call what it was allowed by
//! name and nothing else.

use std::error::Error;

/// Where the commands of the application are listed, once.
const COMMAND_TABLE: &str = "crates/datashare-app/src/commands.rs";
/// Where the shell's own commands are.
const SHELL_COMMANDS: [&str; 2] = ["src-tauri/src/commands/shell.rs", "src-tauri/src/commands/desktop.rs"];
const CAPABILITIES: &str = "src-tauri/capabilities";

fn main() -> Result<(), Box<dyn Error>> {
    // The window's pages; an empty folder is enough to check the code.
    std::fs::create_dir_all("ui/dist")?;
    for watched in [COMMAND_TABLE, CAPABILITIES].iter().chain(&SHELL_COMMANDS) {
        println!("cargo:rerun-if-changed={watched}");
    }
    let mut commands = table_commands(&std::fs::read_to_string(COMMAND_TABLE)?);
    for file in SHELL_COMMANDS {
        commands.extend(shell_commands(&std::fs::read_to_string(file)?));
    }
    tauri_build::try_build(
        tauri_build::Attributes::new()
            .capabilities_path_pattern("./src-tauri/capabilities/**/*")
            .app_manifest(tauri_build::AppManifest::new().commands(commands.leak())),
    )?;
    Ok(())
}

/// The names in `name(Request) -> Answer;` lines.
fn table_commands(source: &str) -> Vec<&'static str> {
    let lines = source.lines().map(str::trim).filter(|line| line.ends_with(';') && line.contains(") -> "));
    lines.filter_map(|line| line.split('(').next()).map(leaked).collect()
}

/// The names of the functions that follow `#[tauri::command]`.
fn shell_commands(source: &str) -> Vec<&'static str> {
    let functions = source.split("#[tauri::command]").skip(1);
    let names = functions.filter_map(|rest| rest.split("fn ").nth(1)?.split(['(', '<']).next());
    names.map(leaked).collect()
}

/// Tauri wants names that live as long as the build.
fn leaked(name: &str) -> &'static str {
    name.to_owned().leak()
}
