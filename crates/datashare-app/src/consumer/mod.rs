//! The consumer's side: reading invitations, answering them, keeping up with the provider, and taking snapshots.

mod invitation;
mod runs;
mod subscription;

pub(crate) use invitation::{OpenedInvitation, open_invitation, spent};
pub(crate) use runs::{RunRegistry, cancel_key};
pub(crate) use subscription::Subscription;
