//! One conversation with a mail server.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use datashare_secret::Secret;
use lettre::Address;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as From, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};

use crate::mail::Mail;
use crate::{MailError, Problem};

/// How the way to the server is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// From the first byte (usually port 465).
    Tls,
    /// After a word in clear (usually port 587); without it nothing is sent.
    StartTls,
    /// Not at all: only to a server on this computer.
    None,
}

#[derive(Clone, Debug)]
pub struct Login {
    pub user: String,
    pub password: Secret,
}

#[derive(Clone, Debug)]
pub struct Server {
    /// A name or an IP address.
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// Servers inside an organisation often want none.
    pub login: Option<Login>,
    /// How long one step (connecting, one mail) may take.
    pub patience: Duration,
}

impl Server {
    fn shown(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    async fn addresses(&self) -> Result<Vec<SocketAddr>, MailError> {
        let found = tokio::net::lookup_host((self.host.as_str(), self.port)).await;
        let found: Vec<_> = found.map(Iterator::collect).unwrap_or_default();
        if found.is_empty() {
            let message = format!("The network knows no mail server named {}.", self.host);
            return Err(MailError::new(Problem::UnknownServer, message));
        }
        // A name of this computer may be pointed elsewhere.
        if self.security == Security::None && !found.iter().all(|address| address.ip().is_loopback()) {
            let message = format!(
                "The mail server {} is another computer, and the way to it would not be encrypted.",
                self.host
            );
            return Err(MailError::new(Problem::Encryption, message));
        }
        Ok(found)
    }

    fn tls(&self) -> Result<TlsParameters, MailError> {
        TlsParameters::new(self.host.clone()).map_err(|_| {
            let message = format!("No certificate can be checked for the name '{}'.", self.host);
            MailError::new(Problem::Certificate, message)
        })
    }
}

/// Whether this names the computer it is said on.
pub fn is_this_computer(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

/// A server that was reached, encrypted as asked, and logged in to.
pub struct Connection {
    smtp: AsyncSmtpConnection,
    server: String,
    patience: Duration,
}

impl Connection {
    /// # Errors
    /// By the step at which it stopped: name, connection, encryption, certificate, login.
    pub async fn open(server: &Server) -> Result<Self, MailError> {
        within(server.patience, &server.shown(), Self::opened(server)).await
    }

    async fn opened(server: &Server) -> Result<Self, MailError> {
        let shown = server.shown();
        let addresses = server.addresses().await?;
        let hello = ClientId::default();
        let at_once = match server.security {
            Security::Tls => Some(server.tls()?),
            Security::StartTls | Security::None => None,
        };
        let smtp =
            AsyncSmtpConnection::connect_tokio1(addresses.as_slice(), None, &hello, at_once, None).await;
        let mut smtp = smtp.map_err(|error| {
            MailError::answered(&shown, Problem::Rejected, "does not want to talk", &error)
        })?;
        if server.security == Security::StartTls {
            if !smtp.can_starttls() {
                let message = format!(
                    "The mail server {shown} does not offer encryption (STARTTLS); nothing was sent."
                );
                return Err(MailError::new(Problem::Encryption, message));
            }
            let encrypted = smtp.starttls(server.tls()?, &hello).await;
            encrypted.map_err(|error| {
                MailError::answered(&shown, Problem::Encryption, "refuses encryption", &error)
            })?;
        }
        let mut connection = Self { smtp, server: shown, patience: server.patience };
        if let Some(login) = &server.login {
            connection.log_in(login).await?;
        }
        Ok(connection)
    }

    async fn log_in(&mut self, login: &Login) -> Result<(), MailError> {
        const KNOWN: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];
        if self.smtp.server_info().get_auth_mechanism(&KNOWN).is_none() {
            let message = format!("The mail server {} offers no login with a password.", self.server);
            return Err(MailError::new(Problem::Login, message));
        }
        let credentials = Credentials::new(login.user.clone(), login.password.reveal().to_owned());
        let answer = self.smtp.auth(&KNOWN, &credentials).await;
        answer.map(drop).map_err(|error| MailError::login(&self.server, &login.user, &error))
    }

    /// Hands a mail over. After an error that is about this mail only, the next can follow.
    ///
    /// # Errors
    /// By who was refused: the sender, the recipient, or the mail as such.
    pub async fn send(&mut self, mail: &Mail) -> Result<(), MailError> {
        let (patience, server) = (self.patience, self.server.clone());
        within(patience, &server, self.handed_over(mail)).await
    }

    async fn handed_over(&mut self, mail: &Mail) -> Result<(), MailError> {
        let bytes = mail.message()?.formatted();
        let outcome = self.transaction(mail.from.parsed()?, mail.to.parsed()?, &bytes).await;
        if outcome.is_err() {
            // What was begun is forgotten; a connection that is gone shows at the next mail.
            let _ = self.smtp.command(Rset).await;
        }
        outcome
    }

    async fn transaction(&mut self, from: Address, to: Address, bytes: &[u8]) -> Result<(), MailError> {
        let refused = |server: &str, problem, intent: String| {
            let server = server.to_owned();
            move |error| MailError::answered(&server, problem, &intent, &error)
        };
        let foreign = [&from, &to].iter().any(|address| !AsRef::<str>::as_ref(*address).is_ascii());
        let options = if foreign && self.smtp.server_info().supports_feature(Extension::SmtpUtfEight) {
            vec![MailParameter::SmtpUtfEight]
        } else {
            Vec::new()
        };
        let said = refused(&self.server, Problem::Sender, format!("does not take mail from {from}"));
        self.smtp.command(From::new(Some(from), options)).await.map_err(said)?;
        let said = refused(&self.server, Problem::Recipient, format!("does not take mail for {to}"));
        self.smtp.command(Rcpt::new(to, Vec::new())).await.map_err(said)?;
        let said = refused(&self.server, Problem::Rejected, "does not take the mail".into());
        self.smtp.command(Data).await.map_err(&said)?;
        self.smtp.message(bytes).await.map_err(&said)?;
        Ok(())
    }

    /// Takes leave. What was sent stays sent, also when the server no longer listens.
    pub async fn close(mut self) {
        let (patience, server) = (self.patience, self.server.clone());
        let _ = within(patience, &server, async { Ok(self.smtp.quit().await) }).await;
    }
}

async fn within<T>(
    patience: Duration,
    server: &str,
    work: impl Future<Output = Result<T, MailError>>,
) -> Result<T, MailError> {
    tokio::time::timeout(patience, work).await.unwrap_or_else(|_| Err(MailError::timeout(server)))
}
