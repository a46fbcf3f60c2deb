//! What happened, from what brought it: a record that was taken in, the end of a run, a new manifest, a date.

use chrono::{DateTime, TimeDelta, Utc};
use datashare_domain::{ReceivedId, SnapshotStatus};
use datashare_protocol::{Body, VerifiedRecord};
use rusqlite::{Connection, Transaction};

use crate::chains::Chain;
use crate::database::events::{self, News};
use crate::database::{received, shares};
use crate::dto::{EventKind, ShareSide, Snapshot};
use crate::{App, Result};

/// So long before an access ends it is said, and so long after it: what ended before is no news.
pub(crate) const SOON: TimeDelta = TimeDelta::days(7);

/// Notes what a record means that came from the other party, called `who`.
pub(crate) fn of_record(
    transaction: &Transaction<'_>,
    chain: &Chain,
    record: &VerifiedRecord,
    who: &str,
) -> Result<()> {
    let body = &record.record.body;
    let side = match chain {
        Chain::In(_) => ShareSide::Sent,
        Chain::Out(_) => ShareSide::Received,
        Chain::Share(_) => return Ok(()),
    };
    let kind = match side {
        ShareSide::Sent => kind_from_recipient(body),
        ShareSide::Received => kind_from_provider(body),
    };
    let (Some(kind), Some(share)) = (kind, share_of(transaction, chain)?) else { return Ok(()) };
    let news = News {
        kind,
        about: format!("record:{}", record.sha256),
        at: record.record.at,
        side,
        share,
        who: Some(who.to_owned()),
        ends_at: None,
        detail: detail_of(body),
        snapshot_id: match body {
            Body::SnapshotFinished(finished) => Some(finished.snapshot_id.to_string()),
            _ => None,
        },
    };
    events::happened(transaction, news)
}

fn kind_from_recipient(body: &Body) -> Option<EventKind> {
    Some(match body {
        Body::Claim(_) => EventKind::InvitationAccepted,
        Body::Rejection { .. } => EventKind::InvitationRejected,
        Body::TermsAgreed { .. } => EventKind::TermsAgreed,
        Body::Left {} => EventKind::RecipientLeft,
        Body::SnapshotFinished(finished) => match finished.status {
            SnapshotStatus::Succeeded => EventKind::RecipientSnapshotSucceeded,
            SnapshotStatus::Cancelled => return None,
            _ => EventKind::RecipientSnapshotFailed,
        },
        _ => return None,
    })
}

fn kind_from_provider(body: &Body) -> Option<EventKind> {
    Some(match body {
        Body::Welcome(_) => EventKind::AccessGranted,
        Body::Refused { .. } | Body::Withdrawn {} => EventKind::AccessRefused,
        Body::TermsChanged { .. } => EventKind::TermsChanged,
        Body::Revoked { .. } => EventKind::Revoked,
        Body::Reinstated(_) => EventKind::Reinstated,
        Body::ShareDeleted {} => EventKind::ShareDeleted,
        body if body.kind() == "schedule-changed" => EventKind::ScheduleChanged,
        _ => return None,
    })
}

fn detail_of(body: &Body) -> Option<String> {
    match body {
        Body::Refused { reason } => Some(reason.clone()),
        Body::SnapshotFinished(finished) => Some(format!(
            "{} files ({} bytes) were written, {} failed.",
            finished.files_written, finished.bytes_written, finished.files_failed
        )),
        Body::TermsChanged { terms } if terms.must_be_accepted_again => {
            Some("Snapshots go on when you have agreed to them.".into())
        }
        _ => None,
    }
}

/// The share's name as this workspace calls it; `None` for an invitation that was not accepted.
fn share_of(connection: &Connection, chain: &Chain) -> Result<Option<String>> {
    match chain {
        Chain::In(mailbox) => {
            let Some(row) = shares::find_mailbox(connection, mailbox.as_str())? else { return Ok(None) };
            Ok(shares::find_share_ever(connection, row.share_id.as_str())?.map(|share| share.name))
        }
        Chain::Out(mailbox) => Ok(received::find_by_mailbox(connection, mailbox)?.map(|row| row.name)),
        Chain::Share(_) => Ok(None),
    }
}

/// Notes how a run of this workspace ended, or that it waits for a person.
pub(crate) fn of_run(transaction: &Transaction<'_>, run: &Snapshot) -> Result<()> {
    let kind = match run.status {
        SnapshotStatus::Succeeded => EventKind::SnapshotSucceeded,
        SnapshotStatus::PartlySucceeded | SnapshotStatus::Failed => EventKind::SnapshotFailed,
        SnapshotStatus::NeedsAttention => EventKind::SnapshotNeedsAttention,
        _ => return Ok(()),
    };
    let counts = format!(
        "{} files ({} bytes) were written, {} failed.",
        run.files_written, run.bytes_written, run.files_failed
    );
    let news = News {
        kind,
        about: format!("snapshot:{}:{:?}", run.snapshot_id, run.status),
        at: run.ended_at.unwrap_or(run.started_at),
        side: ShareSide::Received,
        share: run.share.clone(),
        who: None,
        ends_at: None,
        detail: Some(run.message.as_ref().map_or(counts.clone(), |message| format!("{message} {counts}"))),
        snapshot_id: Some(run.snapshot_id.clone()),
    };
    events::happened(transaction, news)
}

/// Notes that the provider published anew, in this version.
pub(crate) fn of_manifest(
    transaction: &Transaction<'_>,
    received: &ReceivedId,
    version: u64,
    at: DateTime<Utc>,
) -> Result<()> {
    let Some(row) = received::find_ever(transaction, received.as_str())? else { return Ok(()) };
    let news = News {
        kind: EventKind::NewPublication,
        about: format!("publication:{received}:{version}"),
        at,
        side: ShareSide::Received,
        share: row.name,
        who: None,
        ends_at: None,
        detail: None,
        snapshot_id: None,
    };
    events::happened(transaction, news)
}

impl App {
    /// Notes, once each, that an access ends within a week and that it ended by its date. `whose` names the access: the
    /// mailbox.
    pub(crate) fn note_expiry(
        &self,
        (side, share, who): (ShareSide, &str, &str),
        whose: &str,
        ends_at: Option<DateTime<Utc>>,
    ) -> Result<()> {
        let now = self.now();
        let (kind, name, ends_at) = match ends_at {
            Some(end) if end > now && end - now < SOON => (EventKind::ExpirySoon, "expiry-soon", end),
            Some(end) if end <= now && now - end < SOON => (EventKind::AccessExpired, "access-expired", end),
            _ => return Ok(()),
        };
        let about = format!("{name}:{side:?}:{whose}:{}", ends_at.timestamp());
        if self.database().read(|connection| events::is_known(connection, &about))? {
            return Ok(());
        }
        let news = News {
            kind,
            about,
            at: now.min(ends_at),
            side,
            share: share.to_owned(),
            who: Some(who.to_owned()),
            ends_at: Some(ends_at),
            detail: None,
            snapshot_id: None,
        };
        self.database().write(|transaction| events::happened(transaction, news))
    }
}
