//! The consumer's side: reading invitations, answering them, keeping up with the provider, and taking snapshots.

mod arrived;
mod due;
mod invitation;
mod quiet;
mod registry;
mod renewed;
mod run_rows;
pub(crate) mod runs;
mod sources;
mod steering;
mod subscription;

pub(crate) use arrived::ArrivedRows;
pub(crate) use due::{Followed, followed, owner as trigger_owner};
pub(crate) use invitation::{OpenedInvitation, open_invitation, provider_keys, spent};
pub(crate) use quiet::QuietReceived;
pub(crate) use registry::RunRegistry;
pub(crate) use run_rows::{first_row, last_row};
pub(crate) use runs::{Cause, run_request};
pub(crate) use steering::Steering;
pub(crate) use subscription::Subscription;
