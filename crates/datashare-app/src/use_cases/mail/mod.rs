//! The workspace's mail server: its settings in the database, its password in the vault.

mod invitations;
mod words;

use std::time::Duration;

use datashare_mail::{
    Connection, Login, Mail, MailError, Person, Problem, Security, Server, is_this_computer,
};
use datashare_secret::Secret;

pub(crate) use words::{InvitationWords, plain_mail};

use crate::database::meta;
use crate::dto::{MailCheck, MailSecurity, MailSet, MailSettings, MailStatus, Nothing, Tag};
use crate::{App, AppError, Code, Result, secret_names};

/// For one step of the conversation. Servers that check a sender take half a minute for it.
const PATIENCE: Duration = Duration::from_secs(45);

impl App {
    pub async fn mail_show(&self, _request: Nothing) -> Result<MailStatus> {
        Ok(MailStatus { settings: self.mail_settings()? })
    }

    /// Says how mails go out from now on. Does not reach the server.
    pub async fn mail_set(&self, request: MailSet) -> Result<MailStatus> {
        let settings = examined(request.settings)?;
        let before = self.mail_settings()?;
        let password = request.password.filter(|password| !password.is_empty());
        // A password goes only to the server it was given for.
        let kept = before.is_some_and(|before| {
            (before.server, before.port, before.user)
                == (settings.server.clone(), settings.port, settings.user.clone())
        });
        match (&settings.user, password) {
            (Some(_), Some(password)) => self.vault().set(secret_names::MAIL, &password).await?,
            (Some(_), None) if kept => {}
            (Some(_), None) => {
                return Err(AppError::invalid("The password for the mail server is missing.")
                    .hint("Give it with the user; or leave out both, if the server wants no login."));
            }
            (None, Some(_)) => {
                return Err(AppError::invalid("There is a password for the mail server, but no user.")
                    .hint("Name the user; it is often the e-mail address."));
            }
            (None, None) => self.vault().delete(secret_names::MAIL).await?,
        }
        let text = serde_json::to_string(&settings)?;
        self.database().write(|transaction| meta::set(transaction, meta::MAIL, &text))?;
        self.changed(&[Tag::Workspace]);
        Ok(MailStatus { settings: Some(settings) })
    }

    /// Forgets the mail server and its password.
    pub async fn mail_clear(&self, _request: Nothing) -> Result<MailStatus> {
        self.vault().delete(secret_names::MAIL).await?;
        self.database().write(|transaction| meta::remove(transaction, meta::MAIL))?;
        self.changed(&[Tag::Workspace]);
        Ok(MailStatus { settings: None })
    }

    /// Sends a mail to the sender itself; what is wrong with the server or its settings is an answer, not an error.
    pub async fn mail_test(&self, _request: Nothing) -> Result<MailCheck> {
        let tried = self.send_test_mail().await;
        match tried {
            Ok(to) => Ok(MailCheck {
                ok: true,
                message: format!("The mail server took a mail for {to}. See whether it arrives."),
                code: None,
                hint: None,
            }),
            Err(error) if matches!(error.code, Code::Mail(_)) => Ok(MailCheck {
                ok: false,
                code: Some(error.code.as_str().to_owned()),
                message: error.message,
                hint: error.hint,
            }),
            Err(error) => Err(error),
        }
    }

    async fn send_test_mail(&self) -> Result<String> {
        let mut outbox = self.outbox().await?;
        let to = outbox.from.address.clone();
        let mail = words::test_mail(&outbox.from);
        outbox.connection.send(&mail).await?;
        outbox.connection.close().await;
        Ok(to)
    }

