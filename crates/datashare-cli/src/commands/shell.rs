//! `datashare completions` and `datashare man`: the command line, described to shells and to `man`.

use std::path::PathBuf;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::output::Output;

/// Print a script that completes commands and flags in your shell
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  datashare completions bash > ~/.local/share/bash-completion/completions/datashare
  datashare completions powershell")]
pub(crate) struct Completions {
    /// bash, zsh, fish, powershell or elvish
    shell: Shell,
}

/// Write the manual pages into a directory, one for each command
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  datashare man ~/.local/share/man/man1")]
pub(crate) struct Man {
    /// Made when missing
    directory: PathBuf,
}

pub(crate) fn complete(completions: Completions, output: &Output) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(completions.shell, &mut Arguments::command(), "datashare", &mut script);
    output.text(&String::from_utf8_lossy(&script))
}

pub(crate) fn man(man: Man) -> Result<(), Failure> {
    std::fs::create_dir_all(&man.directory)?;
    // Otherwise the program's own help would be a page for each command too.
    let command = Arguments::command().disable_help_subcommand(true);
    Ok(clap_mangen::generate_to(command, &man.directory)?)
}
