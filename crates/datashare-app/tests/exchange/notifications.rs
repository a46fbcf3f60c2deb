//! What happened is told once, signed, by whoever does the work; what cannot be told is tried again and then kept.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{TimeDelta, Utc};
use datashare_app::App;
use datashare_app::dto::*;
use datashare_domain::{AcceptanceMode, SnapshotMode};
use datashare_secret::Secret;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::scene::{Consumer, Ground, SHARE, Scene};
use crate::schedules::Hands;

/// One request that a receiver got.
#[derive(Clone, Debug)]
struct Got {
    head: String,
    body: Vec<u8>,
}

impl Got {
    fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find_map(|(found, value)| found.eq_ignore_ascii_case(name).then_some(value))
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A receiver on the loopback: answers with these status codes in turn, then with 200.
struct Receiver {
    address: String,
    got: Arc<Mutex<Vec<Got>>>,
    answers: Arc<Mutex<VecDeque<u16>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Receiver {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/hook?token=canary", listener.local_addr().unwrap());
        let (got, answers) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(VecDeque::new())));
        let (all, codes) = (got.clone(), answers.clone());
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = read(&mut stream).await;
                all.lock().unwrap().push(request);
                let code = codes.lock().unwrap().pop_front().unwrap_or(200);
                let answer = format!("HTTP/1.1 {code} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        Self { address, got, answers, task }
    }

    fn will_answer(&self, codes: &[u16]) {
        self.answers.lock().unwrap().extend(codes);
    }

    fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn read(stream: &mut TcpStream) -> Got {
    let mut bytes = Vec::new();
    loop {
        let mut part = [0; 4096];
        let count = stream.read(&mut part).await.unwrap();
        bytes.extend_from_slice(&part[..count]);
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
            let got = Got { head, body: bytes[end + 4..].to_vec() };
            let length: usize = got.header("content-length").unwrap().parse().unwrap();
            if got.body.len() >= length {
                return got;
            }
        }
        assert!(count > 0, "the request ended early");
    }
}

async fn add(scene: &Scene, name: &str, kind: TargetKind, address: &str) -> NotificationTargetSaved {
    let request =
        NotificationTargetSet { name: name.into(), kind, address: Secret::new(address), secret: None };
    scene.provider.notification_target_set(request).await.unwrap()
}

async fn tell(scene: &Scene, kind: EventKind, channels: &[Channel]) {
    let rules = vec![NotificationRule { kind, channels: channels.to_vec() }];
    scene.provider.notification_rules_set(NotificationRulesSet { rules, email_to: None }).await.unwrap();
}

/// What was to be tried later is due now.
fn later(scene: &Scene) {
    let past = "UPDATE deliveries SET due_at = '2026-01-01T00:00:00.000Z' WHERE due_at IS NOT NULL";
    scene.database().execute(past, []).unwrap();
}

fn verify(got: &Got, secret: &str) {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap();
    let (id, time) = (got.header("webhook-id").unwrap(), got.header("webhook-timestamp").unwrap());
    mac.update(format!("{id}.{time}.").as_bytes());
    mac.update(&got.body);
    let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    assert_eq!(got.header("webhook-signature"), Some(expected.as_str()));
    let age = chrono::Utc::now().timestamp() - time.parse::<i64>().unwrap();
    assert!(age.abs() < 60, "signed now");
}

#[tokio::test]
async fn what_happened_is_posted_once_and_signed() {
    let scene = Scene::new(Ground::Folder).await;
    let receiver = Receiver::start().await;
    let saved = add(&scene, "operations", TargetKind::Webhook, &receiver.address).await;
    tell(&scene, EventKind::InvitationAccepted, &[Channel::Webhook]).await;
    tell(&scene, EventKind::RecipientSnapshotSucceeded, &[Channel::Webhook]).await;
    let ben = scene.subscribed("ben").await;
    ben.snapshot(SnapshotMode::Full).await.unwrap();
    for _ in 0..3 {
        scene.round().await;
    }
    let got = receiver.got();
    let kinds: Vec<Value> = got.iter().map(|got| got.json()["type"].clone()).collect();
    assert_eq!(kinds, ["org.datashare.invitation-accepted", "org.datashare.recipient-snapshot-succeeded"]);
    for got in &got {
        verify(got, saved.signing_secret.as_ref().unwrap());
        assert_eq!(got.header("content-type"), Some("application/cloudevents+json; charset=utf-8"));
        let event = got.json();
        assert_eq!((&event["specversion"], &event["subject"]), (&"1.0".into(), &"sales".into()));
        assert_eq!(event["id"].as_str(), got.header("webhook-id"));
        assert_eq!(event["data"]["who"], "ben@example.org");
        assert!(event["source"].as_str().unwrap().starts_with("urn:datashare:workspace:"));
    }
}

