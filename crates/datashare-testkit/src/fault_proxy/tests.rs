#![allow(clippy::unwrap_used)]
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use reqwest::{Client, Response};

use super::{Fault, FaultProxy, Faults};
use crate::{Azurite, BlobServer, sample_bytes};

const SIZE: usize = 300_000;

/// A container with one blob, `large`, reached through a proxy.
struct Scene {
    _server: BlobServer,
    proxy: FaultProxy,
    client: Client,
    content: Bytes,
}

impl Scene {
    async fn new() -> Self {
        let server = BlobServer::start().unwrap();
        let proxy = FaultProxy::before(&server.endpoint("prov")).unwrap();
        let content = Bytes::from(sample_bytes("large", SIZE));
        let scene = Self { _server: server, proxy, client: Client::new(), content };
        let container = scene.url("?restype=container");
        scene.client.put(container).send().await.unwrap().error_for_status().unwrap();
        scene.put("large").await.unwrap().error_for_status().unwrap();
        scene
    }

    async fn harmed_by(fault: Fault) -> Self {
        let scene = Self::new().await;
        scene.proxy.set(Faults::at([(1, fault)]));
        scene
    }

    fn url(&self, rest: &str) -> String {
        format!("{}/data{rest}", self.proxy.endpoint("prov"))
    }

    async fn put(&self, name: &str) -> reqwest::Result<Response> {
        let request = self.client.put(self.url(&format!("/{name}")));
        request.header("x-ms-blob-type", "BlockBlob").body(self.content.clone()).send().await
    }

    async fn get(&self, rest: &str) -> reqwest::Result<Response> {
        self.client.get(self.url(rest)).send().await
    }

    async fn read(&self, name: &str) -> reqwest::Result<Bytes> {
        self.get(&format!("/{name}")).await?.bytes().await
    }

    async fn is_whole(&self, name: &str) -> bool {
        self.read(name).await.is_ok_and(|bytes| bytes == self.content)
    }
}

#[tokio::test]
async fn without_a_fault_everything_passes_and_is_counted() {
    let scene = Scene::new().await;
    let before = scene.proxy.counts();
    assert!(scene.is_whole("large").await);
    scene.put("again").await.unwrap();
    let after = scene.proxy.counts();
    assert_eq!(after.requests - before.requests, 2);
    assert_eq!(after.sent_in_bodies - before.sent_in_bodies, SIZE as u64);
    assert_eq!(after.received_in_bodies - before.received_in_bodies, SIZE as u64);
    assert!(after.sent > after.sent_in_bodies && after.received > after.received_in_bodies);
    assert_eq!((after.faults, after.connections), (0, 1));
}

#[tokio::test]
async fn refusals_come_in_the_servers_place_and_only_for_their_request() {
    let scene = Scene::harmed_by(Fault::Answer { status: 503, retry_after: Some(7) }).await;
    let answer = scene.put("refused").await.unwrap();
    assert_eq!((answer.status().as_u16(), &answer.headers()["retry-after"]), (503, &"7".parse().unwrap()));
    assert_eq!(scene.get("/refused").await.unwrap().status(), 404, "the server did not see it");
    scene.proxy.set(Faults::always(Fault::Answer { status: 429, retry_after: None }));
    let answer = scene.get("/large").await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers().get("retry-after")), (429, None));
}

#[tokio::test]
async fn a_lost_answer_is_to_work_that_was_done() {
    let scene = Scene::harmed_by(Fault::LoseAnswer).await;
    assert!(scene.put("done").await.is_err());
    assert!(scene.is_whole("done").await);
}

#[tokio::test]
async fn a_request_that_is_reset_never_arrives() {
    let scene = Scene::harmed_by(Fault::ResetRequest { after: 1000 }).await;
    assert!(scene.put("never").await.is_err());
    assert_eq!(scene.get("/never").await.unwrap().status(), 404);
}

#[tokio::test]
async fn an_answer_ends_early_by_reset_or_in_order() {
    for fault in [Fault::ResetAnswer { after: 1000 }, Fault::TruncateAnswer { after: 1000 }] {
        let scene = Scene::harmed_by(fault).await;
        let before = scene.proxy.counts();
        assert!(scene.read("large").await.is_err(), "{fault:?}");
        assert_eq!(scene.proxy.counts().received_in_bodies - before.received_in_bodies, 1000);
        assert!(scene.is_whole("large").await);
    }
}

#[tokio::test]
async fn a_shortened_answer_looks_whole() {
    let scene = Scene::harmed_by(Fault::ShortenAnswer { by: 10 }).await;
    assert_eq!(scene.read("large").await.unwrap(), scene.content[..SIZE - 10]);
    assert!(scene.is_whole("large").await, "the connection is still in step");
}

