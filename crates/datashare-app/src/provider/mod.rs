//! The provider's side: shares in the exchange, grants, publications, and what arrives in the mailboxes.

mod context;
mod datasets;
mod grants;
mod listing;
mod mailboxes;
mod offers;
mod proposals;
mod publishing;
mod quiet;
mod revocation;
mod schedules;

pub(crate) use context::ShareContext;
pub(crate) use datasets::{kind_of, source_of};
pub(crate) use mailboxes::MailboxView;
pub(crate) use proposals::OPEN_FOR;
pub(crate) use quiet::{QuietLook, QuietShares};
pub(crate) use revocation::goes_on;
pub(crate) use schedules::owner as schedule_owner;
