//! Golden vectors: the exact bytes of PROTOCOL.md, kept under tests/vectors/ of the repository. A change here is a
//! change of the protocol. `UPDATE_VECTORS=1` writes them anew.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use datashare_domain::{AcceptanceMode, DatasetId, DatasetKind, Delivery, ShareKind, terms_sha256};
use datashare_protocol::*;

fn check(name: &str, content: &[u8]) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors").join(name);
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        std::fs::write(&path, content).unwrap();
    }
    let kept = std::fs::read(&path).unwrap_or_default();
    assert!(kept == content, "{name} is not what the protocol says any more");
}

fn card(name: &str, keys: &IdentityKeys) -> Card {
    Card {
        name: name.into(),
        organisation: "Contoso".into(),
        email: format!("{}@contoso.example", name.to_lowercase()),
        keys: keys.public(),
        created_at: at(0),
    }
}

fn offer() -> Body {
    let text = "Use it well.\n".to_owned();
    Body::Offer(Box::new(Offer {
        heading: ShareHeading {
            share_id: id("a"),
            name: "Sales – täglich".into(),
            description: "Point of sale".into(),
            share_kind: ShareKind::Snapshot,
        },
        provider: card("Ana", &provider()),
        email: "ben@fabrikam.example".into(),
        datasets: vec![DatasetSummary {
            dataset_id: DatasetId::from_random([8; 16]),
            name: "pos".into(),
            dataset_kind: DatasetKind::Folder,
            delivery: Delivery::Published,
            files: Some(2),
            bytes: None,
        }],
        terms: Some(OfferedTerms {
            version: 1,
            sha256: terms_sha256(&text),
            text,
            must_be_accepted_again: false,
        }),
        schedule: None,
        acceptance: AcceptanceMode::Automatic,
        expires_at: at(86_400),
    }))
}

fn claim(ticket: &Ticket) -> Body {
    let terms = terms_sha256("Use it well.\n");
    let mac = ticket.mac("claim", &recipient().public().fingerprint(), Some(&terms));
    Body::Claim(Box::new(Claim {
        recipient: card("Ben", &recipient()),
        terms_sha256: Some(terms),
        terms_version: Some(1),
        mac,
    }))
}

#[test]
fn the_mailbox_of_one_invitation() {
    let ticket = ticket(5, false, true);
    check("ticket.txt", ticket.encode().as_bytes());
    let mut out = ChainHead::new(mailbox_out(&ticket.mailbox), provider().public());
    let offer = sign_record(&out.continue_with(at(1), offer()), &provider()).unwrap();
    check("mailbox-out-000001-offer.json", &offer);
    out.accept(&offer).unwrap();

    let mut incoming = ChainHead::of_stranger(mailbox_in(&ticket.mailbox));
    let head = ChainHead::new(mailbox_in(&ticket.mailbox), recipient().public());
    let claim = sign_record(&head.continue_with(at(2), claim(&ticket)), &recipient()).unwrap();
    check("mailbox-in-000001-claim.json", &claim);
    incoming.accept(&claim).unwrap();

    let context = GrantContext { chain: out.chain(), sequence: 2 };
    let sealed = seal_grant(&secrets(), &recipient().public(), context, [7; 32]).unwrap();
    let grant = Grant { generation: 1, datasets: vec![], expires_at: None, sealed };
    let welcome = Body::Welcome(Box::new(Welcome { claim_sha256: Some(sha256_hex(&claim)), grant }));
    let welcome = sign_record(&out.continue_with(at(3), welcome), &provider()).unwrap();
    check("mailbox-out-000002-welcome.json", &welcome);
    out.accept(&welcome).unwrap();
}

#[test]
fn identity_manifest_and_content() {
    let keys = provider().public();
    check("identity.txt", format!("{}\n{}\n", keys.fingerprint(), keys.safety_code()).as_bytes());
    check("manifest.json", &sign_manifest(&manifest(1), &provider()).unwrap());
    check(
        "content-chunk.bin",
        &seal_chunk(&ContentKey::new([9; 32]), "data/a/b/000001", 5, 0, b"hello").unwrap(),
    );
}
