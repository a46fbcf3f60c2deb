//! The REST API: every use case of `datashare-app` for programs, over HTTP. One table of operations gives the routes and
//! the OpenAPI description both. Has no rule of its own, answers nobody without a token, and never speaks in clear to
//! another computer.

mod document;
mod events;
mod guard;
mod idempotency;
mod input;
mod operation;
mod operations;
mod page;
mod problem;
mod router;
mod schema;
mod server;
mod tls;
mod trace;
mod transfers;
mod viewer;

pub use server::{ServeOptions, Server, TlsFiles, serve};

/// The OpenAPI 3.1 description, as it is served at `/v1/openapi.json`.
pub fn description() -> serde_json::Value {
    document::document(&operations::all())
}
