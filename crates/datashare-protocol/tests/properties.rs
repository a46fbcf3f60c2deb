//! What an attacker with write access to the exchange, or a bad line, could try; and what must hold whatever happens.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::*;
use datashare_protocol::*;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_chain_as_written_is_accepted(bodies in 1usize..8) {
        let written = chain("mailbox:x:out", &provider(), bodies);
        let mut head = ChainHead::new("mailbox:x:out", provider().public());
        for envelope in &written {
            head.accept(envelope).unwrap();
        }
        prop_assert_eq!(head.next(), bodies as u64 + 1);
    }

    #[test]
    fn any_changed_byte_is_a_finding(at in 0usize..10_000, bit in 0u8..8) {
        let mut envelope = chain("mailbox:x:out", &provider(), 1).remove(0);
        let at = at % envelope.len();
        envelope[at] ^= 1 << bit;
        let mut head = ChainHead::new("mailbox:x:out", provider().public());
        if let Ok(record) = head.accept(&envelope) {
            // JSON may say the same in other bytes (the key id, which is a hint, is not signed); the content must be the same.
            let original = chain("mailbox:x:out", &provider(), 1).remove(0);
            let same = ChainHead::new("mailbox:x:out", provider().public()).accept(&original).unwrap();
            prop_assert_eq!(record.record, same.record);
        } else {
            prop_assert_eq!(head.next(), 1);
        }
    }

    #[test]
    fn dropping_replaying_or_reordering_is_a_finding(length in 3usize..7, from in 0usize..7, to in 0usize..7) {
        let written = chain("mailbox:x:out", &provider(), length);
        let (from, to) = (from % length, to % length);
        prop_assume!(from != to);
        let mut order: Vec<usize> = (0..length).collect();
        order[to] = from;
        let mut head = ChainHead::new("mailbox:x:out", provider().public());
        let mut found = None;
        for index in order {
            if let Err(finding) = head.accept(&written[index]) {
                found = Some(finding);
                break;
            }
        }
        prop_assert_eq!(found.unwrap().kind, FindingKind::OutOfOrder);
    }

    #[test]
    fn foreign_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(ChainHead::new("mailbox:x:out", provider().public()).accept(&bytes).is_err());
        prop_assert!(ChainHead::of_stranger("mailbox:x:in").accept(&bytes).is_err());
    }

    #[test]
    fn tickets_read_back(seed in any::<u8>(), folder in any::<bool>(), signed in any::<bool>()) {
        let ticket = ticket(seed, folder, signed);
        for text in [ticket.encode().to_string(), ticket.link().to_string(), ticket_file(&ticket, "Sales", "Ana").to_string()] {
            let read = Ticket::read(&text).unwrap();
            prop_assert_eq!(&read.place, &ticket.place);
            prop_assert_eq!(&read.mailbox, &ticket.mailbox);
            prop_assert_eq!(&*read.secret, &*ticket.secret);
            prop_assert_eq!(read.provider_key, ticket.provider_key);
            prop_assert_eq!(read.signature.is_some(), signed);
            prop_assert_eq!(read.expires_at, ticket.expires_at);
        }
    }

    #[test]
    fn a_ticket_cut_short_or_changed_is_damaged(keep in 0usize..400, at in 0usize..400, letter in "[A-Za-z0-9_-]") {
        let text = ticket(7, true, true).encode().to_string();
        if keep < text.len() {
            prop_assert!(Ticket::read(&text[..keep]).is_err());
        }
        let at = at % text.len();
        let mut changed = text.clone();
        changed.replace_range(at..at + 1, &letter);
        prop_assume!(changed != text);
        prop_assert!(Ticket::read(&changed).is_err());
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,400}") {
        prop_assert!(Ticket::read(&text).is_err());
        let link = format!("{LINK_PREFIX}{text}");
        prop_assert!(Ticket::read(&link).is_err());
    }
}

proptest! {
    // Each case seals up to three MiB.
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn content_opens_only_in_its_place(size in 0u64..3 * CHUNK, flip in any::<prop::sample::Index>()) {
        let key = ContentKey::new([9; 32]);
        let plain: Vec<u8> = (0..size).map(|byte| byte as u8).collect();
        let chunks: Vec<Vec<u8>> = if plain.is_empty() { vec![vec![]] } else { plain.chunks(CHUNK as usize).map(<[u8]>::to_vec).collect() };
        let sealed: Vec<Vec<u8>> =
            chunks.iter().enumerate().map(|(i, chunk)| seal_chunk(&key, "data/a", size, i as u64, chunk).unwrap()).collect();
        prop_assert_eq!(sealed.iter().map(|chunk| chunk.len() as u64).sum::<u64>(), sealed_size(size));
        for (i, chunk) in sealed.iter().enumerate() {
            prop_assert_eq!(&open_chunk(&key, "data/a", size, i as u64, chunk).unwrap(), &chunks[i]);
            prop_assert!(open_chunk(&key, "data/b", size, i as u64, chunk).is_err());
            prop_assert!(open_chunk(&key, "data/a", size, i as u64 + 1, chunk).is_err());
            prop_assert!(open_chunk(&ContentKey::new([8; 32]), "data/a", size, i as u64, chunk).is_err());
        }
        let mut changed = sealed[0].clone();
        let at = flip.index(changed.len());
        changed[at] ^= 1;
        prop_assert!(open_chunk(&key, "data/a", size, 0, &changed).is_err());
    }
}

