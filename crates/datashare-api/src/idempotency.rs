//! `Idempotency-Key`: a change that is sent once more with the same key is answered as before, and not done again.

use axum::http::{HeaderMap, StatusCode};
use datashare_app::{ApiAnswers, ApiBegin};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::operation::Reply;
use crate::problem::Problem;

const HEADER: &str = "idempotency-key";
const LONGEST: usize = 255;

/// An answer as it is kept.
#[derive(Serialize, Deserialize)]
enum Kept {
    Json(Value),
    Nothing,
    Text(String),
    Problem(Problem),
}

/// The key of a request, if it has one.
pub(crate) fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut values = headers.get_all(HEADER).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let fits =
        |text: &&str| (1..=LONGEST).contains(&text.len()) && text.chars().all(|c| c.is_ascii_graphic());
    let text = value.to_str().ok().filter(fits);
    match (text, values.next()) {
        (Some(text), None) => Ok(Some(text.to_owned())),
        _ => {
            let detail =
                format!("The idempotency key has to be one text of 1 to {LONGEST} visible characters.");
            Err(Problem::bad_request(detail))
        }
    }
}

/// Does the work unless it was done for the same key before.
pub(crate) async fn once(
    answers: ApiAnswers,
    key: String,
    request: Vec<u8>,
    work: impl Future<Output = Result<Reply, Problem>>,
) -> Result<Reply, Problem> {
    match answers.begin(&key, &request)? {
        ApiBegin::New => {}
        ApiBegin::Answered(kept) => return serde_json::from_slice::<Kept>(&kept)?.given_again(),
        ApiBegin::Unanswered => return Err(unanswered()),
        ApiBegin::Other => return Err(reused()),
    }
    let answer = work.await;
    match Kept::of(&answer) {
        Some(kept) => answers.finish(&key, &serde_json::to_vec(&kept)?)?,
        None => answers.forget(&key)?,
    }
    answer
}

impl Kept {
    /// Nothing is kept of what may pass: the next try is a new one.
    fn of(answer: &Result<Reply, Problem>) -> Option<Self> {
        match answer {
            Ok(Reply::Json(value)) => Some(Self::Json(value.clone())),
            Ok(Reply::Nothing) => Some(Self::Nothing),
            Ok(Reply::Text(text)) => Some(Self::Text(text.clone())),
            Ok(Reply::Stream(_)) => None,
            Err(problem) => (!problem.may_pass()).then(|| Self::Problem(problem.clone())),
        }
    }

    fn given_again(self) -> Result<Reply, Problem> {
        match self {
            Self::Json(value) => Ok(Reply::Json(value)),
            Self::Nothing => Ok(Reply::Nothing),
            Self::Text(text) => Ok(Reply::Text(text)),
            Self::Problem(problem) => Err(problem),
        }
    }
}

fn unanswered() -> Problem {
    let detail = "The request with this idempotency key is being done and has no answer yet.";
    Problem::new(StatusCode::CONFLICT, "idempotency-key-unanswered", detail).hint("Try again in a moment.")
}

fn reused() -> Problem {
    let detail = "This idempotency key was used for another request.";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency-key-reused", detail)
        .hint("Use a new key for every request.")
}
