//! The arguments: global flags, and one subcommand for each noun.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::commands::{
    agent, api, approval, audit, connection, dataset, demo, history, invitation, invite, mail, mapping,
    policy, publish, received, recipient, share, snapshot, transfer, workspace,
};

const ABOUT: &str = "Share data with another organisation, with no service in between.

A provider makes a share, adds datasets and invites recipients; a recipient accepts the terms, says where each dataset \
should go, and takes snapshots. The window of Datashare does the same with the same workspace.";

const ENVIRONMENT: &str =
    "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 needs attention (an expired credential, changed \
terms), 4 cancelled, 5 refused (revoked, withdrawn, spent invitation).

Environment:
  DATASHARE_HOME                   the workspace's data directory, where --home is not given
  DATASHARE_VAULT                  where secrets are kept: keyring, file or session
  DATASHARE_VAULT_PASSPHRASE_FILE  file with the passphrase of the vault 'file'
  DATASHARE_LOG                    diagnostics on standard error, for example 'datashare=debug'

Example:
  datashare workspace init --name \"Ana Provider\" --organisation Contoso --email ana@contoso.example";

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "datashare", bin_name = "datashare", version, about = ABOUT, after_help = ENVIRONMENT)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) globals: Globals,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags that every command takes, before or after its name.
#[derive(Args, Debug)]
pub(crate) struct Globals {
    /// The workspace's data directory [default: DATASHARE_HOME, else the platform's]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) home: Option<PathBuf>,
    /// Print JSON: one document, or one for each line where answers keep coming; errors too
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Print only what was asked for, and errors: no progress, no confirmations
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Who this workspace is to others, and where its secrets are kept
    #[command(subcommand)]
    Workspace(workspace::Command),
    /// Connect data stores: folders and Azure Blob accounts
    #[command(subcommand)]
    Connection(connection::Command),
    /// Rules that invitations and access from this workspace keep to
    #[command(subcommand)]
    Policy(policy::Command),
    /// Approve what others ask for, and use their answers
    #[command(subcommand)]
    Approval(approval::Command),
    /// Make and change shares
    #[command(subcommand)]
    Share(share::Command),
    /// Say what a share contains
    #[command(subcommand)]
    Dataset(dataset::Command),
    /// Stage a new version of datasets that recipients cannot read where they lie
    Publish(publish::Publish),
    /// Invite recipients to a share
    Invite(invite::Invite),
    /// Look at, accept, reject, list and withdraw invitations
    #[command(subcommand)]
    Invitation(invitation::Command),
    /// By which server invitations are sent
    #[command(subcommand)]
    Mail(mail::Command),
    /// Shares that others gave to this workspace
    #[command(subcommand)]
    Received(received::Command),
    /// Say where received datasets go
    #[command(subcommand)]
    Mapping(mapping::Command),
    /// Take snapshots of received shares
    #[command(subcommand)]
    Snapshot(snapshot::Command),
    /// Who has access to a share, and taking it back
    #[command(subcommand)]
    Recipient(recipient::Command),
    /// Every snapshot of a share or a received share
    History(history::History),
    /// The signed records of a share or a received share
    Audit(audit::Audit),
    /// The work that goes on by itself
    #[command(subcommand)]
    Agent(agent::Command),
    /// Serve the same to other programs: a REST API with tokens
    #[command(subcommand)]
    Api(api::Command),
    /// Copy between connections, without a share
    Transfer(transfer::Transfer),
    /// Play a sample share between two workspaces on this computer
    Demo(demo::Demo),
}

impl Command {
    /// Interrupts after which the command is simply ended. What has something to bring to an end takes the first
    /// one itself.
    pub(crate) fn patience(&self) -> u32 {
        match self {
            Self::Snapshot(_) | Self::Agent(_) | Self::Api(_) | Self::Transfer(_) => 2,
            _ => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use clap::CommandFactory;

    use super::*;

    /// Every command that can be run, with its names from the first on.
    fn leaves(command: &clap::Command, path: &str) -> Vec<(String, clap::Command)> {
        let path = format!("{path} {}", command.get_name()).trim().to_owned();
        let children: Vec<_> = command.get_subcommands().filter(|child| child.get_name() != "help").collect();
        if children.is_empty() {
            return vec![(path, command.clone())];
        }
        children.into_iter().flat_map(|child| leaves(child, &path)).collect()
    }

    /// Splits like a shell does, as far as the examples need it.
    fn words(line: &str) -> Vec<String> {
        let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
        for character in line.chars() {
            match character {
                '"' => quoted = !quoted,
                ' ' if !quoted => words.push(std::mem::take(&mut word)),
                _ => word.push(character),
            }
        }
        words.push(word);
        words.retain(|word| !word.is_empty());
        words
    }

    #[test]
    fn the_definition_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_command_has_an_example_that_parses() {
        for (path, command) in leaves(&Arguments::command(), "") {
            if command.is_hide_set() {
                continue;
            }
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let examples: Vec<&str> =
                help.lines().map(str::trim).filter(|line| line.contains("datashare ")).collect();
            assert!(!examples.is_empty(), "'{path}' has no example");
            for example in examples {
                let example = example.rsplit("| ").next().unwrap();
                let example = example.split(" < ").next().unwrap();
                assert!(
                    example.starts_with(&path),
                    "the example of '{path}' shows another command: {example}"
                );
                Arguments::try_parse_from(words(example))
                    .unwrap_or_else(|error| panic!("{example}: {error}"));
            }
        }
    }

    #[test]
    fn global_flags_stand_before_or_after_the_command() {
        for line in ["datashare --home h --json share list", "datashare share list --home h --json"] {
            let parsed = Arguments::try_parse_from(words(line)).unwrap();
            assert_eq!(parsed.globals.home, Some(PathBuf::from("h")));
            assert!(parsed.globals.json);
        }
    }

    #[test]
    fn no_argument_takes_a_secret() {
        for (path, command) in leaves(&Arguments::command(), "") {
            for argument in command.get_arguments().filter(|argument| argument.get_action().takes_values()) {
                let name = argument.get_id().as_str();
                let secret = ["key", "sas", "password", "passphrase", "connection_string"].contains(&name);
                assert!(!secret, "'{path}' takes '{name}' as an argument");
            }
        }
    }
}
