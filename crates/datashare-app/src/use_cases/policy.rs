//! The rules of the workspace: kept here, asked wherever something goes out. No screen and no command has a way around.

use chrono::{DateTime, TimeDelta, Utc};
use datashare_domain::AcceptanceMode;

use crate::database::meta;
use crate::dto::{Nothing, Tag, WorkspacePolicy};
use crate::{App, AppError, Code, Result};

const MOST_DAYS: u32 = 36_500;

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
        let domains = request.recipient_domains.iter().map(|domain| domain_of(domain));
        let policy = WorkspacePolicy { recipient_domains: domains.collect::<Result<_>>()?, ..request };
        let text = serde_json::to_string(&policy)?;
        self.database().write(|transaction| meta::set(transaction, meta::POLICY, &text))?;
        self.changed(&[Tag::Workspace]);
        Ok(policy)
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

impl WorkspacePolicy {
    /// Whether these people may be invited in this way.
    pub(crate) fn allows_invitation(
        &self,
        emails: &[String],
        acceptance: AcceptanceMode,
        has_terms: bool,
    ) -> Result<()> {
        if let Some(email) = emails.iter().find(|email| !self.allows_address(email)) {
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
    match latest.filter(|latest| end > *latest) {
        Some(latest) => {
            let message = format!("{what} may last until {} at most.", latest.format("%-d %B %Y"));
            Err(not_allowed(message, "Choose an earlier date."))
        }
        None => Ok(()),
    }
}
