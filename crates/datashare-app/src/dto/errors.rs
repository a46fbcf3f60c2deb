//! Errors as they cross the edge.

use schemars::JsonSchema;
use serde::Serialize;
use ts_rs::TS;

/// The one error form at the edge: what happened and why, what to do next.
#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct ErrorDto {
    /// Stable, kebab-case; the exit code and the window's buttons follow it.
    pub code: String,
    pub message: String,
    pub hint: Option<String>,
    /// Doing the same again can succeed.
    pub retry: bool,
}
