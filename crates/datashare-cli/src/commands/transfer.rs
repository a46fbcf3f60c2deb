//! `datashare transfer`

use clap::Args;
use datashare_app::dto::{TransferPlace, TransferStart};
use datashare_domain::SnapshotMode;

use crate::commands::snapshot::{MODES, Options, exit_code, plan_text, unless_stopped, with_progress};
use crate::failure::{DONE, Failure};
use crate::session::Session;
use crate::values::{self, ConnectionPath};
use crate::words;

#[derive(Args, Debug)]
#[command(after_help = "Examples:
  datashare transfer store/pos/2026 disk/copy --dry-run
  datashare transfer disk/outgoing store/pos --mode full")]
pub(crate) struct Transfer {
    /// What to copy, as CONNECTION/PATH: a container, a folder or a file
    #[arg(value_parser = values::connection_path)]
    source: ConnectionPath,
    /// What receives, as CONNECTION/PATH: a container or a folder, made when missing
    #[arg(value_parser = values::connection_path)]
    target: ConnectionPath,
    /// Write everything again, or what is new or changed since the last transfer between the two
    #[arg(long, default_value = "incremental", value_parser = values::one_of::<SnapshotMode>(MODES))]
    mode: SnapshotMode,
    /// Show what would be written; write nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    options: Options,
}

pub(crate) async fn run(command: Transfer, session: &Session) -> Result<u8, Failure> {
    let (app, output) = (&session.app, &session.output);
    let options = command.options.request();
    let request = TransferStart {
        source: place(command.source),
        target: place(command.target),
        mode: command.mode,
        options,
    };
    if command.dry_run {
        output.show(&unless_stopped(session, app.transfer_plan(request)).await?, plan_text)?;
        return Ok(DONE);
    }
    let transfer = app.transfer(request, session.stop.asked(1));
    let ended = with_progress(session, app.events(), None, transfer).await?;
    output.show(&ended, words::transfer)?;
    Ok(exit_code(ended.status))
}

fn place(ConnectionPath { connection, path }: ConnectionPath) -> TransferPlace {
    TransferPlace { connection, path }
}
