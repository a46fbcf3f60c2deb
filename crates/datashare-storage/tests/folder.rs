//! What holds for folders beyond the contract: links, names, other programs, permissions.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use datashare_storage::contract::{list_all, read_all};
use datashare_storage::{
    ErrorKind, FolderStore, ObjectProperties, PutMode, Result, SharedStore, UploadExpectation, VersionTag,
};
use futures::StreamExt;

const MIB: usize = 1 << 20;

fn open(root: &Path) -> SharedStore {
    Arc::new(FolderStore::new(root.to_owned()))
}

async fn put(store: &SharedStore, key: &str, mode: PutMode) -> Result<VersionTag> {
    let written = store.put(key, Bytes::from_static(b"content"), mode, &ObjectProperties::default()).await;
    written.map(|info| info.version)
}

async fn keys(store: &SharedStore, prefix: &str) -> Vec<String> {
    list_all(store, prefix).await.unwrap().into_iter().map(|info| info.key).collect()
}

#[tokio::test]
async fn a_missing_root_is_said_and_never_made() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("unplugged");
    let store = open(&root);
    let errors = [
        store.check().await.map(drop).unwrap_err(),
        store.list("", None).await.map(drop).unwrap_err(),
        store.head("a").await.map(drop).unwrap_err(),
        store.read("a", None, None).await.map(drop).unwrap_err(),
        put(&store, "a/b", PutMode::Overwrite).await.unwrap_err(),
        store.make_place("a").await.unwrap_err(),
        store.make_place("").await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind, ErrorKind::NoSuchPlace);
        assert!(error.message.contains("unplugged"), "{}", error.message);
    }
    assert!(!store.place_exists("").await.unwrap());
    assert!(!root.exists());
}

#[tokio::test]
async fn a_file_is_no_folder() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    put(&store, "a", PutMode::Overwrite).await.unwrap();
    put(&store, "folder/x", PutMode::Overwrite).await.unwrap();
    for key in ["a/b", "a/b/c", "folder"] {
        assert_eq!(put(&store, key, PutMode::Overwrite).await.unwrap_err().kind, ErrorKind::BadName, "{key}");
    }
    assert_eq!(store.make_place("a/b").await.unwrap_err().kind, ErrorKind::BadName);
    assert_eq!(store.head("a/b").await.unwrap(), None);
    assert_eq!(store.head("folder").await.unwrap(), None);
    assert_eq!(store.list("a/", None).await.unwrap_err().kind, ErrorKind::NoSuchPlace);
    store.delete("folder").await.expect("there is no object of this name");
    assert_eq!(keys(&store, "").await, ["a", "folder/x"]);
}

#[tokio::test]
async fn links_never_lead_out_or_round() {
    let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(outside.path().join("secret"), "secret").unwrap();
    let (root, store) = (folder.path(), open(folder.path()));
    put(&store, "real/file", PutMode::Overwrite).await.unwrap();
    symlink(outside.path(), root.join("out")).unwrap();
    symlink(outside.path().join("secret"), root.join("secret")).unwrap();
    symlink(root, root.join("real/round")).unwrap();
    symlink("nowhere", root.join("broken")).unwrap();
    symlink("real/file", root.join("link")).unwrap();

    assert_eq!(keys(&store, "").await, ["link", "real/file"]);
    assert_eq!(read_all(&store, "link").await.unwrap(), "content");
    for key in ["secret", "out/secret", "broken"] {
        assert_eq!(store.head(key).await.unwrap(), None, "{key}");
        assert_eq!(read_all(&store, key).await.unwrap_err().kind, ErrorKind::NotFound, "{key}");
    }
    for key in ["out/new", "out/new/er"] {
        assert_eq!(put(&store, key, PutMode::Overwrite).await.unwrap_err().kind, ErrorKind::BadName, "{key}");
    }
    store.delete("out/secret").await.unwrap();
    store.remove_place("out").await.expect("the link goes, not what it leads to");
    put(&store, "secret", PutMode::Overwrite).await.expect("the link is replaced, not what it leads to");
    assert_eq!(fs::read(outside.path().join("secret")).unwrap(), b"secret");
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_name_that_is_no_text_is_an_error_that_names_the_file() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("reports")).unwrap();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.csv");
    fs::write(folder.path().join("reports").join(name), "x").unwrap();
    let error = open(folder.path()).list("", None).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::BadName);
    assert!(error.message.contains("reports/caf"), "{}", error.message);
}

