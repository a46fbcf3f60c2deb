//! What went wrong, by the step at which it did.

use lettre::transport::smtp::Error as SmtpError;

/// At which step a mail was stopped, so that a hint can follow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The server's name means nothing in the network.
    UnknownServer,
    /// Nobody listens at the port.
    Refused,
    /// The server, or the way to it, is out of order.
    Unreachable,
    /// The server did not answer in time.
    Timeout,
    /// The server does not offer the encryption that was asked for.
    Encryption,
    /// The server's certificate is not trusted, or of another name.
    Certificate,
    /// User or password were refused.
    Login,
    /// The server does not take mail from this sender.
    Sender,
    /// The server does not take mail for this recipient.
    Recipient,
    /// An address that is none.
    Address,
    /// The server said no to something else.
    Rejected,
}

/// An error in whole sentences, without secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct MailError {
    pub problem: Problem,
    pub message: String,
    /// The same may work later.
    pub retry: bool,
}

impl MailError {
    pub(crate) fn new(problem: Problem, message: impl Into<String>) -> Self {
        let retry = matches!(problem, Problem::Refused | Problem::Unreachable | Problem::Timeout);
        Self { problem, message: message.into(), retry }
    }

    /// What the server answered to a command that `problem` names. `intent` is a half sentence: `does not take mail from …`.
    pub(crate) fn answered(server: &str, problem: Problem, intent: &str, error: &SmtpError) -> Self {
        if error.status().is_none() {
            return Self::broken(server, error);
        }
        let message = format!("The mail server {server} {intent}: it answered \"{}\".", reply(error));
        Self { retry: error.is_transient(), ..Self::new(problem, message) }
    }

    /// A login that was refused. What the server says is left out: it may repeat what it was told.
    pub(crate) fn login(server: &str, user: &str, error: &SmtpError) -> Self {
        let Some(code) = error.status() else { return Self::broken(server, error) };
        let message = format!("The mail server {server} refused the login of {user} ({code}).");
        Self { retry: error.is_transient(), ..Self::new(Problem::Login, message) }
    }

    /// The connection did not come about, or ended.
    pub(crate) fn broken(server: &str, error: &SmtpError) -> Self {
        let causes = causes(error);
        let certificate = causes.iter().find_map(|cause| match cause.downcast_ref() {
            Some(rustls::Error::InvalidCertificate(why)) => Some(why),
            _ => None,
        });
        if let Some(why) = certificate {
            let message = format!("The certificate of the mail server {server} is not trusted: {why}.");
            return Self::new(Problem::Certificate, message);
        }
        if causes.iter().any(|cause| cause.is::<rustls::Error>()) {
            let message = format!("The mail server {server} does not speak TLS at this port.");
            return Self::new(Problem::Encryption, message);
        }
        let kind =
            causes.iter().find_map(|cause| cause.downcast_ref::<std::io::Error>()).map(std::io::Error::kind);
        match kind {
            Some(std::io::ErrorKind::ConnectionRefused) => {
                let message =
                    format!("Nothing answers at the mail server {server}: the connection was refused.");
                Self::new(Problem::Refused, message)
            }
            Some(std::io::ErrorKind::TimedOut) => Self::timeout(server),
            Some(kind) => {
                let message = format!("The mail server {server} cannot be reached: {kind}.");
                Self::new(Problem::Unreachable, message)
            }
            None if error.is_response()
                && causes.iter().any(|cause| cause.to_string() == "incomplete response") =>
            {
                Self::new(Problem::Unreachable, format!("The mail server {server} ended the connection."))
            }
            None => {
                let message = format!("What answers at {server} does not speak like a mail server.");
                Self::new(Problem::Rejected, message)
            }
        }
    }

    pub(crate) fn timeout(server: &str) -> Self {
        let message = format!("The mail server {server} did not answer in time.");
        Self::new(Problem::Timeout, message)
    }
}

/// Every error that led to this one, itself first. An IO error hides the one it was made from, so it is looked into.
fn causes<'a>(error: &'a (dyn std::error::Error + 'static)) -> Vec<&'a (dyn std::error::Error + 'static)> {
    let mut found = vec![error];
    let mut rest = vec![error];
    while let Some(error) = rest.pop() {
        let inside = error.downcast_ref::<std::io::Error>().and_then(|io| io.get_ref());
        let inside = inside.map(|inside| inside as &(dyn std::error::Error + 'static));
        let next: Vec<_> = inside.into_iter().chain(error.source()).collect();
        found.extend(&next);
        rest.extend(next);
    }
    found
}

/// Code and text of the answer, on one line and no longer than a person reads.
fn reply(error: &SmtpError) -> String {
    let code = error.status().map(|code| code.to_string()).unwrap_or_default();
    let text = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect();
    format!("{code} {text}").trim().to_owned()
}
