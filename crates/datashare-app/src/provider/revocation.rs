//! Taking access back: a new generation for those who stay, then the end of the old one.

use std::sync::Arc;

use datashare_exchange::{DatasetToGrant, end_generation, end_mailbox_access, remove_unreferenced};
use datashare_protocol::Body;

use super::{MailboxView, ShareContext};
use crate::Result;
use crate::database::shares::{self, DatasetRow};
use crate::database::{grants, meta};

impl ShareContext {
    /// Ends one recipient's access and tells it who did and when.
    pub(crate) async fn revoke(&mut self, view: &MailboxView) -> Result<()> {
        let by = format!("{} ({})", self.card.name, self.card.organisation);
        self.tell(&view.row.id, |_| Ok(Body::Revoked { by })).await?;
        self.write_notice(&view.row.id).await?;
        self.end_access(view).await?;
        self.begin_generation().await
    }

    /// Ends the access of a recipient that left or was refused.
    pub(crate) async fn end_access_of(&mut self, view: &MailboxView) -> Result<()> {
        let key = format!("ended:{}", view.row.id);
        if self.app.database().read(|connection| meta::get(connection, &key))?.is_some() {
            return Ok(());
        }
        self.write_notice(&view.row.id).await?;
        self.end_access(view).await?;
        self.begin_generation().await?;
        self.app.database().write(|transaction| meta::set(transaction, &key, "yes"))
    }

    async fn end_access(&self, view: &MailboxView) -> Result<()> {
        end_mailbox_access(&self.exchange, &self.layout, &view.row.id, view.row.generation).await?;
        let now = self.app.now();
        self.app.database().write(|transaction| {
            grants::end(transaction, &view.row.id, now)?;
            shares::set_mailbox_access(
                transaction,
                &view.row.id,
                view.row.generation + 1,
                view.row.access_expires_at,
            )
        })
    }

    /// Moves the share to the next generation. What is left to do is remembered first, so that a crash in between is
    /// finished by the next round.
    async fn begin_generation(&mut self) -> Result<()> {
        let (share, next) = (self.row.id.clone(), self.row.generation + 1);
        self.app.database().write(|transaction| {
            shares::set_generation(transaction, &share, next)?;
            meta::set(transaction, &unfinished(self), &self.row.generation.to_string())
        })?;
        self.row.generation = next;
        self.finish_generation().await
    }

    /// Gives new grants under the newest generation, then ends the one before. Nothing to do is nothing done.
    pub(crate) async fn finish_generation(&self) -> Result<()> {
        let key = unfinished(self);
        let old = self.app.database().read(|connection| meta::get(connection, &key))?;
        let Some(old) = old.and_then(|text| text.parse::<u64>().ok()) else { return Ok(()) };
        self.reseal(old).await?;
        self.grant_again().await?;
        let datasets = self.to_end().await?;
        end_generation(&self.exchange, &self.layout, &self.row.id, &datasets, old).await?;
        self.app.vault().delete(&crate::secret_names::data_key(&self.row.id, old)).await?;
        self.app.database().write(|transaction| meta::remove(transaction, &key))
    }

    /// Ends everybody's access for good and removes what was published: the share is being deleted.
    pub(crate) async fn end_everything(&self) -> Result<()> {
        for view in self.views()? {
            end_mailbox_access(&self.exchange, &self.layout, &view.row.id, view.row.generation).await?;
            let now = self.app.now();
            self.app.database().write(|transaction| grants::end(transaction, &view.row.id, now))?;
            self.app.vault().delete(&crate::secret_names::invitation(&view.row.id)).await?;
        }
        let datasets = self.to_end().await?;
        end_generation(&self.exchange, &self.layout, &self.row.id, &datasets, self.row.generation).await?;
        self.app.vault().delete(&crate::secret_names::data_key(&self.row.id, self.row.generation)).await?;
        // The log goes with the area; the local copy stays.
        Ok(self.share_area().remove().await?)
    }

    /// Takes a dataset out: a new generation without it, and its publications are removed.
    pub(crate) async fn remove_dataset(&mut self, row: &DatasetRow) -> Result<()> {
        let ended = self.to_end().await?;
        let old = self.row.generation;
        let now = self.app.now();
        self.app.database().write(|transaction| shares::remove_dataset(transaction, &row.id, now))?;
        self.record(Body::DatasetsChanged { datasets: self.summaries()? }).await?;
        self.begin_generation().await?;
        end_generation(&self.exchange, &self.layout, &self.row.id, &ended, old).await?;
        remove_unreferenced(&self.share_area(), &row.id, &[]).await?;
        Ok(())
    }

    /// The datasets as far as ending access needs them: nothing is listed.
    async fn to_end(&self) -> Result<Vec<DatasetToGrant>> {
        let mut datasets = Vec::new();
        for row in self.datasets()? {
            let store = self.dataset_store(&row).await?;
            datasets.push(DatasetToGrant {
                id: row.id,
                kind: row.kind,
                delivery: row.delivery,
                store,
                path: row.path,
                listing: Arc::default(),
            });
        }
        Ok(datasets)
    }
}

impl ShareContext {
    /// What a recipient's row should say while a revocation is not finished.
    pub(crate) fn unfinished_work(&self) -> Result<Option<String>> {
        let key = unfinished(self);
        let left = self.app.database().read(|connection| meta::get(connection, &key))?;
        Ok(left.map(|_| {
            "A change of access is not finished yet; it goes on as soon as the stores can be reached.".into()
        }))
    }
}

fn unfinished(context: &ShareContext) -> String {
    format!("generation-to-end:{}", context.row.id)
}
