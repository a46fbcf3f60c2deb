//! Indexes of granted folders: little is written when little changed, and nothing is read but what was granted.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeSet;
use std::sync::Arc;

use common::*;
use datashare_exchange::{ExchangeError, remove_old_indexes};
use datashare_protocol::{DatasetAccess, GrantSecrets};
use datashare_storage::{ErrorKind, MemoryStore, SourceEntry, StoreError};
use futures::TryStreamExt;

async fn provider() -> Provider {
    let store = Arc::new(MemoryStore::new());
    datashare_storage::Store::make_place(&*store, "exchange").await.unwrap();
    Provider::on(store)
}

async fn listed(
    provider: &Provider,
    recipient: &Recipient,
    secrets: &GrantSecrets,
) -> Result<Vec<SourceEntry>, StoreError> {
    provider.open(recipient, secrets).await.unwrap().list().try_collect().await
}

/// What the recipient should see.
fn expected(files: &Files) -> Vec<(String, String)> {
    let numbers = (0..files.count).filter(|number| !files.removed.contains(number));
    numbers.map(|number| files.entry(number)).map(|entry| (entry.path, entry.version.0)).collect()
}

fn seen(entries: Vec<SourceEntry>) -> Vec<(String, String)> {
    entries.into_iter().map(|entry| (entry.path, entry.version.0)).collect()
}

#[tokio::test]
async fn one_changed_file_of_a_hundred_thousand_costs_each_recipient_a_handful_of_requests() {
    let provider = provider().await;
    let mut files = Files::of(100_000);
    let mut recipients = [Recipient::new(5), Recipient::new(6)];
    for recipient in &mut recipients {
        provider.grant(recipient, &files).await;
    }
    let (first, all_bytes) = provider.asked.take();
    assert!(first[0] > 100, "so many pieces that keeping them matters: {first:?}");
    files.changed.insert(31_415);
    for recipient in &mut recipients {
        let issued = provider.grant(recipient, &files).await;
        let ([written, read, deleted, listed_pages], bytes) = provider.asked.take();
        assert_eq!(
            [written, read, deleted, listed_pages],
            [2, 1, 0, 0],
            "one piece and the root, by the root before"
        );
        assert!(bytes < all_bytes / 20, "{bytes} of {all_bytes} bytes");
        remove_old_indexes(&provider.exchange, &provider.layout, &recipient.mailbox, &issued.in_use)
            .await
            .unwrap();
        let ([_, _, deleted, _], _) = provider.asked.take();
        assert_eq!(deleted, 0, "the index before may still be read");
        assert_eq!(seen(listed(&provider, recipient, &issued.secrets).await.unwrap()), expected(&files));
        provider.asked.take();
    }
    files.removed.insert(77_777);
    let issued = provider.grant(&mut recipients[0], &files).await;
    let ([written, ..], _) = provider.asked.take();
    assert!(written <= 4, "{written}");
    assert_eq!(seen(listed(&provider, &recipients[0], &issued.secrets).await.unwrap()), expected(&files));
}

#[tokio::test]
async fn indexes_that_nobody_reads_any_more_are_removed_and_those_before_last_stay() {
    let (provider, mut recipient) = (provider().await, Recipient::new(5));
    let mut files = Files::of(5000);
    let mut grants = Vec::new();
    for round in 0..4 {
        files.changed.insert(round * 1000);
        let issued = provider.grant(&mut recipient, &files).await;
        let junk = provider.mailbox(&recipient).key("index/junk");
        put(&provider.exchange, &junk, b"of the recipient".to_vec()).await;
        let gone =
            remove_old_indexes(&provider.exchange, &provider.layout, &recipient.mailbox, &issued.in_use);
        assert!(gone.await.unwrap() >= 1);
        grants.push((issued.secrets, expected(&files)));
    }
    for (secrets, expected) in &grants[2..] {
        assert_eq!(seen(listed(&provider, &recipient, secrets).await.unwrap()), *expected);
    }
    for (secrets, _) in &grants[..2] {
        let opened = provider.open(&recipient, secrets).await;
        assert!(matches!(opened, Err(ExchangeError::IndexNotGenuine(_))), "{opened:?}");
    }
    assert_eq!(provider.exchange.head(&provider.mailbox(&recipient).key("index/junk")).await.unwrap(), None);
}

#[tokio::test]
async fn another_generation_shares_neither_key_nor_pieces() {
    let (provider, mut recipient, files) = (provider().await, Recipient::new(5), Files::of(5000));
    let before = provider.grant(&mut recipient, &files).await.secrets;
    recipient.generation = 2;
    let after = provider.grant(&mut recipient, &files).await.secrets;
    let key = |secrets: &GrantSecrets| match &secrets.datasets[&provider.dataset] {
        DatasetAccess::Index { key, .. } => *key.reveal(),
        _ => unreachable!("a folder is granted by an index"),
    };
    assert_ne!(key(&before), key(&after));
    let mut names = BTreeSet::new();
    for secrets in [&before, &after] {
        names.extend(provider.root(&recipient, secrets).await.pieces.into_iter().map(|piece| piece.object));
    }
    assert_eq!(names.len(), 2 * provider.root(&recipient, &after).await.pieces.len());
}

