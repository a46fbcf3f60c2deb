//! Receipts: valid ones say what was signed; whatever is changed, swapped or left out makes them invalid, with a reason.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::story::*;
use common::*;
use datashare_protocol::*;
use proptest::prelude::*;

fn text(parts: ReceiptParts<'_>) -> Vec<u8> {
    write_receipt(&parts).unwrap()
}

fn why(parts: ReceiptParts<'_>) -> ReceiptError {
    verify_receipt(&text(parts)).unwrap_err()
}

/// A record of the recipient or the provider that says something else.
fn another(chain: String, keys: &IdentityKeys, sequence: u64, body: Body) -> Vec<u8> {
    let record = Record { chain, sequence, previous: None, at: at(9), body };
    sign_record(&record, keys).unwrap()
}

#[test]
fn a_receipt_says_who_agreed_to_what_and_when() {
    let story = Story::new();
    let receipt = verify_receipt(&text(story.acceptance())).unwrap();
    assert_eq!((receipt.provider.name.as_str(), receipt.recipient.name.as_str()), ("Ana", "Ben"));
    assert_eq!((receipt.accepted_at, receipt.confirmed_at), (at(2), at(3)));
    let terms = receipt.terms.unwrap();
    assert_eq!((terms.version, terms.text.as_str(), terms.agreed_at), (1, "Use it well.\n", at(2)));
    assert_eq!(receipt.acceptance_sha256, sha256_hex(&story.into[0]));
    assert!(receipt.later_terms.is_none() && receipt.snapshot.is_none());
}

#[test]
fn a_snapshots_receipt_says_what_was_received_from_which_manifest() {
    let story = Story::new();
    let receipt = verify_receipt(&text(story.snapshot())).unwrap();
    let snapshot = receipt.snapshot.unwrap();
    assert!(snapshot.manifest_confirmed);
    assert_eq!((snapshot.report.files_written, snapshot.report.manifest_version), (1, Some(2)));
    assert_eq!(snapshot.report.manifest_sha256, Some(sha256_hex(&second_manifest())));
    assert_eq!(receipt.later_terms.unwrap().version, 2);
    // An editor may add a newline at the end; nothing else.
    assert!(verify_receipt(&[text(story.snapshot()), b"\n".to_vec()].concat()).is_ok());
    assert_eq!(verify_receipt(b"{}").unwrap_err(), ReceiptError::NotAReceipt);
    let newer = br#"{"receipt":"datashare/receipt/v2"}"#;
    assert_eq!(verify_receipt(newer).unwrap_err(), ReceiptError::Newer("datashare/receipt/v2".into()));
}

