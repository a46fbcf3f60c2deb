//! `datashare approval`

use std::path::{Path, PathBuf};

use clap::Subcommand;
use datashare_app::dto::{
    Approval, ApprovalAsk, ApprovalFile, ApprovalGrant, ApprovalImported, ApprovalRefuse, ApprovalStatus,
    Nothing, Party, ProposedDataset, ProposedInvitation, WantedChange,
};

use super::{dataset, invite};
use crate::failure::Failure;
use crate::session::Session;
use crate::table::Table;
use crate::{values, words};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List what this workspace asked approval for
    #[command(after_help = "Example:\n  datashare approval list")]
    List,
    /// Show what a file asks for, or answers
    #[command(after_help = "Example:\n  datashare approval show ben.datashare-approval")]
    Show {
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Approve what somebody else asks for
    #[command(
        after_help = "Example:\n  datashare approval grant ben.datashare-approval --out ben-approved.datashare-approval"
    )]
    Grant {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The answer to write, for whoever asked
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Refuse what somebody else asks for
    #[command(
        after_help = "Example:\n  datashare approval refuse ben.datashare-approval --reason \"Not before May\" --out ben-refused.datashare-approval"
    )]
    Refuse {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Why, for whoever asked
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// The answer to write, for whoever asked
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Take in an answer and do what was approved: invitations go out, the dataset is added
    #[command(after_help = "Example:\n  datashare approval import ben-approved.datashare-approval")]
    Import {
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

/// Writes a request for something that the rules do not allow alone.
pub(crate) async fn ask(change: WantedChange, path: &Path, session: &Session) -> Result<(), Failure> {
    let request = ApprovalAsk { change, path: values::absolute(path)? };
    let path = request.path.clone();
    session.output.show(&session.app.approval_ask(request).await?, |asked| {
        format!(
            "The request is in {path}. Give it to one of the approvers before {}; when they have answered, import their file.",
            words::time(asked.expires_at)
        )
    })
}

pub(crate) async fn run(command: Command, session: &Session) -> Result<(), Failure> {
    let (app, output) = (&session.app, &session.output);
    match command {
        Command::List => output.show(app.approval_list(Nothing {}).await?.as_slice(), list_text),
        Command::Show { file } => {
            let path = values::absolute(&file)?;
            output.show(&app.approval_show(ApprovalFile { path }).await?, text)
        }
        Command::Grant { file, out } => {
            let request = ApprovalGrant { path: values::absolute(&file)?, out: values::absolute(&out)? };
            output.done(&app.approval_grant(request).await?, answered_text)
        }
        Command::Refuse { file, reason, out } => {
            let (path, out) = (values::absolute(&file)?, values::absolute(&out)?);
            output.done(&app.approval_refuse(ApprovalRefuse { path, reason, out }).await?, answered_text)
        }
        Command::Import { file } => {
            let path = values::absolute(&file)?;
            output.show(&app.approval_import(ApprovalFile { path }).await?, imported_text)
        }
    }
}

fn list_text(approvals: &[Approval]) -> String {
    let head = ["request", "share", "what", "asked", "state", "answered by"];
    Table::new(&head, "No approval was asked for yet.").rows(approvals, |approval| {
        [
            approval.request_id.clone(),
            approval.share.clone(),
            what(approval),
            words::time(approval.asked_at),
            words::state(approval.status),
            words::or_dash(approval.answered_by.as_ref().map(|by| by.name.clone())),
        ]
    })
}

fn what(approval: &Approval) -> String {
    match (&approval.invitation, &approval.dataset) {
        (Some(invitation), _) => format!("invite {}", invitation.emails.join(", ")),
        (None, Some(dataset)) => format!("add dataset {}", dataset.name),
        (None, None) => String::new(),
    }
}

fn text(approval: &Approval) -> String {
    let mut lines = vec![
        format!("Request {}: {}", approval.request_id, words::state(approval.status)),
        format!("  share        {} ({})", approval.share, approval.share_id),
        format!("  asked by     {}", party(&approval.asked_by)),
        format!(
            "  asked        {}, to be answered until {}",
            words::time(approval.asked_at),
            words::time(approval.expires_at)
        ),
    ];
    lines.extend(approval.invitation.iter().flat_map(invitation_text));
    lines.extend(approval.dataset.iter().map(|dataset| dataset_text("add dataset ", dataset)));
    if let (Some(by), Some(at)) = (&approval.answered_by, approval.answered_at) {
        lines.push(format!("  answered by  {}, {}", party(by), words::time(at)));
    }
    lines.extend(approval.reason.iter().map(|reason| format!("  reason       {reason}")));
    if approval.may_be_answered_here {
        lines.push("You may approve or refuse it. The six words tell who asks: compare them.".to_owned());
    }
    lines.join("\n")
}

fn invitation_text(invitation: &ProposedInvitation) -> Vec<String> {
    let access = invitation.access_days.map_or_else(
        || "without an end".to_owned(),
        |days| format!("for {}", words::counted(days.into(), "day")),
    );
    let mut lines = vec![
        format!("  invite       {}", invitation.emails.join(", ")),
        format!("  open until   {}", words::time(invitation.expires_at)),
        format!("  acceptance   {}, access {access}", words::state(invitation.acceptance)),
    ];
    lines.extend(invitation.datasets.iter().map(|dataset| dataset_text("dataset     ", dataset)));
    lines.push(match (invitation.terms_version, &invitation.terms_sha256, &invitation.terms_text) {
        (Some(version), Some(sha256), Some(text)) => {
            format!("  terms        version {version}, SHA-256 {sha256}:\n{text}")
        }
        _ => "  terms        none".to_owned(),
    });
    lines
}

fn dataset_text(label: &str, dataset: &ProposedDataset) -> String {
    let sensitive = if dataset.sensitive { ", SENSITIVE" } else { "" };
    format!(
        "  {label} {}: the {} '{}' in {} ({}), {}, {}{sensitive}",
        dataset.name,
        words::state(dataset.kind),
        dataset.path,
        dataset.connection,
        dataset.place,
        dataset.files.map_or_else(|| "not counted".to_owned(), |files| words::counted(files, "file")),
        words::or_dash(dataset.bytes.map(words::bytes))
    )
}

fn party(party: &Party) -> String {
    format!("{} ({}), {}: {}", party.name, party.organisation, party.email, party.safety_code)
}

fn answered_text(approval: &Approval) -> String {
    let answer = if approval.status == ApprovalStatus::Refused { "Refused" } else { "Approved" };
    format!("{answer}: {}. Give the answer's file to {}.", what(approval), approval.asked_by.name)
}

fn imported_text(imported: &ApprovalImported) -> String {
    let approval = &imported.approval;
    let by = approval.answered_by.as_ref().map_or("", |by| by.name.as_str());
    if approval.status == ApprovalStatus::Refused {
        let reason = approval.reason.as_ref().map(|reason| format!(" {reason}")).unwrap_or_default();
        return format!("{by} refused it; nothing was done.{reason}");
    }
    let done =
        imported.links.iter().map(invite::text).chain(imported.dataset.iter().map(dataset::added_text));
    [format!("{by} approved it.")].into_iter().chain(done).collect::<Vec<_>>().join("\n\n")
}
