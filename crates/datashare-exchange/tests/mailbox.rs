//! A mailbox that its recipient fills: the work of a look is bounded, and what is wrong is named once.
#![allow(clippy::unwrap_used)]

use bytes::Bytes;
use chrono::{DateTime, Utc};
use datashare_domain::MailboxId;
use datashare_exchange::Area;
use datashare_protocol::{Body, Card, ChainHead, FindingKind, IdentityKeys, mailbox_in, sign_record};
use datashare_storage::{MemoryStore, ObjectProperties, PutMode, SharedStore};

fn now() -> DateTime<Utc> {
    std::time::SystemTime::now().into()
}

async fn put(store: &SharedStore, number: u64, bytes: Vec<u8>) {
    let (key, none) = (format!("box/in/{number:06}"), ObjectProperties::default());
    store.put(&key, Bytes::from(bytes), PutMode::Overwrite, &none).await.unwrap();
}

async fn mailbox() -> (SharedStore, Area, String) {
    let store: SharedStore = std::sync::Arc::new(MemoryStore::new());
    let area = Area::new(store.clone(), "box");
    area.make().await.unwrap();
    (store, area, mailbox_in(&MailboxId::from_random([7; 16])))
}

#[tokio::test]
async fn a_million_tiny_records_are_one_finding() {
    let (store, area, chain) = mailbox().await;
    for number in 1..=1_000_000 {
        put(&store, number, b"x".to_vec()).await;
    }
    let pulled = area.pull_in(&mut ChainHead::of_stranger(&chain)).await.unwrap();
    let finding = pulled.finding.unwrap();
    assert!(pulled.records.is_empty());
    assert_eq!((finding.sequence, finding.kind), (1, FindingKind::NotReadable));
}

#[tokio::test]
async fn a_flood_of_good_records_is_read_a_thousand_at_a_look() {
    let (store, area, chain) = mailbox().await;
    let keys = IdentityKeys::from_seeds([3; 32], [4; 32]);
    let recipient = Card {
        name: "Eve".into(),
        organisation: "Elsewhere".into(),
        email: "eve@example.org".into(),
        keys: keys.public(),
        created_at: now(),
    };
    let mut head = ChainHead::new(&chain, keys.public());
    for number in 1..=2500 {
        let body = match number {
            1 => Body::Rejection { mac: String::new(), by: recipient.clone() },
            _ => Body::Acknowledged {},
        };
        let envelope = sign_record(&head.continue_with(now(), body), &keys).unwrap();
        head.accept(&envelope).unwrap();
        put(&store, number, envelope).await;
    }
    put(&store, 2501, b"x".to_vec()).await;
    let mut reader = ChainHead::of_stranger(&chain);
    for expected in [1000, 1000, 500] {
        let pulled = area.pull_in(&mut reader).await.unwrap();
        assert_eq!(pulled.records.len(), expected);
        assert_eq!(pulled.finding.map(|finding| finding.sequence), (expected == 500).then_some(2501));
    }
}
