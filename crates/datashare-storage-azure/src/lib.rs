//! Azure Blob Storage: Shared Key and SAS, stored access policies, access delegation.
//!
//! It never retries (the engine above does), never holds a whole object in memory (but for what is written), and never
//! lets a key or a signature out: not in errors, `Debug` or addresses.

mod account;
mod check;
mod checked;
mod failure;
#[cfg(test)]
mod failure_tests;
mod handed;
mod listing;
mod listing_answer;
#[cfg(test)]
mod listing_tests;
mod names;
mod objects;
mod policies;
mod refusal;
mod sas;
mod server_copy;
mod settings;
mod shared_key;
mod store;
mod tags;
mod transport;
mod upload;
mod write_checks;

pub use checked::LARGEST_CHECKED_RANGE;
pub use settings::{AzureCredential, AzureSettings};
pub use store::AzureBlobStore;
pub use transport::ConnectionPool;

/// The objects that an answer to "List Blobs" names, by whole key; `None` when it is no such answer.
pub fn objects_listed(container: &str, answer: &[u8]) -> Option<Vec<datashare_storage::ObjectInfo>> {
    listing_answer::parse(container, answer).map(|listed| listed.objects)
}

/// The version of the service's protocol, in requests and signatures alike.
const VERSION: &str = "2026-04-06";
