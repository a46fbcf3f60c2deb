//! An event in the form of CloudEvents 1.0, structured JSON.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

/// The media type of its JSON.
pub(crate) const MEDIA_TYPE: &str = "application/cloudevents+json; charset=utf-8";

/// What happened. `source` and `id` together name it, for ever.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CloudEvent {
    specversion: &'static str,
    pub id: String,
    /// A URI reference.
    pub source: String,
    /// Reverse domain name, such as `org.datashare.snapshot-failed`.
    #[serde(rename = "type")]
    pub kind: String,
    pub time: DateTime<Utc>,
    /// What of the source it is about.
    pub subject: String,
    datacontenttype: &'static str,
    pub data: Value,
}

impl CloudEvent {
    pub fn new(
        id: String,
        source: String,
        kind: String,
        time: DateTime<Utc>,
        subject: String,
        data: Value,
    ) -> Self {
        Self {
            specversion: "1.0",
            id,
            source,
            kind,
            time,
            subject,
            datacontenttype: "application/json",
            data,
        }
    }
}
