//! A workspace behind a server on a free port, and a client.

use std::path::{Path, PathBuf};

use datashare_api::{ServeOptions, Server};
use datashare_app::dto::{ApiScope, ApiTokenCreate, VaultKind, WorkspaceInitialise};
use datashare_app::{App, AppOptions, VaultChoice};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub(crate) struct Party {
    pub(crate) app: App,
    pub(crate) home: TempDir,
    pub(crate) url: String,
    /// May do everything.
    pub(crate) token: String,
    pub(crate) client: Client,
    stop: Option<oneshot::Sender<()>>,
    pub(crate) server: JoinHandle<()>,
}

/// An answer with its body read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error} in {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

pub(crate) async fn open(home: &Path) -> App {
    let vault = VaultChoice { kind: Some(VaultKind::Session), passphrase: None };
    App::open(AppOptions { home: home.to_owned(), vault }).await.unwrap()
}

pub(crate) async fn workspace(home: &Path, name: &str) -> App {
    let app = open(home).await;
    let (organisation, email) = (format!("{name} Ltd"), format!("{name}@example.org"));
    app.workspace_initialise(WorkspaceInitialise { name: name.into(), organisation, email }).await.unwrap();
    app
}

pub(crate) async fn token(app: &App, name: &str, scopes: &[ApiScope]) -> String {
    let request = ApiTokenCreate { name: name.into(), scopes: scopes.to_vec(), expires_at: None };
    app.api_token_create(request).await.unwrap().secret.reveal().to_owned()
}

pub(crate) fn loopback() -> ServeOptions {
    ServeOptions { listen: "127.0.0.1:0".parse().unwrap(), hosts: Vec::new(), tls: None }
}

impl Party {
    pub(crate) async fn start(name: &str) -> Self {
        Self::start_with(name, loopback()).await
    }

    pub(crate) async fn start_with(name: &str, options: ServeOptions) -> Self {
        let home = tempfile::tempdir().unwrap();
        let app = workspace(&home.path().join("workspace"), name).await;
        let token = token(&app, "everything", &[ApiScope::Admin]).await;
        let server = Server::bind(app.clone(), options).unwrap();
        let url = server.url().trim_end_matches('/').to_owned();
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(async move {
            let asked = async { drop(stopped.await) };
            server.run(asked).await.unwrap();
        });
        Self { app, home, url, token, client: Client::new(), stop: Some(stop), server }
    }

    /// A folder beside the workspace, connected by this name.
    pub(crate) async fn folder(&self, name: &str) -> PathBuf {
        let path = self.home.path().join(name);
        std::fs::create_dir_all(&path).unwrap();
        self.connect(name, &path).await;
        path
    }

    pub(crate) async fn connect(&self, name: &str, path: &Path) {
        let settings = json!({ "kind": "folder", "path": path.to_str().unwrap() });
        let body = json!({ "name": name, "settings": settings, "credential": { "kind": "none" } });
        self.post("/v1/connections", body).await.is(201);
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url)).bearer_auth(&self.token)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, body).await
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: Value) -> Answer {
        send(with_json(self.request(method, path), &body)).await
    }

    /// Asks the server to stop; it has ended when this has.
    pub(crate) async fn stop(mut self) {
        drop(self.stop.take());
        self.server.await.unwrap();
    }
}

pub(crate) fn with_json(request: reqwest::RequestBuilder, body: &Value) -> reqwest::RequestBuilder {
    request.header("content-type", "application/json").body(body.to_string())
}

pub(crate) async fn send(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    Answer { status, headers, text: response.text().await.unwrap() }
}
