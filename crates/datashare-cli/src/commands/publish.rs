//! `datashare publish`

use clap::Args;
use datashare_app::dto::{self, PublishedDataset};

use crate::failure::Failure;
use crate::session::Session;
use crate::words;

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  datashare publish sales")]
pub(crate) struct Publish {
    /// Name or id of the share
    share: String,
    /// Only this dataset
    dataset: Option<String>,
}

pub(crate) async fn run(command: Publish, session: &Session) -> Result<(), Failure> {
    let request = dto::Publish { share: command.share, dataset: command.dataset };
    let result = session.app.publish(request).await?;
    session.output.show(&result, |result| result.datasets.iter().map(line).collect::<Vec<_>>().join("\n"))
}

fn line(dataset: &PublishedDataset) -> String {
    let all = format!("{}, {}", words::counted(dataset.files, "file"), words::bytes(dataset.bytes));
    if !dataset.changed {
        return format!("{}: nothing changed ({all}).", dataset.name);
    }
    format!(
        "{}: {} new, {} changed, {} removed ({all}).",
        dataset.name,
        words::count(dataset.added),
        words::count(dataset.updated),
        words::count(dataset.removed)
    )
}
