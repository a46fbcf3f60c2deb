//! Shares as they should be: what differs is planned whole before anything is done, so that a mistake changes nothing.
//! Nobody gets access back by it whose access was taken away, and no share is ever deleted.

mod check;
mod plan;
mod schedule;

use crate::dto::{
    Applied, ApplyAction, ApplyChange, ApplyKind, ApplyPlan, DatasetAdd, DatasetRemove, Desired,
    DesiredDataset, DesiredRecipient, DesiredShare, InvitationId, InvitationLink, Invite, RecipientExpiry,
    RecipientName, ShareCreate, ShareUpdate,
};
use crate::{App, AppError, Code, Result};

impl App {
    /// What would have to be done. Changes nothing; an error means that nothing can be done.
    pub async fn apply_plan(&self, desired: &Desired) -> Result<ApplyPlan> {
        check::form(desired)?;
        let mut plan = ApplyPlan::default();
        for share in &desired.shares {
            self.plan_share(share, desired.prune, &mut plan).await?;
        }
        Ok(plan)
    }

    /// Does what was planned. Refused when something has changed since, so that nothing is done that nobody saw.
    pub async fn apply(&self, desired: &Desired, seen: &ApplyPlan) -> Result<Applied> {
        let plan = self.apply_plan(desired).await?;
        if plan != *seen {
            let message = "Something has changed since the plan was made.";
            return Err(AppError::new(Code::InvalidRequest, message)
                .hint("Look at the new plan, then apply it.")
                .retryable());
        }
        let mut links = Vec::new();
        for change in &plan.changes {
            let share = desired.shares.iter().find(|share| share.name == change.share);
            let share = share.ok_or_else(|| unplanned(change))?;
            links.extend(self.carry_out(change, share).await.map_err(|error| at(change, error))?);
        }
        Ok(Applied { changes: plan.changes, notes: plan.notes, links })
    }

    async fn carry_out(&self, change: &ApplyChange, share: &DesiredShare) -> Result<Vec<InvitationLink>> {
        match (change.kind, change.action) {
            (ApplyKind::Share, ApplyAction::Create) => drop(self.share_create(creation(share)).await?),
            (ApplyKind::Share, _) => drop(self.share_update(update(change, share)).await?),
            (ApplyKind::Dataset, action) => self.change_dataset(action, change, share).await?,
            (ApplyKind::Schedule, _) => self.change_share_schedule(change, share).await?,
            (ApplyKind::Recipient, ApplyAction::Create) => {
                let recipient = named_recipient(change, share)?;
                return self.invite(invitation(share, recipient)).await;
            }
            (ApplyKind::Recipient, ApplyAction::Remove) => self.end_recipient(change).await?,
            (ApplyKind::Recipient, _) => {
                let end = named_recipient(change, share)?.access_expires_at;
                let expires_at = end.ok_or_else(|| unplanned(change))?;
                let (share, recipient) = (change.share.clone(), change.name.clone());
                drop(self.recipient_set_expiry(RecipientExpiry { share, recipient, expires_at }).await?);
            }
        }
        Ok(Vec::new())
    }

    async fn change_dataset(
        &self,
        action: ApplyAction,
        change: &ApplyChange,
        share: &DesiredShare,
    ) -> Result<()> {
        if action != ApplyAction::Create {
            let request = DatasetRemove { share: change.share.clone(), dataset: change.name.clone() };
            self.dataset_remove(request).await?;
        }
        if action != ApplyAction::Remove {
            let dataset = share.datasets.iter().find(|dataset| dataset.name == change.name);
            let dataset = dataset.ok_or_else(|| unplanned(change))?;
            self.dataset_add(addition(share, dataset)).await?;
        }
        Ok(())
    }

    /// Withdraws an invitation that is open, and ends an access.
    async fn end_recipient(&self, change: &ApplyChange) -> Result<()> {
        let found = self.recipients_of(&change.share).await?;
        let found = plan::newest(&found, &change.name).ok_or_else(|| unplanned(change))?;
        match found.subscription_status {
            Some(_) => {
                let (share, recipient) = (change.share.clone(), found.recipient_id.clone());
                self.recipient_revoke(RecipientName { share, recipient }).await.map(drop)
            }
            None => {
                let invitation_id = found.recipient_id.clone();
                self.invitation_withdraw(InvitationId { invitation_id }).await.map(drop)
            }
        }
    }
}

fn creation(share: &DesiredShare) -> ShareCreate {
    let (connection, prefix) = check::exchange(share);
    ShareCreate {
        name: share.name.clone(),
        description: share.description.clone().unwrap_or_default(),
        terms: share.terms.clone(),
        kind: share.kind.0,
        exchange: connection.to_owned(),
        exchange_prefix: prefix.to_owned(),
    }
}

fn update(change: &ApplyChange, share: &DesiredShare) -> ShareUpdate {
    let differs = |field: &str| change.differences.iter().any(|difference| difference.field == field);
    ShareUpdate {
        share: share.name.clone(),
        description: share.description.clone().filter(|_| differs("description")),
        terms: share.terms.clone().filter(|_| differs("terms")),
        terms_must_be_accepted_again: share.agree_again,
    }
}

fn addition(share: &DesiredShare, dataset: &DesiredDataset) -> DatasetAdd {
    DatasetAdd {
        share: share.name.clone(),
        connection: dataset.connection.clone(),
        path: dataset.path.clone(),
        name: Some(dataset.name.clone()),
        sensitive: dataset.sensitive,
    }
}

fn invitation(share: &DesiredShare, recipient: &DesiredRecipient) -> Invite {
    Invite {
        share: share.name.clone(),
        emails: vec![recipient.email.clone()],
        expires_at: recipient.invitation_expires_at,
        acceptance: recipient.acceptance,
    }
}

fn named_recipient<'a>(change: &ApplyChange, share: &'a DesiredShare) -> Result<&'a DesiredRecipient> {
    let found = share.recipients.iter().find(|recipient| recipient.email == change.name);
    found.ok_or_else(|| unplanned(change))
}

fn unplanned(change: &ApplyChange) -> AppError {
    AppError::new(Code::Internal, format!("What was planned for '{}' is not there any more.", change.name))
        .hint("Look at the new plan, then apply it.")
}

/// What was done before stays; the next plan has the rest.
fn at(change: &ApplyChange, error: AppError) -> AppError {
    let what = match change.kind {
        ApplyKind::Share => format!("The share '{}'", change.share),
        ApplyKind::Schedule => format!("The schedule of the share '{}'", change.share),
        ApplyKind::Dataset | ApplyKind::Recipient => {
            format!("'{}' of the share '{}'", change.name, change.share)
        }
    };
    let message = format!("{what}: {}", error.message);
    let hint =
        error.hint.unwrap_or_else(|| "Apply again when this is settled: what was done stays.".to_owned());
    AppError { message, hint: Some(hint), ..error }
}