#[test]
fn a_cut_object_does_not_pass_for_a_whole_one() {
    // The first of two chunks is not the last one, whatever size is claimed.
    let key = ContentKey::new([9; 32]);
    let first = seal_chunk(&key, "data/a", 2 * CHUNK, 0, &vec![1; CHUNK as usize]).unwrap();
    assert!(open_chunk(&key, "data/a", CHUNK, 0, &first).is_err());
}

#[test]
fn a_record_of_another_chain_or_signer_is_a_finding() {
    let written = chain("mailbox:x:out", &provider(), 1).remove(0);
    let foreign = ChainHead::new("mailbox:y:out", provider().public()).accept(&written).unwrap_err();
    assert_eq!(foreign.kind, FindingKind::Foreign);
    let forged = ChainHead::new("mailbox:x:out", recipient().public()).accept(&written).unwrap_err();
    assert_eq!(forged.kind, FindingKind::BadSignature);
}

#[test]
fn a_replaced_record_breaks_the_link_of_the_next() {
    let written = chain("mailbox:x:out", &provider(), 2);
    let mut head = ChainHead::new("mailbox:x:out", provider().public());
    let other = head.continue_with(at(77), Body::ShareDeleted {});
    head.accept(&sign_record(&other, &provider()).unwrap()).unwrap();
    assert_eq!(head.accept(&written[1]).unwrap_err().kind, FindingKind::BrokenLink);
}

#[test]
fn a_kind_of_a_later_version_keeps_its_place() {
    let head = ChainHead::new("mailbox:x:out", provider().public());
    let mut value = serde_json::to_value(head.continue_with(at(1), Body::Withdrawn {})).unwrap();
    value["kind"] = "from-the-future".into();
    let envelope = sign_envelope(RECORD_TYPE, &value, &provider()).unwrap();
    let record = head.clone().accept(&envelope).unwrap().record;
    assert_eq!(record.body, Body::Unknown { kind: "from-the-future".into() });
}

#[test]
fn a_manifest_is_no_record() {
    let head = ChainHead::new("mailbox:x:out", provider().public());
    let envelope =
        sign_envelope(MANIFEST_TYPE, &head.continue_with(at(1), Body::Withdrawn {}), &provider()).unwrap();
    assert_eq!(head.clone().accept(&envelope).unwrap_err().kind, FindingKind::NotReadable);
}

#[test]
fn a_grant_opens_for_its_recipient_in_its_place_only() {
    let context = GrantContext { chain: "mailbox:x:out", sequence: 2 };
    let sealed = seal_grant(&secrets(), &recipient().public(), context, [3; 32]).unwrap();
    let opened = open_grant(&sealed, &recipient(), None, context).unwrap();
    assert_eq!(opened.mailbox.unwrap().token.unwrap().reveal(), "sig=canary");
    assert_eq!(open_grant(&sealed, &provider(), None, context).unwrap_err(), SealError::NotForUs);
    let elsewhere = GrantContext { chain: "mailbox:y:out", sequence: 2 };
    assert_eq!(open_grant(&sealed, &recipient(), None, elsewhere).unwrap_err(), SealError::DoesNotOpen);
    let later = GrantContext { chain: "mailbox:x:out", sequence: 3 };
    assert_eq!(open_grant(&sealed, &recipient(), None, later).unwrap_err(), SealError::DoesNotOpen);
    assert!(!serde_json::to_string(&sealed).unwrap().contains("canary"));
    assert!(!format!("{:?}", secrets()).contains("canary"));
}

#[test]
fn a_renamed_seal_does_not_make_it_ours() {
    let context = GrantContext { chain: "mailbox:x:out", sequence: 2 };
    let sealed = seal_grant(&secrets(), &recipient().public(), context, [3; 32]).unwrap();
    let SealedGrant::Recipient { key, text, .. } = sealed else { panic!("sealed to a recipient") };
    let renamed = SealedGrant::Recipient { fingerprint: provider().public().fingerprint(), key, text };
    assert_eq!(open_grant(&renamed, &provider(), None, context).unwrap_err(), SealError::DoesNotOpen);
}

#[test]
fn a_grant_for_the_ticket_needs_the_ticket() {
    let context = GrantContext { chain: "mailbox:x:out", sequence: 2 };
    let sealed = seal_grant_for_ticket(&secrets(), &[5; 32], context).unwrap();
    assert!(open_grant(&sealed, &recipient(), Some(&[5; 32]), context).is_ok());
    assert_eq!(
        open_grant(&sealed, &recipient(), Some(&[6; 32]), context).unwrap_err(),
        SealError::DoesNotOpen
    );
    assert_eq!(open_grant(&sealed, &recipient(), None, context).unwrap_err(), SealError::NotForUs);
}

