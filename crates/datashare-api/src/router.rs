//! From an HTTP request to an operation and back.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Extension, RawPathParams};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, get, on};
use axum::{Router, middleware};
use datashare_app::ApiCaller;
use serde_json::Value;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::guard::{self, Names};
use crate::operation::{AnswerShape, Context, Operation, Reply};
use crate::page::Page;
use crate::problem::Problem;
use crate::{document, idempotency, operations, trace, viewer};

/// The media type of RFC 9512.
pub(crate) const YAML: &str = "application/yaml";
/// Longest body, bytes: approvals and receipts are sent whole.
const LONGEST_BODY: usize = 16 << 20;

/// Everything that the server answers.
pub(crate) fn router(context: Context, names: Names, changes: TaskTracker) -> Router {
    let all = operations::all();
    let description = document::document(&all).to_string();
    let mut guarded = Router::new();
    for operation in all {
        let (path, endpoint) = (operation.path, endpoint(operation, context.clone(), changes.clone()));
        guarded = guarded.route(path, endpoint);
    }
    let guarded = guarded
        .fallback(|| async { no_such_resource() })
        .method_not_allowed_fallback(|| async { method_not_allowed() })
        .layer(middleware::from_fn_with_state(context.app, guard::authenticate))
        .layer(DefaultBodyLimit::max(LONGEST_BODY));
    let json = [(CONTENT_TYPE, "application/json")];
    let open = viewer::routes().route("/v1/openapi.json", get(move || async move { (json, description) }));
    open.merge(guarded).layer(middleware::from_fn_with_state(Arc::new(names), guard::admit))
}

fn endpoint(operation: Operation, context: Context, changes: TaskTracker) -> MethodRouter {
    let filter = MethodFilter::try_from(operation.method.clone()).unwrap_or(MethodFilter::GET);
    let operation = Arc::new(operation);
    on(
        filter,
        async move |Extension(caller): Extension<ApiCaller>,
                    path: RawPathParams,
                    uri: Uri,
                    headers: HeaderMap,
                    body: Result<Bytes, BytesRejection>| {
            let path: Vec<_> = path.iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
            let request = Request { caller, path, uri, headers, body };
            let span = trace::span_of(&operation, &request.headers);
            let answer = answer(operation.clone(), context.clone(), &changes, request);
            let answered = answer.instrument(span.clone()).await;
            trace::answered(&span, &answered);
            answered.unwrap_or_else(Problem::into_response)
        },
    )
}

/// A request as it came.
struct Request {
    caller: ApiCaller,
    path: Vec<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
}

async fn answer(
    operation: Arc<Operation>,
    context: Context,
    changes: &TaskTracker,
    request: Request,
) -> Result<Response, Problem> {
    if !operation.scopes.iter().any(|scope| request.caller.may(*scope)) {
        return Err(wrong_scope(&operation));
    }
    let body = request.body.map_err(|rejection| too_large(&rejection))?;
    let body = as_json(&operation, &request.headers, body)?;
    let (page, query) = Page::of(&request.uri, matches!(operation.answer, AnswerShape::Page(_)))?;
    let path = request.path.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    let input = operation.input.gather(path, query.into_iter(), &body)?;
    let answers = context.app.api_answers(&request.caller, &context.seat);
    let work = (operation.work)(context, input);
    if !operation.changes() {
        return respond(&operation, &page, work.await?);
    }
    // Whoever asked may go away; what was begun is done to its end.
    let reply = match idempotency::key(&request.headers)? {
        None => changes.spawn(work.in_current_span()).await,
        Some(key) => {
            let asked = [format!("{} {}\n", operation.method, request.uri).as_bytes(), &body].concat();
            changes.spawn(idempotency::once(answers, key, asked, work).in_current_span()).await
        }
    };
    respond(&operation, &page, reply.map_err(|_| interrupted())??)
}

fn respond(operation: &Operation, page: &Page, reply: Reply) -> Result<Response, Problem> {
    Ok(match reply {
        Reply::Json(Value::Array(items)) if matches!(operation.answer, AnswerShape::Page(_)) => {
            json(operation.status, &page.cut(items))
        }
        Reply::Json(value) => json(operation.status, &value),
        Reply::Nothing => operation.status.into_response(),
        Reply::Text(text) => {
            let media_type = match operation.answer {
                AnswerShape::Text(media_type) => media_type,
                _ => "text/plain",
            };
            (operation.status, [(CONTENT_TYPE, media_type)], text).into_response()
        }
        Reply::Stream(response) => response,
    })
}

fn json(status: StatusCode, value: &Value) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

/// The body as JSON, also where it is YAML.
fn as_json(operation: &Operation, headers: &HeaderMap, body: Bytes) -> Result<Bytes, Problem> {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    if body.is_empty() || essence.eq_ignore_ascii_case("application/json") {
        return Ok(body);
    }
    match operation.yaml {
        Some(read) if essence.eq_ignore_ascii_case(YAML) => {
            let text = std::str::from_utf8(&body)
                .map_err(|_| Problem::bad_request("The body is no text in UTF-8."))?;
            Ok(read(text)?.to_string().into())
        }
        known => Err(unsupported(known.is_some())),
    }
}

fn unsupported(takes_yaml: bool) -> Problem {
    let (detail, hint) = if takes_yaml {
        ("The body is said to be neither JSON nor YAML.", "application/json' or 'application/yaml")
    } else {
        ("The body is not said to be JSON.", "application/json")
    };
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", detail)
        .hint(format!("Send it with the Content-Type '{hint}'."))
}

fn wrong_scope(operation: &Operation) -> Problem {
    let names: Vec<String> = operation.scopes.iter().map(|scope| document::scope_name(*scope)).collect();
    let detail = format!("This token may not do that: it needs the scope {}.", names.join(" or "));
    Problem::new(StatusCode::FORBIDDEN, "wrong-scope", detail).hint("Use a token that was made with it.")
}

fn too_large(rejection: &BytesRejection) -> Problem {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            let detail = format!("The body has more than {} MiB.", LONGEST_BODY >> 20);
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", detail)
        }
        _ => Problem::bad_request("The body did not arrive whole."),
    }
}

fn interrupted() -> Problem {
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "The request was interrupted.")
        .hint("Look whether it was done before you send it again.")
}

fn no_such_resource() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "no-such-resource", "There is nothing at this address.")
        .hint("The description at /v1/openapi.json lists what there is.")
}

fn method_not_allowed() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method-not-allowed",
        "This address does not know this method.",
    )
    .hint("The description at /v1/openapi.json lists what it knows.")
}
