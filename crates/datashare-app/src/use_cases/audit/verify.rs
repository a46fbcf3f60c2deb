//! Verifying logs: the local copy by itself, then what the exchange holds.

use datashare_exchange::{Area, ExchangeError, read_latest_manifest};
use datashare_protocol::{Finding, FindingKind, PublicKeys, SeenManifest, VerifiedRecord};

use super::logs::{Areas, Log};
use crate::chains::{self, Chain};
use crate::database::records::{self, StoredRecord};
use crate::dto::AuditFinding;
use crate::{App, Result};

/// A log's local copy: what verifies, and what is wrong behind it.
pub(crate) struct LocalCopy {
    stored: Vec<StoredRecord>,
    pub(crate) verified: Vec<VerifiedRecord>,
    pub(crate) finding: Option<AuditFinding>,
}

impl LocalCopy {
    pub(crate) fn load(app: &App, log: &Log) -> Result<Self> {
        let stored = app.database().read(|connection| records::load(connection, &log.chain.name()))?;
        let (mut head, mut verified, mut finding) = (log.head(), Vec::new(), None);
        for record in &stored {
            match head.accept(&record.envelope) {
                Ok(record) => verified.push(record),
                Err(wrong) => {
                    finding = Some((wrong.sequence, wrong.kind, wrong.message));
                    break;
                }
            }
        }
        // An own record that was written to the exchange was kept before that.
        let last = verified.len() as u64;
        if finding.is_none() && log.own && chains::pushed(app.database(), &log.chain)? > last {
            finding = Some((last + 1, FindingKind::Missing, "this record is gone.".to_owned()));
        }
        let finding = finding.map(|(sequence, kind, message)| {
            finding_dto(log, sequence, kind, format!("In this workspace's own copy: {message}"))
        });
        Ok(Self { stored, verified, finding })
    }
}

/// Compares what the exchange holds with what was seen, then looks at what comes after it.
pub(crate) async fn compare(log: &Log, local: &LocalCopy, area: &Area) -> Result<Vec<AuditFinding>> {
    let (mut head, mut findings) = (log.head(), Vec::new());
    for record in &local.stored {
        let _ = head.accept(&record.envelope);
        let (kind, message) = match in_exchange(log, area, record.sequence).await? {
            Some(envelope) if envelope == record.envelope => continue,
            Some(_) => {
                (FindingKind::Changed, "In the exchange, this record is not the one that was seen before.")
            }
            None => (FindingKind::Missing, "This record is gone from the exchange."),
        };
        findings.push(finding_dto(log, record.sequence, kind, message.into()));
    }
    // What nobody has seen yet; behind a local copy that is broken it cannot be judged.
    let next = local.stored.last().map_or(1, |record| record.sequence + 1);
    if head.next() == next
        && let Some(finding) = not_seen_yet(log, area, &mut head).await?
    {
        findings.push(finding_dto(log, finding.sequence, finding.kind, finding.message));
    }
    Ok(findings)
}

async fn not_seen_yet(
    log: &Log,
    area: &Area,
    head: &mut datashare_protocol::ChainHead,
) -> Result<Option<Finding>> {
    let pulled = match &log.chain {
        Chain::Share(_) => area.pull_log(head).await?,
        Chain::Out(_) => area.pull_out(head).await?,
        Chain::In(_) => area.pull_in(head).await?,
    };
    Ok(pulled.finding)
}

async fn in_exchange(log: &Log, area: &Area, sequence: u64) -> Result<Option<Vec<u8>>> {
    Ok(match &log.chain {
        Chain::Share(_) => area.stored_log(sequence).await?,
        Chain::Out(_) => area.stored_out(sequence).await?,
        Chain::In(_) => area.stored_in(sequence).await?,
    })
}

/// Whether the list of what is published is the newest one that was seen, or continues it.
pub(crate) async fn compare_manifest(app: &App, areas: &Areas) -> Result<Option<AuditFinding>> {
    let (area, provider, share, seen) = match areas {
        Areas::Provider(context) => {
            let Some((version, sha256)) = context.logged_manifest()? else { return Ok(None) };
            let seen = SeenManifest { version, sha256: Some(sha256) };
            (context.share_area(), context.keys.public(), context.row.id.clone(), seen)
        }
        Areas::Consumer(subscription, _) => {
            let seen = subscription.seen_manifest()?;
            let secrets = subscription.grant(&app.identity().await?).await?;
            let Some(area) = subscription.share_area(&secrets)?.filter(|_| seen.version > 0) else {
                return Ok(None);
            };
            let offer = subscription.offer()?;
            let signer: PublicKeys = offer.provider.keys.clone();
            (area, signer, offer.heading.share_id.clone(), seen)
        }
    };
    let (kind, message) = match read_latest_manifest(&area, &provider, &share, &seen).await {
        Ok(Some(_)) => return Ok(None),
        Ok(None) => {
            (FindingKind::Missing, "The list of what is published is gone from the exchange.".to_owned())
        }
        Err(ExchangeError::Manifest(error)) => (error.finding_kind(), error.to_string()),
        Err(error) => return Err(error.into()),
    };
    let kind = kind.as_str().to_owned();
    Ok(Some(AuditFinding { log: "publications".into(), sequence: seen.version, kind, message }))
}

pub(crate) fn finding_dto(log: &Log, sequence: u64, kind: FindingKind, message: String) -> AuditFinding {
    AuditFinding { log: log.label.clone(), sequence, kind: kind.as_str().to_owned(), message }
}
