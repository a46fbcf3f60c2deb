//! One program: the window, or the command line when its arguments ask for that.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    match datashare_desktop::Start::read(std::env::args_os().skip(1)) {
        Some(start) => datashare_desktop::run(start),
        None => datashare_cli::main_from(std::env::args_os()),
    }
}
