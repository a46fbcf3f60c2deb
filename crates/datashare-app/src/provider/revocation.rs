//! Taking access back: a new generation for those who stay, then the end of the old one. What is to be done follows from
//! the records and from the register of what was granted, so that whatever was interrupted is finished by the next round.

use datashare_domain::{InvitationStatus, MailboxId, SubscriptionStatus};
use datashare_exchange::{
    DatasetToGrant, end_generations, end_mailbox_access, narrow_invitation_policy, remove_unreferenced,
};
use datashare_protocol::Body;
use rusqlite::Transaction;

use super::{MailboxView, ShareContext};
use crate::database::shares::{self, DatasetRow};
use crate::database::{grants, meta};
use crate::{AppError, Result};

impl MailboxView {
    /// What was granted must not open anything any more.
    fn access_is_over(&self) -> bool {
        match self.state.subscription {
            Some(SubscriptionStatus::Active | SubscriptionStatus::WaitingForProvider) => false,
            Some(_) => true,
            // Access that was prepared for whoever holds the link.
            None => self.state.invitation != InvitationStatus::Pending,
        }
    }
}

impl ShareContext {
    /// Ends one recipient's access and tells it who did and when. Its mailbox may be out of order; its access ends all
    /// the same.
    pub(crate) async fn revoke(&mut self, view: &MailboxView) -> Result<()> {
        let by = format!("{} ({})", self.card.name, self.card.organisation);
        self.tell_later(&view.row.id, Body::Revoked { by })?;
        self.end_what_is_over().await
    }

    /// Whether a recipient's tokens have not been ended.
    pub(crate) fn has_open_grants(&self, mailbox: &MailboxId) -> Result<bool> {
        self.app.database().read(|connection| grants::any_open(connection, mailbox))
    }

    /// Ends the access of everybody who should have none and still does, and finishes what was begun before.
    pub(crate) async fn end_what_is_over(&mut self) -> Result<()> {
        let mut over = Vec::new();
        for view in self.views()?.into_iter().filter(MailboxView::access_is_over) {
            if self.has_open_grants(&view.row.id)? {
                over.push(view);
            }
        }
        if !over.is_empty() {
            for view in &over {
                self.close_mailbox(view).await?;
            }
            let now = self.app.now();
            self.next_generation(|transaction| {
                over.iter().try_for_each(|view| {
                    let (id, next) = (&view.row.id, view.row.generation + 1);
                    grants::end(transaction, id, now)?;
                    shares::set_mailbox_access(transaction, id, next, view.row.access_expires_at)
                })
            })?;
        }
        self.finish_generation().await?;
        self.send_notices().await
    }

    /// Takes the access to the mailbox; what the recipient should know is left in the notice before, if that is possible.
    async fn close_mailbox(&self, view: &MailboxView) -> Result<()> {
        let mailbox = &view.row.id;
        self.app.database().write(|transaction| meta::set(transaction, &notice_due(mailbox), "yes"))?;
        if let Err(error) = self.send_notice(mailbox).await {
            tracing::warn!("a notice is written later: {error}");
        }
        let pending = view.state.claim.is_none();
        end_mailbox_access(&self.exchange, &self.layout, mailbox, view.row.generation).await?;
        if pending && view.row.expires_at > self.app.now() {
            // Whoever holds the link can still read why it opens nothing.
            narrow_invitation_policy(&self.exchange, &self.layout, mailbox, view.row.expires_at).await?;
        }
        Ok(())
    }

    async fn send_notice(&self, mailbox: &MailboxId) -> Result<()> {
        self.push_out(mailbox).await?;
        self.write_notice(mailbox).await?;
        self.app.database().write(|transaction| meta::remove(transaction, &notice_due(mailbox)))
    }

    async fn send_notices(&self) -> Result<()> {
        let mut trouble = None;
        for row in self.mailboxes()? {
            let due = self.app.database().read(|connection| meta::get(connection, &notice_due(&row.id)))?;
            if due.is_some() {
                trouble = trouble.or(self.send_notice(&row.id).await.err());
            }
        }
        trouble.map_or(Ok(()), Err)
    }

