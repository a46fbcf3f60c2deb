//! `datashare invite`

use std::num::NonZeroU16;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use clap::Args;
use datashare_app::dto::{
    self, InvitationLink, InvitationSave, InvitationSend, InvitationSent, MailContents, WantedChange,
};
use datashare_domain::AcceptanceMode;

use super::approval;
use crate::failure::{DONE, FAILED, Failure};
use crate::session::Session;
use crate::{values, words};

pub(crate) const CONTENTS: &[&str] = &["link", "file", "link-and-file"];
const ACCEPTANCE: &[&str] = &["automatic", "ask", "right-away"];

#[derive(Args, Debug)]
#[command(after_help = "Examples:
  datashare invite sales --email ben@fabrikam.example --expires 14d --out sales.datashare
  datashare invite sales --email ben@fabrikam.example --request-approval ben.datashare-approval
  datashare invite sales --email ben@fabrikam.example --send")]
pub(crate) struct Invite {
    /// Name or id of the share
    share: String,
    /// The recipient's address; repeat it for several
    #[arg(long, required = true, value_name = "ADDRESS")]
    email: Vec<String>,
    /// When the invitation ends: a day, a time, or a span such as 14d [default: 30 days from now]
    #[arg(long, value_name = "DATE", value_parser = values::until)]
    expires: Option<DateTime<Utc>>,
    /// What happens when the recipient accepts: access at once while this workspace's agent or window runs; after you
    /// approved; or access prepared now, so that whoever holds the link can accept
    #[arg(long, value_name = "MODE", default_value = "automatic", value_parser = values::one_of::<AcceptanceMode>(ACCEPTANCE))]
    accept: AcceptanceMode,
    /// Write the invitation to a file too; of several, each to a numbered one
    #[arg(long, value_name = "FILE.datashare")]
    out: Option<PathBuf>,
    /// Make this many invitations for each address
    #[arg(long, value_name = "N")]
    count: Option<NonZeroU16>,
    /// Send nothing; write a request for a second person's approval of it
    #[arg(long, value_name = "FILE.datashare-approval", conflicts_with_all = ["out", "count"])]
    request_approval: Option<PathBuf>,
    /// Send each invitation by the server of 'datashare mail', with a link, a file or both
    #[arg(long, value_name = "CONTENTS", num_args = 0..=1, require_equals = true, default_missing_value = "link-and-file", value_parser = values::one_of::<MailContents>(CONTENTS))]
    send: Option<MailContents>,
}

pub(crate) async fn run(command: Invite, session: &Session) -> Result<u8, Failure> {
    let several = command.email.len() > 1 || command.count.is_some();
    let times = command.count.map_or(1, |count| count.get());
    let request = dto::Invite {
        share: command.share,
        emails: command.email,
        expires_at: command.expires,
        acceptance: command.accept,
    };
    if let Some(path) = &command.request_approval {
        return approval::ask(WantedChange::Invitation(request), path, session).await.map(|()| DONE);
    }
    let mut links = Vec::new();
    for _ in 0..times {
        links.extend(session.app.invite(request.clone()).await?);
    }
    if let Some(out) = &command.out {
        for (index, link) in links.iter_mut().enumerate() {
            let path = if several { numbered(out, index + 1) } else { out.clone() };
            let save =
                InvitationSave { invitation_id: link.invitation_id.clone(), path: values::absolute(&path)? };
            *link = session.app.invitation_save(save).await?;
        }
    }
    match links.as_slice() {
        [link] if !several => session.output.show(link, text)?,
        links => {
            session.output.show(links, |links| links.iter().map(text).collect::<Vec<_>>().join("\n\n"))?;
        }
    }
    match command.send {
        Some(contents) => {
            send(links.into_iter().map(|link| link.invitation_id).collect(), contents, session).await
        }
        None => Ok(DONE),
    }
}

/// Sends invitations by mail and says what became of each.
pub(crate) async fn send(
    invitation_ids: Vec<String>,
    contents: MailContents,
    session: &Session,
) -> Result<u8, Failure> {
    let sent = session.app.invitation_send(InvitationSend { invitation_ids, contents }).await?;
    session.output.show(sent.as_slice(), |sent| sent.iter().map(sent_text).collect::<Vec<_>>().join("\n"))?;
    Ok(if sent.iter().all(|sent| sent.problem.is_none()) { DONE } else { FAILED })
}

fn sent_text(sent: &InvitationSent) -> String {
    match &sent.problem {
        None => format!("Sent to {}.", sent.email),
        Some(problem) => {
            let hint = problem.hint.as_ref().map(|hint| format!(" {hint}")).unwrap_or_default();
            format!("Not sent to {}: {}{hint}", sent.email, problem.message)
        }
    }
}

/// `sales.datashare` as `sales-2.datashare`
fn numbered(path: &Path, number: usize) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension =
        path.extension().map(|extension| format!(".{}", extension.to_string_lossy())).unwrap_or_default();
    path.with_file_name(format!("{stem}-{number}{extension}"))
}

pub(crate) fn text(link: &InvitationLink) -> String {
    let file = link.file.as_ref().map(|file| format!("\nFile:    {file}")).unwrap_or_default();
    format!(
        "Invitation {} for {}, until {}.{file}\nLink:    {}\nWhoever holds the link or the file can answer: send it to \
         the recipient only.",
        link.invitation_id,
        link.email,
        words::time(link.expires_at),
        link.link
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_several_invitations_are_numbered() {
        assert_eq!(numbered(Path::new("a/sales.datashare"), 2), Path::new("a/sales-2.datashare"));
        assert_eq!(numbered(Path::new("sales"), 10), Path::new("sales-10"));
    }
}