/// Reads one chunk of 3 MiB, lets another program do its work, and reads the rest.
async fn read_around(change: impl FnOnce(&Path)) -> Vec<Result<Bytes>> {
    let folder = tempfile::tempdir().unwrap();
    let (path, store) = (folder.path().join("file"), open(folder.path()));
    fs::write(&path, vec![1; 3 * MIB]).unwrap();
    let version = store.head("file").await.unwrap().unwrap().version;
    let mut body = store.read("file", None, Some(&version)).await.unwrap().body;
    let mut chunks = vec![body.next().await.unwrap()];
    change(&path);
    while let Some(chunk) = body.next().await {
        chunks.push(chunk);
    }
    chunks
}

#[tokio::test]
async fn a_file_that_changes_while_it_is_read_ends_with_changed() {
    let rewritten = |path: &Path| {
        let mut file = fs::OpenOptions::new().write(true).open(path).unwrap();
        std::io::Write::write_all(&mut file, &vec![2; 3 * MIB]).unwrap();
        file.set_modified(SystemTime::now() + Duration::from_secs(1)).unwrap();
    };
    let cut =
        |path: &Path| fs::OpenOptions::new().write(true).open(path).unwrap().set_len(2 * MIB as u64).unwrap();
    let grown = |path: &Path| {
        let mut file = fs::OpenOptions::new().append(true).open(path).unwrap();
        std::io::Write::write_all(&mut file, b"more").unwrap();
    };
    for chunks in [read_around(rewritten).await, read_around(cut).await, read_around(grown).await] {
        let (last, before) = chunks.split_last().unwrap();
        assert_eq!(last.as_ref().unwrap_err().kind, ErrorKind::Changed);
        assert!(before.iter().all(Result::is_ok));
    }
}

#[tokio::test]
async fn a_file_that_is_replaced_while_it_is_read_stays_the_old_one() {
    let replaced = |path: &Path| {
        fs::write(path.with_extension("new"), vec![2; 3 * MIB]).unwrap();
        fs::rename(path.with_extension("new"), path).unwrap();
    };
    let bytes: Vec<Bytes> = read_around(replaced).await.into_iter().collect::<Result<_>>().unwrap();
    assert!(bytes.concat() == vec![1; 3 * MIB]);
}

#[tokio::test]
async fn what_is_being_written_is_in_no_listing() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    put(&store, "folder/done", PutMode::Overwrite).await.unwrap();
    let upload = store.upload("folder/large", &ObjectProperties::default()).await.unwrap();
    upload.part(0, 0, Bytes::from_static(b"half")).await.unwrap();
    assert_eq!(
        fs::read_dir(folder.path().join("folder")).unwrap().count(),
        2,
        "it is written beside its target"
    );
    assert_eq!(keys(&store, "").await, ["folder/done"]);
    assert_eq!(store.level("folder", 10, None).await.unwrap().entries.len(), 1);
    upload.finish(UploadExpectation { size: 4, md5: None }).await.unwrap();
    assert_eq!(keys(&store, "").await, ["folder/done", "folder/large"]);
    assert_eq!(fs::read_dir(folder.path().join("folder")).unwrap().count(), 2);
}

