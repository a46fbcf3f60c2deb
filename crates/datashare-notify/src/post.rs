//! One post.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;

use crate::card::message;
use crate::cloud_event::MEDIA_TYPE;
use crate::{Address, Card, CloudEvent, NotifyError, Problem, SigningSecret};

const CONNECT_TIME: Duration = Duration::from_secs(10);
const PATIENCE: Duration = Duration::from_secs(30);

/// What is posted.
#[derive(Clone, Debug)]
pub enum Post {
    /// A CloudEvent, signed when there is a secret.
    Event(CloudEvent, Option<SigningSecret>),
    /// A message for Microsoft Teams.
    Card(Card),
}

/// Posts. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Poster(reqwest::Client);

impl Poster {
    /// Uses the system's proxy settings and certificates.
    pub fn new() -> Result<Self, NotifyError> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIME)
            .timeout(PATIENCE)
            .user_agent(concat!("datashare/", env!("CARGO_PKG_VERSION")))
            .build();
        client.map(Self).map_err(|_| {
            let message =
                "Webhooks cannot be called: this computer's certificates or proxy settings cannot be read.";
            NotifyError::new(Problem::Unreachable, message)
        })
    }

    /// Tries once. `now` is when it is signed.
    pub async fn post(&self, to: &Address, post: &Post, now: DateTime<Utc>) -> Result<(), NotifyError> {
        let request = self.0.post(to.url());
        let request = match post {
            Post::Event(event, secret) => {
                let body = serde_json::to_vec(event).map_err(|_| unsayable())?;
                let mut request = request.header(CONTENT_TYPE, MEDIA_TYPE);
                let timestamp = now.timestamp();
                request = request.header("webhook-id", &event.id).header("webhook-timestamp", timestamp);
                if let Some(signature) =
                    secret.as_ref().and_then(|secret| secret.sign(&event.id, timestamp, &body))
                {
                    request = request.header("webhook-signature", signature);
                }
                request.body(body)
            }
            Post::Card(card) => request
                .header(CONTENT_TYPE, "application/json")
                .body(serde_json::to_vec(&message(card)).map_err(|_| unsayable())?),
        };
        match request.send().await {
            Ok(answer) => judged(answer.status(), &to.shown()),
            Err(error) => Err(unreachable(&error, &to.shown())),
        }
    }
}

fn unsayable() -> NotifyError {
    NotifyError::new(Problem::Refused, "The event cannot be written as JSON.")
}

/// The error of the library names the address with its token, so it is not passed on.
fn unreachable(error: &reqwest::Error, shown: &str) -> NotifyError {
    let why = match () {
        () if error.is_timeout() => "did not answer in time",
        () if error.is_connect() => "cannot be reached",
        () => "broke off",
    };
    NotifyError::retryable(Problem::Unreachable, format!("The receiver {shown} {why}."))
}

fn judged(status: StatusCode, shown: &str) -> Result<(), NotifyError> {
    if status.is_success() {
        return Ok(());
    }
    let message = format!("The receiver {shown} answered {}.", status.as_u16());
    // What a receiver that is busy or out of order says; everything else it will say again.
    let later = status.is_server_error()
        || [StatusCode::TOO_MANY_REQUESTS, StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_EARLY]
            .contains(&status);
    Err(if later {
        NotifyError::retryable(Problem::Refused, message)
    } else {
        NotifyError::new(Problem::Refused, message)
    })
}
