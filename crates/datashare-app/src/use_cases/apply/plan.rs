//! What differs from what should be, share by share.

use chrono::{DateTime, SecondsFormat, Utc};
use datashare_domain::{InvitationStatus, SubscriptionStatus};
use datashare_protocol::ProposedRecipient;

use super::check;
use crate::database::shares;
use crate::dto::{
    ApplyAction, ApplyChange, ApplyDifference, ApplyKind, ApplyPlan, ConnectionSettings, Dataset,
    DesiredDataset, DesiredRecipient, DesiredShare, Recipient, ShareDetails, ShareName,
};
use crate::provider::{OPEN_FOR, kind_of};
use crate::use_cases::shares::{keep_apart, offered};
use crate::{App, AppError, Result};

impl App {
    pub(super) async fn plan_share(
        &self,
        share: &DesiredShare,
        prune: bool,
        plan: &mut ApplyPlan,
    ) -> Result<()> {
        let known = self.database().read(|connection| shares::find_share(connection, &share.name))?;
        let known = match known {
            Some(_) => Some(self.share_show(ShareName { share: share.name.clone() }).await?),
            None => None,
        };
        match &known {
            Some(known) => plan.changes.extend(self.changed_share(share, known)?),
            None => plan.changes.push(self.new_share(share).await?),
        }
        let datasets = known.as_ref().map_or(&[][..], |known| &known.datasets);
        let recipients = known.as_ref().map_or(&[][..], |known| &known.recipients);
        let removed = datasets.iter().filter(|known| {
            prune && !share.datasets.iter().any(|wanted| wanted.name.eq_ignore_ascii_case(&known.name))
        });
        for dataset in &share.datasets {
            plan.changes.extend(self.plan_dataset(share, dataset, datasets).await?);
        }
        plan.changes.extend(removed.map(|known| remove(ApplyKind::Dataset, share, &known.name)));
        // Before the recipients: what they are offered names it.
        plan.changes.extend(self.plan_schedule(share, known.as_ref())?);
        for recipient in &share.recipients {
            self.plan_recipient(share, recipient, known.as_ref(), plan)?;
        }
        if prune {
            plan.changes.extend(superfluous(share, recipients));
        }
        Ok(())
    }

    pub(super) async fn recipients_of(&self, share: &str) -> Result<Vec<Recipient>> {
        self.recipient_list(ShareName { share: share.to_owned() }).await
    }

    async fn new_share(&self, share: &DesiredShare) -> Result<ApplyChange> {
        offered(share.kind.0)?;
        let (connection, prefix) = check::exchange(share);
        self.exchange_prefix(&self.connection(connection)?, prefix).await?;
        let mut differences = vec![
            difference("exchange", None, Some(&share.exchange)),
            difference("description", None, share.description.as_deref()),
            difference("terms", None, share.terms.as_deref()),
        ];
        differences.retain(|difference| difference.to.is_some());
        Ok(change(ApplyAction::Create, ApplyKind::Share, share, &share.name, differences))
    }

    fn changed_share(&self, share: &DesiredShare, known: &ShareDetails) -> Result<Option<ApplyChange>> {
        let (connection, prefix) = check::exchange(share);
        let there = self.connection(connection)?.name;
        if (there.as_str(), prefix) != (known.exchange.as_str(), known.exchange_prefix.as_str())
            || share.kind.0 != known.kind
        {
            let message =
                format!("The exchange and the kind of the share '{}' cannot be changed.", share.name);
            return Err(
                AppError::invalid(message).hint("Name those that it has, or make another share beside it.")
            );
        }
        let terms = known.terms.first().map(|terms| terms.text.as_str()).unwrap_or_default();
        let mut differences = Vec::new();
        let description = share.description.as_deref().map(str::trim);
        if let Some(description) = description.filter(|wanted| *wanted != known.description) {
            differences.push(difference("description", Some(&known.description), Some(description)));
        }
        if let Some(wanted) = share.terms.as_deref().filter(|wanted| wanted.trim() != terms.trim()) {
            differences.push(difference("terms", Some(terms), Some(wanted)));
        }
        let found = !differences.is_empty();
        Ok(found.then(|| change(ApplyAction::Update, ApplyKind::Share, share, &share.name, differences)))
    }

