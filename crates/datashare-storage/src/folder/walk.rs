//! Listing in order of key bytes, one folder in memory at a time per level of depth.

use std::fs;
use std::path::{Path, PathBuf};

use super::failure::{failure, no_such_folder};
use super::place::{Root, is_absent, is_hidden, split};
use super::read::info_of;
use crate::level::position_of;
use crate::{ErrorKind, ObjectInfo, Result, StoreError};

/// A listing under way. Between two pages it is parked, so that a folder of a million files is read once.
#[derive(Debug)]
pub(super) struct Walk {
    root: Root,
    prefix: String,
    /// Keys up to here were given out already.
    after: Option<String>,
    open: Vec<OpenFolder>,
}

#[derive(Debug)]
struct OpenFolder {
    path: PathBuf,
    /// Empty or ends with `/`.
    key: String,
    names: std::vec::IntoIter<Box<str>>,
}

impl Walk {
    /// Starts at the first key with the prefix that comes after `after`.
    pub(super) fn start(root: Root, prefix: &str, after: Option<&str>) -> Result<Self> {
        let (folder, _) = split(prefix);
        let mut walk =
            Self { root, prefix: prefix.to_owned(), after: after.map(str::to_owned), open: Vec::new() };
        let missing = || no_such_folder(folder, &walk.root.join(folder), "list");
        let path = walk.root.folder(folder, "list")?.ok_or_else(missing)?;
        let key = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        walk.enter(path, key)?;
        Ok(walk)
    }

    /// Up to `most` more objects.
    pub(super) fn take(&mut self, most: usize) -> Result<Vec<ObjectInfo>> {
        let mut found = Vec::new();
        while found.len() < most {
            let Some(folder) = self.open.last_mut() else { break };
            let Some(name) = folder.names.next() else {
                self.open.pop();
                continue;
            };
            let (path, key) = (folder.path.join(name.trim_end_matches('/')), format!("{}{name}", folder.key));
            if key.ends_with('/') {
                self.enter(path, key)?;
            } else if let Some(info) = look_at(&self.root, &path, &key)? {
                found.push(info);
            }
        }
        Ok(found)
    }

    fn enter(&mut self, path: PathBuf, key: String) -> Result<()> {
        let wanted = |name: &str| self.wants(&format!("{key}{name}"));
        let mut names = match read_names(&path, &key, wanted) {
            Ok(names) => names,
            // Removed since its name was read.
            Err(error) if error.kind == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        names.sort_unstable();
        self.open.push(OpenFolder { path, key, names: names.into_iter() });
        Ok(())
    }

    /// Whether the key (of a folder, with `/` at its end: something in it) is still to come.
    fn wants(&self, key: &str) -> bool {
        let is_folder = key.ends_with('/');
        let has_prefix = key.starts_with(&self.prefix) || (is_folder && self.prefix.starts_with(key));
        let to_come =
            self.after.as_deref().is_none_or(|after| key > after || (is_folder && after.starts_with(key)));
        has_prefix && to_come
    }
}

/// Names in a folder; those of folders end with `/`, so that sorting them sorts whole keys.
fn read_names(path: &Path, key: &str, wanted: impl Fn(&str) -> bool) -> Result<Vec<Box<str>>> {
    let fail = |error| failure(error, "list", key, path);
    let mut names = Vec::new();
    for entry in fs::read_dir(path).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let mut name = entry.file_name().into_string().map_err(|name| not_text(&path.join(name)))?;
        if is_hidden(&name) {
            continue;
        }
        if entry.file_type().map_err(fail)?.is_dir() {
            name.push('/');
        }
        if wanted(&name) {
            names.push(name.into_boxed_str());
        }
    }
    Ok(names)
}

fn not_text(path: &Path) -> StoreError {
    let message = format!(
        "The name of the file {} is not valid text (UTF-8), so it cannot be shared. Rename it, or move it elsewhere.",
        path.display()
    );
    StoreError::new(ErrorKind::BadName, "list", path.to_string_lossy(), message)
}

/// The object at a path; `None` for what is none: gone by now, a device, a link to a folder or out of the root.
fn look_at(root: &Root, path: &Path, key: &str) -> Result<Option<ObjectInfo>> {
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if is_absent(&error) => return Ok(None),
        Err(error) => return Err(failure(error, "list", key, path)),
    };
    if metadata.is_symlink() {
        return Ok(root.file(key, "list")?.map(|(_, metadata)| info_of(key, &metadata)));
    }
    Ok(metadata.is_file().then(|| info_of(key, &metadata)))
}

/// Names right below `folder`, those of folders with a `/` at their end and first, each group in order: at most `limit`
/// that come after `after`, and whether there are more. A folder of a million costs a look at each name, no more.
pub(super) fn level(
    root: &Root,
    folder: &str,
    limit: usize,
    after: Option<&str>,
) -> Result<(Vec<Box<str>>, bool)> {
    let path =
        root.folder(folder, "list")?.ok_or_else(|| no_such_folder(folder, &root.join(folder), "list"))?;
    let is_wanted = |name: &str| after.is_none_or(|after| position_of(name) > position_of(after));
    let mut names = read_names(&path, folder, is_wanted)?;
    let more = names.len() > limit;
    if more {
        names.select_nth_unstable_by(limit, |a, b| position_of(a).cmp(&position_of(b)));
        names.truncate(limit);
    }
    names.sort_unstable_by(|a, b| position_of(a).cmp(&position_of(b)));
    Ok((names, more))
}

/// As in a listing, for one file of a level.
pub(super) fn look_below(root: &Root, folder: &str, name: &str) -> Result<Option<ObjectInfo>> {
    let key = datashare_domain::join_path(folder, name);
    look_at(root, &root.join(&key), &key)
}
