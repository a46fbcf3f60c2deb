//! Finding in what is too much to be listed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Clone, Debug, Deserialize, JsonSchema, TS)]
pub struct Find {
    /// All of these words have to be there, whatever their case.
    pub words: String,
    /// Answers at most; 100 when `None`, never more than 1,000.
    #[serde(default)]
    pub most: Option<u32>,
}

/// A recipient of one of the shares.
#[derive(Clone, Debug, Serialize, JsonSchema, TS)]
pub struct FoundRecipient {
    pub share_id: String,
    /// Name of the share.
    pub share: String,
    pub recipient_id: String,
    /// As invited.
    pub email: String,
    /// As the recipient named itself when accepting.
    pub name: Option<String>,
    pub organisation: Option<String>,
}
