//! Words and rules of sharing, the same in code, screens and documents.
//!
//! Pure: no IO, no clock, no randomness, no environment. Times, ids and bytes come in as arguments.

mod id;
mod naming;
mod schedule;
mod share;
mod snapshot;
mod terms;

pub use id::*;
pub use naming::*;
pub use schedule::*;
pub use share::*;
pub use snapshot::*;
pub use terms::*;
