//! Runs in the background: the same program once more, in a process of its own that outlives the one that asked.

use std::process::Stdio;

use datashare_app::dto::{ErrorDto, Snapshot};
use datashare_app::{AppError, Code};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use super::{Chosen, exit_code, follow};
use crate::failure::Failure;
use crate::session::Session;
use crate::words;

/// The one line that the background process says to the one that started it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Answer {
    Started(Box<Snapshot>),
    Failed { code: String, message: String, hint: Option<String>, retry: bool, exit_code: u8 },
}

/// Starts the background process and prints the run as it was queued.
pub(crate) async fn start(chosen: Chosen, session: &Session) -> Result<(), Failure> {
    let mut child = command(chosen, session)?.spawn()?;
    let mut line = String::new();
    if let Some(stdout) = child.stdout.take() {
        BufReader::new(stdout).read_line(&mut line).await?;
    }
    let Ok(answer) = serde_json::from_str(&line) else {
        return Err(AppError::new(Code::Internal, "The snapshot could not be started in the background.")
            .hint("Start it without --detach to see why.")
            .into());
    };
    match answer {
        Answer::Started(row) => session.output.show(row.as_ref(), words::snapshot),
        Answer::Failed { code, message, hint, retry, exit_code } => {
            let error = ErrorDto { code, message, hint, retry };
            Err(Failure::Reported { error, code: exit_code })
        }
    }
}

/// The background process: says how the start went, then runs to the end in silence.
pub(crate) async fn work(chosen: Chosen, session: &Session) -> Result<u8, Failure> {
    let events = session.app.events();
    let started = match session.app.snapshot_start(chosen.request()).await {
        Ok(started) => started,
        Err(error) => {
            let (exit_code, ErrorDto { code, message, hint, retry }) =
                (error.code.exit_code(), error.to_dto());
            let answer = Answer::Failed { code, message, hint, retry, exit_code };
            session.output.text(&serde_json::to_string(&answer)?)?;
            return Ok(exit_code);
        }
    };
    let id = started.snapshot_id.clone();
    session.output.text(&serde_json::to_string(&Answer::Started(Box::new(started)))?)?;
    Ok(exit_code(follow(session, events, &id).await?.status))
}

fn command(chosen: Chosen, session: &Session) -> Result<Command, Failure> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("--home").arg(&session.home).args(["--quiet", "snapshot", "work"]);
    let mode = serde_json::to_value(chosen.mode)?;
    command.arg(format!("--mode={}", mode.as_str().unwrap_or_default()));
    command.args(chosen.dataset.iter().map(|name| format!("--dataset={name}")));
    command.args(chosen.options.arguments());
    command.arg("--").arg(&chosen.received);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    leave_terminal(&mut command);
    Ok(command)
}

/// Ctrl-C and the end of the terminal are not for the background process.
#[cfg(unix)]
fn leave_terminal(command: &mut Command) {
    command.process_group(0);
}

#[cfg(windows)]
fn leave_terminal(command: &mut Command) {
    const DETACHED_PROCESS: u32 = 0x0000_0008;
    const CREATE_NEW_PROCESS_GROUP: u32 = 0x0000_0200;
    command.creation_flags(DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP);
}
