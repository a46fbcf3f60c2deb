//! The engine between two accounts in memory, of which one fails as it is told.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod changes;
mod endings;
mod faults;
mod mirror;
mod resume;
mod support;
mod writes;
