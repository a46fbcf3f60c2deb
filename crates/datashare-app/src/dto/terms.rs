//! Versions of terms side by side.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Asks for the difference between two versions.
#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct TermsCompare {
    /// Name or id of a share or a received share.
    pub name: String,
    /// The one before `to` when `None`; on a received share the one that was agreed to.
    pub from: Option<u32>,
    /// The newest when `None`.
    pub to: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
pub enum LineChange {
    Same,
    Added,
    Removed,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema, TS)]
pub struct TermsLine {
    pub change: LineChange,
    /// Without its line break.
    pub text: String,
}

/// All lines of both versions, in order; what was removed stands before what took its place.
#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct TermsDifference {
    /// `None` when `to` is the first version.
    pub from: Option<u32>,
    pub to: u32,
    pub added: usize,
    pub removed: usize,
    pub lines: Vec<TermsLine>,
}
