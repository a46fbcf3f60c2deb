//! The command line and the background agent: a thin face of `datashare-app`. Reads arguments, calls one use case,
//! prints the answer for people or as JSON. Has no rule of its own, and never puts a secret into an argument or on a
//! stream (but for an invitation's link and a new API token, which are what was asked for).

mod arguments;
mod commands;
pub mod diagnostics;
mod failure;
mod input;
pub mod log;
mod output;
#[cfg(test)]
mod parity;
mod progress;
mod receipt;
mod session;
mod stop;
mod table;
mod values;
mod words;

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use clap::{ArgMatches, CommandFactory, FromArgMatches};
use datashare_app::AppOptions;
use datashare_app::dto::ErrorDto;
use tracing::{Instrument, Span};

use arguments::{Arguments, Command};
use failure::Failure;
use output::Output;

/// Runs the command line with these arguments (the program's name first) and answers the process's exit code.
pub fn main_from(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.collect();
    let json = arguments.iter().any(|argument| argument == "--json");
    let parsed = Arguments::command().try_get_matches_from(arguments).and_then(|matches| {
        let arguments = Arguments::from_arg_matches(&matches)?;
        Ok((name_of(&matches), arguments))
    });
    let code = match parsed {
        Ok((name, arguments)) => run(&name, arguments),
        Err(error) => failure::show_usage(&error, json),
    };
    ExitCode::from(code)
}

/// As a person calls it: `datashare snapshot start`.
fn name_of(matches: &ArgMatches) -> String {
    let mut name = "datashare".to_owned();
    let mut at = matches;
    while let Some((next, inner)) = at.subcommand() {
        name = format!("{name} {next}");
        at = inner;
    }
    name
}

/// How to open the workspace in this directory (where nobody chose one: `DATASHARE_HOME`, else the platform's), with the
/// vault that the environment asks for. The window starts by the same rules.
pub fn app_options(home: Option<&Path>) -> Result<AppOptions, ErrorDto> {
    session::app_options(home).map_err(|failure| failure.to_dto())
}

fn run(name: &str, arguments: Arguments) -> u8 {
    let output = Output::new(&arguments.globals);
    match begin(name, arguments, &output) {
        Ok(code) => code,
        Err(failure) => failure.show(&output),
    }
}

fn begin(name: &str, arguments: Arguments, output: &Output) -> Result<u8, Failure> {
    let traces = match &arguments.command {
        Command::Agent(command) if command.stays() => {
            diagnostics::start_for_agent(&session::home(arguments.globals.home.as_deref())?)?
        }
        _ => diagnostics::start()?,
    };
    // What works for weeks is no span: its work is.
    let span = if arguments.command.stays() { Span::none() } else { diagnostics::span_of(name) };
    let runtime = tokio::runtime::Runtime::new()?;
    let code = runtime.block_on(commands::run(arguments, output).instrument(span.clone()));
    // A read of standard input that still waits must not keep the process.
    runtime.shutdown_background();
    diagnostics::ended(&span, &code);
    drop(span);
    traces.end();
    code
}
