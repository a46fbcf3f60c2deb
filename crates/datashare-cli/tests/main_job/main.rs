//! The main job, played from outside: every command is a process of its own, as a person or a script starts it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, unreachable_pub)]

mod agent;
mod apply;
mod approval;
mod background;
mod bad_input;
mod company;
mod crash;
mod disk;
mod main_run;
mod memory;
mod schedule;
mod stop;
mod support;
mod transfer;
mod trouble;
mod usage;
