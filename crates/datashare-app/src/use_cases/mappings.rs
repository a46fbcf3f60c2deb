//! Where received datasets go.

use std::collections::HashMap;

use datashare_domain::{DatasetId, PathRules, join_path};
use datashare_protocol::DatasetSummary;
use datashare_storage::SourceEntry;
use futures::TryStreamExt;

use crate::consumer::Subscription;
use crate::database::received::{self, MappingRow};
use crate::dto::{
    Mapping, MappingClear, MappingPreview, MappingSet, MappingStatus, MappingTarget, PathExample,
    PathProblem, Tag,
};
use crate::{App, AppError, Result};

const EXAMPLES: usize = 5;
const MOST_PROBLEMS: usize = 100;

impl App {
    /// Sets targets, for one dataset or for all at once.
    pub async fn mapping_set(&self, request: MappingSet) -> Result<Vec<Mapping>> {
        let subscription = Subscription::open(self, &request.received)?;
        let rows = self.targets(&subscription, &request.targets)?;
        let now = self.now();
        self.database().write(|transaction| {
            rows.iter()
                .try_for_each(|(_, row)| received::set_mapping(transaction, &subscription.row.id, row, now))
        })?;
        self.changed(&[Tag::Received, Tag::Connections]);
        self.mapping_rows(&subscription)
    }

    pub async fn mapping_clear(&self, request: MappingClear) -> Result<Vec<Mapping>> {
        let subscription = Subscription::open(self, &request.received)?;
        let dataset = find_dataset(&subscription, &request.dataset)?;
        self.database().write(|t| received::clear_mapping(t, &subscription.row.id, &dataset.dataset_id))?;
        self.changed(&[Tag::Received, Tag::Connections]);
        self.mapping_rows(&subscription)
    }

    /// Where files would land, and what could not.
    pub async fn mapping_preview(&self, request: MappingSet) -> Result<Vec<MappingPreview>> {
        let subscription = Subscription::open(self, &request.received)?;
        let rows = self.targets(&subscription, &request.targets)?;
        let sources = subscription.sources(rows.iter().map(|(dataset, _)| dataset)).await;
        let mut taken: HashMap<(String, String), String> = HashMap::new();
        let mut previews = Vec::new();
        for (index, (dataset, row)) in rows.iter().enumerate() {
            let paths = match &sources {
                Ok(sources) => Some(sources.opened[index].list().try_collect::<Vec<SourceEntry>>().await?),
                Err(_) => None,
            };
            let rules = self.store(row.connection_id.as_str()).await?.capabilities().paths;
            let paths = paths.map(|entries| entries.into_iter().map(|entry| entry.path).collect::<Vec<_>>());
            previews.push(preview(dataset, row, rules, paths, &mut taken));
        }
        Ok(previews)
    }

    fn targets(
        &self,
        subscription: &Subscription,
        targets: &[MappingTarget],
    ) -> Result<Vec<(DatasetSummary, MappingRow)>> {
        let mut rows = Vec::new();
        for target in targets {
            let dataset = find_dataset(subscription, &target.dataset)?;
            let connection = self.connection(&target.connection)?;
            let path = target.path.trim_matches('/').to_owned();
            let azure = matches!(connection.settings, crate::dto::ConnectionSettings::AzureBlob { .. });
            if azure && path.is_empty() {
                return Err(AppError::invalid("On Azure Blob the target needs a container.")
                    .hint("Give a container, or a container and a folder: container/folder."));
            }
            if path.split('/').any(|segment| matches!(segment, "." | "..")) {
                return Err(AppError::invalid("The target path contains '.' or '..'.")
                    .hint("Give the path from the top of the connection."));
            }
            let dataset_id: DatasetId = dataset.dataset_id.clone();
            rows.push((dataset.clone(), MappingRow { dataset_id, connection_id: connection.id, path }));
        }
        Ok(rows)
    }

    /// Every dataset with where it goes.
    pub(crate) fn mapping_rows(&self, subscription: &Subscription) -> Result<Vec<Mapping>> {
        let mappings = subscription.mappings()?;
        subscription.state.datasets.iter().map(|dataset| self.mapping_row(dataset, &mappings)).collect()
    }

    fn mapping_row(&self, dataset: &DatasetSummary, mappings: &[MappingRow]) -> Result<Mapping> {
        let row = mappings.iter().find(|mapping| mapping.dataset_id == dataset.dataset_id);
        let connection = row.map(|row| self.connection(row.connection_id.as_str()));
        let (status, message) = match &connection {
            None => (MappingStatus::Unmapped, None),
            Some(Ok(_)) => (MappingStatus::Ok, None),
            Some(Err(_)) => (
                MappingStatus::Broken,
                Some("The connection of this target was removed; choose another.".into()),
            ),
        };
        Ok(Mapping {
            dataset: dataset.name.clone(),
            dataset_id: dataset.dataset_id.to_string(),
            kind: dataset.dataset_kind,
            files: dataset.files,
            bytes: dataset.bytes,
            status,
            connection: connection.and_then(Result::ok).map(|connection| connection.name),
            path: row.map(|row| row.path.clone()),
            message,
        })
    }
}

fn find_dataset<'a>(subscription: &'a Subscription, name: &str) -> Result<&'a DatasetSummary> {
    let found = subscription
        .state
        .datasets
        .iter()
        .find(|dataset| dataset.name.eq_ignore_ascii_case(name) || dataset.dataset_id.as_str() == name);
    found.ok_or_else(|| {
        AppError::not_found(format!("'{}' has no dataset '{name}'.", subscription.row.name))
            .hint("Show the received share to see its datasets.")
    })
}

/// `taken` holds the target files of the datasets before, to find two that would write the same file.
fn preview(
    dataset: &DatasetSummary,
    row: &MappingRow,
    rules: PathRules,
    paths: Option<Vec<String>>,
    taken: &mut HashMap<(String, String), String>,
) -> MappingPreview {
    let partial = paths.is_none();
    let paths = paths.unwrap_or_default();
    let conflicts = datashare_transfer::name_conflicts(rules, &row.path, &paths);
    let mut problems: Vec<PathProblem> = conflicts
        .into_iter()
        .map(|conflict| PathProblem { path: conflict.path, reason: conflict.reason })
        .collect();
    if let Some(reason) = rules.problem(&row.path).filter(|_| !row.path.is_empty()) {
        problems.insert(0, PathProblem { path: row.path.clone(), reason });
    }
    for path in &paths {
        let target = (row.connection_id.to_string(), rules.folded(&join_path(&row.path, path)));
        if let Some(other) = taken.insert(target, dataset.name.clone()).filter(|other| *other != dataset.name)
        {
            let reason = format!("The dataset '{other}' would write the same file.");
            problems.push(PathProblem { path: path.clone(), reason });
        }
    }
    problems.truncate(MOST_PROBLEMS);
    let example = |path: &String| PathExample { source: path.clone(), target: join_path(&row.path, path) };
    let examples = paths.iter().take(EXAMPLES).map(example).collect();
    MappingPreview { dataset: dataset.name.clone(), examples, problems, partial }
}
