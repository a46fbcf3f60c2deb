//! The work that goes on by itself: answering mailboxes, renewing grants, publishing what was never published, and
//! looking for answers to our own acceptances.

use std::time::Duration;

use datashare_domain::SubscriptionStatus;

use crate::chains::{self, Chain};
use crate::consumer::Subscription;
use crate::database::{meta, received, shares};
use crate::dto::{AgentRound, Nothing};
use crate::provider::{MailboxView, ShareContext};
use crate::{App, Result};

/// How often folders that are granted file by file are listed anew.
const LIST_EVERY: Duration = Duration::from_secs(30);

impl App {
    /// One round. What fails for one share is reported and does not keep the others from their turn. Only one process
    /// of a workspace does a round at a time; the others find nothing to do.
    pub async fn agent_round(&self, _request: Nothing) -> Result<AgentRound> {
        let mut round = AgentRound::default();
        let Some(_lock) = self.try_lock("agent")? else { return Ok(round) };
        round.problems.extend(self.findings_at_start().await);
        for row in self.database().read(shares::list_shares)? {
            let name = row.name.clone();
            if let Err(error) = self.attend_share(row, &mut round).await {
                round.problems.push(format!("{name}: {}", error.in_words()));
            }
        }
        for row in self.database().read(received::list)? {
            let name = row.name.clone();
            if let Err(error) = self.attend_received(row).await {
                round.problems.push(format!("{name}: {}", error.in_words()));
            }
        }
        for row in self.database().read(received::list_left)? {
            let subscription = Subscription::of_row(self, row)?;
            if subscription.has_unsent()? {
                // It stays unsent when the provider closed the mailbox first; then nobody misses it.
                let _ = subscription.send_goodbye().await;
            }
        }
        self.attend_schedules(&mut round)?;
        Ok(round)
    }

    /// Looks for the answer to an acceptance, and sends what waits to be sent.
    async fn attend_received(&self, row: received::ReceivedRow) -> Result<()> {
        let subscription = Subscription::of_row(self, row)?;
        let due = match subscription.status() {
            SubscriptionStatus::WaitingForProvider => true,
            SubscriptionStatus::Active => {
                subscription.has_unsent()? || self.follows_schedule(&subscription.row.id)?
            }
            _ => false,
        };
        if due { subscription.refresh().await.map(drop) } else { Ok(()) }
    }

    async fn attend_share(&self, row: shares::ShareRow, round: &mut AgentRound) -> Result<()> {
        let Some(mut context) = ShareContext::open_if_free(self, &row).await? else { return Ok(()) };
        let (chain, area) = (Chain::Share(context.row.id.clone()), context.share_area());
        chains::push(self.database(), &chain, &area, &context.keys.public()).await?;
        context.attend_mailboxes(round).await?;
        context.end_what_is_over().await?;
        for email in context.renew_what_ends_soon().await? {
            round.refreshed.push(format!("{} / {email}: access renewed", context.row.name));
        }
        for view in context.views()?.iter().filter(|view| view.has_access()) {
            context.tell_newest_terms(&view.row).await?;
            context.tell_schedule(view).await?;
        }
        if context.views()?.iter().any(MailboxView::has_access) && self.listing_is_due(&context)? {
            context.publish_missing().await?;
            if context.restore_manifest().await? {
                let name = &context.row.name;
                round
                    .problems
                    .push(format!("{name}: the list of what is published had been changed in the exchange."));
            }
            if context.listings_changed().await? {
                context.grant_again().await?;
                round.refreshed.push(format!("{}: new list of files", context.row.name));
            }
        }
        Ok(())
    }

    fn listing_is_due(&self, context: &ShareContext) -> Result<bool> {
        let key = format!("listed:{}", context.row.id);
        let now = self.now().timestamp();
        let last = self
            .database()
            .read(|c| meta::get(c, &key))?
            .and_then(|text| text.parse::<i64>().ok())
            .unwrap_or(0);
        if now.abs_diff(last) < LIST_EVERY.as_secs() {
            return Ok(false);
        }
        self.database().write(|transaction| meta::set(transaction, &key, &now.to_string()))?;
        Ok(true)
    }
}