#[tokio::test]
async fn names_of_unfinished_files_cannot_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    for key in [".datashare-part-x", "a/.datashare-part-x", "a/.datashare-lock", ".datashare-part-x/b"] {
        assert_eq!(put(&store, key, PutMode::Overwrite).await.unwrap_err().kind, ErrorKind::BadName);
    }
}

/// Locks and renames are the file system's, so two stores meet as two processes do.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_stores_on_one_folder_one_update_wins() {
    let folder = tempfile::tempdir().unwrap();
    let stores = [open(folder.path()), open(folder.path())];
    let mut version = put(&stores[0], "latest", PutMode::Overwrite).await.unwrap();
    for _ in 0..100 {
        let tasks = stores.clone().map(|store| {
            let version = version.clone();
            tokio::spawn(async move { put(&store, "latest", PutMode::Update(version)).await })
        });
        let mut won = Vec::new();
        for task in tasks {
            match task.await.unwrap() {
                Ok(version) => won.push(version),
                Err(error) => assert_eq!(error.kind, ErrorKind::Changed),
            }
        }
        assert_eq!(won.len(), 1);
        version = won.remove(0);
    }
    assert_eq!(keys(&stores[0], "").await, ["latest"], "the lock is no object");
}

#[tokio::test]
async fn a_new_file_has_the_permissions_of_any_new_file() {
    let folder = tempfile::tempdir().unwrap();
    put(&open(folder.path()), "new", PutMode::Overwrite).await.unwrap();
    fs::write(folder.path().join("ordinary"), "x").unwrap();
    let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
    assert_eq!(mode("new"), mode("ordinary"));
}

#[tokio::test]
async fn a_folder_without_permission_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let closed = folder.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o555)).unwrap();
    let binds = fs::write(closed.join("probe"), "x").is_err();
    let result = put(&open(folder.path()), "closed/file", PutMode::Overwrite).await;
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
    // Permissions do not bind the superuser; the mapping of the error itself is tested where it is made.
    if binds {
        let error = result.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Denied);
        assert!(error.message.contains("closed"), "{}", error.message);
    }
}

#[tokio::test]
async fn a_listing_goes_on_in_another_process_and_past_what_was_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let mut expected = Vec::new();
    for number in 0..2500 {
        let name = match number % 3 {
            0 => format!("a/{:02}/{number}", number / 100),
            1 => format!("a/{:02}.{number}", number / 100),
            _ => format!("a.{number}"),
        };
        let path = folder.path().join(&name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "x").unwrap();
        expected.push(name);
    }
    expected.sort_unstable();

    let (mut listed, mut next) = (Vec::new(), None::<String>);
    loop {
        let page = open(folder.path()).list("a", next.as_deref()).await.unwrap();
        listed.extend(page.objects.into_iter().map(|info| info.key));
        let Some(last) = page.next else { break };
        if listed.len() == 2000 {
            fs::remove_file(folder.path().join(&last)).unwrap();
        }
        next = Some(last);
    }
    assert_eq!(listed, expected);
}

#[tokio::test]
async fn what_was_given_up_has_ended_once_the_store_has_settled() {
    let folder = tempfile::tempdir().unwrap();
    let store: SharedStore = Arc::new(FolderStore::new(folder.path().to_owned()));
    let bytes = bytes::Bytes::from(vec![7; 1 << 20]);
    for number in 0..100 {
        let (key, properties) = (format!("in/{number}"), ObjectProperties::default());
        let mut put = Box::pin(store.put(&key, bytes.clone(), PutMode::Overwrite, &properties));
        assert!(futures::poll!(&mut put).is_pending());
    }
    store.settle().await;
    let found = fs::read_dir(folder.path().join("in")).unwrap().map(|entry| entry.unwrap().file_name());
    let found: Vec<String> = found.map(|name| name.into_string().unwrap()).collect();
    assert_eq!(found.len(), 100, "{found:?}");
    assert!(found.iter().all(|name| !name.starts_with('.')), "none is still being written");
}
