//! Drives the protocol over storage: where things lie, records written and read, access granted and taken back,
//! publications staged and read.
//!
//! Knows no particular store: what differs between blob storage and a folder is in [`Layout`] and in the store's own
//! capabilities. Keeps no state: what was seen and written is the caller's to remember.

mod area;
mod comparison;
mod error;
mod granted_index;
mod grants;
mod index_writer;
mod indexes;
mod layout;
mod manifests;
mod policies;
mod publication;
mod reach;
mod sealed;
mod sources;
mod staging;
mod tokens;
mod whole;

pub use area::{Area, Pulled};
pub use error::{ExchangeError, Result};
pub use granted_index::{EarlierIndex, IndexesInUse, remove_old_indexes};
pub use grants::{DatasetToGrant, GrantRequest, Issued, IssuedGrant, issue_grant};
pub use layout::Layout;
pub use manifests::{read_latest_manifest, read_manifest, remove_unreferenced, write_manifest};
pub use policies::{
    close_invitation_policy, end_generations, end_mailbox_access, is_granted_whole, narrow_invitation_policy,
    open_invitation_policy,
};
pub use publication::{PublishRequest, Published, publish};
pub use reach::Reach;
pub use sources::{GrantedDataset, granted_source};
pub use tokens::SHORT_LIFE;
