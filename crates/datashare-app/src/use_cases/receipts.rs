//! Receipts: proof of what was agreed and received, for a third person.

use std::path::Path;

use datashare_protocol::{
    AgreedTerms, Body, Receipt, ReceiptParts, SnapshotFinished, SnapshotParts, SnapshotProof, VerifiedRecord,
    verify_receipt, write_receipt,
};

use super::audit::{Audited, LocalCopy};
use super::received::party;
use crate::chains::Chain;
use crate::database::shares;
use crate::dto::{ReceiptFacts, ReceiptOf, ReceiptSave, ReceiptSnapshot, ReceiptTerms, ReceiptText};
use crate::files::{read_file, write_file};
use crate::{App, AppError, Code, Result};

/// Longest file that is looked at, bytes.
const LONGEST_RECEIPT: u64 = 64 << 20;

/// Reads and verifies a receipt. Needs no workspace, no network and no key: everything is in the file.
pub fn verify_receipt_file(path: &Path) -> Result<ReceiptFacts> {
    verify(&read_file(path, LONGEST_RECEIPT)?)
}

fn verify(bytes: &[u8]) -> Result<ReceiptFacts> {
    let receipt = verify_receipt(bytes).map_err(|error| {
        AppError::new(Code::NotGenuine, error.to_string())
            .hint("It proves nothing. Ask whoever gave it to you for the original file.")
            .because(error)
    })?;
    Ok(facts(receipt))
}

impl App {
    /// Writes the receipt of an acceptance or a snapshot into a file, and says what it proves.
    pub async fn receipt_save(&self, request: ReceiptSave) -> Result<ReceiptFacts> {
        let wanted =
            ReceiptOf { name: request.name, recipient: request.recipient, snapshot_id: request.snapshot_id };
        let (bytes, facts) = self.receipt(&wanted)?;
        write_file(&request.path, &bytes)?;
        Ok(facts)
    }

    /// The receipt of an acceptance or a snapshot, as it stands in its file.
    pub async fn receipt_text(&self, request: ReceiptOf) -> Result<ReceiptText> {
        let (bytes, _) = self.receipt(&request)?;
        Ok(ReceiptText { text: String::from_utf8_lossy(&bytes).into_owned() })
    }

    fn receipt(&self, wanted: &ReceiptOf) -> Result<(Vec<u8>, ReceiptFacts)> {
        let records = Records::load(self, wanted)?;
        let bytes = write_receipt(&records.parts(wanted.snapshot_id.as_deref())?).map_err(not_whole)?;
        // What leaves this workspace as proof is proof.
        let receipt = verify_receipt(&bytes).map_err(not_whole)?;
        Ok((bytes, facts(receipt)))
    }

    /// Verifies a receipt, whoever it is from.
    pub async fn receipt_verify(&self, request: ReceiptText) -> Result<ReceiptFacts> {
        verify(request.text.as_bytes())
    }
}

fn not_whole(error: datashare_protocol::ReceiptError) -> AppError {
    AppError::new(Code::NotGenuine, format!("The records do not make a receipt. {error}"))
        .hint("Verify the log to see what is wrong with it.")
        .because(error)
}

/// The records of one recipient, and of the share where they are at hand.
struct Records {
    out: Vec<VerifiedRecord>,
    into: Vec<VerifiedRecord>,
    log: Vec<VerifiedRecord>,
}

impl Records {
    fn load(app: &App, request: &ReceiptOf) -> Result<Self> {
        let audited = Audited::find(app, &request.name)?;
        let mailbox = match &audited {
            Audited::Received(row) => row.mailbox_id.clone(),
            Audited::Share(row) => {
                let all = app.database().read(|connection| shares::list_mailboxes(connection, &row.id))?;
                let wanted = request.recipient.as_deref().ok_or_else(|| {
                    AppError::invalid("Whose receipt it should be was not said.").hint("Name the recipient.")
                })?;
                let of = all
                    .into_iter()
                    .rfind(|row| row.id.as_str() == wanted || row.email.eq_ignore_ascii_case(wanted));
                let message = format!("The share '{}' has no recipient '{wanted}'.", row.name);
                of.ok_or_else(|| AppError::not_found(message))?.id
            }
        };
        let mut records = Self { out: Vec::new(), into: Vec::new(), log: Vec::new() };
        for log in audited.logs(app)? {
            let place = match &log.chain {
                Chain::Share(_) => &mut records.log,
                Chain::Out(id) if *id == mailbox => &mut records.out,
                Chain::In(id) if *id == mailbox => &mut records.into,
                Chain::Out(_) | Chain::In(_) => continue,
            };
            *place = LocalCopy::load(app, &log)?.verified;
        }
        Ok(records)
    }

