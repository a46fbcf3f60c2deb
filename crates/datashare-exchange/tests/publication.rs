//! Publications on the memory store: what is staged comes back whole, unchanged files are not staged again, and what
//! lies in a place that anybody can read tells nobody anything.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use datashare_domain::{DatasetId, PublicationId, ShareId};
use datashare_exchange::*;
use datashare_protocol::*;
use datashare_secret::Secret;
use datashare_storage::{
    ErrorKind, MemoryStore, ObjectInfo, ObjectProperties, ObjectRead, PutMode, RemoteObject, SharedStore,
    Source, StoreError, StoreSource, VersionTag,
};
use futures::TryStreamExt;

#[derive(Debug)]
struct NoReach;

#[async_trait]
impl Reach for NoReach {
    fn store(&self, _: &Access) -> datashare_storage::Result<SharedStore> {
        Err(StoreError::new(ErrorKind::Unsupported, "open", "", "Not needed here."))
    }
    async fn read_signed(
        &self,
        _: &str,
        _: &str,
        _: &Secret,
        _: Option<Range<u64>>,
        _: Option<&VersionTag>,
    ) -> datashare_storage::Result<ObjectRead> {
        Err(StoreError::new(ErrorKind::Unsupported, "read", "", "Not needed here."))
    }
    fn remote_signed(&self, _: &str, _: &str, _: &Secret, _: &VersionTag) -> Option<RemoteObject> {
        None
    }

    async fn head_signed(
        &self,
        _: &str,
        _: &str,
        _: &Secret,
    ) -> datashare_storage::Result<Option<ObjectInfo>> {
        Ok(None)
    }
}

struct Fixture {
    store: SharedStore,
    area: Area,
    keys: IdentityKeys,
    share: ShareId,
    dataset: DatasetId,
    seal: Option<(u64, ContentKey)>,
    version: u64,
}

impl Fixture {
    async fn new(seal: Option<(u64, ContentKey)>) -> Self {
        let store: SharedStore = Arc::new(MemoryStore::new());
        let area = Area::new(store.clone(), "exchange/shares/a");
        area.make().await.unwrap();
        store.make_place("source").await.unwrap();
        Self {
            store,
            area,
            keys: IdentityKeys::from_seeds([1; 32], [2; 32]),
            share: ShareId::from_random([3; 16]),
            dataset: DatasetId::from_random([4; 16]),
            seal,
            version: 0,
        }
    }

    async fn write(&self, path: &str, content: &[u8]) {
        let bytes = Bytes::copy_from_slice(content);
        self.store
            .put(&format!("source/{path}"), bytes, PutMode::Overwrite, &ObjectProperties::default())
            .await
            .unwrap();
    }

    async fn manifest(&self) -> Option<Manifest> {
        read_latest_manifest(&self.area, &self.keys.public(), &self.share, &SeenManifest::default())
            .await
            .unwrap()
            .map(|(manifest, _)| manifest)
    }

    async fn publish(&mut self) -> Published {
        let before = self.manifest().await;
        let published = publish(&PublishRequest {
            area: &self.area,
            dataset: &self.dataset,
            name: "pos",
            publication: PublicationId::from_random([10 + self.version as u8; 16]),
            source: Arc::new(StoreSource::folder(self.store.clone(), "source")),
            seal: self.seal.clone(),
            previous: before.as_ref().map(|manifest| &manifest.datasets[0]),
            now: DateTime::<Utc>::from_timestamp(1, 0).unwrap(),
        })
        .await
        .unwrap();
        if let Some(entry) = published.entry.clone() {
            self.version += 1;
            let manifest = Manifest {
                share_id: self.share.clone(),
                version: self.version,
                previous: None,
                created_at: DateTime::from_timestamp(1, 0).unwrap(),
                datasets: vec![entry],
            };
            write_manifest(&self.area, &manifest, &self.keys).await.unwrap();
        }
        published
    }

    async fn source(&self) -> Result<Arc<dyn Source>> {
        let secrets = GrantSecrets {
            data_key: self.seal.as_ref().map(|(_, key)| key.clone()),
            datasets: [(self.dataset.clone(), DatasetAccess::Published)].into(),
            ..GrantSecrets::default()
        };
        let manifest = self.manifest().await;
        let granted = GrantedDataset {
            id: &self.dataset,
            name: "pos",
            secrets: &secrets,
            generation: self.seal.as_ref().map_or(1, |(generation, _)| *generation),
            mailbox: &self.area,
            share: Some(&self.area),
            manifest: manifest.as_ref(),
        };
        granted_source(granted, &(Arc::new(NoReach) as Arc<dyn Reach>)).await
    }

