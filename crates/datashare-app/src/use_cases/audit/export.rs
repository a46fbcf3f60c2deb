//! Logs and registers as files: whole, so that they can be kept and verified anywhere.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use super::approvals::approvals_of;
use super::logs::Audited;
use super::verify::LocalCopy;
use super::words;
use crate::csv::csv;
use crate::database::{grants, shares};
use crate::dto::{AuditFinding, Export, ExportFormat, Exported, IssuedToken, ShareName};
use crate::files::write_file;
use crate::{App, AppError, Result};

/// A log as a file. The envelopes are the proof: everything else repeats what they say.
#[derive(Serialize)]
struct Document<'a> {
    name: &'a str,
    exported_at: DateTime<Utc>,
    records: &'a [ExportedRecord],
    findings: &'a [AuditFinding],
    /// The files of the approvals that records name; each verifies by itself.
    approvals: &'a [String],
}

#[derive(Serialize)]
struct ExportedRecord {
    log: String,
    chain: String,
    sequence: u64,
    kind: String,
    at: DateTime<Utc>,
    previous: Option<String>,
    sha256: String,
    summary: String,
    /// The signed envelope, byte for byte.
    envelope: String,
}

/// A file's text and what is in it.
pub struct ExportText {
    pub text: String,
    pub rows: u64,
    pub findings: u64,
}

impl App {
    /// Writes every record of a share or a received share into a file, with what does not verify.
    pub async fn audit_export(&self, request: Export) -> Result<Exported> {
        write(request.path, self.audit_text(&request.name, request.format)?)
    }

    /// The log of a share or a received share as text.
    pub fn audit_text(&self, name: &str, format: ExportFormat) -> Result<ExportText> {
        let audited = Audited::find(self, name)?;
        let (mut records, mut findings, mut approvals) = (Vec::new(), Vec::new(), Vec::new());
        for log in audited.logs(self)? {
            let local = LocalCopy::load(self, &log)?;
            let (files, wrong) = approvals_of(self, &log, &local.verified)?;
            approvals.extend(files);
            findings.extend(local.finding.into_iter().chain(wrong));
            records.extend(local.verified.into_iter().map(|verified| ExportedRecord {
                log: log.label.clone(),
                chain: verified.record.chain,
                sequence: verified.record.sequence,
                kind: verified.record.body.kind().to_owned(),
                at: verified.record.at,
                previous: verified.record.previous,
                sha256: verified.sha256,
                summary: words::summary(&verified.record.body),
                envelope: String::from_utf8_lossy(&verified.envelope).into_owned(),
            }));
        }
        records.sort_by(|a, b| a.at.cmp(&b.at).then(a.sequence.cmp(&b.sequence)));
        let text = match format {
            ExportFormat::Csv => log_csv(&records, &findings),
            ExportFormat::Json => serde_json::to_string_pretty(&Document {
                name: audited.name(),
                exported_at: self.now(),
                records: &records,
                findings: &findings,
                approvals: &approvals,
            })?,
        };
        Ok(ExportText { text, rows: records.len() as u64, findings: findings.len() as u64 })
    }

    /// Every access token that was ever issued for a share, oldest first.
    pub async fn grant_list(&self, request: ShareName) -> Result<Vec<IssuedToken>> {
        let row = self.database().read(|connection| shares::find_share_ever(connection, &request.share))?;
        let row = row.ok_or_else(|| {
            AppError::not_found(format!("There is no share '{}'.", request.share))
                .hint("List the shares to see their names.")
        })?;
        self.database().read(|connection| grants::list(connection, &row.id))
    }

    /// Writes the register of a share's grants into a file.
    pub async fn grant_export(&self, request: Export) -> Result<Exported> {
        write(request.path, self.grant_text(&request.name, request.format).await?)
    }

    /// The register of a share's grants as text.
    pub async fn grant_text(&self, share: &str, format: ExportFormat) -> Result<ExportText> {
        let tokens = self.grant_list(ShareName { share: share.to_owned() }).await?;
        let text = match format {
            ExportFormat::Csv => register_csv(&tokens),
            ExportFormat::Json => serde_json::to_string_pretty(&tokens)?,
        };
        Ok(ExportText { text, rows: tokens.len() as u64, findings: 0 })
    }
}

fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

fn log_csv(records: &[ExportedRecord], findings: &[AuditFinding]) -> String {
    let head = ["log", "chain", "sequence", "kind", "at", "previous", "sha256", "summary", "finding"];
    let record = |record: &ExportedRecord| {
        [
            record.log.clone(),
            record.chain.clone(),
            record.sequence.to_string(),
            record.kind.clone(),
            time(record.at),
            record.previous.clone().unwrap_or_default(),
            record.sha256.clone(),
            record.summary.clone(),
            String::new(),
        ]
    };
    let empty = String::new;
    let finding = |finding: &AuditFinding| {
        let (log, number) = (finding.log.clone(), finding.sequence.to_string());
        let (summary, kind) = (finding.message.clone(), finding.kind.clone());
        [log, empty(), number, empty(), empty(), empty(), empty(), summary, kind]
    };
    csv(head, records.iter().map(record).chain(findings.iter().map(finding)))
}

fn register_csv(tokens: &[IssuedToken]) -> String {
    let head = [
        "token_id",
        "recipient_id",
        "email",
        "dataset",
        "scope",
        "policy",
        "signature_sha256",
        "issued_at",
        "expires_at",
        "ended_at",
    ];
    let row = |token: &IssuedToken| {
        [
            token.token_id.clone(),
            token.recipient_id.clone(),
            token.email.clone(),
            token.dataset.clone().unwrap_or_default(),
            token.scope.clone(),
            token.policy.clone(),
            token.signature_sha256.clone(),
            time(token.issued_at),
            time(token.expires_at),
            token.ended_at.map(time).unwrap_or_default(),
        ]
    };
    csv(head, tokens.iter().map(row))
}

fn write(path: String, export: ExportText) -> Result<Exported> {
    write_file(&path, export.text.as_bytes())?;
    Ok(Exported { path, rows: export.rows, findings: export.findings })
}
