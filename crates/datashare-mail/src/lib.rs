//! Sends mail by SMTP, over one connection for as many mails as there are.
//!
//! It knows servers and mails, and nothing of shares. It never speaks in clear to another computer, never goes on without
//! the encryption that was asked for, never retries, and puts no password and nothing a server says about a login into
//! an error.

mod connection;
mod error;
mod mail;
#[cfg(test)]
mod tests;

pub use connection::{Connection, Login, Security, Server, is_this_computer};
pub use error::{MailError, Problem};
pub use mail::{Attachment, Mail, Person};
