//! What mails say, as plain text and as HTML. Names in them come from people: in HTML they are text, never markup.

use datashare_mail::{Mail, Person};

use crate::database::shares::MailboxRow;
use crate::dto::MailContents;
use crate::provider::ShareContext;

const OPEN_FILE: &str = "Open the attached file on a computer with Datashare.";
const OR_OPEN_FILE: &str = "Or open the attached file with Datashare.";

/// The words of one invitation.
pub(crate) struct InvitationWords {
    share: String,
    /// Name and organisation.
    sender: String,
    until: String,
}

impl InvitationWords {
    pub(crate) fn new(context: &ShareContext, row: &MailboxRow) -> Self {
        Self {
            share: context.row.name.clone(),
            sender: format!("{} ({})", context.card.name, context.card.organisation),
            until: row.expires_at.format("%-d %B %Y").to_string(),
        }
    }

    pub(crate) fn subject(&self) -> String {
        format!("{} shares \"{}\" with you", self.sender, self.share)
    }

    pub(crate) fn text(&self, link: &str, contents: MailContents) -> String {
        let with_link = format!(
            "Open this link on a computer with Datashare, or paste it into Datashare under \"Open an invitation\":\n\n{link}\n\n"
        );
        let how = match contents {
            MailContents::Link => with_link,
            MailContents::File => format!("{OPEN_FILE}\n\n"),
            MailContents::LinkAndFile => format!("{with_link}{OR_OPEN_FILE}\n\n"),
        };
        format!("Hello,\n\n{}\n\n{how}{}\n", self.first(), self.last())
    }

    pub(crate) fn html(&self, link: &str, contents: MailContents) -> String {
        let how = match contents {
            MailContents::Link => link_in_html(link),
            MailContents::File => paragraph(OPEN_FILE),
            MailContents::LinkAndFile => link_in_html(link) + &paragraph(OR_OPEN_FILE),
        };
        let first = paragraph("Hello,") + &paragraph(&escaped(&self.first()));
        document(&self.subject(), &(first + &how + &paragraph(&escaped(&self.last()))))
    }

    fn first(&self) -> String {
        format!("{} invites you to receive the data \"{}\" with Datashare.", self.sender, self.share)
    }

    fn last(&self) -> String {
        format!(
            "The invitation is open until {} and can be accepted once. It is meant for you alone: please do not pass it on.",
            self.until
        )
    }
}

/// Some paragraphs of text.
pub(crate) fn plain_mail((from, to): (Person, Person), subject: String, text: String) -> Mail {
    let paragraphs: String =
        text.split("\n\n").map(|part| paragraph(&escaped(part.trim()).replace('\n', "<br>\n"))).collect();
    let html = document(&subject, &paragraphs);
    Mail { from, to, subject, text, html, attachment: None }
}

/// To the sender itself, to see whether mails go out.
pub(super) fn test_mail(from: &Person) -> Mail {
    const SUBJECT: &str = "Datashare can send mail";
    const TEXT: &str = "This is the test mail that you asked for. Invitations will be sent in the same way.";
    Mail {
        from: from.clone(),
        to: from.clone(),
        subject: SUBJECT.into(),
        text: format!("{TEXT}\n"),
        html: document(SUBJECT, &paragraph(TEXT)),
        attachment: None,
    }
}

/// Also to be copied: many mail programs open no link but those of the web.
fn link_in_html(link: &str) -> String {
    const BUTTON: &str = "display:inline-block;padding:10px 20px;border-radius:4px;background:#0f6cbd;color:#ffffff;text-decoration:none";
    let link = escaped(link);
    paragraph(&format!(r#"<a href="{link}" style="{BUTTON}">Open the invitation</a>"#))
        + &paragraph("If nothing happens, paste this into Datashare under “Open an invitation”:")
        + &paragraph(&format!(r#"<code style="word-break:break-all">{link}</code>"#))
}

fn paragraph(html: &str) -> String {
    format!("<p>{html}</p>\n")
}

fn document(title: &str, body: &str) -> String {
    let title = escaped(title);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{title}</title></head>\n\
         <body style=\"font-family:sans-serif;line-height:1.5\">\n{body}</body>\n</html>\n"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> InvitationWords {
        InvitationWords {
            share: "<b>Sales</b>".into(),
            sender: "A & B (C)".into(),
            until: "1 May 2027".into(),
        }
    }

    const LINK: &str = "datashare://invitation#abc";

    #[test]
    fn names_are_text_in_html_and_stay_as_they_are_in_plain_text() {
        let html = words().html(LINK, MailContents::Link);
        assert!(html.contains("A &amp; B (C)") && html.contains("&lt;b&gt;Sales&lt;/b&gt;"), "{html}");
        assert!(!html.contains("<b>"), "{html}");
        assert!(words().text(LINK, MailContents::Link).contains("<b>Sales</b>"));
    }

    #[test]
    fn a_mail_with_the_file_alone_has_no_link() {
        for text in [words().text(LINK, MailContents::File), words().html(LINK, MailContents::File)] {
            assert!(!text.contains(LINK) && text.contains(OPEN_FILE), "{text}");
        }
        let both = words().text(LINK, MailContents::LinkAndFile);
        assert!(both.contains("\ndatashare://invitation#abc\n") && both.contains(OR_OPEN_FILE), "{both}");
    }
}
