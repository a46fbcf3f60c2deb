//! `datashare audit`

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use datashare_app::dto::{
    AuditCheck, AuditLog, AuditReport, AuditRequest, Export, Exported, Nothing, ReceiptFacts, ReceiptSave,
};
use datashare_app::{ExportText, verify_receipt_file};

use crate::failure::{DONE, FAILED, Failure};
use crate::output::Output;
use crate::session::Session;
use crate::table::Table;
use crate::values::{self, ExportChoice};
use crate::{receipt, words};

#[derive(Args, Debug)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "Examples:\n  datashare audit sales\n  datashare audit contoso-sales --verify\n\n\
    A share that is called like one of the commands is named by its id."
)]
pub(crate) struct Audit {
    #[command(subcommand)]
    command: Option<Command>,
    /// Name or id of a share or a received share
    #[arg(value_name = "SHARE|RECEIVED", required = true)]
    name: Option<String>,
    /// Check every signature and the chain; the exit code is 1 on any finding
    #[arg(long)]
    verify: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Verify this workspace's own copies of all logs; the exit code is 1 on any finding
    #[command(after_help = "Example:\n  datashare audit check")]
    Check,
    /// Print a whole log, or write it into a file; findings are in it too
    #[command(after_help = "Example:\n  datashare audit export sales --format csv --out sales-log.csv")]
    Export {
        /// Name or id of a share or a received share
        #[arg(value_name = "SHARE|RECEIVED")]
        name: String,
        #[command(flatten)]
        choice: ExportChoice,
    },
    /// Write a receipt: proof of an acceptance, or of a snapshot, for a third person
    #[command(after_help = "Examples:
  datashare audit receipt sales --recipient ben@fabrikam.example --out ben.receipt.json
  datashare audit receipt contoso-sales --snapshot abcdefghijklmnopqrstuvwxyz --out snapshot.receipt.json")]
    Receipt {
        /// Name or id of a share or a received share
        #[arg(value_name = "SHARE|RECEIVED")]
        name: String,
        /// Whose, by e-mail address or id; for a share of one's own
        #[arg(long)]
        recipient: Option<String>,
        /// Of this snapshot, by its id
        #[arg(long, value_name = "ID")]
        snapshot: Option<String>,
        /// The file to write
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Verify a receipt; needs no workspace. The exit code is 1 when it is not valid
    #[command(after_help = "Example:\n  datashare audit verify-receipt ben.receipt.json")]
    VerifyReceipt {
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

impl Audit {
    /// The receipt to verify, which takes no workspace.
    pub(crate) fn receipt_to_verify(&self) -> Option<&Path> {
        match &self.command {
            Some(Command::VerifyReceipt { file }) => Some(file),
            _ => None,
        }
    }
}

/// Verifies a receipt by itself.
pub(crate) fn verify_receipt(file: &Path, output: &Output) -> Result<u8, Failure> {
    output.show(&verify_receipt_file(file)?, receipt::text)?;
    Ok(DONE)
}

pub(crate) async fn run(command: Audit, session: &Session) -> Result<u8, Failure> {
    let (app, output) = (&session.app, &session.output);
    match (command.command, command.name) {
        (Some(Command::Check), _) => {
            let check = app.audit_check(Nothing {}).await?;
            output.show(&check, check_text)?;
            return Ok(if check.findings.is_empty() { DONE } else { FAILED });
        }
        (Some(Command::Export { name, choice }), _) => export(name, &choice, session).await?,
        (Some(Command::Receipt { name, recipient, snapshot, out }), _) => {
            let path = values::absolute(&out)?;
            let request = ReceiptSave { name, recipient, snapshot_id: snapshot, path };
            output.done(&app.receipt_save(request).await?, |facts: &ReceiptFacts| receipt::text(facts))?;
        }
        (Some(Command::VerifyReceipt { file }), _) => return verify_receipt(&file, output),
        (None, Some(name)) => return log(AuditRequest { name }, command.verify, session).await,
        (None, None) => return Err(Failure::usage("Name a share or a received share.")),
    }
    Ok(DONE)
}

async fn log(request: AuditRequest, verify: bool, session: &Session) -> Result<u8, Failure> {
    if !verify {
        session.output.show(&session.app.audit_log(request).await?, log_text)?;
        return Ok(DONE);
    }
    let report = session.app.audit_verify(request).await?;
    session.output.show(&report, report_text)?;
    Ok(if report.findings.is_empty() { DONE } else { FAILED })
}

async fn export(name: String, choice: &ExportChoice, session: &Session) -> Result<(), Failure> {
    let Some(out) = &choice.out else {
        let ExportText { text, .. } = session.app.audit_text(&name, choice.format)?;
        return session.output.text(&text);
    };
    let request = Export { name, format: choice.format, path: values::absolute(out)? };
    session.output.done(&session.app.audit_export(request).await?, |done| exported_text(done, "record"))
}

pub(crate) fn exported_text(done: &Exported, thing: &str) -> String {
    let findings = match done.findings {
        0 => String::new(),
        found => format!(", {}", words::counted(found, "finding")),
    };
    format!("{}{findings} in {}.", words::counted(done.rows, thing), done.path)
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

fn check_text(check: &AuditCheck) -> String {
    let verified = words::counted(check.records, "record");
    if check.findings.is_empty() {
        return format!("{verified} of this workspace verified: all are signed, complete and in order.");
    }
    let findings = check.findings.iter().map(|named| {
        let finding = &named.finding;
        format!(
            "\n  {}: {} {}: {}: {}",
            named.name, finding.log, finding.sequence, finding.kind, finding.message
        )
    });
    let count = words::counted(check.findings.len() as u64, "finding");
    format!("{verified} verified, {count}:{}", findings.collect::<String>())
}
