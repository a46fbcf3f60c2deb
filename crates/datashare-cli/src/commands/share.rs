//! `datashare share`

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use datashare_app::dto::{
    LineChange, Nothing, ShareCreate, ShareDetails, ShareName, ShareSummary, ShareUpdate, TermsCompare,
    TermsDifference,
};
use datashare_domain::ShareKind;

use crate::commands::{dataset, recipient, schedule};
use crate::failure::Failure;
use crate::session::Session;
use crate::table::Table;
use crate::values::{self, ConnectionPath};
use crate::{input, words};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a share; its exchange is the place where the two parties meet
    #[command(after_help = "Example:
  datashare share create sales --exchange store --description \"Point of sale, daily\" --terms-file terms.md")]
    Create(Create),
    /// List the shares of this workspace
    #[command(after_help = "Example:\n  datashare share list")]
    List,
    /// Show a share with its datasets, recipients and terms
    #[command(after_help = "Example:\n  datashare share show sales")]
    Show {
        /// Name or id of the share
        name: String,
    },
    /// Change the description or the terms; other terms are a new version
    #[command(after_help = "Example:
  datashare share update sales --terms-file terms-2027.md --agree-again")]
    Update(Update),
    /// Show what changed from one version of the terms to another; of a received share too
    #[command(after_help = "Example:\n  datashare share terms sales --from 1 --to 3")]
    Terms {
        /// Name or id of a share or a received share
        #[arg(value_name = "SHARE|RECEIVED")]
        name: String,
        /// The older version [default: the one that was agreed to, else the one before]
        #[arg(long, value_name = "VERSION")]
        from: Option<u32>,
        /// The newer version [default: the newest]
        #[arg(long, value_name = "VERSION")]
        to: Option<u32>,
    },
    /// Delete a share: every recipient's access ends; says what happened
    #[command(after_help = "Example:\n  datashare share delete sales")]
    Delete {
        /// Name or id of the share
        name: String,
    },
}

#[derive(Args, Debug)]
pub(crate) struct Create {
    /// What the share is called, here and for recipients
    name: String,
    /// Connection, and a folder in it where there should be one
    #[arg(long, value_name = "CONNECTION[/PREFIX]", value_parser = values::connection_path)]
    exchange: ConnectionPath,
    /// What recipients read about it
    #[arg(long, default_value = "", hide_default_value = true)]
    description: String,
    /// File with the terms of use, in Markdown
    #[arg(long, value_name = "FILE")]
    terms_file: Option<PathBuf>,
    /// Copies that recipients take, or reading where the data lies
    #[arg(long, default_value = "snapshot", value_parser = values::one_of::<ShareKind>(&["snapshot", "in-place"]))]
    kind: ShareKind,
}

#[derive(Args, Debug)]
#[group(id = "change", required = true, multiple = true, args = ["description", "terms_file"])]
pub(crate) struct Update {
    /// Name or id of the share
    name: String,
    /// What recipients read about it
    #[arg(long)]
    description: Option<String>,
    /// File with the new terms of use, in Markdown
    #[arg(long, value_name = "FILE")]
    terms_file: Option<PathBuf>,
    /// Recipients must agree to the new terms before their next snapshot
    #[arg(long, requires = "terms_file")]
    agree_again: bool,
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    let (app, output) = (&session.app, &session.output);
    match command {
        Command::Create(create) => {
            let share = app.share_create(create.request()?).await?;
            output.done(&share, |share| {
                format!("Share '{}' made. It meets its recipients at {}.", share.name, share.exchange_address)
            })
        }
        Command::List => output.show(app.share_list(Nothing {}).await?.as_slice(), list_text),
        Command::Show { name } => {
            output.show(&app.share_show(ShareName { share: name }).await?, details_text)
        }
        Command::Update(update) => {
            let share = app.share_update(update.request()?).await?;
            output.done(&share, |share| format!("Share '{}' changed.", share.name))
        }
        Command::Terms { name, from, to } => {
            let difference = app.terms_compare(TermsCompare { name, from, to }).await?;
            output.show(&difference, difference_text)
        }
        Command::Delete { name } => {
            let deleted = app.share_delete(ShareName { share: name }).await?;
            output.show(&deleted, |deleted| deleted.statement.join("\n"))
        }
    }
}

fn terms(file: Option<&Path>) -> Result<Option<String>, Failure> {
    Ok(file.map(input::text_file).transpose()?)
}

impl Create {
    fn request(self) -> Result<ShareCreate, Failure> {
        Ok(ShareCreate {
            name: self.name,
            description: self.description,
            terms: terms(self.terms_file.as_deref())?,
            kind: self.kind,
            exchange: self.exchange.connection,
            exchange_prefix: self.exchange.path,
        })
    }
}

impl Update {
    fn request(self) -> Result<ShareUpdate, Failure> {
        Ok(ShareUpdate {
            share: self.name,
            description: self.description,
            terms: terms(self.terms_file.as_deref())?,
            terms_must_be_accepted_again: self.agree_again,
        })
    }
}

/// As `diff` shows it.
fn difference_text(difference: &TermsDifference) -> String {
    let from = difference.from.map_or_else(|| "nothing".to_owned(), |from| format!("version {from}"));
    let head = format!(
        "From {from} to version {}: {} added, {} removed.",
        difference.to,
        words::counted(difference.added as u64, "line"),
        words::counted(difference.removed as u64, "line")
    );
    let lines = difference.lines.iter().map(|line| {
        let mark = match line.change {
            LineChange::Same => ' ',
            LineChange::Added => '+',
            LineChange::Removed => '-',
        };
        format!("{mark} {}", line.text)
    });
    std::iter::once(head).chain(lines).collect::<Vec<_>>().join("\n")
}

fn list_text(shares: &[ShareSummary]) -> String {
    let empty = "There are no shares yet: make one with 'datashare share create'.";
    let head = ["name", "datasets", "recipients", "pending", "waiting", "last snapshot", "description"];
    Table::new(&head, empty).rows(shares, |share| {
        [
            share.name.clone(),
            share.datasets.to_string(),
            share.recipients.to_string(),
            share.pending.to_string(),
            share.waiting.to_string(),
            words::or_dash(share.last_snapshot_at.map(words::time)),
            share.description.clone(),
        ]
    })
}

fn details_text(share: &ShareDetails) -> String {
    let terms = share.terms.first().map_or_else(
        || "none".to_owned(),
        |terms| {
            format!(
                "version {} of {}, SHA-256 {}",
                terms.version,
                words::time(terms.created_at),
                terms.sha256
            )
        },
    );
    let lines = [
        format!("Share:        {}", share.name),
        format!("Description:  {}", share.description),
        format!("Kind:         {}", words::state(share.kind)),
        format!("Exchange:     {}", share.exchange_address),
        format!("Terms:        {terms}"),
        format!("Created:      {}", words::time(share.created_at)),
        share.schedule.as_ref().map_or_else(|| "Schedule:     none".to_owned(), schedule::schedule_text),
    ];
    let (datasets, recipients) =
        (dataset::list_text(&share.datasets), recipient::list_text(&share.recipients));
    format!("{}\n\n{datasets}\n\n{recipients}", lines.join("\n"))
}
