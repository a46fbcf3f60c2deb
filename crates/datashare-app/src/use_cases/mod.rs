//! One module for each part of the command table.

mod agent;
mod api;
mod apply;
mod approvals;
mod audit;
mod connections;
mod demo;
mod find;
mod invitations;
mod mail;
mod mappings;
mod moving;
mod notifications;
mod policy;
mod preview;
mod receipts;
mod received;
mod recipients;
mod schedules;
mod shares;
mod snapshots;
mod terms;
mod transfer;
mod triggers;
mod workspace;

pub use api::{ApiAnswers, ApiBegin, ApiCaller, ApiSeat};
pub use audit::ExportText;
pub use preview::preview_of;
pub use receipts::verify_receipt_file;
pub use transfer::Transfer;
