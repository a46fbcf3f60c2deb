//! The rules of the workspace: kept here, asked wherever something goes out. No screen and no command has a way around.

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use datashare_domain::AcceptanceMode;
use datashare_protocol::ProposedRecipient;

use crate::database::meta;
use crate::dto::{Approver, DatasetApproval, Nothing, Tag, WorkspacePolicy};
use crate::{App, AppError, Code, Result};

const MOST_DAYS: u32 = 36_500;
/// Of any end: there is room for what is counted from it before RFC 3339 has no more years.
const LAST_YEAR: i32 = 9998;

impl App {
    /// The rules of this workspace.
    pub async fn policy_show(&self, _request: Nothing) -> Result<WorkspacePolicy> {
        self.policy()
    }

    /// Changes the rules; they hold for what is done from now on.
    pub async fn policy_set(&self, request: WorkspacePolicy) -> Result<WorkspacePolicy> {
        let days = [request.longest_invitation_days, request.longest_access_days];
        if days.into_iter().flatten().any(|days| days == 0 || days > MOST_DAYS) {
            let message = format!("A number of days is between 1 and {MOST_DAYS}.");
            return Err(AppError::invalid(message).hint("Leave it out to allow any."));
        }
        self.check_approvers(&request)?;
        let domains = request.recipient_domains.iter().map(|domain| domain_of(domain));
        let policy = WorkspacePolicy { recipient_domains: domains.collect::<Result<_>>()?, ..request };
        let text = serde_json::to_string(&policy)?;
        self.database().write(|transaction| meta::set(transaction, meta::POLICY, &text))?;
        self.changed(&[Tag::Workspace]);
        Ok(policy)
    }

    /// Somebody else can be asked wherever an approval is needed.
    fn check_approvers(&self, policy: &WorkspacePolicy) -> Result<()> {
        let own = self.card_if_any()?.map(|card| card.keys.fingerprint());
        for (index, Approver { fingerprint, .. }) in policy.approvers.iter().enumerate() {
            let hexadecimal = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
            if fingerprint.len() != 64 || !fingerprint.chars().all(hexadecimal) {
                let message = format!("'{fingerprint}' is not the fingerprint of a workspace.");
                return Err(AppError::invalid(message)
                    .hint("Ask the approver for it: it is on the card of their own workspace."));
            }
            if own.as_ref() == Some(fingerprint) {
                return Err(AppError::invalid("This workspace cannot approve what it asks for itself.")
                    .hint("Name the workspace of another person."));
            }
            if policy.approvers[..index].iter().any(|other| other.fingerprint == *fingerprint) {
                return Err(AppError::invalid("The same approver is named twice."));
            }
        }
        let needed =
            policy.invitations_need_approval || policy.datasets_need_approval != DatasetApproval::None;
        if needed && policy.approvers.is_empty() {
            return Err(AppError::invalid("Nobody is named who could approve.")
                .hint("Name at least one approver by the fingerprint of their own workspace."));
        }
        Ok(())
    }

    pub(crate) fn policy(&self) -> Result<WorkspacePolicy> {
        let text = self.database().read(|connection| meta::get(connection, meta::POLICY))?;
        Ok(text.map(|text| serde_json::from_str(&text)).transpose()?.unwrap_or_default())
    }
}

fn domain_of(text: &str) -> Result<String> {
    let domain = text.trim().trim_start_matches('@').to_ascii_lowercase();
    let plausible = !domain.is_empty()
        && domain.split('.').all(|part| !part.is_empty())
        && !domain.contains(|c: char| c.is_whitespace() || c.is_control() || "@/,;".contains(c));
    if plausible {
        return Ok(domain);
    }
    Err(AppError::invalid(format!("'{text}' is not a domain.")).hint("Write it like fabrikam.example."))
}

fn not_allowed(message: String, hint: &str) -> AppError {
    AppError::new(Code::NotAllowed, format!("The rules of this workspace do not allow it: {message}"))
        .hint(hint)
}