    async fn plan_dataset(
        &self,
        share: &DesiredShare,
        dataset: &DesiredDataset,
        known: &[Dataset],
    ) -> Result<Option<ApplyChange>> {
        let connection = self.connection(&dataset.connection)?;
        let path = dataset.path.trim_matches('/');
        let wanted = [connection.name.as_str(), path, words(dataset.sensitive)];
        let known = known.iter().find(|known| known.name.eq_ignore_ascii_case(&dataset.name));
        let fields = ["connection", "path", "sensitive"];
        let differences = |from: [Option<&str>; 3]| -> Vec<ApplyDifference> {
            let all = fields.into_iter().zip(from).zip(wanted);
            let differing = all.filter(|((_, from), to)| *from != Some(*to));
            differing.map(|((field, from), to)| difference(field, from, Some(to))).collect()
        };
        let (action, differences) = match known {
            None => (ApplyAction::Create, differences([None; 3])),
            Some(known) => {
                let from = [known.connection.as_str(), known.path.as_str(), words(known.sensitive)];
                (ApplyAction::Replace, differences(from.map(Some)))
            }
        };
        if differences.is_empty() {
            return Ok(None);
        }
        self.policy()?.lets_add_alone(dataset.sensitive)?;
        let (exchange, prefix) = check::exchange(share);
        let folder = matches!(connection.settings, ConnectionSettings::Folder { .. });
        if folder && self.connection(exchange)?.id == connection.id {
            keep_apart(prefix, path)?;
        }
        // That there is something is found out before anything is done.
        kind_of(&self.store(connection.id.as_str()).await?, path).await?;
        Ok(Some(change(action, ApplyKind::Dataset, share, &dataset.name, differences)))
    }

    fn plan_recipient(
        &self,
        share: &DesiredShare,
        recipient: &DesiredRecipient,
        known: Option<&ShareDetails>,
        plan: &mut ApplyPlan,
    ) -> Result<()> {
        let found = known.and_then(|known| newest(&known.recipients, &recipient.email));
        let Some(found) = found.filter(|found| !is_over(found)) else {
            self.allow_invitation(share, recipient, known)?;
            plan.changes.push(invited(share, recipient));
            return Ok(());
        };
        match found.subscription_status {
            Some(SubscriptionStatus::Active | SubscriptionStatus::Expired) => {
                plan.changes.extend(self.moved_end(share, recipient, found)?);
            }
            Some(SubscriptionStatus::Revoked | SubscriptionStatus::Revoking) => plan.notes.push(format!(
                "{} of '{}' was revoked and stays so. Reinstate the recipient if that is wanted.",
                found.email, share.name
            )),
            _ if matches!(
                found.invitation_status,
                InvitationStatus::Rejected | InvitationStatus::Refused
            ) =>
            {
                plan.notes.push(format!(
                    "{} has no access to '{}': the invitation was rejected or refused. Invite anew if that is wanted.",
                    found.email, share.name
                ));
            }
            _ => {}
        }
        Ok(())
    }

    /// The rules of the workspace are asked before anything is done.
    fn allow_invitation(
        &self,
        share: &DesiredShare,
        recipient: &DesiredRecipient,
        known: Option<&ShareDetails>,
    ) -> Result<()> {
        let policy = self.policy()?;
        policy.lets_invite_alone()?;
        let has_text = |text: &str| !text.trim().is_empty();
        let has_terms = share.terms.as_deref().is_some_and(has_text)
            || known.is_some_and(|known| known.terms.first().is_some_and(|terms| has_text(&terms.text)));
        let mailbox_id = datashare_domain::MailboxId::from_random(self.random()?);
        let proposed = ProposedRecipient { mailbox_id, email: recipient.email.clone() };
        policy.allows_invitation(&[proposed], recipient.acceptance, has_terms)?;
        let now = self.now();
        policy.invitation_end(recipient.invitation_expires_at, OPEN_FOR, now)?;
        for end in [recipient.invitation_expires_at, recipient.access_expires_at].into_iter().flatten() {
            if end <= now {
                let message = format!("'{}' is invited until a date that is over.", recipient.email);
                return Err(AppError::invalid(message).hint("Name a later date."));
            }
        }
        Ok(())
    }

