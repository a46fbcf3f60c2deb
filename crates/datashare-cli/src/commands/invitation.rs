//! `datashare invitation`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use datashare_app::dto::{
    Invitation, InvitationAccept, InvitationAccepted, InvitationId, InvitationPreview, InvitationSave,
    InvitationSource, MailContents, ShareName,
};
use datashare_domain::SubscriptionStatus;

use crate::commands::invite;
use crate::failure::{DONE, Failure};
use crate::session::Session;
use crate::table::Table;
use crate::{input, values, words};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show who invites, to what, and on which terms; changes nothing
    #[command(after_help = "Examples:
  datashare invitation show sales.datashare
  datashare invitation show datashare://invitation#...")]
    Show(Source),
    /// Accept an invitation and agree to its terms
    #[command(after_help = "Example:
  datashare invitation accept sales.datashare --agree-terms 9f86d081... --as contoso-sales")]
    Accept(Accept),
    /// Reject an invitation; the provider sees it
    #[command(after_help = "Example:\n  datashare invitation reject sales.datashare")]
    Reject(Source),
    /// List the invitations of a share
    #[command(after_help = "Example:\n  datashare invitation list sales")]
    List {
        /// Name or id of the share
        share: String,
    },
    /// Show the link of an invitation again, or write its file
    #[command(after_help = "Example:\n  datashare invitation link 01jd3w --out sales.datashare")]
    Link {
        /// Id of the invitation
        id: String,
        /// Write the invitation to this file
        #[arg(long, value_name = "FILE.datashare")]
        out: Option<PathBuf>,
    },
    /// Send an invitation by mail, by the server of 'datashare mail'
    #[command(after_help = "Example:\n  datashare invitation send 01jd3w --with link")]
    Send {
        /// Id of the invitation; several are sent one after the other
        #[arg(required = true)]
        id: Vec<String>,
        /// What stands in the mail: a link, a file or both
        #[arg(long, value_name = "CONTENTS", default_value = "link-and-file", value_parser = values::one_of::<MailContents>(invite::CONTENTS))]
        with: MailContents,
    },
    /// Withdraw an invitation that was not accepted yet
    #[command(after_help = "Example:\n  datashare invitation withdraw 01jd3w")]
    Withdraw {
        /// Id of the invitation
        id: String,
    },
}

#[derive(Args, Debug)]
pub(crate) struct Source {
    /// The link, the file, or - to read either from standard input
    #[arg(value_name = "LINK|FILE")]
    invitation: String,
    /// Where a folder exchange is on this computer, when not where the provider sees it
    #[arg(long, value_name = "DIR")]
    exchange_folder: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct Accept {
    #[command(flatten)]
    source: Source,
    /// The SHA-256 of the terms that were read, as 'invitation show' names it
    #[arg(long, value_name = "SHA256")]
    agree_terms: Option<String>,
    /// Name of the received share [default: made from the share's name]
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
}

impl Source {
    fn request(&self) -> Result<InvitationSource, Failure> {
        let invitation = input::invitation(&self.invitation)?;
        let exchange_folder = values::absolute_option(self.exchange_folder.as_deref())?;
        Ok(InvitationSource { invitation, exchange_folder })
    }
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<u8, Failure> {
    let (app, output) = (&session.app, &session.output);
    match command {
        Command::Show(source) => output.show(&app.invitation_show(source.request()?).await?, preview_text)?,
        Command::Accept(accept) => {
            let InvitationSource { invitation, exchange_folder } = accept.source.request()?;
            let agree_terms_sha256 = accept.agree_terms;
            let request =
                InvitationAccept { invitation, exchange_folder, agree_terms_sha256, name: accept.name };
            output.show(&app.invitation_accept(request).await?, accepted_text)?;
        }
        Command::Reject(source) => {
            let rejected = app.invitation_reject(source.request()?).await?;
            output.done(&rejected, |_| "Rejected. The provider sees it.".to_owned())?;
        }
        Command::List { share } => {
            output.show(app.invitation_list(ShareName { share }).await?.as_slice(), list_text)?;
        }
        Command::Link { id, out } => {
            let link = match values::absolute_option(out.as_deref())? {
                Some(path) => app.invitation_save(InvitationSave { invitation_id: id, path }).await?,
                None => app.invitation_link(InvitationId { invitation_id: id }).await?,
            };
            output.show(&link, invite::text)?;
        }
        Command::Withdraw { id } => {
            let withdrawn = app.invitation_withdraw(InvitationId { invitation_id: id }).await?;
            output.done(&withdrawn, |invitation| {
                format!("The invitation for {} is withdrawn.", invitation.email)
            })?;
        }
        Command::Send { id, with } => return invite::send(id, with, session).await,
    }
    Ok(DONE)
}

fn accepted_text(accepted: &InvitationAccepted) -> String {
    let name = &accepted.received;
    match accepted.status {
        SubscriptionStatus::Active => format!(
            "Accepted as '{name}'. Say where the data goes with 'datashare mapping set {name} ...', then take a snapshot."
        ),
        SubscriptionStatus::WaitingForProvider => format!(
            "Accepted as '{name}'. The provider's Datashare has to answer before the first snapshot; see \
             'datashare received show {name}'."
        ),
        status => format!("Accepted as '{name}': {}.", words::state(status)),
    }
}

fn preview_text(preview: &InvitationPreview) -> String {
    let provider = &preview.provider;
    let mut lines = vec![
        format!(
            "{} ({}, {}) invites {}",
            provider.name, provider.organisation, provider.email, preview.email
        ),
        format!("Safety code:  {}", provider.safety_code),
        format!("Fingerprint:  {}", provider.fingerprint),
        format!("Share:        {} ({})", preview.share.name, words::state(preview.share.kind)),
        format!("Description:  {}", preview.share.description),
        format!("Until:        {}", words::time(preview.expires_at)),
        format!("Status:       {}", words::state(preview.status)),
    ];
    lines.extend(preview.status_message.clone());
    lines.extend(preview.received.iter().map(|name| format!("It is the received share '{name}' here.")));
    lines.extend(preview.schedule.iter().map(|schedule| format!("Schedule:     {schedule}")));
    for dataset in &preview.datasets {
        let files =
            dataset.files.map(|files| format!(", {}", words::counted(files, "file"))).unwrap_or_default();
        let size = dataset.bytes.map(|size| format!(", {}", words::bytes(size))).unwrap_or_default();
        lines.push(format!("Dataset:      {} ({}{files}{size})", dataset.name, words::state(dataset.kind)));
    }
    if let (Some(terms), Some(sha256)) = (&preview.terms, &preview.terms_sha256) {
        lines.push(format!("Terms of use, SHA-256 {sha256}:\n\n{terms}"));
    }
    lines.join("\n")
}

fn list_text(invitations: &[Invitation]) -> String {
    let head = ["id", "e-mail", "status", "acceptance", "made", "until", "answered"];
    Table::new(&head, "Nobody was invited yet.").rows(invitations, |invitation| {
        [
            invitation.invitation_id.clone(),
            invitation.email.clone(),
            words::state(invitation.status),
            words::state(invitation.acceptance),
            words::time(invitation.created_at),
            words::time(invitation.expires_at),
            words::or_dash(invitation.answered_at.map(words::time)),
        ]
    })
}