fn approval_needed(before: &str) -> AppError {
    let message = format!("The rules of this workspace ask for a second person's approval before {before}.");
    AppError::new(Code::ApprovalNeeded, message)
        .hint("Write a request for it into a file, give it to one of the approvers, and import their answer.")
}

impl WorkspacePolicy {
    /// Whether these people may be invited in this way.
    pub(crate) fn allows_invitation(
        &self,
        recipients: &[ProposedRecipient],
        acceptance: AcceptanceMode,
        has_terms: bool,
    ) -> Result<()> {
        if let Some(email) = recipients.iter().map(|to| &to.email).find(|email| !self.allows_address(email)) {
            let domains = self.recipient_domains.join(", ");
            let message = format!("{email} is not of {domains}.");
            return Err(not_allowed(message, "Invite another address, or ask whoever set the rules."));
        }
        if self.terms_required && !has_terms {
            let hint = "Write terms for the share, then invite.";
            return Err(not_allowed("the share has no terms.".into(), hint));
        }
        if self.right_away_forbidden && acceptance == AcceptanceMode::RightAway {
            let message = "the recipient could start before its acceptance was verified.".into();
            return Err(not_allowed(message, "Choose another way of accepting."));
        }
        Ok(())
    }

    /// Whether invitations may go out without anybody else.
    pub(crate) fn lets_invite_alone(&self) -> Result<()> {
        match self.invitations_need_approval {
            true => Err(approval_needed("invitations go out")),
            false => Ok(()),
        }
    }

    /// Whether a dataset may be added without anybody else.
    pub(crate) fn lets_add_alone(&self, sensitive: bool) -> Result<()> {
        match (self.datasets_need_approval, sensitive) {
            (DatasetApproval::Every, _) => Err(approval_needed("a dataset is added")),
            (DatasetApproval::Sensitive, true) => Err(approval_needed("a sensitive dataset is added")),
            (DatasetApproval::Sensitive, false) | (DatasetApproval::None, _) => Ok(()),
        }
    }

    fn allows_address(&self, email: &str) -> bool {
        let domain = email.rsplit_once('@').map(|(_, domain)| domain.to_ascii_lowercase());
        self.recipient_domains.is_empty()
            || domain.is_some_and(|domain| self.recipient_domains.contains(&domain))
    }

    /// When an invitation ends for which no date was given, or whether the given date is allowed.
    pub(crate) fn invitation_end(
        &self,
        wanted: Option<DateTime<Utc>>,
        usual: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<DateTime<Utc>> {
        let latest = self.longest_invitation_days.map(|days| now + TimeDelta::days(days.into()));
        let end = wanted.unwrap_or_else(|| latest.map_or(now + usual, |latest| latest.min(now + usual)));
        not_after(end, latest, "an invitation")?;
        Ok(end)
    }

    /// The end of an access for which no date was given.
    pub(crate) fn access_end(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.longest_access_days.map(|days| now + TimeDelta::days(days.into()))
    }

    /// Whether an access may last until then.
    pub(crate) fn allows_access_until(&self, end: DateTime<Utc>, now: DateTime<Utc>) -> Result<()> {
        not_after(end, self.access_end(now), "an access")
    }
}

fn not_after(end: DateTime<Utc>, latest: Option<DateTime<Utc>>, what: &str) -> Result<()> {
    if end.year() > LAST_YEAR {
        let message = format!("The end of {what} lies after the year {LAST_YEAR}.");
        return Err(AppError::invalid(message).hint("Choose an earlier date."));
    }
    match latest.filter(|latest| end > *latest) {
        Some(latest) => {
            let message = format!("{what} may last until {} at most.", latest.format("%-d %B %Y"));
            Err(not_allowed(message, "Choose an earlier date."))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_end_is_one_that_can_be_counted() {
        let end = |text: &str| not_after(text.parse().unwrap(), None, "an access");
        assert!(end("9998-12-31T23:59:59Z").is_ok());
        for beyond in ["9999-01-01T00:00:00Z", "+262142-12-31T23:59:59Z"] {
            assert_eq!(end(beyond).unwrap_err().code, Code::InvalidRequest, "{beyond}");
        }
    }
}
