//! A request for an invitation, one for a dataset, and their answers, from fixed seeds.

use datashare_domain::{AcceptanceMode, ApprovalId, DatasetId, DatasetKind, Delivery};
use datashare_protocol::*;

use super::story::{card, offer};
use super::*;

pub fn approver() -> IdentityKeys {
    IdentityKeys::from_seeds([5; 32], [6; 32])
}

pub fn proposed_dataset() -> ProposedDataset {
    ProposedDataset {
        dataset_id: DatasetId::from_random([8; 16]),
        name: "pos".into(),
        dataset_kind: DatasetKind::Folder,
        delivery: Delivery::Published,
        connection: "Reports".into(),
        place: "/srv/reports".into(),
        path: "exports/pos".into(),
        files: Some(2),
        bytes: None,
        sensitive: true,
    }
}

pub fn request(change: ProposedChange) -> ApprovalRequest {
    let Body::Offer(offer) = offer() else { unreachable!() };
    ApprovalRequest {
        request_id: ApprovalId::from_random([18; 16]),
        by: card("Ana", &provider()),
        approvers: vec![approver().public().fingerprint()],
        asked_at: at(0),
        expires_at: at(86_400),
        heading: offer.heading,
        change,
    }
}

pub fn invitation() -> ProposedChange {
    let Body::Offer(offer) = offer() else { unreachable!() };
    ProposedChange::Invitation(Box::new(ProposedInvitation {
        recipients: vec![ProposedRecipient {
            mailbox_id: MailboxId::from_random([5; 16]),
            email: "ben@fabrikam.example".into(),
        }],
        acceptance: AcceptanceMode::Automatic,
        expires_at: at(86_400),
        access_days: Some(30),
        terms: offer.terms,
        datasets: vec![proposed_dataset()],
    }))
}

pub fn signed(change: ProposedChange) -> Vec<u8> {
    sign_approval_request(&request(change), &provider()).unwrap()
}

/// What the approver answers to this envelope.
pub fn answer(request: &[u8], decision: ApprovalDecision) -> ApprovalAnswer {
    let refused = decision == ApprovalDecision::Refused;
    ApprovalAnswer {
        request_id: ApprovalId::from_random([18; 16]),
        request_sha256: sha256_hex(request),
        by: card("Olga", &approver()),
        at: at(60),
        decision,
        reason: refused.then(|| "Not before May.".to_owned()),
    }
}

/// The files: a request, the same approved, and a refused one for a dataset.
pub fn requested() -> Vec<u8> {
    write_approval(&signed(invitation()), None).unwrap()
}

pub fn approved() -> Vec<u8> {
    let request = signed(invitation());
    let answer = sign_approval_answer(&answer(&request, ApprovalDecision::Approved), &approver()).unwrap();
    write_approval(&request, Some(&answer)).unwrap()
}

pub fn refused() -> Vec<u8> {
    let request = signed(ProposedChange::Dataset(Box::new(proposed_dataset())));
    let answer = sign_approval_answer(&answer(&request, ApprovalDecision::Refused), &approver()).unwrap();
    write_approval(&request, Some(&answer)).unwrap()
}

/// What a share's log says of the approval.
pub fn recorded() -> Body {
    let approval = verify_approval(&approved()).unwrap();
    let (answer, envelope) = approval.answer.unwrap();
    Body::Approved(Box::new(Approved {
        request_id: answer.request_id,
        request_sha256: answer.request_sha256,
        answer_sha256: sha256_hex(&envelope),
        by: "Olga (Contoso)".into(),
        fingerprint: answer.by.keys.fingerprint(),
        approved_at: answer.at,
    }))
}
