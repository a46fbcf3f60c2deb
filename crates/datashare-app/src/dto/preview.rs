//! The first rows of a file, so that somebody who browses sees what is in it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct ConnectionPreview {
    pub connection: String,
    /// Path of a file, as browsing names it.
    pub path: String,
}

/// The first rows of a file that holds rows; limited in rows, columns and the length of each value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema, TS)]
pub struct FilePreview {
    /// Why there are no rows; `None` when there are.
    pub problem: Option<PreviewProblem>,
    pub columns: Vec<String>,
    /// One value for each column, as text.
    pub rows: Vec<Vec<String>>,
    /// The file goes on after these rows.
    pub more: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum PreviewProblem {
    /// Neither CSV, JSON nor Parquet by its name.
    OtherKind,
    /// Named like one, but it does not read like one.
    Unreadable,
    Empty,
}
