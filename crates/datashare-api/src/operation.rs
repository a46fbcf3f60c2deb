//! One operation: how it is called, who may call it, what it takes and answers, and the use case behind it.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use axum::response::Response;
use datashare_app::dto::{ApiScope, Nothing};
use datashare_app::{ApiSeat, App};
use futures::future::BoxFuture;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::input::{self, InputShape, ReadYaml};
use crate::problem::Problem;
use crate::transfers::Transfers;

/// What every operation works with.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    pub(crate) app: App,
    pub(crate) seat: ApiSeat,
    /// Cancelled when the server is asked to stop: what would go on for ever ends then.
    pub(crate) stopping: CancellationToken,
    pub(crate) transfers: Arc<Transfers>,
}

/// What an operation answers when all went well.
pub(crate) enum Reply {
    Json(Value),
    Nothing,
    Text(String),
    Stream(Response),
}

/// What the description says of the answer.
#[derive(Clone, Copy)]
pub(crate) enum AnswerShape {
    Json(fn(&mut SchemaGenerator) -> Schema),
    /// A list in pages; the schema is an item's.
    Page(fn(&mut SchemaGenerator) -> Schema),
    Nothing,
    /// Text of this media type.
    Text(&'static str),
    /// Server-sent events: their names, and what their data is.
    Events(fn(&mut SchemaGenerator) -> Vec<(&'static str, Schema)>),
}

type Work = Arc<dyn Fn(Context, Value) -> BoxFuture<'static, Result<Reply, Problem>> + Send + Sync>;

pub(crate) struct Operation {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    /// Unique, `Resource_Verb`; the resource groups operations in the description.
    pub(crate) id: &'static str,
    pub(crate) summary: &'static str,
    /// Any one of these lets a caller in.
    pub(crate) scopes: &'static [ApiScope],
    pub(crate) input: InputShape,
    /// Where the body may be YAML too.
    pub(crate) yaml: Option<ReadYaml>,
    pub(crate) status: StatusCode,
    pub(crate) answer: AnswerShape,
    pub(crate) work: Work,
}

impl Operation {
    pub(crate) fn changes(&self) -> bool {
        self.method != Method::GET
    }

    /// The first part of the id.
    pub(crate) fn resource(&self) -> &'static str {
        self.id.split('_').next().unwrap_or(self.id)
    }
}

/// An operation that lacks its use case.
pub(crate) struct Draft {
    method: Method,
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    scopes: &'static [ApiScope],
    status: StatusCode,
    yaml: Option<ReadYaml>,
}

pub(crate) fn get(path: &'static str, id: &'static str, summary: &'static str) -> Draft {
    Draft {
        method: Method::GET,
        path,
        id,
        summary,
        scopes: &[ApiScope::Read],
        status: StatusCode::OK,
        yaml: None,
    }
}

/// For its provider's side, unless [`Draft::needs`] says otherwise.
pub(crate) fn post(path: &'static str, id: &'static str, summary: &'static str) -> Draft {
    Draft { method: Method::POST, ..get(path, id, summary) }
}

pub(crate) fn put(path: &'static str, id: &'static str, summary: &'static str) -> Draft {
    Draft { method: Method::PUT, ..get(path, id, summary) }
}

pub(crate) fn patch(path: &'static str, id: &'static str, summary: &'static str) -> Draft {
    Draft { method: Method::PATCH, ..get(path, id, summary) }
}

pub(crate) fn delete(path: &'static str, id: &'static str, summary: &'static str) -> Draft {
    Draft { method: Method::DELETE, ..get(path, id, summary) }
}

impl Draft {
    /// Who may call it; whoever may read when nothing is said.
    pub(crate) fn needs(self, scopes: &'static [ApiScope]) -> Self {
        Self { scopes, ..self }
    }

    /// The status of success, where it is not 200.
    pub(crate) fn answers(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// The body may be YAML too: a file that people write.
    pub(crate) fn or_yaml<I: Serialize + DeserializeOwned>(self) -> Self {
        Self { yaml: Some(input::read_yaml::<I>), ..self }
    }

    /// Answers one document.
    pub(crate) fn one<I, A, F>(self, use_case: impl Fn(App, I) -> F + Send + Sync + 'static) -> Operation
    where
        I: DeserializeOwned + JsonSchema,
        A: Serialize + JsonSchema + 'static,
        F: Future<Output = datashare_app::Result<A>> + Send + 'static,
    {
        let shape = AnswerShape::Json(|generator| generator.subschema_for::<A>());
        self.finish(shape, use_case, |answer: A| Ok(Reply::Json(serde_json::to_value(answer)?)))
    }

    /// Answers a list, in pages.
    pub(crate) fn list<I, A, F>(self, use_case: impl Fn(App, I) -> F + Send + Sync + 'static) -> Operation
    where
        I: DeserializeOwned + JsonSchema,
        A: Serialize + JsonSchema + 'static,
        F: Future<Output = datashare_app::Result<Vec<A>>> + Send + 'static,
    {
        let shape = AnswerShape::Page(|generator| generator.subschema_for::<A>());
        self.finish(shape, use_case, |answer: Vec<A>| Ok(Reply::Json(serde_json::to_value(answer)?)))
    }

    /// Answers that it was done.
    pub(crate) fn nothing<I, F>(self, use_case: impl Fn(App, I) -> F + Send + Sync + 'static) -> Operation
    where
        I: DeserializeOwned + JsonSchema,
        F: Future<Output = datashare_app::Result<Nothing>> + Send + 'static,
    {
        let draft = self.answers(StatusCode::NO_CONTENT);
        draft.finish(AnswerShape::Nothing, use_case, |_| Ok(Reply::Nothing))
    }

    /// Answers text of this media type.
    pub(crate) fn text<I, F>(
        self,
        media_type: &'static str,
        use_case: impl Fn(App, I) -> F + Send + Sync + 'static,
    ) -> Operation
    where
        I: DeserializeOwned + JsonSchema,
        F: Future<Output = datashare_app::Result<String>> + Send + 'static,
    {
        self.finish(AnswerShape::Text(media_type), use_case, |text| Ok(Reply::Text(text)))
    }

    fn finish<I, A, F>(
        self,
        answer: AnswerShape,
        use_case: impl Fn(App, I) -> F + Send + Sync + 'static,
        reply: fn(A) -> datashare_app::Result<Reply>,
    ) -> Operation
    where
        I: DeserializeOwned + JsonSchema,
        A: 'static,
        F: Future<Output = datashare_app::Result<A>> + Send + 'static,
    {
        self.with_work::<I>(answer, move |context, input| {
            let answer = input::read::<I>(input).map(|input| use_case(context.app, input));
            Box::pin(async move { Ok(reply(answer?.await?)?) })
        })
    }

    /// For what is no use case that answers once.
    pub(crate) fn with_work<I: JsonSchema>(
        self,
        answer: AnswerShape,
        work: impl Fn(Context, Value) -> BoxFuture<'static, Result<Reply, Problem>> + Send + Sync + 'static,
    ) -> Operation {
        let in_query = self.method == Method::GET || self.method == Method::DELETE;
        let input = InputShape::of::<I>(self.path, in_query);
        let Self { method, path, id, summary, scopes, status, yaml } = self;
        Operation { method, path, id, summary, scopes, input, yaml, status, answer, work: Arc::new(work) }
    }
}

/// The use case of this name, as an operation calls it.
macro_rules! call {
    ($use_case:ident) => {
        |app: datashare_app::App, input| async move { app.$use_case(input).await }
    };
}
pub(crate) use call;