/// The index that is there is damaged, or not what the register says: the next one is whole.
#[tokio::test]
async fn a_damaged_earlier_index_is_written_anew() {
    let (provider, mut recipient, files) = (provider().await, Recipient::new(5), Files::of(5000));
    let secrets = provider.grant(&mut recipient, &files).await.secrets;
    let DatasetAccess::Index { object, .. } = &secrets.datasets[&provider.dataset] else { unreachable!() };
    put(&provider.exchange, &provider.mailbox(&recipient).key(object), b"junk".to_vec()).await;
    provider.asked.take();
    let again = provider.grant(&mut recipient, &files).await.secrets;
    let pieces = provider.root(&recipient, &again).await.pieces.len() as u64;
    assert_eq!(provider.asked.take().0[0], pieces + 1);
    assert_eq!(seen(listed(&provider, &recipient, &again).await.unwrap()), expected(&files));
}

#[tokio::test]
async fn no_piece_stands_in_for_another() {
    let provider = provider().await;
    let (mut ben, mut eve) = (Recipient::new(5), Recipient::new(6));
    let mut files = Files::of(5000);
    let old = provider.grant(&mut ben, &files).await.secrets;
    let foreign = provider.grant(&mut eve, &files).await.secrets;
    files.changed.extend([0, 4999]);
    let secrets = provider.grant(&mut ben, &files).await.secrets;
    let place = |recipient: &Recipient, object: &str| provider.mailbox(recipient).key(object);
    let (root, before) = (provider.root(&ben, &secrets).await, provider.root(&ben, &old).await);
    let others = provider.root(&eve, &foreign).await;
    let first = place(&ben, &root.pieces[0].object);
    let original = get(&provider.exchange, &first).await;
    let mut cut = original.clone();
    cut.truncate(original.len() / 2);
    let attacks = [
        ("the next piece", get(&provider.exchange, &place(&ben, &root.pieces[1].object)).await),
        (
            "the piece before it was changed",
            get(&provider.exchange, &place(&ben, &before.pieces[0].object)).await,
        ),
        ("another recipient's piece", get(&provider.exchange, &place(&eve, &others.pieces[0].object)).await),
        ("a cut one", cut),
        ("nothing", Vec::new()),
        ("more than a piece", vec![0; 9 << 20]),
    ];
    for (what, bytes) in attacks {
        put(&provider.exchange, &first, bytes).await;
        let error = listed(&provider, &ben, &secrets).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Corrupt, "{what}: {error}");
        let source = provider.open(&ben, &secrets).await.unwrap();
        assert!(source.remote(&files.entry(0)).await.is_none(), "{what}: nothing is read by it");
        assert!(source.remote(&files.entry(4999)).await.is_some(), "{what}: the others are read");
    }
    provider.exchange.delete(&first).await.unwrap();
    assert_eq!(listed(&provider, &ben, &secrets).await.unwrap_err().kind, ErrorKind::Corrupt, "dropped");
    put(&provider.exchange, &first, original).await;
    assert_eq!(seen(listed(&provider, &ben, &secrets).await.unwrap()), expected(&files));
}

#[tokio::test]
async fn a_root_that_went_back_or_is_anothers_is_refused() {
    let provider = provider().await;
    let (mut ben, mut eve) = (Recipient::new(5), Recipient::new(6));
    let mut files = Files::of(2000);
    let old = provider.grant(&mut ben, &files).await.secrets;
    let foreign = provider.grant(&mut eve, &files).await.secrets;
    files.changed.insert(7);
    let secrets = provider.grant(&mut ben, &files).await.secrets;
    let place = |recipient: &Recipient, secrets: &GrantSecrets| match &secrets.datasets[&provider.dataset] {
        DatasetAccess::Index { object, .. } => provider.mailbox(recipient).key(object),
        _ => unreachable!("a folder is granted by an index"),
    };
    let newest = place(&ben, &secrets);
    for bytes in [
        get(&provider.exchange, &place(&ben, &old)).await,
        get(&provider.exchange, &place(&eve, &foreign)).await,
        Vec::new(),
    ] {
        put(&provider.exchange, &newest, bytes).await;
        let opened = provider.open(&ben, &secrets).await;
        assert!(matches!(opened, Err(ExchangeError::IndexNotGenuine(_))), "{opened:?}");
    }
}
