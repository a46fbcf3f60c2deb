//! Sent shares and their datasets.

use datashare_domain::{InvitationStatus, ShareId, ShareKind, check_name, join_path, terms_sha256};
use datashare_exchange::Layout;
use datashare_protocol::Body;

use crate::database::connections::ConnectionRow;
use crate::database::shares::{self, DatasetRow, ShareRow, TermsRow};
use crate::dto::{
    Dataset, DatasetAdd, DatasetRemove, Nothing, Publish, PublishResult, ShareCreate, ShareDeleted,
    ShareDetails, ShareName, ShareSummary, ShareUpdate, TermsVersion,
};
use crate::provider::{MailboxView, ShareContext};
use crate::{App, AppError, Result};

impl App {
    /// All sent shares.
    pub async fn share_list(&self, _request: Nothing) -> Result<Vec<ShareSummary>> {
        let rows = self.database().read(shares::list_shares)?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let mut summaries = Vec::new();
        for row in rows {
            summaries.push(self.share_summary(row).await?);
        }
        Ok(summaries)
    }

    async fn share_summary(&self, row: ShareRow) -> Result<ShareSummary> {
        let context = ShareContext::of_row(self, row).await?;
        let views = context.views()?;
        let with = |status| views.iter().filter(|view| view.state.invitation == status).count();
        let last = views.iter().flat_map(|view| &view.state.snapshots).map(|report| report.started_at).max();
        Ok(ShareSummary {
            datasets: context.datasets()?.len(),
            recipients: views.iter().filter(|view| view.has_access()).count(),
            pending: with(InvitationStatus::Pending),
            waiting: with(InvitationStatus::WaitingForProvider),
            last_snapshot_at: last,
            id: context.row.id.to_string(),
            name: context.row.name,
            description: context.row.description,
            kind: context.row.kind,
            created_at: context.row.created_at,
        })
    }

    pub async fn share_show(&self, request: ShareName) -> Result<ShareDetails> {
        self.share_details(&ShareContext::open(self, &request.share).await?).await
    }

    async fn share_details(&self, context: &ShareContext) -> Result<ShareDetails> {
        let connection = self.connection(context.row.connection_id.as_str())?;
        let terms = self.database().read(|c| shares::list_terms(c, &context.row.id))?;
        let mut datasets = Vec::new();
        for row in context.datasets()? {
            datasets.push(self.dataset_dto(row)?);
        }
        Ok(ShareDetails {
            id: context.row.id.to_string(),
            name: context.row.name.clone(),
            description: context.row.description.clone(),
            kind: context.row.kind,
            exchange: connection.name,
            exchange_prefix: context.row.exchange_prefix.clone(),
            exchange_address: context.exchange.describe(),
            terms: terms.into_iter().map(terms_dto).collect(),
            datasets,
            recipients: context
                .views()?
                .into_iter()
                .map(|view| super::recipients::recipient_dto(context, view))
                .collect::<Result<_>>()?,
            schedule: context.schedule_view()?,
            created_at: context.row.created_at,
        })
    }

    pub(super) fn dataset_dto(&self, row: DatasetRow) -> Result<Dataset> {
        Ok(Dataset {
            connection: self.connection(row.connection_id.as_str())?.name,
            id: row.id.to_string(),
            name: row.name,
            kind: row.kind,
            delivery: row.delivery,
            path: row.path,
            sensitive: row.sensitive,
            files: row.files,
            bytes: row.bytes,
            published_at: row.published_at,
        })
    }

