//! What the targets do is what the stable tests do: the same functions, from the same files.
#![allow(dead_code)]

#[path = "../crates/datashare-app/tests/targets/mod.rs"]
pub mod app;
#[path = "../crates/datashare-storage-azure/tests/targets/mod.rs"]
pub mod azure;
#[path = "../crates/datashare-domain/tests/targets/mod.rs"]
pub mod domain;
#[path = "../crates/datashare-protocol/tests/targets/mod.rs"]
pub mod protocol;