    async fn read_all(&self) -> Vec<(String, Vec<u8>)> {
        let source = self.source().await.unwrap();
        let mut files = Vec::new();
        for entry in source.list().try_collect::<Vec<_>>().await.unwrap() {
            files.push((entry.path.clone(), read(&source, &entry, None).await.unwrap()));
        }
        files
    }
}

async fn read(
    source: &Arc<dyn Source>,
    entry: &datashare_storage::SourceEntry,
    range: Option<Range<u64>>,
) -> datashare_storage::Result<Vec<u8>> {
    let chunks: Vec<Bytes> = source.open(entry, range).await?.try_collect().await?;
    Ok(chunks.concat())
}

fn sealed() -> Option<(u64, ContentKey)> {
    Some((1, ContentKey::new([9; 32])))
}

fn large() -> Vec<u8> {
    (0..9_500_000u32).map(|number| (number / 7) as u8).collect()
}

#[tokio::test]
async fn what_is_published_comes_back_whole() {
    for seal in [None, sealed()] {
        let mut fixture = Fixture::new(seal).await;
        fixture.write("empty", b"").await;
        fixture.write("tief/er/é % # ? +.txt", b"hello").await;
        fixture.write("zz-large", &large()).await;
        let published = fixture.publish().await;
        assert_eq!((published.files, published.added), (3, 3));
        let files = fixture.read_all().await;
        assert_eq!(files[0], ("empty".into(), vec![]));
        assert_eq!(files[1], ("tief/er/é % # ? +.txt".into(), b"hello".to_vec()));
        assert!(files[2].1 == large());
    }
}

#[tokio::test]
async fn any_range_of_a_sealed_file_opens() {
    let mut fixture = Fixture::new(sealed()).await;
    fixture.write("large", &large()).await;
    fixture.publish().await;
    let source = fixture.source().await.unwrap();
    let entry = source.list().try_collect::<Vec<_>>().await.unwrap().remove(0);
    for range in [
        0..1,
        0..CHUNK,
        CHUNK - 1..CHUNK + 1,
        CHUNK..2 * CHUNK,
        5..5,
        9_499_999..9_500_000,
        3 * CHUNK + 7..9_500_000,
    ] {
        let expected = large()[range.start as usize..range.end as usize].to_vec();
        assert!(read(&source, &entry, Some(range.clone())).await.unwrap() == expected, "{range:?}");
    }
}

#[tokio::test]
async fn unchanged_files_keep_their_objects() {
    let mut fixture = Fixture::new(None).await;
    fixture.write("a", b"1").await;
    fixture.write("b", b"2").await;
    fixture.publish().await;
    assert!(fixture.publish().await.entry.is_none());
    fixture.write("b", b"two").await;
    fixture.write("c", b"3").await;
    fixture.store.delete("source/a").await.unwrap();
    let second = fixture.publish().await;
    assert_eq!((second.added, second.updated, second.removed), (1, 1, 1));
    assert_eq!(fixture.read_all().await, [("b".into(), b"two".to_vec()), ("c".into(), b"3".to_vec())]);
    // Only what the newest one uses is left, and it still reads.
    let manifest = fixture.manifest().await.unwrap();
    assert!(remove_unreferenced(&fixture.area, &fixture.dataset, &[manifest]).await.unwrap() >= 2);
    assert_eq!(fixture.read_all().await.len(), 2);
}

/// Keys below the area's data, with what is stored.
async fn stored(fixture: &Fixture) -> Vec<String> {
    let mut next = None;
    let mut keys = Vec::new();
    loop {
        let page = fixture.store.list("exchange/shares/a/data/", next.as_deref()).await.unwrap();
        keys.extend(page.objects.into_iter().map(|object| object.key));
        match page.next {
            Some(more) => next = Some(more),
            None => return keys,
        }
    }
}

#[tokio::test]
async fn a_publication_keeps_the_pieces_that_did_not_change() {
    for seal in [None, sealed()] {
        let mut fixture = Fixture::new(seal).await;
        for number in 0..4000 {
            fixture.write(&format!("{}/{number:04}", number % 3), b"1").await;
        }
        fixture.publish().await;
        let before = stored(&fixture).await;
        assert!(before.len() > 4002, "a root and more than one piece");
        fixture.write("1/1234", b"two").await;
        let published = fixture.publish().await;
        assert_eq!((published.added, published.updated, published.removed), (0, 1, 0));
        let entry = published.entry.unwrap();
        assert_eq!((entry.files, entry.uses.len()), (4000, 2));
        let mut after = stored(&fixture).await;
        after.retain(|key| !before.contains(key));
        assert_eq!(after.len(), 3, "the file, its piece and the root: {after:?}");
        let files = fixture.read_all().await;
        assert_eq!(files.len(), 4000);
        assert!(files.contains(&("1/1234".into(), b"two".to_vec())));
        assert!(fixture.publish().await.entry.is_none());
    }
}

