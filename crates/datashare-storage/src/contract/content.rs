//! What reads and writes promise: the same bytes, whole or not at all.

use std::ops::Range;

use chrono::DateTime;
use futures::future::try_join_all;
use md5::{Digest, Md5};

use super::{collect, expect_kind, list_all, pattern, put, read_all};
use crate::{ErrorKind, HeldParts, ObjectProperties, SharedStore, Upload, UploadExpectation};

async fn begin(store: &SharedStore, key: &str) -> Box<dyn Upload> {
    store
        .upload(key, &ObjectProperties::default())
        .await
        .unwrap_or_else(|error| panic!("'{key}' can be begun: {error}"))
}

fn part_size(store: &SharedStore) -> usize {
    store.capabilities().part_size.start.max(64 * 1024) as usize
}

pub async fn objects_of_every_size_come_back(store: &SharedStore, place: &str) {
    for (seed, size) in [0, 1, 1000, 512 * 1024, 512 * 1024 + 1, 3 * 1024 * 1024].into_iter().enumerate() {
        let (key, bytes) = (format!("{place}/sizes/{size}"), pattern(size, seed as u32));
        let written = put(store, &key, bytes.clone()).await;
        assert_eq!(written.size, size as u64);
        let read = store.read(&key, None, None).await.unwrap();
        assert_eq!((read.info.size, &read.info.version), (written.size, &written.version));
        assert!(collect(read).await.unwrap() == bytes, "{size} bytes come back");
    }
}

pub async fn parts_arrive_in_any_order(store: &SharedStore, place: &str) {
    let (key, size) = (format!("{place}/parts/large"), part_size(store));
    let bytes = pattern(3 * size + 1, 7);
    let upload = begin(store, &key).await;
    let write = |index: u32| {
        let start = index as usize * size;
        upload.part(index, start as u64, bytes.slice(start..bytes.len().min(start + size)))
    };
    write(3).await.unwrap();
    try_join_all([2, 0].map(write)).await.unwrap();
    assert_eq!(store.head(&key).await.unwrap(), None, "nothing is seen before it is finished");
    write(1).await.unwrap();
    write(2).await.expect("a part may be written again");
    let written = upload.finish(UploadExpectation { size: bytes.len() as u64, md5: None }).await.unwrap();
    assert_eq!(written.size, bytes.len() as u64);
    assert!(read_all(store, &key).await.unwrap() == bytes);

    let empty = begin(store, &format!("{place}/parts/empty")).await;
    empty.finish(UploadExpectation::default()).await.expect("an upload may have no parts");
    assert!(read_all(store, &format!("{place}/parts/empty")).await.unwrap().is_empty());
}

/// Where a store takes pieces.
pub async fn pieces_count_once_their_part_is_whole(store: &SharedStore, place: &str) {
    let (key, size) = (format!("{place}/pieces/large"), 3000);
    let bytes = pattern(2 * size, 11);
    let upload = begin(store, &key).await;
    let Some(pieces) = upload.pieces() else { return };
    let expectation = UploadExpectation { size: bytes.len() as u64, md5: None };
    // The second part comes first, broken off, and then again.
    pieces.write(size as u64, pattern(100, 12)).await.unwrap();
    let cut = [0, 7, 2000, size].map(|at| size + at);
    for ends in cut.windows(2) {
        pieces.write(ends[0] as u64, bytes.slice(ends[0]..ends[1])).await.unwrap();
    }
    pieces.whole(1, size as u64, size as u64);
    upload.part(0, 0, bytes.slice(..size)).await.expect("parts may come in either way");
    pieces.write(0, bytes.slice(..size)).await.unwrap();
    upload.finish(expectation.clone()).await.unwrap();
    assert!(read_all(store, &key).await.unwrap() == bytes);

    let upload = begin(store, &key).await;
    let pieces = upload.pieces().expect("what could be written in pieces once can be again");
    pieces.write(0, pattern(2 * size, 13)).await.unwrap();
    expect_kind(upload.finish(expectation).await, &[ErrorKind::Corrupt]);
    assert!(read_all(store, &key).await.unwrap() == bytes, "nothing counted, so nothing is seen");
}

pub async fn ranges_are_exact(store: &SharedStore, place: &str) {
    let (key, size) = (format!("{place}/ranges/object"), 2 * 1024 * 1024u64 + 5);
    let bytes = pattern(size as usize, 3);
    let info = put(store, &key, bytes.clone()).await;
    let ranges: [Range<u64>; 6] =
        [0..1, 1..2, 1000..1_500_000, size - 1..size, 0..size, size - 10..size + 10];
    for range in ranges {
        let read = store.read(&key, Some(range.clone()), Some(&info.version)).await.unwrap();
        let expected = bytes.slice(range.start as usize..range.end.min(size) as usize);
        assert!(collect(read).await.unwrap() == expected, "bytes {range:?}");
    }
}

