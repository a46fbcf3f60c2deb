//! A second person's approval: asked here, answered in another workspace, imported here. Whoever asks never answers, and
//! what is done afterwards is what was signed.

use std::path::Path;

use chrono::TimeDelta;
use datashare_domain::ApprovalId;
use datashare_protocol::{
    self as protocol, ApprovalAnswer, ApprovalDecision, ApprovalError, ApprovalRequest, Approved, Body,
    ProposedChange, sha256_hex, sign_approval_answer, sign_approval_request, verify_approval, write_approval,
};

use super::invitations::{addresses, link_dto};
use super::received::party;
use crate::chains::{self, Chain};
use crate::database::approvals::{self, ApprovalRow};
use crate::dto::{
    Approval, ApprovalAnswerText, ApprovalAsk, ApprovalChoice, ApprovalDocument, ApprovalFile, ApprovalGrant,
    ApprovalImported, ApprovalRefuse, ApprovalRequestText, ApprovalStatus, ApprovalText, Nothing,
    ProposedDataset, ProposedInvitation, WantedChange,
};
use crate::files::{read_file, write_file};
use crate::provider::ShareContext;
use crate::{App, AppError, Code, Result};

/// How long a request waits for its answer.
const WAITS_FOR: TimeDelta = TimeDelta::days(14);
/// Longest file that is looked at, bytes.
const LONGEST_APPROVAL: u64 = 16 << 20;

impl App {
    /// Every approval that this workspace asked for, newest first.
    pub async fn approval_list(&self, _request: Nothing) -> Result<Vec<Approval>> {
        let rows = self.database().read(approvals::list)?;
        rows.iter().map(|row| self.approval_dto(&stored(row)?)).collect()
    }

    /// What a file asks for or answers, verified.
    pub async fn approval_show(&self, request: ApprovalFile) -> Result<Approval> {
        self.approval_dto(&read(&request.path)?)
    }

    /// As `approval_show`, of a file's text.
    pub async fn approval_read(&self, request: ApprovalText) -> Result<Approval> {
        self.approval_dto(&parse(&request.text)?)
    }

    /// Writes a request for what the rules do not allow without a second person. Nothing goes out by it.
    pub async fn approval_ask(&self, request: ApprovalAsk) -> Result<Approval> {
        self.ask(&request.change, |bytes| write_file(&request.path, bytes)).await
    }

    /// As `approval_ask`, and answers what would stand in the file.
    pub async fn approval_request(&self, request: ApprovalRequestText) -> Result<ApprovalDocument> {
        let mut text = String::new();
        let approval = self.ask(&request.change, |bytes| keep(bytes, &mut text)).await?;
        Ok(ApprovalDocument { approval, text })
    }

    async fn ask(&self, wanted: &WantedChange, write: impl FnOnce(&[u8]) -> Result<()>) -> Result<Approval> {
        let (share, policy) = (wanted.share(), self.policy()?);
        let context = ShareContext::open_to_change(self, share).await?;
        let (change, needed) = match wanted {
            WantedChange::Invitation(invite) => {
                let emails = addresses(&invite.emails)?;
                let change = context.propose_invitation(&emails, invite.acceptance, invite.expires_at)?;
                (ProposedChange::Invitation(Box::new(change)), policy.lets_invite_alone())
            }
            WantedChange::Dataset(add) => {
                let change = context.propose_dataset(add).await?;
                (ProposedChange::Dataset(Box::new(change)), policy.lets_add_alone(add.sensitive))
            }
        };
        if needed.is_ok() {
            return Err(AppError::invalid("The rules of this workspace ask for no approval of this.")
                .hint("Do it as usual."));
        }
        let (now, mut expires_at) = (self.now(), self.now() + WAITS_FOR);
        if let ProposedChange::Invitation(invitation) = &change {
            expires_at = expires_at.min(invitation.expires_at);
        }
        let asked = ApprovalRequest {
            request_id: ApprovalId::from_random(self.random()?),
            by: context.card.clone(),
            approvers: policy.approvers.into_iter().map(|approver| approver.fingerprint).collect(),
            asked_at: now,
            expires_at,
            heading: context.heading(),
            change,
        };
        let envelope = sign_approval_request(&asked, &context.keys).map_err(cannot_sign)?;
        let bytes = write_approval(&envelope, None).map_err(not_genuine)?;
        // What the approver would refuse to read is not asked.
        let approval = verify_approval(&bytes).map_err(not_genuine)?;
        write(&bytes)?;
        let row = ApprovalRow {
            id: asked.request_id,
            share_id: context.row.id.clone(),
            request: envelope,
            answer: None,
            asked_at: now,
            done_at: None,
        };
        self.database().write(|transaction| approvals::insert(transaction, &row))?;
        self.shares_changed();
        self.approval_dto(&approval)
    }