#[tokio::test]
async fn a_damaged_piece_is_published_anew_and_its_files_with_it() {
    let mut fixture = Fixture::new(sealed()).await;
    for number in 0..4000 {
        fixture.write(&format!("{}/{number:04}", number % 3), b"1").await;
    }
    fixture.publish().await;
    let piece = stored(&fixture).await.into_iter().find(|key| key.ends_with("/index-000001")).unwrap();
    let junk = Bytes::from_static(b"junk");
    fixture.store.put(&piece, junk, PutMode::Overwrite, &ObjectProperties::default()).await.unwrap();
    let listed = fixture.source().await.unwrap().list().try_collect::<Vec<_>>().await;
    assert_eq!(listed.unwrap_err().kind, ErrorKind::Corrupt);
    let published = fixture.publish().await;
    assert!(published.added > 0 && published.added < 4000, "{} of its files", published.added);
    assert_eq!(fixture.read_all().await.len(), 4000);
}

#[tokio::test]
async fn a_sealed_area_tells_neither_names_nor_content() {
    let mut fixture = Fixture::new(sealed()).await;
    fixture.write("canary-name", b"canary-content").await;
    fixture.publish().await;
    for object in fixture.store.list("exchange/", None).await.unwrap().objects {
        let chunks: Vec<Bytes> =
            fixture.store.read(&object.key, None, None).await.unwrap().body.try_collect().await.unwrap();
        assert!(!object.key.contains("canary"), "{}", object.key);
        assert!(!String::from_utf8_lossy(&chunks.concat()).contains("canary"), "{}", object.key);
    }
}

#[tokio::test]
async fn changed_bytes_are_found() {
    let mut fixture = Fixture::new(sealed()).await;
    fixture.write("a", b"hello").await;
    fixture.publish().await;
    let source = fixture.source().await.unwrap();
    let entry = source.list().try_collect::<Vec<_>>().await.unwrap().remove(0);
    for object in fixture.store.list("exchange/shares/a/data/", None).await.unwrap().objects {
        let chunks: Vec<Bytes> =
            fixture.store.read(&object.key, None, None).await.unwrap().body.try_collect().await.unwrap();
        let mut changed = chunks.concat();
        changed[0] ^= 1;
        fixture
            .store
            .put(&object.key, changed.into(), PutMode::Overwrite, &ObjectProperties::default())
            .await
            .unwrap();
    }
    assert_eq!(read(&source, &entry, None).await.unwrap_err().kind, ErrorKind::Corrupt);
    assert!(matches!(fixture.source().await, Err(ExchangeError::IndexNotGenuine(_))));
}

#[tokio::test]
async fn a_record_is_written_once() {
    let fixture = Fixture::new(None).await;
    let mut head = ChainHead::new("share:a", fixture.keys.public());
    let at = DateTime::from_timestamp(1, 0).unwrap();
    let first = sign_record(&head.continue_with(at, Body::ShareDeleted {}), &fixture.keys).unwrap();
    let other = sign_record(&head.continue_with(at, Body::Withdrawn {}), &fixture.keys).unwrap();
    let author = fixture.keys.public();
    fixture.area.push_log(1, &first, &author).await.unwrap();
    fixture.area.push_log(1, &first, &author).await.unwrap();
    assert!(fixture.area.push_log(1, &other, &author).await.is_err());
    let pulled = fixture.area.pull_log(&mut head).await.unwrap();
    assert_eq!(pulled.records.len(), 1);
    let junk = fixture.area.key("log/000002");
    fixture.store.put(&junk, "junk".into(), PutMode::Create, &ObjectProperties::default()).await.unwrap();
    assert_eq!(
        fixture.area.pull_log(&mut head).await.unwrap().finding.unwrap().kind,
        FindingKind::NotReadable
    );
    let second = sign_record(&head.continue_with(at, Body::Withdrawn {}), &fixture.keys).unwrap();
    fixture.area.push_log(2, &second, &author).await.unwrap();
    assert_eq!(
        fixture.area.pull_log(&mut head).await.unwrap().records.len(),
        1,
        "junk gives way to the owner's record"
    );
}
