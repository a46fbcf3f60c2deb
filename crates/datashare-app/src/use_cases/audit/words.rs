//! What each record says, in a sentence.

use datashare_protocol::Body;

pub(super) fn summary(body: &Body) -> String {
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
        Body::Approved(approved) => {
            format!("{} approved a change on {}.", approved.by, approved.approved_at.format("%-d %B %Y"))
        }
        Body::ShareDeleted {} => "The share was deleted.".into(),
        Body::ScheduleChanged { schedule: Some(schedule) } => {
            format!("Snapshots are to be taken {}.", schedule.in_words())
        }
        Body::ScheduleChanged { schedule: None } => "There is no schedule any more.".into(),
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
        Body::PublicationAsked {} => "A fresh publication was asked for.".into(),
        Body::PublicationAnswered { refusal: Some(reason), .. } => {
            format!("The request for a fresh publication was refused. {reason}")
        }
        Body::PublicationAnswered { refusal: None, .. } => "The datasets were published as asked.".into(),
        Body::Left {} => "The recipient left.".into(),
        Body::Unknown { kind } => format!("A record of a newer version: {kind}."),
    }
}