#[tokio::test]
async fn one_bit_is_turned_on_the_way_there_or_back() {
    let scene = Scene::harmed_by(Fault::FlipAnswer { at: SIZE as u64 + 5 }).await;
    let mut turned = scene.content.to_vec();
    turned[5] ^= 1;
    assert_eq!(scene.read("large").await.unwrap(), turned);
    scene.proxy.set(Faults::at([(1, Fault::FlipRequest { at: 5 })]));
    scene.put("turned").await.unwrap();
    assert_eq!(scene.read("turned").await.unwrap(), turned);
}

#[tokio::test]
async fn a_slow_drip_comes_whole_in_the_end() {
    let scene = Scene::harmed_by(Fault::Drip { bytes_per_second: SIZE as u64 * 4 }).await;
    let mut answer = scene.get("/large").await.unwrap();
    let first = answer.chunk().await.unwrap().unwrap();
    assert!(first.len() < SIZE, "not everything at once");
    let mut read = first.to_vec();
    while let Some(chunk) = answer.chunk().await.unwrap() {
        read.extend_from_slice(&chunk);
    }
    assert_eq!(read, scene.content);
}

#[tokio::test]
async fn silence_lasts_until_the_client_gives_up() {
    let scene = Scene::harmed_by(Fault::Silence).await;
    let patient = scene.client.get(scene.url("/large")).timeout(Duration::from_millis(200)).send();
    assert!(patient.await.unwrap_err().is_timeout());
    assert!(scene.is_whole("large").await);
}

#[tokio::test]
async fn a_sas_expires_in_the_middle_of_a_run() {
    let scene = Scene::new().await;
    scene.proxy.set(Faults::none().with_sas_expired_from(2));
    assert_eq!(scene.get("/large?sig=x").await.unwrap().status(), 200);
    let refused = scene.get("/large?sig=x").await.unwrap();
    assert_eq!(
        (refused.status().as_u16(), &refused.headers()["x-ms-error-code"]),
        (403, &"AuthenticationFailed".parse().unwrap())
    );
    assert_eq!(scene.get("/large").await.unwrap().status(), 200, "a key is no SAS");
}

#[tokio::test]
async fn the_servers_clock_is_off() {
    let scene = Scene::new().await;
    scene.proxy.set(Faults::none().with_clock_skew(-7200));
    let answer = scene.get("/large").await.unwrap();
    let date = DateTime::parse_from_rfc2822(answer.headers()["date"].to_str().unwrap()).unwrap();
    assert!((7190..7260).contains(&(Utc::now() - date.to_utc()).num_seconds()));
}

#[tokio::test]
async fn only_the_requests_that_are_meant_are_numbered() {
    let scene = Scene::new().await;
    let faults = Faults::at([(2, Fault::Answer { status: 500, retry_after: None })]);
    scene.proxy.set(faults.for_requests_with(&["PUT ", "/meant"]));
    for (name, status) in [("other", 201), ("meant", 201), ("other", 201), ("meant", 500), ("meant", 201)] {
        assert_eq!(scene.put(name).await.unwrap().status(), status, "{name}");
    }
}

#[test]
fn random_faults_are_the_same_for_the_same_seed_and_about_as_many_as_asked() {
    let drawn = |seed| {
        let faults = Faults::random(seed, 100, Fault::passing(1000));
        (1..=10_000).filter_map(move |number| faults.fault(number)).collect::<Vec<_>>()
    };
    assert_eq!(drawn(1), drawn(1));
    assert_ne!(drawn(1), drawn(2));
    assert!((800..1200).contains(&drawn(1).len()));
    assert!(Fault::passing(1000).iter().all(|fault| drawn(1).contains(fault)), "every kind is drawn");
}

#[tokio::test]
async fn a_cut_network_ends_what_is_on_its_way_and_comes_back() {
    let scene = Scene::harmed_by(Fault::Silence).await;
    let begun = scene.proxy.counts().requests;
    let (read, ()) = tokio::join!(scene.read("large"), async {
        scene.proxy.until(|counts| counts.requests > begun).await;
        scene.proxy.cut();
    });
    assert!(read.is_err());
    assert!(scene.read("large").await.is_err());
    scene.proxy.mend();
    assert!(scene.is_whole("large").await);
}

#[tokio::test]
async fn chunked_answers_pass_too() {
    let azurite = Azurite::shared().await.unwrap();
    let proxy = FaultProxy::before(&azurite.endpoint("prov")).unwrap();
    for _ in 0..2 {
        let answer = reqwest::get(format!("{}?comp=list", proxy.endpoint("prov"))).await.unwrap();
        assert_eq!(answer.status(), 403);
        assert!(answer.text().await.unwrap().ends_with("</Error>"));
    }
}
