//! Listings: of a container, of one level, of all containers one after the other.
//!
//! The official client lists flat only and drops blanks at the ends of names, so the request and its answer are read
//! here.

use azure_core::http::Method;
use azure_storage_blob::models::BlobServiceClientListContainersOptions;
use datashare_storage::{ErrorKind, Level, LevelEntry, LevelKind, Page, Result, part_of_level};
use futures::TryStreamExt;

use crate::account::{Account, Requests};
use crate::listing_answer::{self, Listed};
use crate::names;

/// Of a level so many answers (of up to 5000 names) are read at once, to show their folders first.
const MOST_LEVEL_ANSWERS: usize = 20;

/// Which part of a container to list.
#[derive(Clone, Copy, Default)]
pub(crate) struct Selection<'a> {
    pub(crate) prefix: &'a str,
    pub(crate) marker: &'a str,
    /// Names below the next `/` are one folder.
    pub(crate) by_level: bool,
    pub(crate) most: Option<usize>,
}

impl Requests<'_> {
    /// One answer of "List Blobs". `key` is for errors.
    pub(crate) async fn list_blobs(
        &self,
        container: &str,
        selection: Selection<'_>,
        key: &str,
    ) -> Result<Listed> {
        let attempt = self.attempt("list", key);
        let most = selection.most.unwrap_or(self.account.page).to_string();
        let given = [
            ("prefix", Some(selection.prefix)),
            ("marker", Some(selection.marker)),
            ("delimiter", selection.by_level.then_some("/")),
            ("maxresults", Some(most.as_str())),
        ];
        let asking = |include| {
            let mut query = vec![("restype", "container"), ("comp", "list"), ("include", include)];
            query.extend(
                given.iter().filter_map(|(name, value)| Some((*name, value.filter(|v| !v.is_empty())?))),
            );
            self.container(Method::Get, container, &query)
        };
        let tags = &self.account.tags;
        let answer = if tags.may_be_read() {
            match self.send(asking("metadata,tags")).await {
                Err(error) if tags.are_refused(&error) => self.send(asking("metadata")).await,
                answer => answer,
            }
        } else {
            self.send(asking("metadata")).await
        };
        let answer = answer.map_err(|error| attempt.failed(&error))?;
        listing_answer::parse(container, answer.body())
            .ok_or_else(|| attempt.error(ErrorKind::Other, attempt.not_understood()))
    }
}

impl Account {
    pub(crate) async fn list(&self, prefix: &str, next: Option<&str>) -> Result<Page> {
        let Some((container, below)) = prefix.split_once('/') else {
            return self.list_containers_in_turn(prefix, next).await;
        };
        // A container that cannot be is one that is not there.
        if names::place("list", container).is_err() {
            let attempt = self.attempt("list", prefix);
            let message = format!("There is no container '{container}' in {}.", attempt.account);
            return Err(attempt.error(ErrorKind::NoSuchPlace, message));
        }
        let selection = Selection { prefix: below, marker: next.unwrap_or_default(), ..Selection::default() };
        let listed = self.requests().list_blobs(container, selection, prefix).await?;
        Ok(Page { objects: listed.objects, next: listed.next })
    }

    /// All objects of all containers whose name starts with `prefix`. `next` is `<container>/<marker>`.
    async fn list_containers_in_turn(&self, prefix: &str, next: Option<&str>) -> Result<Page> {
        let mut containers = self.containers(prefix).await?;
        if containers.is_empty() && !prefix.is_empty() {
            let attempt = self.attempt("list", prefix);
            let message = format!("There is no container '{prefix}' in {}.", attempt.account);
            return Err(attempt.error(ErrorKind::NoSuchPlace, message));
        }
        // In the order of keys, `a-b/x` comes before `a/x`.
        containers.sort_by_cached_key(|name| format!("{name}/"));
        let (current, marker) = next.and_then(|next| next.split_once('/')).unwrap_or_default();
        let current = format!("{current}/");
        let mut rest =
            containers.into_iter().skip_while(|name| next.is_some() && format!("{name}/") < current);
        let Some(container) = rest.next() else { return Ok(Page::default()) };
        // The container of the marker may be gone by now; then this is the next one, from its start.
        let marker = if format!("{container}/") == current { marker } else { "" };
        let listed = match self
            .requests()
            .list_blobs(&container, Selection { marker, ..Selection::default() }, &container)
            .await
        {
            Err(error) if error.kind == ErrorKind::NoSuchPlace => Listed::default(),
            listed => listed?,
        };
        let next = match listed.next {
            Some(marker) => Some(format!("{container}/{marker}")),
            None => rest.next().map(|container| format!("{container}/")),
        };
        Ok(Page { objects: listed.objects, next })
    }

