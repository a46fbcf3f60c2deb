//! Errors as they leave the API: problem details of RFC 9457, with the code, the hint and the word on trying again that
//! every error of Datashare has.

use axum::http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use datashare_app::{AppError, Code};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// What went wrong.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Problem(Box<ProblemDetails>);

/// The form of RFC 9457.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct ProblemDetails {
    /// `about:blank`: the code tells kinds apart.
    r#type: String,
    /// The status in words.
    title: String,
    status: u16,
    /// What happened and why, in sentences.
    detail: String,
    /// Stable, kebab-case; the same as on the command line.
    code: String,
    /// What to do next.
    hint: Option<String>,
    /// Doing the same again can succeed.
    retry: bool,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &str, detail: impl Into<String>) -> Self {
        Self(Box::new(ProblemDetails {
            r#type: "about:blank".to_owned(),
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            code: code.to_owned(),
            hint: None,
            retry: false,
        }))
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// The request is not as the description says.
    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", detail)
            .hint("The description at /v1/openapi.json says what each operation takes.")
    }

    pub(crate) fn code(&self) -> &str {
        &self.0.code
    }

    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The same request may do better later: its answer is not worth keeping.
    pub(crate) fn may_pass(&self) -> bool {
        self.0.retry || self.status().is_server_error()
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        let error_dto = error.to_dto();
        let status = status_of(error.code);
        if status.is_server_error() {
            tracing::warn!(code = error_dto.code, cause = ?error.cause, "a request failed");
        }
        let mut problem = Self::new(status, &error_dto.code, error_dto.message);
        (problem.0.hint, problem.0.retry) = (error_dto.hint, error_dto.retry);
        problem
    }
}

impl From<serde_json::Error> for Problem {
    fn from(error: serde_json::Error) -> Self {
        AppError::from(error).into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let body = serde_json::to_string(&self).unwrap_or_default();
        let mut response = (status, body).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

fn status_of(code: Code) -> StatusCode {
    match code {
        Code::InvalidRequest | Code::BadInvitation | Code::NotGenuine => StatusCode::UNPROCESSABLE_ENTITY,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::NotAllowed
        | Code::ApprovalNeeded
        | Code::WrongPassphrase
        | Code::Revoked
        | Code::AccessExpired
        | Code::Refused => StatusCode::FORBIDDEN,
        Code::InvitationExpired | Code::InvitationWithdrawn | Code::InvitationSpent | Code::ShareDeleted => {
            StatusCode::GONE
        }
        Code::NotInitialised
        | Code::WaitingForProvider
        | Code::TermsChanged
        | Code::AlreadyRunning
        | Code::Cancelled
        | Code::MailNotSetUp => StatusCode::CONFLICT,
        Code::VaultLocked => StatusCode::SERVICE_UNAVAILABLE,
        // Somebody else did not do its part.
        Code::Mail(_) | Code::NotTold => StatusCode::BAD_GATEWAY,
        Code::Store(_) => status_of_store(code.as_str()),
        Code::NewerDatabase | Code::DamagedWorkspace | Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// By the stable code, since the kinds of store errors are not this floor's.
fn status_of_store(code: &str) -> StatusCode {
    match code {
        "no-such-file" | "no-such-container" => StatusCode::NOT_FOUND,
        "already-exists" | "changed" => StatusCode::CONFLICT,
        "bad-name" | "unsupported" => StatusCode::UNPROCESSABLE_ENTITY,
        "busy" => StatusCode::SERVICE_UNAVAILABLE,
        "no-space" => StatusCode::INSUFFICIENT_STORAGE,
        _ => StatusCode::BAD_GATEWAY,
    }
}
