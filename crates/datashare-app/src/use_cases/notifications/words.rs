//! What is said of an event in mails, cards and webhooks. The window has words of its own, in the person's language.

use datashare_notify::{Card, CloudEvent, Tone};
use serde_json::json;

use crate::dto::{EventKind, HappenedEvent, ShareSide};

/// A few words.
pub(super) fn title(event: &HappenedEvent) -> String {
    let share = &event.share;
    match event.kind {
        EventKind::InvitationAccepted => format!("Invitation to '{share}' accepted"),
        EventKind::InvitationRejected => format!("Invitation to '{share}' rejected"),
        EventKind::TermsAgreed => format!("New terms of '{share}' agreed to"),
        EventKind::RecipientLeft => format!("A recipient left '{share}'"),
        EventKind::RecipientSnapshotSucceeded => format!("'{share}' was received"),
        EventKind::RecipientSnapshotFailed => format!("A recipient's snapshot of '{share}' failed"),
        EventKind::AccessGranted => format!("You have access to '{share}'"),
        EventKind::AccessRefused => format!("No access to '{share}'"),
        EventKind::SnapshotSucceeded => format!("Snapshot of '{share}' succeeded"),
        EventKind::SnapshotFailed => format!("Snapshot of '{share}' failed"),
        EventKind::SnapshotNeedsAttention => format!("Snapshot of '{share}' waits for you"),
        EventKind::TermsChanged => format!("The terms of '{share}' changed"),
        EventKind::Revoked => format!("Access to '{share}' was taken back"),
        EventKind::Reinstated => format!("Access to '{share}' was given back"),
        EventKind::ShareDeleted => format!("'{share}' was deleted by its provider"),
        EventKind::NewPublication => format!("'{share}' has new data"),
        EventKind::ScheduleChanged => format!("The schedule of '{share}' changed"),
        EventKind::ExpirySoon => format!("Access to '{share}' ends soon"),
        EventKind::AccessExpired => format!("Access to '{share}' has expired"),
    }
}

/// Who and when, and what else there is to say.
pub(super) fn text(event: &HappenedEvent) -> String {
    let mut sentences = vec![format!("{}.", title(event))];
    if let Some(end) = event.ends_at {
        let verb = if event.kind == EventKind::AccessExpired { "ended" } else { "ends" };
        sentences.push(format!("It {verb} on {}.", end.format("%-d %B %Y at %H:%M UTC")));
    }
    sentences.extend(event.detail.clone());
    sentences.join(" ")
}

pub(super) fn facts(event: &HappenedEvent) -> Vec<(String, String)> {
    let other = match event.side {
        ShareSide::Sent => "Recipient",
        ShareSide::Received => "Provider",
    };
    let who = event.who.iter().map(|who| (other.to_owned(), who.clone()));
    [("Share".to_owned(), event.share.clone())]
        .into_iter()
        .chain(who)
        .chain([("When".to_owned(), event.at.format("%Y-%m-%d %H:%M UTC").to_string())])
        .collect()
}

pub(super) fn card(event: &HappenedEvent) -> Card {
    let tone = match event.kind {
        EventKind::InvitationAccepted | EventKind::AccessGranted | EventKind::SnapshotSucceeded => Tone::Good,
        EventKind::RecipientSnapshotFailed
        | EventKind::AccessRefused
        | EventKind::SnapshotFailed
        | EventKind::SnapshotNeedsAttention
        | EventKind::Revoked
        | EventKind::ShareDeleted
        | EventKind::ExpirySoon
        | EventKind::AccessExpired => Tone::Attention,
        _ => Tone::Neutral,
    };
    Card { title: title(event), text: text(event), facts: facts(event), tone }
}

/// As plain text.
pub(super) fn mail_text(event: &HappenedEvent) -> String {
    let facts: String = facts(event).iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    format!("{}\n\n{facts}", text(event))
}

/// `workspace` is the id of the one it happened in.
pub(super) fn cloud_event(event: &HappenedEvent, workspace: &str) -> CloudEvent {
    let data = json!({
        "kind": event.kind,
        "side": event.side,
        "share": event.share,
        "who": event.who,
        "ends_at": event.ends_at,
        "snapshot_id": event.snapshot_id,
        "message": text(event),
    });
    let kind = serde_json::to_value(event.kind).ok().and_then(|kind| kind.as_str().map(str::to_owned));
    CloudEvent::new(
        event.event_id.clone(),
        format!("urn:datashare:workspace:{workspace}"),
        format!("org.datashare.{}", kind.unwrap_or_default()),
        event.at,
        event.share.clone(),
        data,
    )
}