#[test]
fn a_claim_without_the_secret_proves_nothing() {
    let ours = ticket(1, true, false);
    let mac = ours.mac("claim", "fingerprint", Some("terms"));
    assert!(ours.proves(&mac, "claim", "fingerprint", Some("terms")));
    assert!(!ours.proves(&mac, "claim", "another", Some("terms")));
    assert!(!ours.proves(&mac, "claim", "fingerprint", None));
    assert!(!ours.proves(&mac, "rejection", "fingerprint", Some("terms")));
    assert!(!ticket(2, true, false).proves(&mac, "claim", "fingerprint", Some("terms")));
}

#[test]
fn a_ticket_of_a_later_version_says_so() {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use sha2::{Digest, Sha256};
    let mut bytes = URL_SAFE_NO_PAD.decode(&*ticket(1, true, false).encode()).unwrap();
    bytes[0] = 9;
    let body = bytes.len() - 4;
    let sum = Sha256::digest(&bytes[..body]);
    bytes[body..].copy_from_slice(&sum[..4]);
    assert_eq!(Ticket::read(&URL_SAFE_NO_PAD.encode(bytes)).unwrap_err(), TicketError::UnknownVersion(9));
}

#[test]
fn a_known_kind_that_says_something_else_is_a_finding() {
    let head = ChainHead::new("mailbox:x:out", provider().public());
    let mut value =
        serde_json::to_value(head.continue_with(at(1), Body::Revoked { by: "Ana".into() })).unwrap();
    value["by"] = 7.into();
    let envelope = sign_envelope(RECORD_TYPE, &value, &provider()).unwrap();
    let finding = head.clone().accept(&envelope).unwrap_err();
    assert_eq!(finding.kind, FindingKind::NotReadable);
    assert!(finding.message.contains("'revoked'"), "{finding}");
}

/// A library would read it, and a database not find it again.
#[test]
fn a_time_that_no_calendar_counts_is_a_finding() {
    let head = ChainHead::new("mailbox:x:out", provider().public());
    let change = Body::ExpiryChanged { expires_at: Some(at(9)) };
    let good = serde_json::to_value(head.continue_with(at(1), change)).unwrap();
    let accepted = |value: &serde_json::Value| {
        head.clone().accept(&sign_envelope(RECORD_TYPE, value, &provider()).unwrap()).is_ok()
    };
    assert!(accepted(&good));
    for time in ["+262142-12-31T23:59:59Z", "-0001-01-01T00:00:00Z", "tomorrow"] {
        for member in ["at", "expires_at"] {
            let mut value = good.clone();
            value[member] = time.into();
            assert!(!accepted(&value), "{member} {time}");
        }
    }
    // Also where the kind is one of a later version.
    let mut later = good.clone();
    later["kind"] = "of-a-later-version".into();
    assert!(accepted(&later));
    later["at"] = "+262142-12-31T23:59:59Z".into();
    assert!(!accepted(&later));
}

#[test]
fn a_manifest_continues_the_one_that_was_seen() {
    let (first, other) = (manifest(4), Manifest { created_at: at(9), ..manifest(4) });
    let signed = |manifest: &Manifest| sign_manifest(manifest, &provider()).unwrap();
    let seen = SeenManifest { version: 4, sha256: Some(sha256_hex(&signed(&first))) };
    let verify = |manifest: &Manifest| {
        verify_manifest(&signed(manifest), &provider().public(), &id("a"), &seen).map(|found| found.version)
    };
    assert_eq!(verify(&first), Ok(4));
    assert_eq!(verify(&other), Err(ManifestError::Replaced { version: 4 }), "the same number, another list");
    let next = |previous: Option<String>| Manifest { previous, ..manifest(5) };
    assert_eq!(verify(&next(seen.sha256.clone())), Ok(5));
    assert_eq!(verify(&next(None)), Ok(5), "its author says that the one before was lost");
    let foreign = next(Some(sha256_hex(&signed(&other))));
    assert_eq!(verify(&foreign), Err(ManifestError::Replaced { version: 4 }));
    assert_eq!(
        verify(&Manifest { previous: Some("of 8".into()), ..manifest(9) }),
        Ok(9),
        "not seen in between"
    );
}

#[test]
fn a_manifest_cannot_go_back_or_change_share() {
    let manifest = manifest(4);
    let signed = sign_manifest(&manifest, &provider()).unwrap();
    let verify = |share: &str, seen| {
        verify_manifest(&signed, &provider().public(), &id(share), &SeenManifest::version(seen))
    };
    assert_eq!(verify("a", 4).unwrap(), manifest);
    assert_eq!(verify("a", 5).unwrap_err(), ManifestError::RolledBack { found: 4, seen: 5 });
    assert_eq!(verify("b", 1).unwrap_err(), ManifestError::Foreign);
    let forged = sign_manifest(&manifest, &recipient()).unwrap();
    assert!(matches!(
        verify_manifest(&forged, &provider().public(), &id("a"), &SeenManifest::version(1)),
        Err(ManifestError::Envelope(_))
    ));
}
