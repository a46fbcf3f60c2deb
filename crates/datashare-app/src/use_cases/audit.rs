//! The signed logs, read and verified.

use datashare_exchange::Area;
use datashare_protocol::{Body, ChainHead, Finding, FindingKind, PublicKeys, VerifiedRecord};

use crate::chains::Chain;
use crate::consumer::Subscription;
use crate::database::records::{self, StoredRecord};
use crate::database::shares;
use crate::dto::{AuditFinding, AuditLog, AuditRecord, AuditReport, AuditRequest};
use crate::provider::ShareContext;
use crate::{App, Result};

/// One log to verify: where it is, whose it is, what people call it.
struct Log {
    chain: Chain,
    label: String,
    /// `None` for a recipient who introduces itself.
    signer: Option<PublicKeys>,
    area: Option<Area>,
}

impl App {
    /// Every record of a share or a received share, oldest first.
    pub async fn audit_log(&self, request: AuditRequest) -> Result<AuditLog> {
        let mut found = Vec::new();
        for log in self.logs(&request.name).await? {
            let stored = self.database().read(|connection| records::load(connection, &log.chain.name()))?;
            found.extend(verify_locally(&log, &stored).0.into_iter().map(|record| record_dto(&log, &record)));
        }
        found.sort_by(|a, b| a.at.cmp(&b.at).then(a.sequence.cmp(&b.sequence)));
        Ok(AuditLog { records: found })
    }

    /// Verifies every log: signatures, numbers and links of the local copy, then that the exchange still holds the same.
    pub async fn audit_verify(&self, request: AuditRequest) -> Result<AuditReport> {
        let mut report = AuditReport { records: 0, findings: Vec::new() };
        for log in self.logs(&request.name).await? {
            let stored = self.database().read(|connection| records::load(connection, &log.chain.name()))?;
            let (verified, finding) = verify_locally(&log, &stored);
            report.records += verified.len() as u64;
            report.findings.extend(finding);
            if let Some(area) = &log.area {
                compare(&log, area, &stored, &mut report).await?;
            }
        }
        Ok(report)
    }

    async fn logs(&self, name: &str) -> Result<Vec<Log>> {
        if let Some(row) = self.database().read(|connection| shares::find_share(connection, name))? {
            return provider_logs(&ShareContext::of_row(self, row).await?);
        }
        let subscription = Subscription::open(self, name)?;
        let keys = self.identity().await?;
        // Without access only the local copy can be verified.
        let area = match subscription.must_be_active() {
            Ok(()) => subscription.mailbox(&keys).await.ok(),
            Err(_) => None,
        };
        let mailbox = subscription.row.mailbox_id.clone();
        let provider = subscription.provider()?;
        Ok(vec![
            Log {
                chain: Chain::Out(mailbox.clone()),
                label: format!("from {}", provider.name),
                signer: Some(provider.keys.clone()),
                area: area.clone(),
            },
            Log { chain: Chain::In(mailbox), label: "from you".into(), signer: Some(keys.public()), area },
        ])
    }
}

fn provider_logs(context: &ShareContext) -> Result<Vec<Log>> {
    let signer = Some(context.keys.public());
    let mut logs = vec![Log {
        chain: Chain::Share(context.row.id.clone()),
        label: "share".into(),
        signer: signer.clone(),
        area: Some(context.share_area()),
    }];
    for row in context.mailboxes()? {
        let area = Some(context.mailbox_area(&row.id));
        logs.push(Log {
            chain: Chain::Out(row.id.clone()),
            label: format!("to {}", row.email),
            signer: signer.clone(),
            area: area.clone(),
        });
        logs.push(Log {
            chain: Chain::In(row.id.clone()),
            label: format!("from {}", row.email),
            signer: None,
            area,
        });
    }
    Ok(logs)
}

fn verify_locally(log: &Log, stored: &[StoredRecord]) -> (Vec<VerifiedRecord>, Option<AuditFinding>) {
    let mut head = match &log.signer {
        Some(signer) => ChainHead::new(log.chain.name(), signer.clone()),
        None => ChainHead::of_stranger(log.chain.name()),
    };
    let mut verified = Vec::new();
    for record in stored {
        match head.accept(&record.envelope) {
            Ok(record) => verified.push(record),
            Err(finding) => {
                let message = format!("In this workspace's own copy: {}", finding.message);
                return (verified, Some(finding_dto(log, finding.sequence, finding.kind, message)));
            }
        }
    }
    (verified, None)
}

