//! One share with everything that work on it needs at hand.

use datashare_domain::{MailboxId, join_path};
use datashare_exchange::{Area, Layout};
use datashare_protocol::{Body, Card, DatasetSummary, IdentityKeys, OfferedTerms, ShareHeading, VerifiedRecord};
use datashare_storage::SharedStore;

use crate::chains::{self, Chain};
use crate::database::shares::{self, DatasetRow, MailboxRow, ShareRow, TermsRow};
use crate::dto::ConnectionSettings;
use crate::{App, AppError, Result};

/// A sent share, its exchange, and the provider's keys.
#[derive(Debug)]
pub(crate) struct ShareContext {
    pub(crate) app: App,
    pub(crate) row: ShareRow,
    pub(crate) exchange: SharedStore,
    pub(crate) layout: Layout,
    /// A folder exchange's path as recipients are told it; empty otherwise.
    pub(crate) place: String,
    pub(crate) keys: IdentityKeys,
    pub(crate) card: Card,
}

impl ShareContext {
    /// Opens a share by name or id.
    pub(crate) async fn open(app: &App, name_or_id: &str) -> Result<Self> {
        let row = app.database().read(|connection| shares::find_share(connection, name_or_id))?;
        let row = row.ok_or_else(|| {
            AppError::not_found(format!("There is no share '{name_or_id}'.")).hint("List the shares to see their names.")
        })?;
        Self::of_row(app, row).await
    }

    pub(crate) async fn of_row(app: &App, row: ShareRow) -> Result<Self> {
        let connection = app.connection(row.connection_id.as_str())?;
        let exchange = app.store(row.connection_id.as_str()).await?;
        let (layout, place) = match &connection.settings {
            ConnectionSettings::Folder { path } => {
                (Layout::Folders { prefix: row.exchange_prefix.clone() }, join_path(path, &row.exchange_prefix))
            }
            ConnectionSettings::AzureBlob { .. } => (Layout::Containers, String::new()),
        };
        let (keys, card) = (app.identity().await?, app.card()?);
        Ok(Self { app: app.clone(), row, exchange, layout, place, keys, card })
    }

    pub(crate) fn share_area(&self) -> Area {
        Area::new(self.exchange.clone(), self.layout.share(&self.row.id))
    }

    pub(crate) fn mailbox_area(&self, mailbox: &MailboxId) -> Area {
        Area::new(self.exchange.clone(), self.layout.mailbox(mailbox))
    }

    pub(crate) fn heading(&self) -> ShareHeading {
        ShareHeading {
            share_id: self.row.id.clone(),
            name: self.row.name.clone(),
            description: self.row.description.clone(),
            share_kind: self.row.kind,
        }
    }

    pub(crate) fn datasets(&self) -> Result<Vec<DatasetRow>> {
        self.app.database().read(|connection| shares::list_datasets(connection, &self.row.id))
    }

    pub(crate) fn mailboxes(&self) -> Result<Vec<MailboxRow>> {
        self.app.database().read(|connection| shares::list_mailboxes(connection, &self.row.id))
    }

    pub(crate) fn summaries(&self) -> Result<Vec<DatasetSummary>> {
        Ok(self.datasets()?.iter().map(summary).collect())
    }

    /// Newest terms.
    pub(crate) fn terms(&self) -> Result<Option<TermsRow>> {
        let terms = self.app.database().read(|connection| shares::list_terms(connection, &self.row.id))?;
        Ok(terms.into_iter().next())
    }

    /// Adds a record to the share's own log and writes it to the exchange.
    pub(crate) async fn record(&self, body: Body) -> Result<VerifiedRecord> {
        let chain = Chain::Share(self.row.id.clone());
        let record = chains::append(self.app.database(), &chain, &self.keys, self.app.now(), |_| Ok(body))?;
        chains::push(self.app.database(), &chain, &self.share_area()).await?;
        Ok(record)
    }

    /// Adds a record for one recipient and writes it to its mailbox.
    pub(crate) async fn tell(
        &self,
        mailbox: &MailboxId,
        body: impl FnOnce(&datashare_protocol::ChainHead) -> Result<Body>,
    ) -> Result<VerifiedRecord> {
        let chain = Chain::Out(mailbox.clone());
        let record = chains::append(self.app.database(), &chain, &self.keys, self.app.now(), body)?;
        chains::push(self.app.database(), &chain, &self.mailbox_area(mailbox)).await?;
        Ok(record)
    }
}

pub(crate) fn summary(row: &DatasetRow) -> DatasetSummary {
    DatasetSummary {
        dataset_id: row.id.clone(),
        name: row.name.clone(),
        dataset_kind: row.kind,
        delivery: row.delivery,
        files: row.files,
        bytes: row.bytes,
    }
}

impl From<TermsRow> for OfferedTerms {
    fn from(row: TermsRow) -> Self {
        Self {
            version: row.version,
            sha256: row.sha256,
            text: row.text,
            must_be_accepted_again: row.must_be_accepted_again,
        }
    }
}