    /// Approves a request of somebody else, as one of those whom it names.
    pub async fn approval_grant(&self, request: ApprovalGrant) -> Result<Approval> {
        let approval = read(&request.path)?;
        let write = |bytes: &[u8]| write_file(&request.out, bytes);
        self.answer(approval, ApprovalDecision::Approved, None, write).await
    }

    /// Refuses a request of somebody else, with a reason.
    pub async fn approval_refuse(&self, request: ApprovalRefuse) -> Result<Approval> {
        let approval = read(&request.path)?;
        let write = |bytes: &[u8]| write_file(&request.out, bytes);
        self.answer(approval, ApprovalDecision::Refused, stated(&request.reason), write).await
    }

    /// As `approval_grant` and `approval_refuse`, from text to text.
    pub async fn approval_answer(&self, request: ApprovalAnswerText) -> Result<ApprovalDocument> {
        let approval = parse(&request.text)?;
        let (decision, reason) = match request.decision {
            ApprovalChoice::Approve => (ApprovalDecision::Approved, None),
            ApprovalChoice::Refuse => {
                (ApprovalDecision::Refused, stated(request.reason.as_deref().unwrap_or_default()))
            }
        };
        let mut text = String::new();
        let approval = self.answer(approval, decision, reason, |bytes| keep(bytes, &mut text)).await?;
        Ok(ApprovalDocument { approval, text })
    }

    async fn answer(
        &self,
        approval: protocol::Approval,
        decision: ApprovalDecision,
        reason: Option<String>,
        write: impl FnOnce(&[u8]) -> Result<()>,
    ) -> Result<Approval> {
        let (keys, card, now) = (self.identity().await?, self.card()?, self.now());
        if approval.answer.is_some() {
            return Err(AppError::invalid("This request has been answered already.")
                .hint("Ask for the request itself if you want to answer it too."));
        }
        if now > approval.request.expires_at {
            return Err(expired());
        }
        let answer = ApprovalAnswer {
            request_id: approval.request.request_id.clone(),
            request_sha256: sha256_hex(&approval.request_envelope),
            by: card,
            at: now,
            decision,
            reason,
        };
        let envelope = sign_approval_answer(&answer, &keys).map_err(cannot_sign)?;
        let bytes = write_approval(&approval.request_envelope, Some(&envelope)).map_err(not_genuine)?;
        // One's own request, and one that names others, are found here.
        let approval = verify_approval(&bytes).map_err(|error| {
            not_allowed(
                error.to_string(),
                "Somebody else has to answer: one of those whom the request names.",
            )
        })?;
        write(&bytes)?;
        self.approval_dto(&approval)
    }

    /// Takes in the answer to a request of this workspace, and does what was approved.
    pub async fn approval_import(&self, request: ApprovalFile) -> Result<ApprovalImported> {
        self.import(read(&request.path)?).await
    }

    /// As `approval_import`, of a file's text.
    pub async fn approval_use(&self, request: ApprovalText) -> Result<ApprovalImported> {
        self.import(parse(&request.text)?).await
    }

    async fn import(&self, approval: protocol::Approval) -> Result<ApprovalImported> {
        let id = &approval.request.request_id;
        let asked = self.database().read(|connection| approvals::find(connection, id))?;
        let asked = asked.filter(|row| row.request == approval.request_envelope).ok_or_else(|| {
            let message = "This workspace did not ask for this approval.".to_owned();
            not_allowed(message, "Import the answer in the workspace that wrote the request.")
        })?;
        let context = ShareContext::open_to_change(self, asked.share_id.as_str()).await?;
        let answer = self.admitted(id, &approval)?;
        if answer.decision == ApprovalDecision::Approved {
            self.must_still_be_the_same(&context, &approval.request).await?;
            record_once(&context, &approval)?;
        }
        let signed = approval.answer.as_ref().map(|(_, envelope)| envelope.as_slice()).unwrap_or_default();
        self.database().write(|transaction| approvals::set_answer(transaction, id, signed))?;
        context.push_log().await?;
        let mut done =
            ApprovalImported { approval: self.approval_dto(&approval)?, links: Vec::new(), dataset: None };
        if answer.decision == ApprovalDecision::Approved {
            match &approval.request.change {
                ProposedChange::Invitation(proposal) => {
                    let sent = context.send(proposal).await?;
                    done.links = sent.iter().map(|(row, ticket)| link_dto(&context, row, ticket)).collect();
                }
                ProposedChange::Dataset(proposal) => {
                    done.dataset = Some(self.dataset_dto(context.add(proposal).await?)?);
                }
            }
            self.database().write(|transaction| approvals::set_done(transaction, id, self.now()))?;
        }
        self.shares_changed();
        done.approval = self.approval_dto(&approval)?;
        Ok(done)
    }

