//! What can go wrong when driving the protocol over a store.

use datashare_protocol::{EnvelopeError, Finding, ManifestError, SealError};
use datashare_storage::StoreError;

pub type Result<T, E = ExchangeError> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something in a log is not as its author left it.
    #[error(transparent)]
    Finding(#[from] Finding),
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error("A grant could not be used: {0}.")]
    Seal(#[from] SealError),
    #[error("A record could not be signed: {0}.")]
    Envelope(#[from] EnvelopeError),
    /// Longer than anything that belongs there.
    #[error("'{0}' in the exchange is too long to be what it should be.")]
    TooLong(String),
    /// An index that does not match what was signed about it.
    #[error("The list of files of '{0}' is not the one that was signed.")]
    IndexNotGenuine(String),
    /// The grant does not contain this dataset.
    #[error("The provider has not granted access to '{0}'.")]
    NotGranted(String),
    /// The provider is about to give a new grant: what is published is sealed for it already.
    #[error("The provider is changing the access to '{0}' right now.")]
    Resealed(String),
    #[error("'{0}' has not been published yet.")]
    NotPublished(String),
}
