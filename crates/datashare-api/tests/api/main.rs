//! The API over a real port, as other programs meet it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod access;
mod apply;
mod description;
mod events;
mod exchange;
mod idempotency;
mod problems;
mod support;
mod tls;
mod told;
mod transfers;