    /// Makes a share and its area in the exchange.
    pub async fn share_create(&self, request: ShareCreate) -> Result<ShareDetails> {
        let name = request.name.trim();
        check_name(name).map_err(|problem| AppError::invalid(problem.to_string()))?;
        offered(request.kind)?;
        if self.database().read(|c| shares::find_share(c, name))?.is_some() {
            return Err(
                AppError::invalid(format!("There is a share '{name}' already.")).hint("Choose another name.")
            );
        }
        let connection = self.connection(&request.exchange)?;
        let prefix = self.exchange_prefix(&connection, &request.exchange_prefix).await?;
        let row = ShareRow {
            id: ShareId::from_random(self.random()?),
            name: name.to_owned(),
            description: request.description.trim().to_owned(),
            kind: request.kind,
            connection_id: connection.id,
            exchange_prefix: prefix,
            generation: 1,
            created_at: self.now(),
        };
        ShareContext::of_row(self, row.clone()).await?.share_area().make().await?;
        let terms =
            request.terms.filter(|text| !text.trim().is_empty()).map(|text| first_terms(text, self.now()));
        self.database().write(|transaction| {
            shares::insert_share(transaction, &row)?;
            terms.iter().try_for_each(|terms| shares::insert_terms(transaction, &row.id, terms))
        })?;
        let context = ShareContext::open_to_change(self, row.id.as_str()).await?;
        context
            .record(Body::ShareCreated { heading: context.heading(), provider: context.card.clone() })
            .await?;
        if let Some(terms) = terms {
            context.record(Body::TermsPublished { terms: terms.into() }).await?;
        }
        self.shares_changed();
        self.share_details(&context).await
    }

    /// Checks that parties can meet here.
    pub(crate) async fn exchange_prefix(&self, connection: &ConnectionRow, prefix: &str) -> Result<String> {
        let prefix = prefix.trim_matches('/').to_owned();
        let store = self.store(connection.id.as_str()).await?;
        let folder = matches!(connection.settings, crate::dto::ConnectionSettings::Folder { .. });
        if folder {
            return Ok(prefix);
        }
        if !prefix.is_empty() {
            return Err(AppError::invalid(
                "On Azure Blob the exchange uses containers of its own and has no folder.",
            )
            .hint("Leave the folder out."));
        }
        if !store.capabilities().delegates_access {
            let message = format!(
                "With its credential, the connection '{}' cannot give others access.",
                connection.name
            );
            return Err(
                AppError::invalid(message).hint("Connect the account by its key or connection string.")
            );
        }
        Ok(prefix)
    }

    /// Changes description or terms; recipients are told.
    pub async fn share_update(&self, request: ShareUpdate) -> Result<ShareDetails> {
        let mut context = ShareContext::open_to_change(self, &request.share).await?;
        if let Some(description) = request.description.filter(|text| *text != context.row.description) {
            self.database().write(|t| shares::set_description(t, &context.row.id, &description))?;
            context.row.description = description;
            context.record(Body::ShareDescribed { heading: context.heading() }).await?;
        }
        if let Some(text) = request.terms {
            self.change_terms(&context, text, request.terms_must_be_accepted_again).await?;
        }
        self.shares_changed();
        self.share_details(&context).await
    }

    async fn change_terms(
        &self,
        context: &ShareContext,
        text: String,
        must_be_accepted_again: bool,
    ) -> Result<()> {
        let before = context.terms()?;
        let sha256 = terms_sha256(&text);
        if before.as_ref().is_some_and(|terms| terms.sha256 == sha256) {
            return Ok(());
        }
        let version = before.map_or(0, |terms| terms.version) + 1;
        let row = TermsRow { version, sha256, text, must_be_accepted_again, created_at: self.now() };
        self.database().write(|t| shares::insert_terms(t, &context.row.id, &row))?;
        context.record(Body::TermsPublished { terms: row.clone().into() }).await?;
        for view in context.views()?.iter().filter(|view| view.has_access()) {
            context.tell_terms(view, row.clone()).await?;
        }
        Ok(())
    }

    /// Deletes a share: everybody's access ends, what was published is removed, what was received stays.
    pub async fn share_delete(&self, request: ShareName) -> Result<ShareDeleted> {
        let context = ShareContext::open_to_change(self, &request.share).await?;
        let views = context.views()?;
        let told: Vec<&MailboxView> = views.iter().filter(|view| view.state.rejected_at.is_none()).collect();
        for view in &told {
            context.tell_later(&view.row.id, Body::ShareDeleted {})?;
        }
        context.record_deletion()?;
        context.end_everything().await?;
        self.database()
            .write(|transaction| shares::delete_share(transaction, &context.row.id, self.now()))?;
        self.shares_changed();
        let had_access = views.iter().filter(|view| view.has_access()).count();
        Ok(ShareDeleted {
            statement: vec![
                format!("The share '{}' is deleted; your own data was not touched.", context.row.name),
                format!(
                    "{had_access} recipient(s) had access and have none now; they are told when their Datashare looks next."
                ),
                "Open invitations can no longer be accepted. What was published for the share is removed."
                    .into(),
                "Data that recipients received before stays with them.".into(),
            ],
        })
    }