#[test]
fn parts_of_others_are_named() {
    let story = Story::new();
    let (acceptance, snapshot) = (story.acceptance(), story.snapshot());
    let run = snapshot.snapshot.unwrap();
    let mailbox = ticket(5, false, true).mailbox;
    let (out, into) = (mailbox_out(&mailbox), mailbox_in(&mailbox));
    let Body::Claim(claim) = claim(&ticket(5, false, true)) else { panic!("a claim") };

    let thief = IdentityKeys::from_seeds([30; 32], [31; 32]);
    let stolen = Body::Claim(Box::new(Claim { recipient: card("Eve", &thief), ..*claim.clone() }));
    let stolen = another(into.clone(), &thief, 1, stolen);
    assert_eq!(why(ReceiptParts { claim: &stolen, ..acceptance }), ReceiptError::NotConfirmed);
    let forged = another(into.clone(), &thief, 1, Body::Claim(claim.clone()));
    let not_signed = ReceiptError::NotSigned { part: "acceptance", by: "recipient" };
    assert_eq!(why(ReceiptParts { claim: &forged, ..acceptance }), not_signed);

    let elsewhere = right_away();
    let foreign = ReceiptError::Foreign("acceptance");
    assert_eq!(
        why(ReceiptParts { offer: &elsewhere[0], ..acceptance }),
        foreign,
        "another invitation's offer"
    );
    assert_eq!(
        why(ReceiptParts { welcome: &elsewhere[1], ..acceptance }),
        ReceiptError::Foreign("provider's confirmation")
    );
    assert_eq!(
        why(ReceiptParts { welcome: &story.out[5], ..acceptance }),
        ReceiptError::Another("provider's confirmation")
    );
    assert_eq!(why(ReceiptParts { offer: &story.out[1], ..acceptance }), ReceiptError::Another("offer"));

    let other = Claim { terms_sha256: Some("00".repeat(32)), ..*claim };
    let other = another(into.clone(), &recipient(), 1, Body::Claim(Box::new(other)));
    let head = ChainHead::new(out.clone(), provider().public());
    let grant = Grant {
        generation: 1,
        datasets: vec![],
        expires_at: None,
        sealed: seal_grant(
            &secrets(),
            &recipient().public(),
            GrantContext { chain: head.chain(), sequence: 2 },
            [7; 32],
        )
        .unwrap(),
    };
    let confirms = Body::Welcome(Box::new(Welcome { claim_sha256: Some(sha256_hex(&other)), grant }));
    let confirms = another(out.clone(), &provider(), 2, confirms);
    assert_eq!(
        why(ReceiptParts { claim: &other, welcome: &confirms, ..acceptance }),
        ReceiptError::OtherTerms
    );

    let agreed = another(into.clone(), &recipient(), 3, Body::TermsAgreed { version: 3, sha256: "x".into() });
    let agreement = Some((story.out[3].as_slice(), agreed.as_slice()));
    assert_eq!(why(ReceiptParts { agreement, ..acceptance }), ReceiptError::OtherLaterTerms);

    let Body::SnapshotStarted { snapshot_id: _, mode } = started() else { panic!("a start") };
    let snapshot_id = datashare_domain::SnapshotId::from_random([99; 16]);
    let begun = another(into, &recipient(), 9, Body::SnapshotStarted { snapshot_id, mode });
    let mixed = Some(SnapshotParts { started: &begun, ..run });
    assert_eq!(why(ReceiptParts { snapshot: mixed, ..snapshot }), ReceiptError::OtherSnapshot);
    let older = Some(SnapshotParts { published: Some(&story.log[3]), ..run });
    assert_eq!(why(ReceiptParts { snapshot: older, ..snapshot }), ReceiptError::OtherPublication);
}

fn started() -> Body {
    Body::SnapshotStarted {
        snapshot_id: datashare_domain::SnapshotId::from_random([14; 16]),
        mode: datashare_domain::SnapshotMode::Full,
    }
}

#[test]
fn terms_that_are_not_what_their_hash_names_are_found() {
    let Body::Offer(mut offer) = offer() else { panic!("an offer") };
    offer.terms.as_mut().unwrap().text = "Do as you like.".into();
    let mailbox = ticket(5, false, true).mailbox;
    let lying = another(mailbox_out(&mailbox), &provider(), 1, Body::Offer(offer));
    let story = Story::new();
    let parts = ReceiptParts { offer: &lying, ..story.acceptance() };
    assert_eq!(why(parts), ReceiptError::TermsText("offer"));
}

#[test]
fn every_reason_is_a_sentence() {
    let reasons = [
        ReceiptError::NotAReceipt,
        ReceiptError::Changed,
        ReceiptError::NotConfirmed,
        ReceiptError::Foreign("offer"),
        ReceiptError::NotSigned { part: "offer", by: "provider" },
    ];
    for reason in reasons.map(|reason| reason.to_string()) {
        assert!(reason.ends_with('.') && reason.len() > 30, "{reason}");
    }
}

/// Deterministic and complete, where a sample would do as well: the files are small.
#[test]
fn any_changed_byte_makes_a_receipt_invalid() {
    let story = Story::new();
    let receipt = text(story.acceptance());
    for at in 0..receipt.len() {
        let mut changed = receipt.clone();
        changed[at] ^= 1 << (at % 8);
        assert!(verify_receipt(&changed).is_err(), "byte {at}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_flipped_bit_of_a_snapshots_receipt_is_found(at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let story = Story::new();
        let mut receipt = text(story.snapshot());
        let at = at.index(receipt.len());
        receipt[at] ^= 1 << bit;
        prop_assert!(verify_receipt(&receipt).is_err());
    }
}
