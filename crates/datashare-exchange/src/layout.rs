//! Where things lie in the exchange.

use datashare_domain::{MailboxId, ShareId, join_path};

/// The two grounds on which parties meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Layout {
    /// One container for each share and each mailbox, because access is given by container.
    Containers,
    /// Folders below a prefix.
    Folders { prefix: String },
}

impl Layout {
    /// The share's area: its log, manifests, publications.
    pub fn share(&self, share: &ShareId) -> String {
        match self {
            Self::Containers => format!("dss-{share}"),
            Self::Folders { prefix } => join_path(prefix, &format!("shares/{share}")),
        }
    }

    /// The mailbox of one recipient.
    pub fn mailbox(&self, mailbox: &MailboxId) -> String {
        match self {
            Self::Containers => format!("dsm-{mailbox}"),
            Self::Folders { prefix } => join_path(prefix, &format!("mailboxes/{mailbox}")),
        }
    }
}

/// The share's own log.
pub(crate) const LOG: &str = "log";
/// Provider to recipient.
pub(crate) const OUT: &str = "out";
/// Recipient to provider.
pub(crate) const IN: &str = "in";
/// The last word of the provider, readable even when access has ended.
pub(crate) const NOTICE: &str = "notice";
pub(crate) const MANIFEST_LATEST: &str = "manifest/latest";

pub(crate) fn record_name(folder: &str, sequence: u64) -> String {
    format!("{folder}/{sequence:06}")
}

pub(crate) fn manifest_name(version: u64) -> String {
    format!("manifest/{version:06}")
}
