//! Posts events to webhooks: as CloudEvents 1.0 (structured JSON), signed as Standard Webhooks are; and to Microsoft Teams
//! Workflows as Adaptive Cards. It knows no shares, tries once, and says whether trying again helps.
//!
//! An address may hold a token, so it never stands in an error or a log. Nothing goes in clear to another computer, and
//! nobody is followed elsewhere.

mod address;
mod card;
mod cloud_event;
mod error;
mod post;
mod signature;

pub use address::Address;
pub use card::{Card, Tone};
pub use cloud_event::CloudEvent;
pub use error::{NotifyError, Problem};
pub use post::{Post, Poster};
pub use signature::SigningSecret;
