//! The arguments: global flags, and one subcommand for each noun.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::commands::{
    agent, api, apply, approval, audit, connection, dataset, demo, history, invitation, invite, mail,
    mapping, notification, policy, publication, publish, received, recipient, schedule, share, shell,
    snapshot, transfer, trigger, workspace,
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
  OTEL_EXPORTER_OTLP_ENDPOINT      a collector of OpenTelemetry that traces are sent to; none are without it

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
    /// When recipients of a share can take their snapshots
    #[command(subcommand)]
    Schedule(schedule::Command),
    /// Invite recipients to a share
    Invite(invite::Invite),
    /// Look at, accept, reject, list and withdraw invitations
    #[command(subcommand)]
    Invitation(invitation::Command),
    /// By which server invitations are sent
    #[command(subcommand)]
    Mail(mail::Command),
    /// What people are told of: on the desktop, by mail, by webhooks and in Teams
    #[command(subcommand)]
    Notification(notification::Command),
    /// Shares that others gave to this workspace
    #[command(subcommand)]
    Received(received::Command),
    /// Say where received datasets go
    #[command(subcommand)]
    Mapping(mapping::Command),
    /// Take snapshots of received shares
    #[command(subcommand)]
    Snapshot(snapshot::Command),
    /// Have snapshots taken by themselves
    #[command(subcommand)]
    Trigger(trigger::Command),
    /// Ask for a fresh publication, and answer whoever asks
    #[command(subcommand)]
    Publication(publication::Command),
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
    Apply(apply::Apply),
    /// Serve the same to other programs: a REST API with tokens
    #[command(subcommand)]
    Api(api::Command),
    /// Copy between connections, without a share
    Transfer(transfer::Transfer),
    Completions(shell::Completions),
    Man(shell::Man),
    /// Play a sample share between two workspaces on this computer
    Demo(demo::Demo),
}

impl Command {
    /// Whether it works until asked to stop.
    pub(crate) fn stays(&self) -> bool {
        match self {
            Self::Agent(command) => command.stays(),
            Self::Api(command) => command.stays(),
            _ => false,
        }
    }

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
                let example = example.split(['<', '>']).next().unwrap().trim_end();
                assert!(
                    example.starts_with(&path),
                    "the example of '{path}' shows another command: {example}"
                );
                Arguments::try_parse_from(words(example))
                    .unwrap_or_else(|error| panic!("{example}: {error}"));
            }
        }
    }

    /// What automation may rely on, as it was designed.
    const CONTRACT: &str = "
datashare workspace init --name \"Ana Provider\" --organisation Contoso --email ana@contoso.example
datashare workspace show
datashare connection add data --kind folder --path data
datashare connection add lake --kind azure-blob --account cons --endpoint http://127.0.0.1:10000/cons --key-stdin
datashare connection add lake --kind azure-blob --account cons --sas-stdin
datashare connection add lake --kind azure-blob --account cons --connection-string-stdin
datashare connection list
datashare connection test lake
datashare connection browse lake pos
datashare connection remove lake
datashare share create sales --exchange store/meeting --description T --terms-file F --kind snapshot
datashare share list
datashare share show sales
datashare share update sales --description T
datashare share delete sales
datashare dataset add sales --connection store --path pos --as pos
datashare dataset list sales
datashare dataset remove sales pos
datashare publish sales pos
datashare invite sales --email a@b.example --expires 2030-01-01 --accept automatic --out f.datashare
datashare invite sales --email a@b.example --count 3
datashare invitation list sales
datashare invitation withdraw ID
datashare invitation show LINK
datashare invitation accept LINK --agree-terms SHA --as contoso-sales
datashare invitation reject LINK
datashare received list
datashare received show contoso-sales
datashare received leave contoso-sales
datashare mapping set contoso-sales pos --connection lake --path received/pos
datashare mapping clear contoso-sales pos
datashare mapping list contoso-sales
datashare snapshot start contoso-sales --mode full --dataset pos --dry-run
datashare snapshot start contoso-sales --mirror-deletions
datashare snapshot start contoso-sales --detach
datashare snapshot list contoso-sales
datashare snapshot show ID
datashare snapshot pause ID
datashare snapshot resume ID
datashare snapshot cancel ID
datashare snapshot retry ID
datashare recipient list sales
datashare recipient revoke sales a@b.example
datashare recipient reinstate sales a@b.example
datashare recipient set-expiry sales a@b.example 2030-01-01
datashare history sales --since 2026-01-01 --format csv
datashare audit sales --verify
datashare agent run --once
datashare transfer a/x b/y --mode full --dry-run
datashare schedule set sales --every day --at 06:00 --time-zone Europe/Berlin
datashare schedule clear sales
datashare trigger enable contoso-sales
datashare trigger disable contoso-sales";

    #[test]
    fn every_command_of_the_contract_is_understood() {
        for line in CONTRACT.lines().filter(|line| !line.is_empty()) {
            Arguments::try_parse_from(words(line)).unwrap_or_else(|error| panic!("{line}: {error}"));
        }
    }

    #[test]
    fn shells_and_manual_pages_know_every_command() {
        use clap_complete::Shell;
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell] {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "datashare", &mut script);
            let script = String::from_utf8(script).unwrap();
            for word in ["snapshot", "set-expiry", "--agree-terms"] {
                // In fish a flag is named without its dashes.
                let found = script.contains(word) || script.contains(word.trim_start_matches('-'));
                assert!(found, "{shell} does not know {word}");
            }
        }
        let pages = tempfile::tempdir().unwrap();
        let command = Arguments::command().disable_help_subcommand(true);
        clap_mangen::generate_to(command, pages.path()).unwrap();
        for (path, command) in leaves(&Arguments::command(), "") {
            let page = pages.path().join(format!("{}.1", path.replace(' ', "-")));
            assert!(command.is_hide_set() || page.is_file(), "{path} has no page");
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