    fn moved_end(
        &self,
        share: &DesiredShare,
        recipient: &DesiredRecipient,
        found: &Recipient,
    ) -> Result<Option<ApplyChange>> {
        let Some(end) = recipient.access_expires_at.filter(|end| Some(*end) != found.expires_at) else {
            return Ok(None);
        };
        let now = self.now();
        if end <= now {
            let message = format!("The access of '{}' would have ended already.", recipient.email);
            return Err(AppError::invalid(message).hint("Revoke it, or name a later date."));
        }
        self.policy()?.allows_access_until(end, now)?;
        let from = found.expires_at.map(text);
        let differences = vec![difference("access_expires_at", from.as_deref(), Some(&text(end)))];
        Ok(Some(change(ApplyAction::Update, ApplyKind::Recipient, share, &recipient.email, differences)))
    }
}

/// The newest of several invitations to one address.
pub(super) fn newest<'a>(recipients: &'a [Recipient], email: &str) -> Option<&'a Recipient> {
    let of = recipients.iter().filter(|known| known.email.eq_ignore_ascii_case(email));
    of.max_by_key(|known| known.invited_at)
}

/// Nothing is open any more, and nobody said no.
fn is_over(recipient: &Recipient) -> bool {
    matches!(recipient.invitation_status, InvitationStatus::Withdrawn | InvitationStatus::Expired)
        || recipient.subscription_status == Some(SubscriptionStatus::Left)
}

/// Has access, or could get it by an invitation that is open.
fn may_come(recipient: &Recipient) -> bool {
    match recipient.subscription_status {
        Some(status) => status == SubscriptionStatus::Active,
        None => recipient.invitation_status == InvitationStatus::Pending,
    }
}

fn superfluous(share: &DesiredShare, known: &[Recipient]) -> Vec<ApplyChange> {
    let wanted = |known: &Recipient| {
        share.recipients.iter().any(|wanted| wanted.email.eq_ignore_ascii_case(&known.email))
    };
    let ended = known.iter().filter(|known| !wanted(known) && may_come(known));
    ended.map(|known| remove(ApplyKind::Recipient, share, &known.email)).collect()
}

fn invited(share: &DesiredShare, recipient: &DesiredRecipient) -> ApplyChange {
    let end = recipient.invitation_expires_at.map(text);
    let mut differences = vec![difference("invitation_expires_at", None, end.as_deref())];
    differences.retain(|difference| difference.to.is_some());
    change(ApplyAction::Create, ApplyKind::Recipient, share, &recipient.email, differences)
}

fn remove(kind: ApplyKind, share: &DesiredShare, name: &str) -> ApplyChange {
    change(ApplyAction::Remove, kind, share, name, Vec::new())
}

pub(super) fn change(
    action: ApplyAction,
    kind: ApplyKind,
    share: &DesiredShare,
    name: &str,
    differences: Vec<ApplyDifference>,
) -> ApplyChange {
    ApplyChange { action, kind, share: share.name.clone(), name: name.to_owned(), differences }
}

pub(super) fn difference(field: &str, from: Option<&str>, to: Option<&str>) -> ApplyDifference {
    ApplyDifference { field: field.to_owned(), from: from.map(str::to_owned), to: to.map(str::to_owned) }
}

fn words(flag: bool) -> &'static str {
    if flag { "yes" } else { "no" }
}

pub(super) fn text(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}
