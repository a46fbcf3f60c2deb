//! Use cases, local database, vault, connections and the command table.
//!
//! [`App`] is one open workspace. Every command of the table is one method on it; the window and the command line are
//! two thin faces of these methods and have no rule of their own.

mod app;
mod background;
pub mod bindings;
mod chains;
mod clock;
mod commands;
mod consumer;
mod csv;
mod database;
pub mod dto;
mod due;
mod error;
mod files;
mod find;
mod identity;
mod locks;
mod news;
mod places;
mod provider;
mod secret_names;
mod stores;
mod trace;
mod use_cases;
mod vault;

pub use app::{App, AppOptions, VaultChoice};
pub use clock::Clock;
pub use csv::csv;
pub use error::{AppError, Code, Result, store_code};
pub use use_cases::{
    ApiAnswers, ApiBegin, ApiCaller, ApiSeat, ExportText, Transfer, preview_of, verify_receipt_file,
};
pub use vault::{SealCosts, costs_of_sealed};
