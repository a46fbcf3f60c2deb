//! For tests only: trees of awkward files, the Azurite fixture.

mod azurite;
mod tree;

pub use azurite::{Azurite, CONSUMER, PROVIDER, unique_name};
pub use tree::{AwkwardOptions, awkward_tree, hash_tree, sample_bytes};
