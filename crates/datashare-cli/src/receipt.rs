//! What a receipt proves, for people.

use datashare_app::dto::{Party, ReceiptFacts, ReceiptSnapshot, ReceiptTerms};

use crate::words;

pub(crate) fn text(receipt: &ReceiptFacts) -> String {
    let mut lines = vec![
        "This receipt is valid.".to_owned(),
        format!("  share        {} ({})", receipt.share, receipt.share_id),
        format!("  provider     {}", party(&receipt.provider)),
        format!("  recipient    {}", party(&receipt.recipient)),
        format!("  accepted     {} (invited: {})", words::time(receipt.accepted_at), receipt.invited),
        format!("  confirmed    {} by the provider", words::time(receipt.confirmed_at)),
        format!("  invitation   {}", receipt.invitation_id),
    ];
    match &receipt.terms {
        Some(agreed) => lines.push(terms(agreed)),
        None => lines.push("  terms        the share had none".to_owned()),
    }
    lines.extend(receipt.later_terms.iter().map(terms));
    lines.extend(receipt.snapshot.iter().flat_map(snapshot));
    lines.push(
        "It proves that the holders of these keys signed it, with the times of their own clocks. Whose keys they are, \
         the six words tell: compare them with what the two parties say themselves."
            .to_owned(),
    );
    lines.join("\n")
}

fn party(party: &Party) -> String {
    format!("{} ({}), {}: {}", party.name, party.organisation, party.email, party.safety_code)
}

fn terms(terms: &ReceiptTerms) -> String {
    format!(
        "  terms        version {}, agreed {}, SHA-256 {}",
        terms.version,
        words::time(terms.agreed_at),
        terms.sha256
    )
}

fn snapshot(run: &ReceiptSnapshot) -> Vec<String> {
    let mut lines = vec![
        format!(
            "  snapshot     {} ({}): {}",
            run.snapshot_id,
            words::state(run.mode),
            words::state(run.status)
        ),
        format!(
            "  received     {} to {}: {} written ({}), {} unchanged, {} failed",
            words::time(run.started_at),
            words::time(run.ended_at),
            words::counted(run.files_written, "file"),
            words::bytes(run.bytes_written),
            words::count(run.files_skipped),
            words::count(run.files_failed)
        ),
    ];
    if let (Some(version), Some(sha256)) = (run.manifest_version, &run.manifest_sha256) {
        let by = if run.manifest_confirmed { ", signed by the provider" } else { "" };
        lines.push(format!("  from         manifest {version}{by}, SHA-256 {sha256}"));
    }
    lines
}