/// Compares what the exchange holds with what was seen, then what comes after it.
async fn compare(log: &Log, area: &Area, stored: &[StoredRecord], report: &mut AuditReport) -> Result<()> {
    let mut head = match &log.signer {
        Some(signer) => ChainHead::new(log.chain.name(), signer.clone()),
        None => ChainHead::of_stranger(log.chain.name()),
    };
    for record in stored {
        // A record of our own that broke is reported above; the head goes on as far as it can.
        let _ = head.accept(&record.envelope);
        let finding = match in_exchange(log, area, record.sequence).await? {
            Some(envelope) if envelope == record.envelope => continue,
            Some(_) => {
                (FindingKind::Changed, "In the exchange, this record is not the one that was seen before.")
            }
            None => (FindingKind::Missing, "This record is gone from the exchange."),
        };
        report.findings.push(finding_dto(log, record.sequence, finding.0, finding.1.into()));
    }
    // What nobody has seen yet; behind a local copy that is broken it cannot be judged.
    let next = stored.last().map_or(1, |record| record.sequence + 1);
    if head.next() == next
        && let Some(finding) = not_seen_yet(log, area, &mut head).await?
    {
        report.findings.push(finding_dto(log, finding.sequence, finding.kind, finding.message));
    }
    Ok(())
}

async fn not_seen_yet(log: &Log, area: &Area, head: &mut ChainHead) -> Result<Option<Finding>> {
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

fn finding_dto(log: &Log, sequence: u64, kind: FindingKind, message: String) -> AuditFinding {
    AuditFinding { log: log.label.clone(), sequence, kind: kind.as_str().to_owned(), message }
}

fn record_dto(log: &Log, verified: &VerifiedRecord) -> AuditRecord {
    AuditRecord {
        log: log.label.clone(),
        sequence: verified.record.sequence,
        kind: verified.record.body.kind().to_owned(),
        at: verified.record.at,
        summary: summary(&verified.record.body),
        sha256: verified.sha256.clone(),
    }
}

fn summary(body: &Body) -> String {
    match body {
        Body::ShareCreated { heading, .. } => format!("The share '{}' was made.", heading.name),
        Body::ShareDescribed { .. } => "The description was changed.".into(),
        Body::DatasetsChanged { datasets } => format!("The share has {} dataset(s).", datasets.len()),
        Body::TermsPublished { terms } | Body::TermsChanged { terms } => {
            format!("Terms, version {}.", terms.version)
        }
        Body::Published { manifest_version, datasets, .. } => {
            format!("{} dataset(s) were published (version {manifest_version}).", datasets.len())
        }
        Body::ShareDeleted {} => "The share was deleted.".into(),
        Body::Offer(offer) => format!("{} was invited.", offer.email),
        Body::Welcome(welcome) if welcome.claim_sha256.is_none() => {
            "Access was prepared for whoever holds the invitation's link.".into()
        }
        Body::Welcome(_) => "The acceptance was confirmed and access was given.".into(),
        Body::Refused { reason } => format!("The acceptance was refused. {reason}"),
        Body::Withdrawn {} => "The invitation was withdrawn.".into(),
        Body::Grant(grant) => format!("Access was renewed (generation {}).", grant.generation),
        Body::Revoked { by } => format!("Access was revoked by {by}."),
        Body::Reinstated(_) => "Access was given back.".into(),
        Body::ExpiryChanged { expires_at: Some(end) } => {
            format!("Access ends on {}.", end.format("%-d %B %Y"))
        }
        Body::ExpiryChanged { expires_at: None } => "Access has no end date.".into(),
        Body::Claim(claim) => format!("{} ({}) accepted.", claim.recipient.name, claim.recipient.email),
        Body::Rejection { by, .. } => format!("{} ({}) rejected the invitation.", by.name, by.email),
        Body::Acknowledged {} => "The access was received.".into(),
        Body::TermsAgreed { version, .. } => format!("The terms, version {version}, were agreed to."),
        Body::SnapshotStarted { .. } => "A snapshot was started.".into(),
        Body::SnapshotFinished(finished) => {
            format!("A snapshot ended ({:?}): {} file(s) written.", finished.status, finished.files_written)
        }
        Body::Left {} => "The recipient left.".into(),
        Body::Unknown { kind } => format!("A record of a newer version: {kind}."),
    }
}
