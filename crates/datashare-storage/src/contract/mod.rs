//! The contract of the port, as checks that every store runs in its tests. Only for tests: a broken promise panics.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod conditions;
pub mod content;
pub mod listing;

use bytes::Bytes;
use futures::TryStreamExt;

use crate::{ErrorKind, ObjectInfo, ObjectProperties, PutMode, Result, SharedStore, StoreError};

/// Runs every check below `place`: the name of a container (or folder) of one segment, which is made and removed, as
/// are others whose names start with it.
pub async fn run(store: SharedStore, place: &str) {
    store.make_place(place).await.expect("the place of the contract can be made");
    let store = &store;
    listing::places_are_made_and_removed(store, place).await;
    listing::order_is_that_of_key_bytes(store, place).await;
    listing::pages_join_without_gap_or_repetition(store, place).await;
    listing::a_prefix_is_text(store, place).await;
    listing::a_level_shows_folders_then_files(store, place).await;
    listing::a_level_in_steps_has_no_gap_and_no_repetition(store, place).await;
    content::objects_of_every_size_come_back(store, place).await;
    content::parts_arrive_in_any_order(store, place).await;
    content::pieces_count_once_their_part_is_whole(store, place).await;
    content::ranges_are_exact(store, place).await;
    content::properties_are_kept_or_left_out(store, place).await;
    content::overwriting_replaces_the_whole(store, place).await;
    content::an_unfinished_upload_changes_nothing(store, place).await;
    content::a_kept_upload_goes_on(store, place).await;
    content::a_corrupt_upload_changes_nothing(store, place).await;
    conditions::one_of_two_creates_wins(store, place).await;
    conditions::one_of_two_updates_wins(store, place).await;
    conditions::a_stale_update_is_refused(store, place).await;
    conditions::reads_are_pinned(store, place).await;
    conditions::versions_agree_everywhere(store, place).await;
    conditions::what_is_missing_is_said(store, place).await;
    conditions::deleting_twice_is_no_error(store, place).await;
    conditions::impossible_names_are_refused(store, place).await;
    store.remove_place(place).await.expect("the place of the contract can be removed");
}

/// The bytes of a whole object, of any version.
pub async fn read_all(store: &SharedStore, key: &str) -> Result<Bytes> {
    collect(store.read(key, None, None).await?).await
}

async fn collect(read: crate::ObjectRead) -> Result<Bytes> {
    let chunks: Vec<Bytes> = read.body.try_collect().await?;
    Ok(chunks.concat().into())
}

/// All objects with the prefix, page after page.
pub async fn list_all(store: &SharedStore, prefix: &str) -> Result<Vec<ObjectInfo>> {
    let mut all = Vec::new();
    let mut page = store.list(prefix, None).await?;
    loop {
        all.append(&mut page.objects);
        let Some(next) = page.next else { return Ok(all) };
        page = store.list(prefix, Some(&next)).await?;
    }
}

async fn put(store: &SharedStore, key: &str, bytes: impl Into<Bytes>) -> ObjectInfo {
    let written = store.put(key, bytes.into(), PutMode::Overwrite, &ObjectProperties::default()).await;
    written.unwrap_or_else(|error| panic!("'{key}' can be written: {error}"))
}

/// Bytes that differ from place to place, so that swapped or repeated pieces are seen.
fn pattern(length: usize, seed: u32) -> Bytes {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    let step = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..length).map(step).collect::<Vec<u8>>().into()
}

/// Unwraps the error and checks what kind it is.
#[track_caller]
fn expect_kind<T>(result: Result<T>, kinds: &[ErrorKind]) -> StoreError {
    match result {
        Ok(_) => panic!("expected {kinds:?}, and it succeeded"),
        Err(error) => {
            assert!(kinds.contains(&error.kind), "expected {kinds:?}, and it was {:?}: {error}", error.kind);
            assert!(!error.message.is_empty());
            error
        }
    }
}
