//! A mail and its bytes: one text for people, once plain and once as HTML, and a file.

use lettre::message::header::ContentType;
use lettre::message::{Attachment as Part, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};

use crate::{MailError, Problem};

/// A name, which may be empty, and an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub name: String,
    pub address: String,
}

#[derive(Clone, Debug)]
pub struct Attachment {
    pub file_name: String,
    /// Such as `application/x-datashare`.
    pub media_type: String,
    pub bytes: Vec<u8>,
}

/// One mail for one person.
#[derive(Clone, Debug)]
pub struct Mail {
    pub from: Person,
    pub to: Person,
    pub subject: String,
    pub text: String,
    /// The same as `text`, as a whole HTML document.
    pub html: String,
    pub attachment: Option<Attachment>,
}

impl Person {
    pub fn of(address: impl Into<String>) -> Self {
        Self { name: String::new(), address: address.into() }
    }

    pub(crate) fn parsed(&self) -> Result<Address, MailError> {
        self.address.parse().map_err(|_| {
            MailError::new(Problem::Address, format!("'{}' is not an e-mail address.", self.address))
        })
    }

    /// # Errors
    /// [`Problem::Address`] when the address is none.
    pub fn check(&self) -> Result<(), MailError> {
        self.parsed().map(drop)
    }

    fn mailbox(&self) -> Result<Mailbox, MailError> {
        let name = Some(self.name.trim().to_owned()).filter(|name| !name.is_empty());
        Ok(Mailbox::new(name, self.parsed()?))
    }
}

impl Mail {
    /// As it goes over the wire; ASCII only, so that every server takes it.
    pub(crate) fn message(&self) -> Result<Message, MailError> {
        let words = MultiPart::alternative_plain_html(self.text.clone(), self.html.clone());
        let body = match &self.attachment {
            None => words,
            Some(file) => MultiPart::mixed().multipart(words).singlepart(file.part()),
        };
        let subject: String = self.subject.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        Message::builder()
            .from(self.from.mailbox()?)
            .to(self.to.mailbox()?)
            .subject(subject)
            .message_id(None)
            .multipart(body)
            .map_err(|error| {
                MailError::new(Problem::Address, format!("The mail cannot be written: {error}."))
            })
    }
}

impl Attachment {
    fn part(&self) -> SinglePart {
        let media_type = ContentType::parse(&self.media_type).unwrap_or(ContentType::TEXT_PLAIN);
        Part::new(self.file_name.clone()).body(self.bytes.clone(), media_type)
    }
}
