//! What the REST API keeps: tokens, and answers to requests that may come twice. Of the command line only: a window has no
//! tokens, so these are not in the command table.

mod answers;
mod seat;
mod tokens;

pub use answers::{ApiAnswers, ApiBegin};
pub use seat::ApiSeat;
pub use tokens::ApiCaller;
