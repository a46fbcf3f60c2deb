//! `datashare audit`

use clap::Args;
use datashare_app::dto::{AuditLog, AuditReport, AuditRequest};

use crate::failure::{DONE, FAILED, Failure};
use crate::session::Session;
use crate::table::Table;
use crate::words;

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  datashare audit sales\n  datashare audit contoso-sales --verify")]
pub(crate) struct Audit {
    /// Name or id of a share or a received share
    #[arg(value_name = "SHARE|RECEIVED")]
    name: String,
    /// Check every signature and the chain; the exit code is 1 on any finding
    #[arg(long)]
    verify: bool,
}

pub(crate) async fn run(command: Audit, session: &Session) -> Result<u8, Failure> {
    let request = AuditRequest { name: command.name };
    if !command.verify {
        session.output.show(&session.app.audit_log(request).await?, log_text)?;
        return Ok(DONE);
    }
    let report = session.app.audit_verify(request).await?;
    session.output.show(&report, report_text)?;
    Ok(if report.findings.is_empty() { DONE } else { FAILED })
}

fn log_text(log: &AuditLog) -> String {
    Table::new(&["log", "number", "time", "record", "what"], "There are no records yet.").rows(
        &log.records,
        |record| {
            [
                record.log.clone(),
                record.sequence.to_string(),
                words::time(record.at),
                record.kind.clone(),
                record.summary.clone(),
            ]
        },
    )
}

fn report_text(report: &AuditReport) -> String {
    let verified = words::counted(report.records, "record");
    if report.findings.is_empty() {
        return format!("{verified} verified: all are signed, complete and in order.");
    }
    let findings = report.findings.iter().map(|finding| {
        format!("\n  {} {}: {}: {}", finding.log, finding.sequence, finding.kind, finding.message)
    });
    let count = words::counted(report.findings.len() as u64, "finding");
    format!("{verified} verified, {count}:{}", findings.collect::<String>())
}
