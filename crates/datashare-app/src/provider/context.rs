//! One share with everything that work on it needs at hand.

use datashare_domain::{MailboxId, join_path};
use datashare_exchange::{Area, Layout};
use datashare_protocol::{
    Body, Card, DatasetSummary, IdentityKeys, OfferedTerms, ShareHeading, VerifiedRecord,
};
use datashare_storage::SharedStore;

use crate::chains::{self, Chain};
use crate::database::shares::{self, DatasetRow, MailboxRow, ShareRow, TermsRow};
use crate::dto::ConnectionSettings;
use crate::locks::Lock;
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
    /// Held while the share is being changed.
    lock: Option<Lock>,
}

fn find(app: &App, name_or_id: &str) -> Result<ShareRow> {
    let row = app.database().read(|connection| shares::find_share(connection, name_or_id))?;
    row.ok_or_else(|| {
        AppError::not_found(format!("There is no share '{name_or_id}'."))
            .hint("List the shares to see their names.")
    })
}

fn lock_name(row: &ShareRow) -> String {
    format!("share-{}", row.id)
}

impl ShareContext {
    /// Opens a share by name or id, to look at it.
    pub(crate) async fn open(app: &App, name_or_id: &str) -> Result<Self> {
        Self::of_row(app, find(app, name_or_id)?).await
    }

    /// Opens a share to change it: nobody else does at the same time, in any process. So a grant is never made under a
    /// generation that somebody is just ending.
    pub(crate) async fn open_to_change(app: &App, name_or_id: &str) -> Result<Self> {
        let lock = app.lock(&lock_name(&find(app, name_or_id)?)).await?;
        // As it is now that nobody else changes it.
        let context = Self::of_row(app, find(app, name_or_id)?).await?;
        Ok(Self { lock: Some(lock), ..context })
    }

    /// As [`Self::open_to_change`], or `None` when somebody else is at it.
    pub(crate) async fn open_if_free(app: &App, row: &ShareRow) -> Result<Option<Self>> {
        let Some(lock) = app.try_lock(&lock_name(row))? else { return Ok(None) };
        let context = Self::of_row(app, find(app, row.id.as_str())?).await?;
        Ok(Some(Self { lock: Some(lock), ..context }))
    }

    /// Whether this context may change the share.
    pub(crate) fn may_change(&self) -> bool {
        self.lock.is_some()
    }

    pub(crate) async fn of_row(app: &App, row: ShareRow) -> Result<Self> {
        let connection = app.connection(row.connection_id.as_str())?;
        let exchange = app.store(row.connection_id.as_str()).await?;
        let (layout, place) = match &connection.settings {
            ConnectionSettings::Folder { path } => (
                Layout::Folders { prefix: row.exchange_prefix.clone() },
                join_path(path, &row.exchange_prefix),
            ),
            ConnectionSettings::AzureBlob { .. } => (Layout::Containers, String::new()),
        };
        let (keys, card) = (app.identity().await?, app.card()?);
        Ok(Self { app: app.clone(), row, exchange, layout, place, keys, card, lock: None })
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
        debug_assert!(self.may_change(), "a share is changed under its lock");
        let chain = Chain::Share(self.row.id.clone());
        let record = chains::append(self.app.database(), &chain, &self.keys, self.app.now(), |_| Ok(body))?;
        self.push_log().await?;
        Ok(record)
    }

    /// Writes to the exchange what it does not have yet of the share's own log.
    pub(crate) async fn push_log(&self) -> Result<()> {
        let chain = Chain::Share(self.row.id.clone());
        chains::push(self.app.database(), &chain, &self.share_area(), &self.keys.public()).await
    }

    /// Adds a record for one recipient and writes it to its mailbox.
    pub(crate) async fn tell(
        &self,
        mailbox: &MailboxId,
        body: impl FnOnce(&datashare_protocol::ChainHead) -> Result<Body>,
    ) -> Result<VerifiedRecord> {
        debug_assert!(self.may_change(), "a share is changed under its lock");
        let chain = Chain::Out(mailbox.clone());
        let record = chains::append(self.app.database(), &chain, &self.keys, self.app.now(), body)?;
        chains::push(self.app.database(), &chain, &self.mailbox_area(mailbox), &self.keys.public()).await?;
        Ok(record)
    }
}

impl ShareContext {
    /// Adds a record for one recipient; [`Self::push_out`] writes it.
    pub(crate) fn tell_later(&self, mailbox: &MailboxId, body: Body) -> Result<VerifiedRecord> {
        debug_assert!(self.may_change(), "a share is changed under its lock");
        let chain = Chain::Out(mailbox.clone());
        chains::append(self.app.database(), &chain, &self.keys, self.app.now(), |_| Ok(body))
    }

    /// Adds to the share's own log that it was deleted; its place in the exchange goes with it.
    pub(crate) fn record_deletion(&self) -> Result<()> {
        let chain = Chain::Share(self.row.id.clone());
        chains::append(self.app.database(), &chain, &self.keys, self.app.now(), |_| {
            Ok(Body::ShareDeleted {})
        })?;
        Ok(())
    }

    /// Writes to a recipient's mailbox what it does not have yet.
    pub(crate) async fn push_out(&self, mailbox: &MailboxId) -> Result<()> {
        let (chain, area) = (Chain::Out(mailbox.clone()), self.mailbox_area(mailbox));
        chains::push(self.app.database(), &chain, &area, &self.keys.public()).await
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