#[tokio::test]
async fn what_a_receiver_does_not_take_is_tried_again_and_then_kept() {
    let scene = Scene::new(Ground::Folder).await;
    let receiver = Receiver::start().await;
    add(&scene, "operations", TargetKind::Webhook, &receiver.address).await;
    tell(&scene, EventKind::InvitationAccepted, &[Channel::Webhook]).await;
    receiver.will_answer(&[503, 429, 410]);
    scene.subscribed("ben").await;
    scene.round().await;
    assert_eq!(receiver.got().len(), 1, "not again before its time");
    for tries in 2..=3 {
        later(&scene);
        scene.round().await;
        assert_eq!(receiver.got().len(), tries);
    }
    let ids: Vec<_> = receiver.got().iter().map(|got| got.header("webhook-id").map(str::to_owned)).collect();
    assert!(ids.windows(2).all(|pair| pair[0] == pair[1]), "the same event: {ids:?}");

    // 410 will be answered for ever: it is kept for a person.
    let dead = scene.provider.notification_dead(Nothing {}).await.unwrap();
    assert_eq!((dead.len(), dead[0].tries, dead[0].target.as_str()), (1, 3, "operations"));
    assert!(dead[0].problem.contains("410") && !dead[0].problem.contains("canary"), "{}", dead[0].problem);
    scene.round().await;
    assert_eq!(receiver.got().len(), 3);
    let all = NotificationResend { event_id: None };
    assert_eq!(scene.provider.notification_resend(all).await.unwrap().deliveries, 1);
    scene.round().await;
    assert_eq!(receiver.got().len(), 4);
    assert_eq!(scene.provider.notification_show(Nothing {}).await.unwrap().dead, 0);
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_given_up_after_a_day_of_tries() {
    let scene = Scene::new(Ground::Folder).await;
    let receiver = Receiver::start().await;
    add(&scene, "operations", TargetKind::Webhook, &receiver.address).await;
    drop(receiver);
    tell(&scene, EventKind::InvitationAccepted, &[Channel::Webhook]).await;
    scene.subscribed("ben").await;
    // The first try was among the rounds of the acceptance.
    for _ in 0..7 {
        assert_eq!(scene.provider.notification_show(Nothing {}).await.unwrap().dead, 0);
        later(&scene);
        scene.round().await;
    }
    let dead = scene.provider.notification_dead(Nothing {}).await.unwrap();
    assert_eq!(dead[0].tries, 8);
    assert!(dead[0].problem.contains("cannot be reached"), "{}", dead[0].problem);
    scene
        .provider
        .notification_target_remove(NotificationTargetName { target: "operations".into() })
        .await
        .unwrap();
    assert!(scene.provider.notification_dead(Nothing {}).await.unwrap().is_empty());
}

#[tokio::test]
async fn teams_gets_a_card_and_the_desktop_is_told_once() {
    let scene = Scene::new(Ground::Folder).await;
    let receiver = Receiver::start().await;
    let saved = add(&scene, "channel", TargetKind::Teams, &receiver.address).await;
    assert_eq!(saved.signing_secret, None);
    tell(&scene, EventKind::InvitationRejected, &[Channel::Teams, Channel::Desktop]).await;
    let link = scene.invite("eve", AcceptanceMode::Automatic).await;
    let eve = scene.consumer("eve").await;
    let source = InvitationSource { invitation: Secret::new(&link.link), exchange_folder: None };
    eve.app.invitation_reject(source).await.unwrap();
    scene.round().await;
    scene.round().await;
    let got = receiver.got();
    assert_eq!(got.len(), 1);
    let content = &got[0].json()["attachments"][0]["content"];
    assert_eq!(content["type"], "AdaptiveCard");
    assert_eq!(content["body"][0]["text"], "Invitation to 'sales' rejected");
    let news = scene.provider.take_desktop_news().unwrap();
    assert_eq!(news.iter().map(|event| event.kind).collect::<Vec<_>>(), [EventKind::InvitationRejected]);
    assert!(scene.provider.take_desktop_news().unwrap().is_empty());
}

#[tokio::test]
async fn the_recipient_hears_of_access_terms_and_their_end() {
    let scene = Scene::new(Ground::Folder).await;
    let ben = scene.subscribed("ben").await;
    ben.snapshot(SnapshotMode::Full).await.unwrap();
    let request = ShareUpdate {
        share: crate::scene::SHARE.into(),
        description: None,
        terms: Some("other terms".into()),
        terms_must_be_accepted_again: false,
    };
    scene.provider.share_update(request).await.unwrap();
    ben.refresh().await.unwrap();
    scene.provider.recipient_revoke(scene.named("ben")).await.unwrap();
    ben.refresh().await.unwrap();
    let news = ben.app.take_desktop_news().unwrap();
    let kinds: Vec<EventKind> = news.iter().map(|event| event.kind).collect();
    assert_eq!(
        kinds,
        [EventKind::AccessGranted, EventKind::SnapshotSucceeded, EventKind::TermsChanged, EventKind::Revoked]
    );
    let of_provider = |event: &&HappenedEvent| event.kind != EventKind::SnapshotSucceeded;
    assert!(news.iter().filter(of_provider).all(|event| event.who.is_some()), "{news:?}");
}

#[tokio::test]
async fn both_sides_hear_once_that_an_access_ends_soon_and_once_that_it_has_ended() {
    let mut scene = Scene::new(Ground::Folder).await;
    let mut ben = scene.subscribed("ben").await;
    let end = Utc::now() + TimeDelta::days(30);
    let expiry =
        RecipientExpiry { share: SHARE.into(), recipient: "ben@example.org".into(), expires_at: end };
    scene.provider.recipient_set_expiry(expiry).await.unwrap();
    ben.refresh().await.unwrap();
    let hands = Hands::at(Utc::now());
    scene.provider = hands.open(&scene.home("provider")).await;
    ben.app = hands.open(&scene.home("ben")).await;
    told_at_the_end_of_access(&scene, &ben).await;

    for (at, kind) in [
        (end - TimeDelta::days(8), None),
        (end - TimeDelta::days(3), Some(EventKind::ExpirySoon)),
        (end - TimeDelta::hours(1), None),
        (end + TimeDelta::hours(1), Some(EventKind::AccessExpired)),
        (end + TimeDelta::days(1), None),
    ] {
        hands.move_to(at);
        let expected: Vec<_> = kind.into_iter().collect();
        let (provider, recipient) = told_at_the_end_of_access(&scene, &ben).await;
        assert_eq!((&provider, &recipient), (&expected, &expected), "{at}, and the end is {end}");
    }
}

/// What both desktops are told after a round of each.
async fn told_at_the_end_of_access(scene: &Scene, ben: &Consumer) -> (Vec<EventKind>, Vec<EventKind>) {
    scene.round().await;
    ben.app.agent_round(Nothing {}).await.unwrap();
    let kinds = |app: &App| -> Vec<EventKind> {
        app.take_desktop_news().unwrap().iter().map(|event| event.kind).collect()
    };
    (kinds(&scene.provider), kinds(&ben.app))
}

#[tokio::test]
async fn what_ended_long_ago_is_no_news() {
    let mut scene = Scene::new(Ground::Folder).await;
    scene.subscribed("ben").await;
    let end = Utc::now() + TimeDelta::days(1);
    let expiry =
        RecipientExpiry { share: SHARE.into(), recipient: "ben@example.org".into(), expires_at: end };
    scene.provider.recipient_set_expiry(expiry).await.unwrap();
    scene.provider.take_desktop_news().unwrap();
    let hands = Hands::at(end + TimeDelta::days(30));
    scene.provider = hands.open(&scene.home("provider")).await;
    scene.round().await;
    let news = scene.provider.take_desktop_news().unwrap();
    assert!(news.iter().all(|event| event.kind != EventKind::AccessExpired), "{news:?}");
}

#[tokio::test]
async fn who_accepts_an_own_invitation_hears_of_it_as_the_provider_too() {
    let scene = Scene::new(Ground::Folder).await;
    tell(&scene, EventKind::InvitationAccepted, &[Channel::Desktop]).await;
    let invitation = Secret::new(scene.provider.demo_create(Nothing {}).await.unwrap().invitation.link);
    let source = InvitationSource { invitation: invitation.clone(), exchange_folder: None };
    let preview = scene.provider.invitation_show(source).await.unwrap();
    let request = InvitationAccept {
        invitation,
        exchange_folder: None,
        agree_terms_sha256: preview.terms_sha256,
        name: None,
    };
    scene.while_it_runs(scene.provider.invitation_accept(request)).await.unwrap();
    let news = scene.provider.take_desktop_news().unwrap();
    let accepted: Vec<_> = news.iter().filter(|event| event.kind == EventKind::InvitationAccepted).collect();
    assert_eq!(accepted.len(), 1, "{news:?}");
    assert_eq!((accepted[0].side, accepted[0].who.as_deref()), (ShareSide::Sent, Some("ana@example.org")));
}

#[tokio::test]
async fn an_address_is_a_secret_and_nothing_goes_out_in_clear() {
    let scene = Scene::new(Ground::Folder).await;
    add(&scene, "operations", TargetKind::Webhook, "https://hooks.contoso.example/canary?sig=canary").await;
    let shown = serde_json::to_string(&scene.provider.notification_show(Nothing {}).await.unwrap()).unwrap();
    assert!(shown.contains("https://hooks.contoso.example") && !shown.contains("canary"), "{shown}");
    let stored: String = scene
        .database()
        .query_row("SELECT value FROM meta WHERE key = 'notifications'", [], |row| row.get(0))
        .unwrap();
    assert!(!stored.contains("canary"), "{stored}");
    for address in ["http://hooks.contoso.example/", "ftp://a.example/", "nothing"] {
        let request = NotificationTargetSet {
            name: "other".into(),
            kind: TargetKind::Webhook,
            address: Secret::new(address),
            secret: None,
        };
        let error = scene.provider.notification_target_set(request).await.unwrap_err();
        assert_eq!(error.code, datashare_app::Code::InvalidRequest, "{address}");
    }
}
