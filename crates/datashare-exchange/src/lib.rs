//! Drives the protocol over storage: where things lie, records written and read, access granted and taken back,
//! publications staged and read.
//!
//! Knows no particular store: what differs between blob storage and a folder is in [`Layout`] and in the store's own
//! capabilities. Keeps no state: what was seen and written is the caller's to remember.

mod area;
mod error;
mod grants;
mod layout;
mod publication;
mod reach;
mod sealed;
mod sources;

pub use area::{Area, Pulled};
pub use error::{ExchangeError, Result};
pub use grants::{
    DatasetToGrant, GrantRequest, Issued, IssuedGrant, SHORT_LIFE, close_invitation_policy, end_generations,
    end_mailbox_access, is_granted_whole, issue_grant, narrow_invitation_policy, open_invitation_policy,
};
pub use layout::Layout;
pub use publication::{
    PublishRequest, Published, publish, read_latest_manifest, read_manifest, remove_unreferenced,
    write_manifest,
};
pub use reach::Reach;
pub use sources::{GrantedDataset, granted_source};
