//! The mail server of a workspace, and invitations sent by it.

use datashare_secret::Secret;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::ErrorDto;

/// How the way to the mail server is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum MailSecurity {
    /// From the first byte; usually port 465.
    Tls,
    /// After a word in clear; usually port 587.
    StartTls,
    /// Not at all; only to a server on this computer.
    None,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct MailSettings {
    /// Name or IP address of the server.
    pub server: String,
    pub port: u16,
    pub security: MailSecurity,
    /// Whom the server knows the sender as; without one there is no login.
    pub user: Option<String>,
    /// The address that mails come from.
    pub from: String,
}

#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct MailSet {
    pub settings: MailSettings,
    /// The one that is kept when `None`; it stays only with the same server and user.
    #[ts(type = "string | null")]
    pub password: Option<Secret>,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct MailStatus {
    /// `None` until a server was named.
    pub settings: Option<MailSettings>,
}

#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct MailCheck {
    pub ok: bool,
    /// What was done, or what is wrong, in words.
    pub message: String,
    /// `mail-login`, `mail-certificate` …; `None` when ok.
    pub code: Option<String>,
    pub hint: Option<String>,
}

/// What of an invitation stands in its mail. Whoever reads the mail can answer the invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum MailContents {
    Link,
    /// The `.datashare` file; for mail programs and filters that remove links.
    File,
    LinkAndFile,
}

#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct InvitationSend {
    pub invitation_ids: Vec<String>,
    pub contents: MailContents,
}

/// The outcome for one of several invitations.
#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct InvitationSent {
    pub invitation_id: String,
    pub email: String,
    /// Why its mail was not sent; `None` when the server took it.
    pub problem: Option<ErrorDto>,
}