    /// Adds a dataset, where the rules of the workspace allow it without a second person.
    pub async fn dataset_add(&self, request: DatasetAdd) -> Result<Dataset> {
        let context = ShareContext::open_to_change(self, &request.share).await?;
        self.policy()?.lets_add_alone(request.sensitive)?;
        let proposal = context.propose_dataset(&request).await?;
        self.dataset_dto(context.add(&proposal).await?)
    }

    /// Takes a dataset out of the share; recipients cannot read it from then on.
    pub async fn dataset_remove(&self, request: DatasetRemove) -> Result<Nothing> {
        let mut context = ShareContext::open_to_change(self, &request.share).await?;
        let found = context.datasets()?.into_iter().find(|row| {
            row.name.eq_ignore_ascii_case(&request.dataset) || row.id.as_str() == request.dataset
        });
        let row = found.ok_or_else(|| {
            AppError::not_found(format!(
                "The share '{}' has no dataset '{}'.",
                context.row.name, request.dataset
            ))
        })?;
        context.remove_dataset(&row).await?;
        self.shares_changed();
        Ok(Nothing {})
    }

    /// Makes recipients see the datasets as they are now.
    pub async fn publish(&self, request: Publish) -> Result<PublishResult> {
        let context = ShareContext::open_to_change(self, &request.share).await?;
        let mut rows = context.datasets()?;
        if let Some(name) = &request.dataset {
            rows.retain(|row| row.name.eq_ignore_ascii_case(name) || row.id.as_str() == name);
            if rows.is_empty() {
                return Err(AppError::not_found(format!(
                    "The share '{}' has no dataset '{name}'.",
                    context.row.name
                )));
            }
        }
        let datasets = context.publish_datasets(&rows).await?;
        self.shares_changed();
        Ok(PublishResult { share: context.row.name, datasets })
    }
}

/// A folder that contains the exchange in the same connection would publish it.
pub(crate) fn keep_apart(exchange_prefix: &str, path: &str) -> Result<()> {
    let inside = ["shares", "mailboxes"].iter().any(|name| {
        let place = join_path(exchange_prefix, name);
        path.is_empty() || place == path || place.starts_with(&format!("{path}/"))
    });
    if !inside {
        return Ok(());
    }
    Err(AppError::invalid("This folder contains the share's exchange, which would then publish itself.")
        .hint("Choose a folder beside the exchange, or an exchange elsewhere."))
}

/// What kind of sharing there is.
pub(crate) fn offered(kind: ShareKind) -> Result<()> {
    match kind {
        ShareKind::Snapshot => Ok(()),
        ShareKind::InPlace => Err(AppError::invalid(
            "In-place sharing is not offered by these stores; choose snapshot sharing.",
        )),
    }
}

impl ShareContext {
    /// A folder that contains the exchange would publish itself.
    pub(crate) fn must_not_contain_exchange(&self, connection: &ConnectionRow, path: &str) -> Result<()> {
        let Layout::Folders { prefix } = &self.layout else { return Ok(()) };
        if connection.id != self.row.connection_id {
            return Ok(());
        }
        keep_apart(prefix, path)
    }

    pub(crate) async fn datasets_changed(&self) -> Result<()> {
        self.record(Body::DatasetsChanged { datasets: self.summaries()? }).await?;
        if self.views()?.iter().any(MailboxView::has_access) {
            self.publish_missing().await?;
            self.grant_again().await?;
        }
        self.app.shares_changed();
        Ok(())
    }
}

fn first_terms(text: String, now: chrono::DateTime<chrono::Utc>) -> TermsRow {
    TermsRow { version: 1, sha256: terms_sha256(&text), text, must_be_accepted_again: false, created_at: now }
}

fn terms_dto(row: TermsRow) -> TermsVersion {
    TermsVersion {
        version: row.version,
        sha256: row.sha256,
        text: row.text,
        created_at: row.created_at,
        must_be_accepted_again: row.must_be_accepted_again,
    }
}
