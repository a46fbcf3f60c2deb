//! For tests only: trees of awkward files, blob servers, and a proxy that does harm.

mod azurite;
mod background;
mod blob_server;
mod company_proxy;
mod fault_proxy;
mod slow_link;
mod tree;

pub use azurite::{Azurite, CONSUMER, PROVIDER, unique_name};
pub use blob_server::{BlobServer, Requests};
pub use company_proxy::CompanyProxy;
pub use fault_proxy::{Counts, Fault, FaultProxy, Faults};
pub use slow_link::SlowLink;
pub use tree::{AwkwardOptions, awkward_tree, hash_tree, sample_bytes};