    /// The answer, if it may be used now: given in time by somebody who may approve here, and not used before.
    fn admitted<'a>(&self, id: &ApprovalId, approval: &'a protocol::Approval) -> Result<&'a ApprovalAnswer> {
        let (answer, envelope) = approval.answer.as_ref().ok_or_else(|| {
            AppError::invalid("This is the request; nobody has answered it yet.")
                .hint("Give it to one of the approvers, and import the file that they write.")
        })?;
        // Read under the share's lock.
        let asked = self.database().read(|connection| approvals::find(connection, id))?;
        let before = asked.as_ref().and_then(|row| row.answer.as_ref());
        if before.is_some_and(|before| before != envelope) {
            let message = "This request has been answered otherwise already; the first answer counts.";
            return Err(not_allowed(message.into(), "Ask anew if it is still wanted."));
        }
        if asked.is_some_and(|row| row.done_at.is_some()) {
            let message = "This approval has been used already; it serves once.";
            return Err(not_allowed(message.into(), "Ask anew if it is wanted once more."));
        }
        if self.now() > approval.request.expires_at {
            return Err(expired());
        }
        let fingerprint = answer.by.keys.fingerprint();
        if self.policy()?.approvers.iter().all(|approver| approver.fingerprint != fingerprint) {
            let message = format!("{} may not approve for this workspace any more.", answer.by.name);
            return Err(not_allowed(message, "Ask one of the approvers whom the rules name now."));
        }
        Ok(answer)
    }

    /// Nothing was changed since it was asked: the same share, datasets, terms, places and rules.
    async fn must_still_be_the_same(&self, context: &ShareContext, signed: &ApprovalRequest) -> Result<()> {
        let changed = |what: &str| {
            let message =
                format!("{what} changed after the approval was asked for, so it does not cover this.");
            not_allowed(message, "Ask for an approval of what it is now.")
        };
        let anew = context.proposed_anew(&signed.change).await?;
        if context.heading() == signed.heading
            && without_counts(anew) == without_counts(signed.change.clone())
        {
            return Ok(());
        }
        Err(match signed.change {
            ProposedChange::Invitation(_) => changed("The share, its terms or the rules of the workspace"),
            ProposedChange::Dataset(_) => changed("The share, the dataset or its connection"),
        })
    }

    fn approval_dto(&self, approval: &protocol::Approval) -> Result<Approval> {
        let protocol::Approval { request, answer, .. } = approval;
        let id = &request.request_id;
        let row = self.database().read(|connection| approvals::find(connection, id))?;
        let own = self.card_if_any()?.map(|card| card.keys);
        let asked_here = row.as_ref().is_some_and(|row| row.request == approval.request_envelope);
        let done = asked_here && row.is_some_and(|row| row.done_at.is_some());
        let late = self.now() > request.expires_at;
        let status = match answer.as_ref().map(|(answer, _)| answer.decision) {
            Some(ApprovalDecision::Refused) => ApprovalStatus::Refused,
            Some(ApprovalDecision::Approved) if done => ApprovalStatus::Done,
            _ if late => ApprovalStatus::Expired,
            Some(ApprovalDecision::Approved) => ApprovalStatus::Approved,
            None => ApprovalStatus::Waiting,
        };
        let named = own.is_some_and(|own| {
            own.signing != request.by.keys.signing && request.approvers.contains(&own.fingerprint())
        });
        let (invitation, dataset) = match &request.change {
            ProposedChange::Invitation(proposal) => (Some(invitation_dto(proposal)), None),
            ProposedChange::Dataset(proposal) => (None, Some(dataset_dto(proposal))),
        };
        Ok(Approval {
            request_id: id.to_string(),
            status,
            share: request.heading.name.clone(),
            share_id: request.heading.share_id.to_string(),
            share_description: request.heading.description.clone(),
            asked_by: party(&request.by),
            asked_at: request.asked_at,
            expires_at: request.expires_at,
            approvers: request.approvers.clone(),
            invitation,
            dataset,
            answered_by: answer.as_ref().map(|(answer, _)| party(&answer.by)),
            answered_at: answer.as_ref().map(|(answer, _)| answer.at),
            reason: answer.as_ref().and_then(|(answer, _)| answer.reason.clone()),
            asked_here,
            may_be_answered_here: named && status == ApprovalStatus::Waiting,
        })
    }
}

