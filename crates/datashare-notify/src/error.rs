//! What can go wrong with a post.

/// The kind of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The address is none that is posted to.
    Address,
    /// The signing secret is none.
    Secret,
    /// Nobody answered.
    Unreachable,
    /// The receiver answered that it does not take it.
    Refused,
}

/// A post that did not arrive. Holds no address and no secret.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct NotifyError {
    pub problem: Problem,
    /// A whole sentence.
    pub message: String,
    /// The same again may succeed later.
    pub retry: bool,
}

impl NotifyError {
    pub(crate) fn new(problem: Problem, message: impl Into<String>) -> Self {
        Self { problem, message: message.into(), retry: false }
    }

    pub(crate) fn retryable(problem: Problem, message: impl Into<String>) -> Self {
        Self { retry: true, ..Self::new(problem, message) }
    }
}
