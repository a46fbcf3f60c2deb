//! `datashare received`

use clap::Subcommand;
use datashare_app::dto::{
    AgreeTerms, Nothing, PublicationRequest, ReceivedDetails, ReceivedName, ReceivedSummary, TriggerStatus,
};

use crate::commands::{mapping, trigger};
use crate::failure::Failure;
use crate::session::Session;
use crate::table::Table;
use crate::words;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the received shares
    #[command(after_help = "Example:\n  datashare received list")]
    List,
    /// Show a received share, its terms and where its datasets go
    #[command(after_help = "Example:\n  datashare received show contoso-sales")]
    Show {
        /// Name or id of the received share
        name: String,
    },
    /// Look for news from the provider: access, terms, datasets
    #[command(after_help = "Example:\n  datashare received refresh contoso-sales")]
    Refresh {
        /// Name or id of the received share
        name: String,
    },
    /// Agree to changed terms
    #[command(after_help = "Example:\n  datashare received agree contoso-sales --agree-terms 9f86d081...")]
    Agree {
        /// Name or id of the received share
        name: String,
        /// The SHA-256 of the terms that were read, as 'received show' names it
        #[arg(long, value_name = "SHA256")]
        agree_terms: String,
    },
    /// Leave a received share; what was received stays, the provider sees it
    #[command(after_help = "Example:\n  datashare received leave contoso-sales")]
    Leave {
        /// Name or id of the received share
        name: String,
    },
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    let (app, output) = (&session.app, &session.output);
    match command {
        Command::List => output.show(app.received_list(Nothing {}).await?.as_slice(), list_text),
        Command::Show { name } => {
            output.show(&app.received_show(ReceivedName { received: name }).await?, details_text)
        }
        Command::Refresh { name } => {
            output.show(&app.received_refresh(ReceivedName { received: name }).await?, details_text)
        }
        Command::Agree { name, agree_terms } => {
            let request = AgreeTerms { received: name, terms_sha256: agree_terms };
            let details = app.received_agree_terms(request).await?;
            output.done(&details, |details| format!("Agreed to the terms of '{}'.", details.summary.name))
        }
        Command::Leave { name } => {
            let left = app.received_leave(ReceivedName { received: name.clone() }).await?;
            output.done(&left, |_| format!("Left '{name}'. What was received stays where it is."))
        }
    }
}

fn list_text(received: &[ReceivedSummary]) -> String {
    let head = ["name", "from", "status", "datasets", "mapped", "last snapshot"];
    Table::new(&head, "No share was received yet.").rows(received, |received| {
        let last = match (received.last_snapshot_at, received.last_snapshot_status) {
            (Some(at), Some(status)) => format!("{}, {}", words::time(at), words::state(status)),
            _ => "-".to_owned(),
        };
        [
            received.name.clone(),
            received.provider.organisation.clone(),
            words::state(received.status),
            received.datasets.to_string(),
            received.mapped.to_string(),
            last,
        ]
    })
}

fn details_text(details: &ReceivedDetails) -> String {
    let ReceivedSummary { name, share, provider, status, status_message, accepted_at, .. } = &details.summary;
    let mut lines = vec![
        format!("Received:     {name} ('{}' of {}, {})", share.name, provider.name, provider.organisation),
        format!("Safety code:  {}", provider.safety_code),
        format!("Description:  {}", share.description),
        format!("Status:       {}", words::state(status)),
        format!("Accepted:     {}", words::time(*accepted_at)),
    ];
    lines.extend(status_message.clone());
    lines.extend(details.expires_at.map(|at| format!("Access until: {}", words::time(at))));
    lines.extend(details.schedule.iter().map(|schedule| format!("Schedule:     {schedule}")));
    if details.schedule.is_some() || details.trigger.status != TriggerStatus::Inactive {
        lines.push(trigger::text(&details.trigger));
    }
    lines.extend(details.publication.as_ref().map(request_text));
    lines.push(format!("\n{}", mapping::list_text(&details.mappings)));
    if let Some(terms) = &details.terms_to_accept {
        lines.push(format!("\nNew terms wait for agreement, SHA-256 {}:\n\n{}", terms.sha256, terms.text));
    } else if let (Some(terms), Some(sha256)) = (&details.terms, &details.terms_sha256) {
        lines.push(format!("\nTerms of use, SHA-256 {sha256}:\n\n{terms}"));
    }
    lines.join("\n")
}

fn request_text(request: &PublicationRequest) -> String {
    let asked = format!("Asked for a fresh publication on {}", words::time(request.asked_at));
    match (request.answered_at, &request.refusal) {
        (None, _) => format!("{asked}; the provider has not answered yet."),
        (Some(at), None) => format!("{asked}; published on {}.", words::time(at)),
        (Some(at), Some(refusal)) => format!("{asked}; refused on {}: {refusal}", words::time(at)),
    }
}