pub async fn properties_are_kept_or_left_out(store: &SharedStore, place: &str) {
    let modified = DateTime::from_timestamp(1_700_000_000, 0);
    let given = ObjectProperties {
        content_type: Some("text/csv".into()),
        metadata: [("origin".to_owned(), "till 7".to_owned())].into(),
        modified,
        ..ObjectProperties::default()
    };
    let keys = [format!("{place}/properties/put"), format!("{place}/properties/upload")];
    store.put(&keys[0], "x".into(), crate::PutMode::Overwrite, &given).await.unwrap();
    let upload = store.upload(&keys[1], &given).await.unwrap();
    upload.part(0, 0, "x".into()).await.unwrap();
    upload.finish(UploadExpectation { size: 1, md5: None }).await.unwrap();
    for key in keys {
        let found = store.head(&key).await.unwrap().unwrap();
        if found.properties.content_type.is_some() {
            assert_eq!(found.properties.content_type, given.content_type);
            assert_eq!(found.properties.metadata.get("origin"), given.metadata.get("origin"));
        }
        if store.capabilities().keeps_modified {
            assert!([found.modified, found.properties.modified].contains(&modified), "{key} keeps its time");
        }
    }
}

pub async fn overwriting_replaces_the_whole(store: &SharedStore, place: &str) {
    let key = format!("{place}/overwrite/object");
    let first = put(store, &key, pattern(5000, 1)).await;
    let second = put(store, &key, "short").await;
    assert_ne!(first.version, second.version);
    assert_eq!(read_all(store, &key).await.unwrap(), "short");
    let upload = begin(store, &key).await;
    upload.part(0, 0, "new".into()).await.unwrap();
    assert_eq!(read_all(store, &key).await.unwrap(), "short");
    let third =
        upload.finish(UploadExpectation { size: 3, md5: Some(Md5::digest("new").into()) }).await.unwrap();
    assert_ne!(second.version, third.version);
    assert_eq!(read_all(store, &key).await.unwrap(), "new");
}

pub async fn an_unfinished_upload_changes_nothing(store: &SharedStore, place: &str) {
    let base = format!("{place}/unfinished");
    let (older, fresh) = (format!("{base}/older"), format!("{base}/fresh"));
    let before = put(store, &older, "good").await;
    for key in [&older, &fresh] {
        for aborted in [true, false] {
            let upload = begin(store, key).await;
            upload.part(0, 0, pattern(1000, 1)).await.unwrap();
            if aborted { upload.abort().await } else { drop(upload) }
        }
    }
    assert_older_is_intact(store, &base, &older, &before).await;
}

pub async fn a_kept_upload_goes_on(store: &SharedStore, place: &str) {
    let key = format!("{place}/kept/large");
    let part = |index: u32| pattern(2_000, index);
    let upload = begin(store, &key).await;
    for index in 0..3 {
        upload.part(index, u64::from(index) * 2_000, part(index)).await.unwrap();
    }
    let Some(kept) = upload.keep().await.unwrap() else { return upload.abort().await };
    // Written after it was kept: may be there or not, and is written again.
    upload.part(4, 8_000, part(9)).await.unwrap();
    let held = HeldParts { count: 3, part_size: 2_000, bytes: 6_000 };
    upload.leave().await;
    assert_eq!(store.head(&key).await.unwrap(), None, "nothing half-written is visible");

    let none = ObjectProperties::default();
    let more = HeldParts { count: 8, bytes: 16_000, ..held };
    assert!(store.resume(&key, &none, &kept, more).await.unwrap().is_none(), "more than there is");
    for strange in ["", "..", "../x", ".datashare-kept-/x", "0123456789abcdeg"] {
        assert!(store.resume(&key, &none, strange, held).await.unwrap().is_none(), "{strange}");
    }
    let upload = store.resume(&key, &none, &kept, held).await.unwrap().expect("what was kept is there");
    for index in 3..5 {
        upload.part(index, u64::from(index) * 2_000, part(index)).await.unwrap();
    }
    upload.finish(UploadExpectation { size: 10_000, md5: None }).await.unwrap();
    let whole: Vec<u8> = (0..5).flat_map(|index| part(index).to_vec()).collect();
    assert_eq!(read_all(store, &key).await.unwrap(), whole);
    assert!(store.resume(&key, &none, &kept, held).await.unwrap().is_none(), "it was finished");
}

pub async fn a_corrupt_upload_changes_nothing(store: &SharedStore, place: &str) {
    let base = format!("{place}/corrupt");
    let (older, fresh) = (format!("{base}/older"), format!("{base}/fresh"));
    let before = put(store, &older, "good").await;
    let wrong = [999, 1001];
    for key in [&older, &fresh] {
        for size in wrong {
            let upload = begin(store, key).await;
            upload.part(0, 0, pattern(1000, 1)).await.unwrap();
            expect_kind(upload.finish(UploadExpectation { size, md5: None }).await, &[ErrorKind::Corrupt]);
        }
    }
    assert_older_is_intact(store, &base, &older, &before).await;
}

async fn assert_older_is_intact(store: &SharedStore, base: &str, key: &str, before: &crate::ObjectInfo) {
    assert_eq!(read_all(store, key).await.unwrap(), "good");
    assert_eq!(store.head(key).await.unwrap().unwrap().version, before.version);
    let listed: Vec<String> =
        list_all(store, &format!("{base}/")).await.unwrap().into_iter().map(|info| info.key).collect();
    assert_eq!(listed, [key], "nothing half-written is listed");
}
