//! Received shares of which nothing is new: the next look is one request and opens and verifies nothing. As
//! `provider/quiet.rs` for shares that are sent.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use datashare_domain::{ReceivedId, SubscriptionStatus};
use datashare_exchange::Area;
use datashare_protocol::ChainHead;

use super::Subscription;
use super::invitation::provider_keys;
use crate::background::{Look, Looked};
use crate::chains::{self, Chain};
use crate::database::received::{self, ReceivedRow};
use crate::news::SOON;
use crate::{App, Result};

const TRUSTED: TimeDelta = TimeDelta::days(1);

/// What looks at received shares left.
#[derive(Debug, Default)]
pub(crate) struct QuietReceived(Mutex<HashMap<ReceivedId, Arc<Quiet>>>);

/// A received share with access, to whose provider nothing is to be said.
#[derive(Debug)]
struct Quiet {
    standing: String,
    since: DateTime<Utc>,
    until: DateTime<Utc>,
    mailbox: Area,
    head: ChainHead,
    looked: Looked,
}

impl QuietReceived {
    fn received(&self) -> MutexGuard<'_, HashMap<ReceivedId, Arc<Quiet>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// Asks whether the provider wrote anything; `None` when it did, or when this received share is not as the last look
    /// left it: then all of it has to be looked at. It is remembered no more until then. A close look is never this one.
    pub(crate) async fn look_quietly_at(&self, row: &ReceivedRow, look: Look) -> Result<Option<Looked>> {
        let Some(quiet) = self.inner.quiet_received.received().remove(&row.id) else { return Ok(None) };
        let now = self.now();
        let is_trusted = (quiet.since..quiet.until).contains(&now) && look != Look::Closely;
        if !is_trusted || self.standing_of(row)? != quiet.standing {
            return Ok(None);
        }
        if look == Look::News {
            let pulled = quiet.mailbox.pull_news_out(&mut quiet.head.clone()).await;
            // Not known is no: the look at all of it says why.
            if !pulled.is_ok_and(|pulled| pulled.records.is_empty() && pulled.finding.is_none()) {
                return Ok(None);
            }
        }
        let looked = quiet.looked.clone();
        self.inner.quiet_received.received().insert(row.id.clone(), quiet);
        Ok(Some(looked))
    }

    /// Differs after every change to what was said in this mailbox.
    pub(crate) fn standing_of(&self, row: &ReceivedRow) -> Result<String> {
        self.database().read(|connection| received::standing(connection, &row.mailbox_id))
    }
}

impl Subscription {
    /// Remembers a received share that a look at all of it has found in order. `standing` is from before the look.
    pub(crate) async fn remember_quiet(&self, standing: String, looked: &Looked) -> Result<()> {
        let idle = looked.round.is_empty() && !looked.news && self.status() == SubscriptionStatus::Active;
        if !idle || !self.state.acknowledged || self.has_unsent()? {
            return Ok(());
        }
        let signer = provider_keys(&self.row.invitation.provider_key);
        let chain = Chain::Out(self.row.mailbox_id.clone());
        let local = self.app.database().read(|connection| chains::load(connection, &chain, Some(&signer)))?;
        let now = self.app.now();
        let end = self.state.expires_at;
        let dates = [end, end.map(|end| end - SOON), Some(now + TRUSTED)];
        let quiet = Quiet {
            standing,
            since: now,
            until: dates.into_iter().flatten().filter(|date| *date > now).min().unwrap_or(now),
            mailbox: self.mailbox(&self.app.identity().await?).await?,
            head: local.head,
            looked: looked.clone(),
        };
        self.app.inner.quiet_received.received().insert(self.row.id.clone(), Arc::new(quiet));
        Ok(())
    }
}
