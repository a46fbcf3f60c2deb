//! Taking access back: a new generation for those who stay, then the end of the old one.

use datashare_exchange::{end_generation, end_mailbox_access};
use datashare_protocol::Body;

use super::{MailboxView, ShareContext};
use crate::database::{grants, meta, shares};
use crate::Result;

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
    pub(crate) async fn end_access_of(&self, view: &MailboxView) -> Result<()> {
        let key = format!("ended:{}", view.row.id);
        if self.app.database().read(|connection| meta::get(connection, &key))?.is_some() {
            return Ok(());
        }
        self.write_notice(&view.row.id).await?;
        self.end_access(view).await?;
        let mut next = Self::of_row(&self.app, self.row.clone()).await?;
        next.begin_generation().await?;
        self.app.database().write(|transaction| meta::set(transaction, &key, "yes"))
    }

    async fn end_access(&self, view: &MailboxView) -> Result<()> {
        end_mailbox_access(&self.exchange, &self.layout, &view.row.id, view.row.generation).await?;
        let now = self.app.now();
        self.app.database().write(|transaction| {
            grants::end(transaction, &view.row.id, now)?;
            shares::set_mailbox_access(transaction, &view.row.id, view.row.generation + 1, view.row.access_expires_at)
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
        let datasets = self.to_grant().await?;
        end_generation(&self.exchange, &self.layout, &self.row.id, &datasets, old).await?;
        self.app.vault().delete(&crate::secret_names::data_key(&self.row.id, old)).await?;
        self.app.database().write(|transaction| meta::remove(transaction, &key))
    }
}

fn unfinished(context: &ShareContext) -> String {
    format!("generation-to-end:{}", context.row.id)
}
