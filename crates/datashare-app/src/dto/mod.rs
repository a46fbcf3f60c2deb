//! What crosses the edge of the application: requests and answers of the command table, for the window (as generated
//! TypeScript) and for the command line (as JSON). Field names are a contract; additions are welcome.
//!
//! Times are RFC 3339 in UTC, sizes are bytes, ids are strings. Secrets only ever come in, as [`datashare_secret::Secret`].

mod agent;
mod api;
mod apply;
mod apply_document;
mod approvals;
mod audit;
mod connections;
mod errors;
mod events;
mod find;
mod invitations;
mod mail;
mod notifications;
mod policy;
mod preview;
mod receipts;
mod received;
mod schedule_words;
mod schedules;
mod shares;
mod snapshots;
mod terms;
mod workspace;

pub use agent::*;
pub use api::*;
pub use apply::*;
pub use apply_document::*;
pub use approvals::*;
pub use audit::*;
pub use connections::*;
pub use errors::*;
pub use events::*;
pub use find::*;
pub use invitations::*;
pub use mail::*;
pub use notifications::*;
pub use policy::*;
pub use preview::*;
pub use receipts::*;
pub use received::*;
pub use schedule_words::*;
pub use schedules::*;
pub use shares::*;
pub use snapshots::*;
pub use terms::*;
pub use workspace::*;

/// RFC 3339 in UTC.
pub(crate) type Time = chrono::DateTime<chrono::Utc>;
