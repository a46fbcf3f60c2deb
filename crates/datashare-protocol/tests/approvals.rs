//! Approvals: a valid one says who allowed what; whatever is changed, swapped or signed by the wrong person is none.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use common::approvals::*;
use common::story::card;
use common::*;
use datashare_protocol::*;

fn with(request: &[u8], answer: &ApprovalAnswer, keys: &IdentityKeys) -> Result<Approval, ApprovalError> {
    let answer = sign_approval_answer(answer, keys).unwrap();
    verify_approval(&write_approval(request, Some(&answer)).unwrap())
}

#[test]
fn an_approval_says_who_allowed_what() {
    let asked = verify_approval(&requested()).unwrap();
    assert!(asked.answer.is_none());
    let approval = verify_approval(&approved()).unwrap();
    assert_eq!(approval.request, asked.request);
    let (answer, _) = approval.answer.unwrap();
    assert_eq!((answer.by.name.as_str(), answer.decision), ("Olga", ApprovalDecision::Approved));
    let refusal = verify_approval(&refused()).unwrap().answer.unwrap().0;
    assert_eq!(
        (refusal.decision, refusal.reason.as_deref()),
        (ApprovalDecision::Refused, Some("Not before May."))
    );
    assert!(verify_approval(&[approved(), b"\n".to_vec()].concat()).is_ok(), "an editor may add a newline");
    let newer = br#"{"approval":"datashare/approval/v2"}"#;
    assert_eq!(verify_approval(newer).unwrap_err(), ApprovalError::Newer("datashare/approval/v2".into()));
    for other in
        [b"{}".to_vec(), b"".to_vec(), write_receipt(&common::story::Story::new().acceptance()).unwrap()]
    {
        assert_eq!(verify_approval(&other).unwrap_err(), ApprovalError::NotAnApproval);
    }
}

#[test]
fn answers_of_the_wrong_person_or_to_something_else_are_named() {
    let request = signed(invitation());
    let good = answer(&request, ApprovalDecision::Approved);
    assert!(with(&request, &good, &approver()).is_ok());

    let own = ApprovalAnswer { by: card("Ana", &provider()), ..good.clone() };
    assert_eq!(with(&request, &own, &provider()).unwrap_err(), ApprovalError::OwnAnswer);
    // The same signing key with another sealing key beside it has another fingerprint, and is still the same person.
    let twin = IdentityKeys::from_seeds([1; 32], [99; 32]);
    let asked = ApprovalRequest {
        approvers: vec![twin.public().fingerprint()],
        ..common::approvals::request(invitation())
    };
    let to_twin = sign_approval_request(&asked, &provider()).unwrap();
    let twins = ApprovalAnswer { by: card("Olga", &twin), ..answer(&to_twin, ApprovalDecision::Approved) };
    assert_eq!(with(&to_twin, &twins, &twin).unwrap_err(), ApprovalError::OwnAnswer);

    let stranger = ApprovalAnswer { by: card("Olga", &recipient()), ..good.clone() };
    assert_eq!(with(&request, &stranger, &recipient()).unwrap_err(), ApprovalError::NotNamed);
    assert_eq!(
        with(&request, &good, &recipient()).unwrap_err(),
        ApprovalError::NotSigned("answer"),
        "in her name"
    );
    assert_eq!(
        with(&request, &good, &provider()).unwrap_err(),
        ApprovalError::NotSigned("answer"),
        "in her name"
    );

    let other = signed(ProposedChange::Dataset(Box::new(proposed_dataset())));
    assert_eq!(
        with(&other, &good, &approver()).unwrap_err(),
        ApprovalError::OtherRequest,
        "the id alone is the same"
    );
    let late = ApprovalAnswer { at: at(86_401), ..good };
    assert_eq!(with(&request, &late, &approver()).unwrap_err(), ApprovalError::Late);
}

#[test]
fn a_request_is_signed_by_whoever_asks_and_shows_all_that_it_says() {
    let forged = sign_approval_request(&request(invitation()), &recipient()).unwrap();
    let file = write_approval(&forged, None).unwrap();
    assert_eq!(verify_approval(&file).unwrap_err(), ApprovalError::NotSigned("request"));

    let ProposedChange::Invitation(mut lying) = invitation() else { panic!("an invitation") };
    lying.terms.as_mut().unwrap().text = "Do as you like.".into();
    let file = write_approval(&signed(ProposedChange::Invitation(lying)), None).unwrap();
    assert_eq!(verify_approval(&file).unwrap_err(), ApprovalError::TermsText);

    // A member that this version would not show.
    let mut more = serde_json::to_value(request(invitation())).unwrap();
    more["change"]["invitation"]["also"] = "everything else".into();
    let envelope = sign_envelope(APPROVAL_REQUEST_TYPE, &more, &provider()).unwrap();
    let file = write_approval(&envelope, None).unwrap();
    assert_eq!(verify_approval(&file).unwrap_err(), ApprovalError::Another("request"));

    // What was signed as something else is no request and no answer.
    let record = sign_envelope(RECORD_TYPE, &request(invitation()), &provider()).unwrap();
    let file = write_approval(&record, None).unwrap();
    assert_eq!(verify_approval(&file).unwrap_err(), ApprovalError::Another("request"));
    let request = signed(invitation());
    let as_record = answer(&request, ApprovalDecision::Approved);
    let as_record = sign_envelope(RECORD_TYPE, &as_record, &approver()).unwrap();
    let file = write_approval(&request, Some(&as_record)).unwrap();
    assert_eq!(verify_approval(&file).unwrap_err(), ApprovalError::Another("answer"));
}

#[test]
fn any_changed_byte_makes_an_approval_invalid() {
    let file = approved();
    for at in 0..file.len() {
        let mut changed = file.clone();
        changed[at] ^= 1 << (at % 8);
        assert!(verify_approval(&changed).is_err(), "byte {at}");
    }
}

#[test]
fn every_reason_is_a_sentence() {
    let reasons = [
        ApprovalError::NotAnApproval,
        ApprovalError::Changed,
        ApprovalError::NotSigned("request"),
        ApprovalError::Another("answer"),
        ApprovalError::TermsText,
        ApprovalError::OtherRequest,
        ApprovalError::OwnAnswer,
        ApprovalError::NotNamed,
        ApprovalError::Late,
    ];
    for reason in reasons.map(|reason| reason.to_string()) {
        assert!(reason.ends_with('.') && reason.len() > 30, "{reason}");
    }
}
