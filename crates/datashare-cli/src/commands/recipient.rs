//! `datashare recipient`

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use datashare_app::dto::{Export, Recipient, RecipientExpiry, RecipientName, ShareName};

use crate::commands::audit::exported_text;
use crate::failure::Failure;
use crate::session::Session;
use crate::table::Table;
use crate::{values, words};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the recipients of a share
    #[command(after_help = "Example:\n  datashare recipient list sales")]
    List {
        /// Name or id of the share
        share: String,
    },
    /// Let in a recipient that waits for a decision
    #[command(after_help = "Example:\n  datashare recipient approve sales ben@fabrikam.example")]
    Approve(One),
    /// Turn away a recipient that waits for a decision
    #[command(after_help = "Example:\n  datashare recipient decline sales ben@fabrikam.example")]
    Decline(One),
    /// End a recipient's access; data it already copied cannot be called back
    #[command(after_help = "Example:\n  datashare recipient revoke sales ben@fabrikam.example")]
    Revoke(One),
    /// Give a revoked recipient access again
    #[command(after_help = "Example:\n  datashare recipient reinstate sales ben@fabrikam.example")]
    Reinstate(One),
    /// Every access token that was issued for a share, to be joined with the storage's own logs
    #[command(
        after_help = "Example:\n  datashare recipient grants sales --format csv --out sales-grants.csv"
    )]
    Grants {
        /// Name or id of the share
        share: String,
        #[command(flatten)]
        choice: values::ExportChoice,
    },
    /// Say when a recipient's access ends
    #[command(
        after_help = "Example:\n  datashare recipient set-expiry sales ben@fabrikam.example 2027-06-30"
    )]
    SetExpiry {
        #[command(flatten)]
        one: One,
        /// A day, a time, or a span such as 90d
        #[arg(value_parser = values::until)]
        date: DateTime<Utc>,
    },
}

#[derive(Args, Debug)]
pub(crate) struct One {
    /// Name or id of the share
    share: String,
    /// E-mail address or id of the recipient
    recipient: String,
}

impl One {
    fn request(self) -> RecipientName {
        RecipientName { share: self.share, recipient: self.recipient }
    }
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    let (app, output) = (&session.app, &session.output);
    let (recipient, what) = match command {
        Command::List { share } => {
            return output.show(app.recipient_list(ShareName { share }).await?.as_slice(), list_text);
        }
        Command::Grants { share, choice } => return grants(share, &choice, session).await,
        Command::Approve(one) => (app.recipient_approve(one.request()).await?, "has access now"),
        Command::Decline(one) => (app.recipient_decline(one.request()).await?, "was turned away"),
        Command::Revoke(one) => (
            app.recipient_revoke(one.request()).await?,
            "has no access any more. What was already copied stays where it was copied to",
        ),
        Command::Reinstate(one) => (app.recipient_reinstate(one.request()).await?, "has access again"),
        Command::SetExpiry { one: One { share, recipient }, date } => {
            let request = RecipientExpiry { share, recipient, expires_at: date };
            (app.recipient_set_expiry(request).await?, "has access until the new date")
        }
    };
    output.done(&recipient, |recipient| format!("{} {what}.{}", recipient.email, delay_text(recipient)))
}

/// What a person should know who takes access back.
fn delay_text(recipient: &Recipient) -> String {
    let delay = recipient.revocation_delay_minutes.map(|minutes| {
        format!(
            " All access policies of a container are taken by others, so this recipient has access that ends by itself: a \
             revocation holds after {minutes} minutes at most."
        )
    });
    delay.unwrap_or_default()
}

async fn grants(share: String, choice: &values::ExportChoice, session: &Session) -> Result<(), Failure> {
    let Some(out) = &choice.out else {
        let export = session.app.grant_text(&share, choice.format).await?;
        return session.output.text(&export.text);
    };
    let request = Export { name: share, format: choice.format, path: values::absolute(out)? };
    let done = session.app.grant_export(request).await?;
    session.output.done(&done, |done| exported_text(done, "token"))
}

pub(crate) fn list_text(recipients: &[Recipient]) -> String {
    let head =
        ["recipient", "name", "organisation", "invitation", "access", "until", "last snapshot", "findings"];
    Table::new(&head, "Nobody was invited yet.").rows(recipients, |recipient| {
        [
            recipient.email.clone(),
            words::or_dash(recipient.name.as_ref()),
            words::or_dash(recipient.organisation.as_ref()),
            words::state(recipient.invitation_status),
            words::or_dash(recipient.subscription_status.map(words::state)),
            words::or_dash(recipient.expires_at.map(words::time)),
            words::or_dash(recipient.last_snapshot_at.map(words::time)),
            notes(recipient).join("; "),
        ]
    })
}

fn notes(recipient: &Recipient) -> Vec<String> {
    let asks = |at| format!("Asks for a fresh publication since {}.", words::time(at));
    recipient.publication_asked_at.map(asks).into_iter().chain(recipient.findings.iter().cloned()).collect()
}
