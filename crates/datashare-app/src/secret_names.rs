//! What secrets are called in the vault, and keys as the texts it keeps.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use datashare_domain::{MailboxId, ShareId};
use datashare_secret::Secret;

use crate::{AppError, Code, Result};

/// The password for the mail server.
pub(crate) const MAIL: &str = "mail/password";

/// The one-time secret of an invitation that was sent.
pub(crate) fn invitation(mailbox: &MailboxId) -> String {
    format!("invitation/{mailbox}")
}

/// The ticket of an invitation that was accepted and not answered yet.
pub(crate) fn ticket(mailbox: &MailboxId) -> String {
    format!("ticket/{mailbox}")
}

/// The key of a share's sealed publications.
pub(crate) fn data_key(share: &ShareId, generation: u64) -> String {
    format!("share/{share}/data-key/{generation}")
}

pub(crate) fn encode_32(key: &[u8; 32]) -> Secret {
    Secret::new(STANDARD.encode(key))
}

pub(crate) fn decode_32(secret: &Secret) -> Result<[u8; 32]> {
    STANDARD.decode(secret.reveal()).ok().and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| {
        AppError::new(Code::DamagedWorkspace, "A key in the vault is damaged.")
            .hint("Restore the vault from a copy, or begin again with a new workspace.")
    })
}
