//! One module for each noun of the command line.

pub(crate) mod agent;
pub(crate) mod api;
pub(crate) mod apply;
pub(crate) mod approval;
pub(crate) mod audit;
pub(crate) mod connection;
pub(crate) mod dataset;
pub(crate) mod demo;
pub(crate) mod history;
pub(crate) mod invitation;
pub(crate) mod invite;
pub(crate) mod mail;
pub(crate) mod mapping;
pub(crate) mod notification;
pub(crate) mod policy;
pub(crate) mod publication;
pub(crate) mod publish;
pub(crate) mod received;
pub(crate) mod recipient;
pub(crate) mod schedule;
pub(crate) mod share;
pub(crate) mod shell;
pub(crate) mod snapshot;
pub(crate) mod transfer;
pub(crate) mod trigger;
pub(crate) mod workspace;

use crate::arguments::{Arguments, Command};
use crate::failure::{DONE, Failure};
use crate::output::Output;
use crate::session::{self, Session};
use crate::stop::Stop;

/// Runs the command until it ends or nobody wants it any more; answers the exit code.
pub(crate) async fn run(arguments: Arguments, output: &Output) -> Result<u8, Failure> {
    let stop = Stop::listen()?;
    let patience = arguments.command.patience();
    tokio::select! {
        code = dispatch(arguments, output, stop.clone()) => code,
        () = stop.asked(patience) => Err(Failure::cancelled()),
    }
}

async fn dispatch(arguments: Arguments, output: &Output, stop: Stop) -> Result<u8, Failure> {
    let home = arguments.globals.home.as_deref();
    if let Command::Audit(command) = &arguments.command
        && let Some(file) = command.receipt_to_verify()
    {
        return audit::verify_receipt(file, output);
    }
    match arguments.command {
        Command::Demo(_) => demo::run(session::chosen_home(home)?, *output, stop).await,
        Command::Completions(command) => shell::complete(command, output).map(|()| DONE),
        Command::Man(command) => shell::man(command).map(|()| DONE),
        command => {
            let session = Session::open(session::app_options(home)?, *output, stop).await?;
            in_workspace(command, &session).await
        }
    }
}

async fn in_workspace(command: Command, session: &Session) -> Result<u8, Failure> {
    match command {
        Command::Apply(command) => return apply::run(command, session).await,
        Command::Snapshot(command) => return snapshot::run(command, session).await,
        Command::Connection(command) => return connection::run(command, session).await,
        Command::Audit(command) => return audit::run(command, session).await,
        Command::Agent(command) => return agent::run(command, session).await,
        Command::Transfer(command) => return transfer::run(command, session).await,
        Command::Mail(command) => return mail::run(command, session).await,
        Command::Notification(command) => return notification::run(command, session).await,
        Command::Invite(command) => return invite::run(command, session).await,
        Command::Invitation(command) => return invitation::run(command, session).await,
        Command::Api(command) => api::run(command, session).await,
        Command::Workspace(command) => workspace::run(command, session).await,
        Command::Policy(command) => policy::run(command, session).await,
        Command::Approval(command) => approval::run(command, session).await,
        Command::Share(command) => share::run(command, session).await,
        Command::Dataset(command) => dataset::run(command, session).await,
        Command::Publish(command) => publish::run(command, session).await,
        Command::Publication(command) => publication::run(command, session).await,
        Command::Schedule(command) => schedule::run(command, session).await,
        Command::Trigger(command) => trigger::run(command, session).await,
        Command::Received(command) => received::run(command, session).await,
        Command::Mapping(command) => mapping::run(command, session).await,
        Command::Recipient(command) => recipient::run(command, session).await,
        Command::History(command) => history::run(command, session).await,
        Command::Demo(_) | Command::Completions(_) | Command::Man(_) => {
            Err(Failure::usage("This command needs no workspace."))
        }
    }?;
    Ok(DONE)
}
