//! `datashare dataset`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use datashare_app::dto::{Dataset, DatasetAdd, DatasetRemove, ShareName, WantedChange};

use super::approval;
use crate::failure::Failure;
use crate::session::Session;
use crate::table::Table;
use crate::words;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Add a container, a folder or a single file to a share
    #[command(
        after_help = "Example:\n  datashare dataset add sales --connection store --path pos/2026 --as pos"
    )]
    Add(Add),
    /// List the datasets of a share
    #[command(after_help = "Example:\n  datashare dataset list sales")]
    List {
        /// Name or id of the share
        share: String,
    },
    /// Take a dataset out of a share; the data itself stays
    #[command(after_help = "Example:\n  datashare dataset remove sales pos")]
    Remove {
        /// Name or id of the share
        share: String,
        /// Name or id of the dataset
        dataset: String,
    },
}

#[derive(Args, Debug)]
pub(crate) struct Add {
    /// Name or id of the share
    share: String,
    /// Name or id of the connection
    #[arg(long)]
    connection: String,
    /// Container, folder or file in the connection; empty for a whole folder connection
    #[arg(long)]
    path: String,
    /// Name for recipients [default: the last part of the path]
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
    /// Mark it as sensitive; the rules of the workspace may ask for a second person's approval
    #[arg(long)]
    sensitive: bool,
    /// Add nothing; write a request for a second person's approval of it
    #[arg(long, value_name = "FILE.datashare-approval")]
    request_approval: Option<PathBuf>,
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    let (app, output) = (&session.app, &session.output);
    match command {
        Command::Add(Add { share, connection, path, name, sensitive, request_approval }) => {
            let request = DatasetAdd { share, connection, path, name, sensitive };
            if let Some(path) = request_approval {
                return approval::ask(WantedChange::Dataset(request), &path, session).await;
            }
            output.done(&app.dataset_add(request).await?, added_text)
        }
        Command::List { share } => {
            output.show(app.share_show(ShareName { share }).await?.datasets.as_slice(), list_text)
        }
        Command::Remove { share, dataset } => {
            let removed =
                app.dataset_remove(DatasetRemove { share: share.clone(), dataset: dataset.clone() }).await?;
            output.done(&removed, |_| format!("Dataset '{dataset}' removed from '{share}'."))
        }
    }
}

pub(crate) fn added_text(dataset: &Dataset) -> String {
    let (kind, sensitive) = (words::state(dataset.kind), if dataset.sensitive { ", sensitive" } else { "" });
    format!(
        "Dataset '{}' added: the {kind} '{}' in {}{sensitive}.",
        dataset.name, dataset.path, dataset.connection
    )
}

pub(crate) fn list_text(datasets: &[Dataset]) -> String {
    let head = ["dataset", "kind", "read", "connection", "path", "files", "size", "published", "sensitive"];
    Table::new(&head, "The share has no datasets.").rows(datasets, |dataset| {
        [
            dataset.name.clone(),
            words::state(dataset.kind),
            words::state(dataset.delivery),
            dataset.connection.clone(),
            dataset.path.clone(),
            words::or_dash(dataset.files.map(words::count)),
            words::or_dash(dataset.bytes.map(words::bytes)),
            words::or_dash(dataset.published_at.map(words::time)),
            (if dataset.sensitive { "yes" } else { "no" }).to_owned(),
        ]
    })
}
