//! The nine properties of the exchange under attack and accident, between whole workspaces, on folders and on Azurite.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod access;
mod approvals;
mod claims;
mod dates;
mod directories;
mod find;
mod gate;
mod grants;
mod moving;
mod notifications;
mod offline;
mod policy;
mod proof;
mod records;
mod revocation;
mod rollback;
mod scene;
mod schedules;
mod secrets;
mod stranger;
mod switch;
mod terms;

/// Runs each test on both grounds.
macro_rules! on_both_grounds {
    ($($name:ident),+ $(,)?) => {
        mod folder {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { Box::pin(super::$name(crate::scene::Ground::Folder)).await })+
        }
        mod azurite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { Box::pin(super::$name(crate::scene::Ground::Azurite)).await })+
        }
    };
}
pub(crate) use on_both_grounds;
