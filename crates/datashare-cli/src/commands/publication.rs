//! `datashare publication`

use clap::Subcommand;
use datashare_app::dto::{PublicationAnswer, ReceivedName};

use crate::failure::Failure;
use crate::session::Session;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Ask the provider of a received share to publish anew
    #[command(after_help = "Example:\n  datashare publication ask contoso-sales")]
    Ask {
        /// Name or id of the received share
        received: String,
    },
    /// Publish what a recipient asked for
    #[command(after_help = "Example:\n  datashare publication give sales ben@fabrikam.example")]
    Give {
        /// Name or id of the share
        share: String,
        /// E-mail address or id of the recipient
        recipient: String,
    },
    /// Tell a recipient why there is nothing fresh
    #[command(after_help = "Example:
  datashare publication refuse sales ben@fabrikam.example --reason \"There is nothing new before Monday.\"")]
    Refuse {
        /// Name or id of the share
        share: String,
        /// E-mail address or id of the recipient
        recipient: String,
        /// A sentence that the recipient reads
        #[arg(long)]
        reason: String,
    },
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    let (app, output) = (&session.app, &session.output);
    match command {
        Command::Ask { received } => {
            let details = app.publication_ask(ReceivedName { received }).await?;
            output.done(&details, |details| {
                let name = &details.summary.provider.name;
                format!(
                    "{name} was asked. The answer is shown by 'datashare received show {}'.",
                    details.summary.name
                )
            })
        }
        Command::Give { share, recipient } => {
            let request = PublicationAnswer { share, recipient, refusal: None };
            let answered = app.publication_answer(request).await?;
            output.done(&answered, |recipient| format!("Published, and {} was told.", recipient.email))
        }
        Command::Refuse { share, recipient, reason } => {
            let request = PublicationAnswer { share, recipient, refusal: Some(reason) };
            let answered = app.publication_answer(request).await?;
            output.done(&answered, |recipient| format!("{} was told why not.", recipient.email))
        }
    }
}