    /// Moves the share to the next generation, together with the change that asks for it. What is left to do is remembered
    /// in the same step.
    pub(crate) fn next_generation(
        &mut self,
        change: impl FnOnce(&Transaction<'_>) -> Result<()>,
    ) -> Result<()> {
        let (share, key) = (self.row.id.clone(), unfinished(self));
        let (current, next) = (self.row.generation, self.row.generation + 1);
        self.app.database().write(|transaction| {
            change(transaction)?;
            shares::set_generation(transaction, &share, next)?;
            // An older one that is not ended yet stays the first to end.
            let oldest = meta::get(transaction, &key)?.unwrap_or_else(|| current.to_string());
            meta::set(transaction, &key, &oldest)
        })?;
        self.row.generation = next;
        Ok(())
    }

    /// Gives new grants under the newest generation, then ends those before. Nothing to do is nothing done. A recipient
    /// whose mailbox is out of order does not keep the old generation open; it gets its grant when it can be written.
    pub(crate) async fn finish_generation(&self) -> Result<()> {
        let key = unfinished(self);
        let oldest = self.app.database().read(|connection| meta::get(connection, &key))?;
        let Some(oldest) = oldest.and_then(|text| text.parse::<u64>().ok()) else { return Ok(()) };
        self.reseal().await?;
        let granted = self.grant_to_those_behind().await?;
        self.remove_what_old_keys_open().await?;
        let ended = oldest..=self.row.generation.saturating_sub(1);
        end_generations(&self.exchange, &self.layout, &self.row.id, &self.to_end().await?, ended.clone())
            .await?;
        for generation in ended {
            self.app.vault().delete(&crate::secret_names::data_key(&self.row.id, generation)).await?;
        }
        granted?;
        self.app.database().write(|transaction| meta::remove(transaction, &key))
    }

    /// Ends everybody's access for good and removes what was published: the share is being deleted.
    pub(crate) async fn end_everything(&self) -> Result<()> {
        for view in self.views()? {
            self.close_mailbox(&view).await?;
            let now = self.app.now();
            self.app.database().write(|transaction| grants::end(transaction, &view.row.id, now))?;
            self.app.vault().delete(&crate::secret_names::invitation(&view.row.id)).await?;
        }
        let (datasets, all) = (self.to_end().await?, 1..=self.row.generation);
        end_generations(&self.exchange, &self.layout, &self.row.id, &datasets, all.clone()).await?;
        for generation in all {
            self.app.vault().delete(&crate::secret_names::data_key(&self.row.id, generation)).await?;
        }
        // The log goes with the area; the local copy stays.
        Ok(self.share_area().remove().await?)
    }

    /// Takes a dataset out: a new generation without it, and its publications are removed.
    pub(crate) async fn remove_dataset(&mut self, row: &DatasetRow) -> Result<()> {
        let now = self.app.now();
        self.next_generation(|transaction| shares::remove_dataset(transaction, &row.id, now))?;
        self.record(Body::DatasetsChanged { datasets: self.summaries()? }).await?;
        self.finish_generation().await?;
        remove_unreferenced(&self.share_area(), &row.id, &[]).await?;
        Ok(())
    }

    /// The datasets as far as ending access needs them: nothing is listed. Those that were taken out count too: they may
    /// have been granted under the generation that ends.
    async fn to_end(&self) -> Result<Vec<DatasetToGrant>> {
        let rows =
            self.app.database().read(|connection| shares::list_all_datasets(connection, &self.row.id))?;
        let mut datasets = Vec::new();
        for row in rows {
            let Ok(store) = self.dataset_store(&row).await else { continue };
            datasets.push(DatasetToGrant {
                id: row.id,
                kind: row.kind,
                delivery: row.delivery,
                store,
                path: row.path,
                files: None,
            });
        }
        Ok(datasets)
    }

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

fn notice_due(mailbox: &MailboxId) -> String {
    format!("notice-due:{mailbox}")
}

/// What was begun goes on by itself.
pub(crate) fn goes_on(error: AppError) -> AppError {
    error.hint(
        "It is noted and goes on by itself as soon as the stores can be reached, while Datashare or its agent runs.",
    )
}
