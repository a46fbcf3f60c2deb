#![allow(clippy::unwrap_used)]
use reqwest::{Client, RequestBuilder, Response};

use super::BlobServer;

struct Scene {
    server: BlobServer,
    client: Client,
}

impl Scene {
    async fn new() -> Self {
        let scene = Self { server: BlobServer::start().unwrap(), client: Client::new() };
        scene.send(scene.client.put(scene.url("?restype=container"))).await;
        scene.put("source", "the source").await;
        scene
    }

    fn url(&self, rest: &str) -> String {
        format!("{}/data{rest}", self.server.endpoint("prov"))
    }

    async fn send(&self, request: RequestBuilder) -> Response {
        request.send().await.unwrap()
    }

    async fn put(&self, name: &str, content: &'static str) {
        let request = self.client.put(self.url(&format!("/{name}"))).header("x-ms-blob-type", "BlockBlob");
        assert_eq!(self.send(request.body(content)).await.status(), 201);
    }

    async fn copy(&self, target: &str, source: &str) -> Response {
        let source = self.url(source);
        let request = self.client.put(self.url(target)).header("x-ms-copy-source", source);
        self.send(request.header("content-length", "0")).await
    }

    async fn get(&self, rest: &str) -> Response {
        self.send(self.client.get(self.url(rest))).await
    }

    async fn status_and_text(&self, rest: &str) -> (String, String) {
        let answer = self.get(rest).await;
        let status = answer.headers()["x-ms-copy-status"].to_str().unwrap().to_owned();
        (status, answer.text().await.unwrap())
    }
}

#[tokio::test]
async fn held_copies_end_with_the_bytes_of_the_version_they_began_with_or_not_at_all() {
    let scene = Scene::new().await;
    scene.put("changed", "old").await;
    scene.server.hold_copies();
    for (target, source) in [("/kept", "/source"), ("/other", "/changed")] {
        let answer = scene.copy(target, source).await;
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["x-ms-copy-status"]),
            (202, &"pending".parse().unwrap())
        );
    }
    scene.put("changed", "new").await;
    assert_eq!(scene.status_and_text("/kept").await, ("pending".into(), String::new()));
    scene.server.finish_copies();
    assert_eq!(scene.status_and_text("/kept").await, ("success".into(), "the source".into()));
    assert_eq!(scene.status_and_text("/other").await, ("failed".into(), String::new()));
}

#[tokio::test]
async fn a_sas_that_is_over_is_refused_here_and_as_the_source_of_a_copy() {
    let scene = Scene::new().await;
    let (current, over) = ("/source?se=2999-01-01T00:00:00Z&sig=x", "/source?se=2020-01-01T00:00:00Z&sig=x");
    assert_eq!(scene.get(current).await.status(), 200);
    assert_eq!(scene.get(over).await.headers()["x-ms-error-code"], "AuthenticationFailed");
    assert_eq!(scene.copy("/target", over).await.status(), 403);
    scene.server.expire_sas();
    assert_eq!(scene.get(current).await.status(), 403);
    assert_eq!(scene.get("/source").await.status(), 200, "a key is no SAS");
    scene.server.renew_sas();
    assert_eq!(scene.get(current).await.status(), 200);
}

#[tokio::test]
async fn copies_can_be_refused_and_a_dropped_server_is_gone() {
    let scene = Scene::new().await;
    scene.server.refuse_copies(409, "PublicAccessNotPermitted");
    let answer = scene.copy("/target", "/source").await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["x-ms-error-code"]),
        (409, &"PublicAccessNotPermitted".parse().unwrap())
    );
    scene.server.allow_copies();
    assert_eq!(scene.copy("/target", "/source").await.status(), 202);
    let address = scene.server.address();
    drop(scene);
    assert!(reqwest::get(address).await.unwrap_err().is_connect());
}
