//! The consumer's side: reading invitations, answering them, keeping up with the provider, and taking snapshots.

mod arrived;
mod invitation;
mod renewed;
mod runs;
mod sources;
mod subscription;

pub(crate) use arrived::ArrivedRows;
pub(crate) use invitation::{OpenedInvitation, open_invitation, provider_keys, spent};
pub(crate) use runs::{RunRegistry, cancel_key, first_row, last_row};
pub(crate) use subscription::Subscription;
