//! The signed logs: read, verified, exported.

mod approvals;
mod export;
mod logs;
mod verify;
mod words;

use datashare_protocol::VerifiedRecord;

use crate::dto::{AuditCheck, AuditLog, AuditRecord, AuditReport, AuditRequest, NamedFinding, Nothing};
use crate::{App, Result};

pub use export::ExportText;
pub(crate) use logs::{Audited, Log};
pub(crate) use verify::LocalCopy;

impl App {
    /// Every record of a share or a received share, oldest first.
    pub async fn audit_log(&self, request: AuditRequest) -> Result<AuditLog> {
        let mut found = Vec::new();
        for log in Audited::find(self, &request.name)?.logs(self)? {
            let local = LocalCopy::load(self, &log)?;
            found.extend(local.verified.iter().map(|record| record_dto(&log, record)));
        }
        found.sort_by(|a, b| a.at.cmp(&b.at).then(a.sequence.cmp(&b.sequence)));
        Ok(AuditLog { records: found })
    }

    /// Verifies every log: signatures, numbers and links of the local copy, then that the exchange still holds the same.
    pub async fn audit_verify(&self, request: AuditRequest) -> Result<AuditReport> {
        let audited = Audited::find(self, &request.name)?;
        let areas = audited.areas(self).await?;
        let mut report = AuditReport { records: 0, findings: Vec::new() };
        for log in audited.logs(self)? {
            let local = LocalCopy::load(self, &log)?;
            report.records += local.verified.len() as u64;
            report.findings.extend(local.finding.clone());
            report.findings.extend(approvals::approvals_of(self, &log, &local.verified)?.1);
            if let Some(areas) = &areas {
                report.findings.extend(verify::compare(&log, &local, &areas.of(&log.chain)).await?);
            }
        }
        if let Some(areas) = &areas {
            report.findings.extend(verify::compare_manifest(self, areas).await?);
        }
        Ok(report)
    }

    /// Verifies the local copies of all logs, those of deleted and left shares too. Asks nobody, needs no secret; done at
    /// every start.
    pub async fn audit_check(&self, _request: Nothing) -> Result<AuditCheck> {
        let mut check = AuditCheck::default();
        if self.card_if_any()?.is_none() {
            return Ok(check);
        }
        for audited in Audited::all(self)? {
            for log in audited.logs(self)? {
                let local = LocalCopy::load(self, &log)?;
                check.records += local.verified.len() as u64;
                let named = |finding| NamedFinding { name: audited.name().to_owned(), finding };
                let approvals = approvals::approvals_of(self, &log, &local.verified)?.1;
                check.findings.extend(local.finding.into_iter().chain(approvals).map(named));
            }
        }
        Ok(check)
    }

    /// As [`Self::audit_check`], once in the life of a process: what a round of the agent says of it.
    pub(crate) async fn findings_at_start(&self) -> Vec<String> {
        if self.inner.checked.swap(true, std::sync::atomic::Ordering::Relaxed) {
            return Vec::new();
        }
        let in_words = |NamedFinding { name, finding }: NamedFinding| {
            format!("{name}: record {} of the log '{}': {}", finding.sequence, finding.log, finding.message)
        };
        match self.audit_check(Nothing {}).await {
            Ok(check) => check.findings.into_iter().map(in_words).collect(),
            Err(error) => vec![format!("The logs could not be verified: {}", error.in_words())],
        }
    }
}

fn record_dto(log: &Log, verified: &VerifiedRecord) -> AuditRecord {
    AuditRecord {
        log: log.label.clone(),
        sequence: verified.record.sequence,
        kind: verified.record.body.kind().to_owned(),
        at: verified.record.at,
        summary: words::summary(&verified.record.body),
        sha256: verified.sha256.clone(),
    }
}