    /// The names of all containers that start with `prefix`.
    async fn containers(&self, prefix: &str) -> Result<Vec<String>> {
        let attempt = self.attempt("list", prefix);
        self.container_names(prefix).await.map_err(|error| attempt.failed(&error))
    }

    /// As `containers`, with the error as it came.
    pub(crate) async fn container_names(&self, prefix: &str) -> azure_core::Result<Vec<String>> {
        let options = BlobServiceClientListContainersOptions {
            prefix: (!prefix.is_empty()).then(|| prefix.to_owned()),
            ..BlobServiceClientListContainersOptions::default()
        };
        let found: Vec<_> = self.service.list_containers(Some(options))?.try_collect().await?;
        Ok(found.into_iter().filter_map(|container| container.name).collect())
    }

    /// A level whose entries take more answers than are read at once comes in stretches, each in the order of levels.
    pub(crate) async fn level(&self, path: &str, limit: usize, next: Option<&str>) -> Result<Level> {
        let (marker, mark) = next.and_then(stretch_and_mark).unwrap_or_default();
        let (entries, following) = if path.trim_matches('/').is_empty() {
            let containers = self.containers("").await?.into_iter();
            let entry = |name: String| LevelEntry { key: name.clone(), name, kind: LevelKind::Container };
            (containers.map(entry).collect(), None)
        } else {
            self.entries_below(path, marker).await?
        };
        let level = part_of_level(entries, limit, Some(mark).filter(|mark| !mark.is_empty()));
        let next = match (level.next, following) {
            (Some(mark), _) => Some(format!("{}:{marker}{mark}", marker.len())),
            (None, Some(marker)) => Some(format!("{}:{marker}", marker.len())),
            (None, None) => None,
        };
        Ok(Level { entries: level.entries, next })
    }

    /// The entries right below a container or folder from a marker on, and the marker of what follows.
    async fn entries_below(&self, path: &str, marker: &str) -> Result<(Vec<LevelEntry>, Option<String>)> {
        let (container, prefix) = names::place("list", path)?;
        let requests = self.requests();
        let (mut entries, mut marker) = (Vec::new(), marker.to_owned());
        for _ in 0..MOST_LEVEL_ANSWERS {
            let selection = Selection { prefix: &prefix, marker: &marker, by_level: true, most: None };
            let listed = requests.list_blobs(container, selection, path).await?;
            entries
                .extend(listed.folders.iter().filter_map(|folder| folder_entry(container, &prefix, folder)));
            let below = container.len() + 1 + prefix.len();
            entries.extend(listed.objects.into_iter().map(|object| LevelEntry {
                name: object.key[below..].to_owned(),
                kind: LevelKind::File { size: object.size, modified: object.modified },
                key: object.key,
            }));
            match listed.next {
                Some(next) => marker = next,
                None => return Ok((entries, None)),
            }
        }
        Ok((entries, Some(marker)))
    }
}

/// Of `<length of the marker>:<marker><mark in the stretch>`.
fn stretch_and_mark(next: &str) -> Option<(&str, &str)> {
    let (length, rest) = next.split_once(':')?;
    rest.split_at_checked(length.parse().ok()?)
}

/// A folder without a name (`a//b`) cannot be opened as a level, and is left out; listings have what is below.
fn folder_entry(container: &str, prefix: &str, folder: &str) -> Option<LevelEntry> {
    let name = folder.strip_prefix(prefix)?.trim_end_matches('/');
    let entry = || LevelEntry {
        name: name.to_owned(),
        key: format!("{container}/{prefix}{name}"),
        kind: LevelKind::Folder,
    };
    (!name.is_empty()).then(entry)
}
