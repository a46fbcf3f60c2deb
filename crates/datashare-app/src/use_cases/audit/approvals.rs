//! The approvals that a share's log names: kept beside it, whole, and verified with it.

use datashare_protocol::{
    Approved, Body, FindingKind, VerifiedRecord, sha256_hex, verify_approval, write_approval,
};

use super::logs::Log;
use super::verify::finding_dto;
use crate::database::approvals;
use crate::dto::AuditFinding;
use crate::{App, Result};

/// The files of the approvals that these records name, as far as they are what was recorded; and what is wrong with the
/// others.
pub(super) fn approvals_of(
    app: &App,
    log: &Log,
    records: &[VerifiedRecord],
) -> Result<(Vec<String>, Vec<AuditFinding>)> {
    let (mut files, mut findings) = (Vec::new(), Vec::new());
    for record in records.iter().filter(|_| log.own) {
        let Body::Approved(approved) = &record.record.body else { continue };
        match approval(app, approved)? {
            Ok(file) => files.push(file),
            Err((kind, message)) => {
                findings.push(finding_dto(log, record.record.sequence, kind, message.to_owned()));
            }
        }
    }
    Ok((files, findings))
}

fn approval(
    app: &App,
    approved: &Approved,
) -> Result<std::result::Result<String, (FindingKind, &'static str)>> {
    let row = app.database().read(|connection| approvals::find(connection, &approved.request_id))?;
    let Some((request, answer)) = row.and_then(|row| Some((row.request, row.answer?))) else {
        return Ok(Err((FindingKind::Missing, "The approval that this record names is gone.")));
    };
    let same = (sha256_hex(&request), sha256_hex(&answer))
        == (approved.request_sha256.clone(), approved.answer_sha256.clone());
    let file =
        write_approval(&request, Some(&answer)).ok().filter(|file| same && verify_approval(file).is_ok());
    Ok(file
        .and_then(|file| String::from_utf8(file).ok())
        .ok_or((FindingKind::Changed, "The approval that this record names is not the one that was kept.")))
}
