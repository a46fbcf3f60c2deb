//! Shares at which nothing is to do. What the last look at one left is remembered, so that the next is a request for each
//! mailbox and verifies nothing, however long the logs are. It is only ever in memory, never older than a day, and given up
//! as soon as anything is other than then.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use datashare_domain::{MailboxId, ShareId};
use datashare_protocol::ChainHead;

use super::{MailboxView, ShareContext};
use crate::Result;
use crate::background::{Look, Looked};
use crate::database::shares;

const TRUSTED: TimeDelta = TimeDelta::days(1);

/// What looks at shares left.
#[derive(Debug, Default)]
pub(crate) struct QuietShares(Mutex<HashMap<ShareId, Arc<Quiet>>>);

/// A share at which nothing is to do before something comes.
#[derive(Debug)]
struct Quiet {
    standing: String,
    since: DateTime<Utc>,
    until: DateTime<Utc>,
    mailboxes: Vec<QuietMailbox>,
    /// Without its round.
    looked: Looked,
    has_recipients: bool,
}

/// A mailbox that something can come into, and what comes next.
#[derive(Debug)]
struct QuietMailbox {
    id: MailboxId,
    head: ChainHead,
    is_waited_at: bool,
}

/// A look at which nothing had come.
#[derive(Debug)]
pub(crate) struct QuietLook {
    pub(crate) looked: Looked,
    pub(crate) has_recipients: bool,
}

impl QuietShares {
    fn shares(&self) -> MutexGuard<'_, HashMap<ShareId, Arc<Quiet>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ShareContext {
    /// Asks the mailboxes whether anything has come; `None` when it has, or when this share is not as the last look left it:
    /// then all of it has to be looked at. It is remembered no more until then.
    pub(crate) async fn look_quietly(&self, look: Look) -> Result<Option<QuietLook>> {
        let Some(quiet) = self.app.inner.quiet.shares().remove(&self.row.id) else { return Ok(None) };
        let now = self.app.now();
        if now < quiet.since || now >= quiet.until || self.standing()? != quiet.standing {
            return Ok(None);
        }
        for mailbox in &quiet.mailboxes {
            if (look != Look::Waiting || mailbox.is_waited_at) && !self.is_empty_still(mailbox, look).await {
                return Ok(None);
            }
        }
        let (looked, has_recipients) = (quiet.looked.clone(), quiet.has_recipients);
        self.app.inner.quiet.shares().insert(self.row.id.clone(), quiet);
        Ok(Some(QuietLook { looked, has_recipients }))
    }

    /// Not known is no: the look at all of it says why.
    async fn is_empty_still(&self, mailbox: &QuietMailbox, look: Look) -> bool {
        let (area, mut head) = (self.mailbox_area(&mailbox.id), mailbox.head.clone());
        let pulled = match look {
            Look::Closely => area.pull_in(&mut head).await,
            Look::Waiting | Look::News => area.pull_news_in(&mut head).await,
        };
        pulled.is_ok_and(|pulled| pulled.records.is_empty() && pulled.finding.is_none())
    }

    /// Remembers a share that a look at all of it has found in order. `standing` is from before the look's last reading.
    pub(crate) fn remember_quiet(
        &self,
        standing: String,
        views: &[MailboxView],
        looked: &Looked,
    ) -> Result<()> {
        let idle = looked.round.is_empty() && !looked.news && !looked.failed;
        if !idle || self.has_unfinished()? || views.iter().any(|view| !view.is_sound) {
            return Ok(());
        }
        let now = self.app.now();
        let until = looked.date.unwrap_or(now + TRUSTED).min(now + TRUSTED);
        let open = views.iter().filter(|view| view.is_open(now));
        let mailboxes = open.map(|view| QuietMailbox {
            id: view.row.id.clone(),
            head: view.incoming.clone(),
            is_waited_at: view.is_waited_at(now),
        });
        let quiet = Quiet {
            standing,
            since: now,
            until,
            mailboxes: mailboxes.collect(),
            looked: looked.clone(),
            has_recipients: views.iter().any(MailboxView::has_access),
        };
        self.app.inner.quiet.shares().insert(self.row.id.clone(), Arc::new(quiet));
        Ok(())
    }

    /// Differs after every change to this share by anybody.
    pub(crate) fn standing(&self) -> Result<String> {
        self.app.database().read(|connection| shares::standing(connection, &self.row.id))
    }
}
