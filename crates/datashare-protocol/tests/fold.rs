//! What two chains mean.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use datashare_domain::{InvitationStatus as I, SubscriptionStatus as S};
use datashare_protocol::*;

fn verified(bodies: Vec<Body>) -> Vec<VerifiedRecord> {
    let mut head = ChainHead::new("c", provider().public());
    bodies
        .into_iter()
        .enumerate()
        .map(|(index, body)| {
            let envelope = sign_record(&head.continue_with(at(index as i64), body), &provider()).unwrap();
            head.accept(&envelope).unwrap()
        })
        .collect()
}

fn grant() -> Grant {
    let context = GrantContext { chain: "c", sequence: 2 };
    let sealed = seal_grant(&secrets(), &recipient().public(), context, [3; 32]).unwrap();
    Grant { generation: 1, datasets: vec![], expires_at: Some(at(1000)), sealed }
}

fn welcome() -> Body {
    Body::Welcome(Box::new(Welcome { claim_sha256: None, grant: grant() }))
}

fn claim() -> Body {
    let recipient = Card {
        name: "Ben".into(),
        organisation: "Fabrikam".into(),
        email: "ben@fabrikam.example".into(),
        keys: recipient().public(),
        created_at: at(0),
    };
    Body::Claim(Box::new(Claim { recipient, terms_sha256: None, terms_version: None, mac: String::new() }))
}

/// Invitation and subscription after these records, at a time.
fn check(out: Vec<Body>, incoming: Vec<Body>, now: i64, expected: (I, Option<S>)) {
    let state = fold_mailbox(&verified(out), &verified(incoming), at(now));
    assert_eq!((state.invitation, state.subscription), expected);
}

#[test]
fn the_life_of_an_invitation() {
    let revoked = || Body::Revoked { by: "Ana".into() };
    let again = || Body::Reinstated(Box::new(Welcome { claim_sha256: None, grant: grant() }));
    check(vec![], vec![], 0, (I::Pending, None));
    check(vec![Body::Withdrawn {}], vec![], 0, (I::Withdrawn, None));
    check(vec![], vec![claim()], 0, (I::WaitingForProvider, Some(S::WaitingForProvider)));
    check(vec![welcome()], vec![], 0, (I::Pending, None));
    check(vec![welcome()], vec![claim()], 0, (I::Accepted, Some(S::Active)));
    check(vec![welcome()], vec![claim()], 1000, (I::Accepted, Some(S::Expired)));
    check(vec![welcome(), revoked()], vec![claim()], 0, (I::Accepted, Some(S::Revoked)));
    check(vec![welcome(), revoked(), again()], vec![claim()], 0, (I::Accepted, Some(S::Active)));
    check(vec![welcome(), Body::ShareDeleted {}], vec![claim()], 0, (I::Accepted, Some(S::SourceDeleted)));
    check(vec![Body::Refused { reason: "no".into() }], vec![claim()], 0, (I::Refused, Some(S::Refused)));
    check(vec![welcome()], vec![claim(), Body::Left {}], 0, (I::Accepted, Some(S::Left)));
}

#[test]
fn new_terms_wait_until_agreed() {
    let terms =
        OfferedTerms { version: 2, sha256: "b".into(), text: "t".into(), must_be_accepted_again: true };
    let changed = || Body::TermsChanged { terms: terms.clone() };
    let before = fold_mailbox(&verified(vec![welcome(), changed()]), &verified(vec![claim()]), at(0));
    assert_eq!(before.terms_to_accept(), Some(&terms));
    let agreed = Body::TermsAgreed { version: 2, sha256: "b".into() };
    let after = fold_mailbox(&verified(vec![welcome(), changed()]), &verified(vec![claim(), agreed]), at(0));
    assert_eq!(after.terms_to_accept(), None);
}

#[test]
fn a_recipient_cannot_become_somebody_else() {
    let Body::Claim(mut other) = claim() else { unreachable!("a claim") };
    other.recipient.name = "Eve".into();
    other.recipient.keys = provider().public();
    let incoming = verified(vec![claim(), Body::Claim(other)]);
    let state = fold_mailbox(&verified(vec![welcome()]), &incoming, at(0));
    assert_eq!(state.recipient().map(|card| card.name.as_str()), Some("Ben"));
    assert_eq!(state.claim_sha256.as_ref(), Some(&incoming[0].sha256));
}

#[test]
fn an_accepted_invitation_cannot_be_rejected_afterwards() {
    let Body::Claim(by) = claim() else { unreachable!("a claim") };
    let rejection = Body::Rejection { mac: String::new(), by: by.recipient.clone() };
    check(vec![welcome()], vec![claim(), rejection], 0, (I::Accepted, Some(S::Active)));
}

#[test]
fn schedules_hold_from_when_they_were_told() {
    let [daily, hours, ..] = common::story::schedules();
    let changed = |schedule| Body::ScheduleChanged { schedule };
    let Body::Offer(offer) = common::story::offer() else { unreachable!() };
    let offer = Offer { snapshot_schedule: Some(daily.clone()), ..*offer };
    let told = vec![Body::Offer(Box::new(offer)), welcome(), changed(Some(hours.clone())), changed(None)];
    let state = fold_mailbox(&verified(told.clone()), &[], at(5));
    assert_eq!(state.schedules, [(at(0), Some(daily)), (at(2), Some(hours.clone())), (at(3), None)]);
    assert_eq!((state.schedule(), state.timeline().next_after(at(5))), (None, None));
    let before = fold_mailbox(&verified(told[..3].to_vec()), &[], at(5));
    assert_eq!(before.schedule(), Some(&hours));
    assert!(before.timeline().next_after(at(5)).is_some());
}

#[test]
fn a_request_is_answered_by_its_number() {
    let answered =
        |asked| Body::PublicationAnswered { asked, refusal: Some("Not now.".into()), manifest_version: None };
    let request = |out: Vec<Body>| {
        let incoming = verified(vec![claim(), Body::PublicationAsked {}, Body::PublicationAsked {}]);
        fold_mailbox(&verified(out), &incoming, at(9)).publication.unwrap()
    };
    let open = request(vec![welcome(), answered(2)]);
    assert_eq!((open.sequence, open.asked_at, open.answer), (3, at(2), None));
    let refused = request(vec![welcome(), answered(2), answered(3)]);
    assert_eq!(refused.answer, Some((at(2), Some("Not now.".into()))));
}
