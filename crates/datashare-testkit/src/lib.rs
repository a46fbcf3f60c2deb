//! For tests only: trees of awkward files, blob servers, and a proxy that does harm.

mod azurite;
mod blob_server;
mod tree;

pub use azurite::{Azurite, CONSUMER, PROVIDER, unique_name};
pub use blob_server::BlobServer;
pub use tree::{AwkwardOptions, awkward_tree, hash_tree, sample_bytes};
