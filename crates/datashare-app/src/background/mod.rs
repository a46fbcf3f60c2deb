//! The work that goes on by itself, for as long as a process leads. One process of a workspace does: the window or
//! `datashare agent run`. The others wait, and one of them takes over as soon as the leader ends, however it ends.
//!
//! Nothing here knows what a share needs: that is in `use_cases/agent.rs`. Here is when it is looked at.

mod agenda;
mod lead;
mod pace;
mod report;
mod survey;
mod watch;

pub(crate) use agenda::{Look, Looked, Subject};
pub(crate) use report::LOCK;