/// Adds to the share's log who approved, before anything is done; once, also when it is interrupted and done again.
fn record_once(context: &ShareContext, approval: &protocol::Approval) -> Result<()> {
    let Some((answer, envelope)) = &approval.answer else { return Ok(()) };
    let chain = Chain::Share(context.row.id.clone());
    let keys = context.keys.public();
    let local = context.app.database().read(|connection| chains::load(connection, &chain, Some(&keys)))?;
    let recorded =
        |body: &Body| matches!(body, Body::Approved(approved) if approved.request_id == answer.request_id);
    if local.records.iter().any(|record| recorded(&record.record.body)) {
        return Ok(());
    }
    let body = Body::Approved(Box::new(Approved {
        request_id: answer.request_id.clone(),
        request_sha256: answer.request_sha256.clone(),
        answer_sha256: sha256_hex(envelope),
        by: format!("{} ({})", answer.by.name, answer.by.organisation),
        fingerprint: answer.by.keys.fingerprint(),
        approved_at: answer.at,
    }));
    chains::append(context.app.database(), &chain, &context.keys, context.app.now(), |_| Ok(body))?;
    Ok(())
}

impl WantedChange {
    fn share(&self) -> &str {
        match self {
            Self::Invitation(invite) => &invite.share,
            Self::Dataset(add) => &add.share,
        }
    }
}

/// Files come and go while a request waits; what was approved is the dataset.
fn without_counts(mut change: ProposedChange) -> ProposedChange {
    let datasets = match &mut change {
        ProposedChange::Invitation(invitation) => invitation.datasets.as_mut_slice(),
        ProposedChange::Dataset(dataset) => std::slice::from_mut(dataset.as_mut()),
    };
    for dataset in datasets {
        (dataset.files, dataset.bytes) = (None, None);
    }
    change
}

fn read(path: &str) -> Result<protocol::Approval> {
    verify_approval(&read_file(Path::new(path), LONGEST_APPROVAL)?).map_err(not_genuine)
}

fn parse(text: &str) -> Result<protocol::Approval> {
    verify_approval(text.as_bytes()).map_err(not_genuine)
}

/// Approvals are JSON texts.
fn keep(bytes: &[u8], text: &mut String) -> Result<()> {
    *text = String::from_utf8_lossy(bytes).into_owned();
    Ok(())
}

fn stated(reason: &str) -> Option<String> {
    Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty())
}

fn stored(row: &ApprovalRow) -> Result<protocol::Approval> {
    let bytes = write_approval(&row.request, row.answer.as_deref()).map_err(not_genuine)?;
    verify_approval(&bytes).map_err(not_genuine)
}

fn not_genuine(error: ApprovalError) -> AppError {
    AppError::new(Code::NotGenuine, error.to_string())
        .hint("Nothing was done by it. Ask whoever gave it to you for the original file.")
        .because(error)
}

fn cannot_sign(error: datashare_protocol::EnvelopeError) -> AppError {
    AppError::new(Code::Internal, "The approval could not be signed.").because(error)
}

fn not_allowed(message: String, hint: &str) -> AppError {
    AppError::new(Code::NotAllowed, message).hint(hint)
}

fn expired() -> AppError {
    not_allowed("The request has expired; no answer to it counts any more.".into(), "Ask for a new request.")
}

fn invitation_dto(proposal: &protocol::ProposedInvitation) -> ProposedInvitation {
    let terms = proposal.terms.as_ref();
    ProposedInvitation {
        emails: proposal.recipients.iter().map(|recipient| recipient.email.clone()).collect(),
        acceptance: proposal.acceptance,
        expires_at: proposal.expires_at,
        access_days: proposal.access_days,
        terms_version: terms.map(|terms| terms.version),
        terms_sha256: terms.map(|terms| terms.sha256.clone()),
        terms_text: terms.map(|terms| terms.text.clone()),
        datasets: proposal.datasets.iter().map(dataset_dto).collect(),
    }
}

fn dataset_dto(proposal: &protocol::ProposedDataset) -> ProposedDataset {
    ProposedDataset {
        name: proposal.name.clone(),
        kind: proposal.dataset_kind,
        delivery: proposal.delivery,
        connection: proposal.connection.clone(),
        place: proposal.place.clone(),
        path: proposal.path.clone(),
        files: proposal.files,
        bytes: proposal.bytes,
        sensitive: proposal.sensitive,
    }
}