    /// The mail server, reached and logged in to. [`Code::MailNotSetUp`] when there is none.
    pub(crate) async fn outbox(&self) -> Result<Outbox> {
        let settings = self.mail_settings()?.ok_or_else(|| {
            AppError::new(Code::MailNotSetUp, "Datashare does not know yet by which server it can send mail.")
                .hint("Name the server in the settings, or with 'datashare mail set'.")
        })?;
        let name = self.card_if_any()?.map(|card| card.name).unwrap_or_default();
        let from = Person { name, address: settings.from.clone() };
        let password = match settings.user {
            Some(_) => self.vault().get(secret_names::MAIL).await?,
            None => None,
        };
        Ok(Outbox { connection: Connection::open(&server(settings, password)).await?, from })
    }

    fn mail_settings(&self) -> Result<Option<MailSettings>> {
        let text = self.database().read(|connection| meta::get(connection, meta::MAIL))?;
        Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
    }
}

/// A way to send mails, and whom they come from.
pub(crate) struct Outbox {
    pub(crate) connection: Connection,
    pub(crate) from: Person,
}

impl Outbox {
    pub(crate) async fn send(&mut self, mail: &Mail) -> Result<()> {
        Ok(self.connection.send(mail).await?)
    }
}

fn server(settings: MailSettings, password: Option<Secret>) -> Server {
    let login = settings.user.zip(password).map(|(user, password)| Login { user, password });
    let security = match settings.security {
        MailSecurity::Tls => Security::Tls,
        MailSecurity::StartTls => Security::StartTls,
        MailSecurity::None => Security::None,
    };
    Server { host: settings.server, port: settings.port, security, login, patience: PATIENCE }
}

/// What can be said about settings without reaching the server.
fn examined(settings: MailSettings) -> Result<MailSettings> {
    let server = settings.server.trim().to_owned();
    let plausible = !server.is_empty() && !server.contains(|c: char| c.is_whitespace() || "/@?#".contains(c));
    if !plausible {
        return Err(AppError::invalid(format!("'{server}' is not the name of a mail server."))
            .hint("It looks like smtp.contoso.example; the port has a field of its own."));
    }
    if settings.port == 0 {
        return Err(AppError::invalid("0 is not a port.").hint("Usual are 465 (TLS) and 587 (STARTTLS)."));
    }
    if settings.security == MailSecurity::None && !is_this_computer(&server) {
        let message = format!(
            "Mail would go to {server} without encryption, and everybody on the way could read the invitations."
        );
        return Err(AppError::invalid(message)
            .hint("Choose TLS or STARTTLS. Without encryption only a server on this computer can be used."));
    }
    let from = settings.from.trim().to_owned();
    Person::of(from.clone()).check()?;
    let user = settings.user.map(|user| user.trim().to_owned()).filter(|user| !user.is_empty());
    Ok(MailSettings { server, user, from, ..settings })
}

impl From<MailError> for AppError {
    fn from(error: MailError) -> Self {
        let code = match error.problem {
            Problem::Address => Code::InvalidRequest,
            problem => Code::Mail(problem),
        };
        let mut told = Self::new(code, error.message.clone());
        told.hint = hint(error.problem).map(str::to_owned);
        told.retry = error.retry;
        told.because(error)
    }
}

fn hint(problem: Problem) -> Option<&'static str> {
    Some(match problem {
        Problem::UnknownServer => "Check the server's name in the mail settings, and the network connection.",
        Problem::Refused => "Check the port in the mail settings: usual are 465 (TLS) and 587 (STARTTLS).",
        Problem::Unreachable | Problem::Timeout => {
            "Check the network connection, the server's name and the port; then try again."
        }
        Problem::Encryption => "Choose the other kind of encryption, or another port, in the mail settings.",
        Problem::Certificate => {
            "Check the server's name. If your organisation has certificates of its own, add its authority to this computer's trusted ones."
        }
        Problem::Login => {
            "Check user and password in the mail settings. Some services want a password made for this application only."
        }
        Problem::Sender => "Use the address in the mail settings that belongs to the user.",
        Problem::Recipient => "Check the recipient's address, or send the link in another way.",
        Problem::Rejected => "Ask whoever runs the mail server; until then, send the link in another way.",
        Problem::Address => return None,
    })
}