    fn parts(&self, snapshot: Option<&str>) -> Result<ReceiptParts<'_>> {
        let not_accepted =
            || AppError::invalid("This invitation was not accepted; there is nothing to prove.");
        let offer = self.out.first().ok_or_else(not_accepted)?;
        let claim = self
            .into
            .first()
            .filter(|first| matches!(first.record.body, Body::Claim(_)))
            .ok_or_else(not_accepted)?;
        let confirms = |record: &&VerifiedRecord| {
            let Body::Welcome(welcome) = &record.record.body else { return false };
            welcome.claim_sha256.as_ref() == Some(&claim.sha256)
        };
        let welcome = self.out.iter().find(confirms).ok_or_else(|| {
            AppError::new(Code::WaitingForProvider, "The provider has not confirmed the acceptance yet.")
                .hint("The provider's Datashare does so when it runs. Look for news, then try again.")
        })?;
        Ok(ReceiptParts {
            offer: &offer.envelope,
            claim: &claim.envelope,
            welcome: &welcome.envelope,
            agreement: self.agreement(),
            snapshot: snapshot.map(|id| self.snapshot(id)).transpose()?,
        })
    }

    /// The newest agreement to terms that came after the offer.
    fn agreement(&self) -> Option<(&[u8], &[u8])> {
        self.into.iter().rev().find_map(|agreed| {
            let Body::TermsAgreed { version, sha256 } = &agreed.record.body else { return None };
            let changed = self.out.iter().find(|record| {
                let Body::TermsChanged { terms } = &record.record.body else { return false };
                (terms.version, &terms.sha256) == (*version, sha256)
            })?;
            Some((changed.envelope.as_slice(), agreed.envelope.as_slice()))
        })
    }

    fn snapshot(&self, id: &str) -> Result<SnapshotParts<'_>> {
        let begins = |record: &&VerifiedRecord| matches!(&record.record.body, Body::SnapshotStarted { snapshot_id, .. } if snapshot_id.as_str() == id);
        let ends = |record: &VerifiedRecord| match &record.record.body {
            Body::SnapshotFinished(report) if report.snapshot_id.as_str() == id => Some((**report).clone()),
            _ => None,
        };
        let started = self.into.iter().find(begins);
        let finished = self.into.iter().find_map(|record| Some((record, ends(record)?)));
        let (Some(started), Some((finished, report))) = (started, finished) else {
            return Err(AppError::not_found(format!(
                "No record of this recipient says that snapshot '{id}' ended."
            ))
            .hint("List the history to see the snapshots and their ids."));
        };
        let published = self.published(&report);
        Ok(SnapshotParts { started: &started.envelope, finished: &finished.envelope, published })
    }

    /// The provider's record of the manifest that a run read; on the recipient's side there is none.
    fn published(&self, report: &SnapshotFinished) -> Option<&[u8]> {
        let read = report.manifest_version.zip(report.manifest_sha256.as_ref())?;
        let record = self.log.iter().find(|record| {
            let Body::Published { manifest_version, manifest_sha256, .. } = &record.record.body else {
                return false;
            };
            (*manifest_version, manifest_sha256) == read
        })?;
        Some(&record.envelope)
    }
}

fn facts(receipt: Receipt) -> ReceiptFacts {
    ReceiptFacts {
        invitation_id: receipt.invitation.to_string(),
        share: receipt.share.name,
        share_id: receipt.share.share_id.to_string(),
        provider: party(&receipt.provider),
        invited: receipt.invited,
        recipient: party(&receipt.recipient),
        accepted_at: receipt.accepted_at,
        confirmed_at: receipt.confirmed_at,
        acceptance_sha256: receipt.acceptance_sha256,
        terms: receipt.terms.map(terms),
        later_terms: receipt.later_terms.map(terms),
        snapshot: receipt.snapshot.map(snapshot),
    }
}

fn terms(terms: AgreedTerms) -> ReceiptTerms {
    let AgreedTerms { version, sha256, text, agreed_at } = terms;
    ReceiptTerms { version, sha256, text, agreed_at }
}

fn snapshot(proof: SnapshotProof) -> ReceiptSnapshot {
    let SnapshotProof { report, manifest_confirmed } = proof;
    ReceiptSnapshot {
        snapshot_id: report.snapshot_id.to_string(),
        mode: report.mode,
        status: report.status,
        started_at: report.started_at,
        ended_at: report.ended_at,
        files_total: report.files_total,
        files_written: report.files_written,
        files_skipped: report.files_skipped,
        files_failed: report.files_failed,
        bytes_total: report.bytes_total,
        bytes_written: report.bytes_written,
        manifest_version: report.manifest_version,
        manifest_sha256: report.manifest_sha256,
        manifest_confirmed,
    }
}
