//! `datashare mapping`

use clap::{Args, Subcommand};
use datashare_app::dto::{Mapping, MappingClear, MappingPreview, MappingSet, MappingTarget, ReceivedName};

use crate::failure::Failure;
use crate::session::Session;
use crate::table::Table;
use crate::words;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say where a dataset goes, or where all of them go
    #[command(after_help = "Examples:
  datashare mapping set contoso-sales pos --connection lake --path received/pos
  datashare mapping set contoso-sales --all --connection lake --path received --dry-run")]
    Set(Set),
    /// Forget where a dataset goes; what was received stays
    #[command(after_help = "Example:\n  datashare mapping clear contoso-sales pos")]
    Clear {
        /// Name or id of the received share
        received: String,
        /// Name or id of the dataset
        dataset: String,
    },
    /// List where the datasets go
    #[command(after_help = "Example:\n  datashare mapping list contoso-sales")]
    List {
        /// Name or id of the received share
        received: String,
    },
}

#[derive(Args, Debug)]
pub(crate) struct Set {
    /// Name or id of the received share
    received: String,
    /// Name or id of the dataset
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    dataset: Option<String>,
    /// All datasets, each into a folder with its name below the path
    #[arg(long)]
    all: bool,
    /// Name or id of the connection that receives
    #[arg(long)]
    connection: String,
    /// Container and folder in the connection
    #[arg(long)]
    path: String,
    /// Show which paths the files would get; change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    let (app, output) = (&session.app, &session.output);
    match command {
        Command::Set(set) => {
            let dry_run = set.dry_run;
            let request = set.request(session).await?;
            if dry_run {
                return output.show(app.mapping_preview(request).await?.as_slice(), preview_text);
            }
            output.done(app.mapping_set(request).await?.as_slice(), list_text)
        }
        Command::Clear { received, dataset } => {
            let mappings = app.mapping_clear(MappingClear { received, dataset }).await?;
            output.done(mappings.as_slice(), list_text)
        }
        Command::List { received } => {
            output.show(app.received_show(ReceivedName { received }).await?.mappings.as_slice(), list_text)
        }
    }
}

impl Set {
    async fn request(self, session: &Session) -> Result<MappingSet, Failure> {
        let Self { received, dataset, connection, path, .. } = self;
        let targets = match dataset {
            Some(dataset) => vec![MappingTarget { dataset, connection, path }],
            None => {
                let details = session.app.received_show(ReceivedName { received: received.clone() }).await?;
                all_below(&details.mappings, &connection, &path)
            }
        };
        Ok(MappingSet { received, targets })
    }
}

/// Each dataset into a folder with its name below the path.
pub(crate) fn all_below(mappings: &[Mapping], connection: &str, path: &str) -> Vec<MappingTarget> {
    let target = |mapping: &Mapping| MappingTarget {
        dataset: mapping.dataset_id.clone(),
        connection: connection.to_owned(),
        path: datashare_domain::join_path(path, &mapping.dataset),
    };
    mappings.iter().map(target).collect()
}

pub(crate) fn list_text(mappings: &[Mapping]) -> String {
    let head = ["dataset", "status", "connection", "path", "files", "size", "message"];
    Table::new(&head, "The share has no datasets.").rows(mappings, |mapping| {
        [
            mapping.dataset.clone(),
            words::state(mapping.status),
            words::or_dash(mapping.connection.as_ref()),
            words::or_dash(mapping.path.as_ref()),
            words::or_dash(mapping.files.map(words::count)),
            words::or_dash(mapping.bytes.map(words::bytes)),
            mapping.message.clone().unwrap_or_default(),
        ]
    })
}

fn preview_text(previews: &[MappingPreview]) -> String {
    let text = |preview: &MappingPreview| {
        let mut lines = vec![format!("{}:", preview.dataset)];
        lines.extend(
            preview.examples.iter().map(|example| format!("  {} -> {}", example.source, example.target)),
        );
        lines.extend(
            preview.problems.iter().map(|problem| format!("  problem: {}: {}", problem.path, problem.reason)),
        );
        if preview.partial {
            lines.push("  The files are not visible yet: only names were checked.".to_owned());
        }
        lines.join("\n")
    };
    previews.iter().map(text).collect::<Vec<_>>().join("\n")
}
