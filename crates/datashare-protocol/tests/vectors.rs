//! Golden vectors: the exact bytes of PROTOCOL.md, kept under tests/vectors/ of the repository. A change here is a
//! change of the protocol. `UPDATE_VECTORS=1` writes them anew.
#![allow(clippy::unwrap_used)]

mod common;

use common::story::*;
use common::*;
use datashare_protocol::*;

fn check(name: &str, content: &[u8]) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors").join(name);
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        std::fs::write(&path, content).unwrap();
    }
    let kept = std::fs::read(&path).unwrap_or_default();
    assert!(kept == content, "{name} is not what the protocol says any more");
}

/// A chain as the notice writes one: a list of the envelopes' texts.
fn check_chain(name: &str, envelopes: &[Vec<u8>]) {
    let texts: Vec<&str> = envelopes.iter().map(|envelope| std::str::from_utf8(envelope).unwrap()).collect();
    check(name, &serde_json::to_vec(&texts).unwrap());
}

#[test]
fn the_mailbox_of_one_invitation() {
    check("ticket.txt", ticket(5, false, true).encode().as_bytes());
    let (out, into) = (outgoing(), incoming());
    check("mailbox-out-000001-offer.json", &out[0]);
    check("mailbox-in-000001-claim.json", &into[0]);
    check("mailbox-out-000002-welcome.json", &out[1]);
    check_chain("notice.json", &out);
    check_chain("mailbox-in.json", &into);
}

#[test]
fn other_answers() {
    check_chain("right-away-out.json", &right_away());
    check_chain("refused-out.json", &refused());
    check_chain("rejected-in.json", &rejected());
}

#[test]
fn the_log_of_a_share() {
    check_chain("share-log.json", &share_log());
    check("manifest.json", &first_manifest());
    check("manifest-2.json", &second_manifest());
}

#[test]
fn indexes() {
    check("publication-index.bin", &publication_index());
    check("publication-index-piece.bin", &publication_index_piece());
    check("granted-index.bin", &granted_index());
    for (number, piece) in granted_index_pieces().iter().enumerate() {
        check(&format!("granted-index-piece-{}.bin", number + 1), piece);
    }
}

#[test]
fn receipts() {
    let story = Story::new();
    check("receipt-acceptance.json", &write_receipt(&story.acceptance()).unwrap());
    check("receipt-snapshot.json", &write_receipt(&story.snapshot()).unwrap());
}

#[test]
fn approvals() {
    check("approval-request.json", &common::approvals::requested());
    check("approval-approved.json", &common::approvals::approved());
    check("approval-refused.json", &common::approvals::refused());
    check_chain("approved-log.json", &approved_log());
}

#[test]
fn schedules_and_requests() {
    check_chain("scheduled-out.json", &scheduled());
    check_chain("scheduled-in.json", &asked());
    check_chain("scheduled-log.json", &scheduled_log());
}

#[test]
fn identity_and_content() {
    let keys = provider().public();
    check("identity.txt", format!("{}\n{}\n", keys.fingerprint(), keys.safety_code()).as_bytes());
    check(
        "content-chunk.bin",
        &seal_chunk(&ContentKey::new([9; 32]), "data/a/b/000001", 5, 0, b"hello").unwrap(),
    );
}
