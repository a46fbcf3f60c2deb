//! Changes that may need a second person: first made into a proposal, which is checked against the rules and can be signed;
//! then carried out. What is carried out is always a whole proposal, never more.

use chrono::{DateTime, Duration, Utc};
use datashare_domain::{AcceptanceMode, DatasetId, Delivery, MailboxId, check_name};
use datashare_protocol::{
    OfferedTerms, ProposedChange, ProposedDataset, ProposedInvitation, ProposedRecipient, Ticket,
};

use super::ShareContext;
use super::datasets::{kind_of, source_of};
use super::listing::count;
use crate::app::random;
use crate::database::shares::{self, DatasetRow, MailboxRow};
use crate::dto::DatasetAdd;
use crate::{AppError, Result};

/// How long an invitation is open when nothing else is said.
pub(crate) const OPEN_FOR: Duration = Duration::days(30);

impl ShareContext {
    /// Invitations of these addresses, within the rules of the workspace.
    pub(crate) fn propose_invitation(
        &self,
        emails: &[String],
        acceptance: AcceptanceMode,
        wanted_end: Option<DateTime<Utc>>,
    ) -> Result<ProposedInvitation> {
        let recipient = |email: &String| {
            Ok(ProposedRecipient { mailbox_id: MailboxId::from_random(random()?), email: email.clone() })
        };
        let recipients = emails.iter().map(recipient).collect::<Result<_>>()?;
        self.invitation_of(recipients, acceptance, wanted_end)
    }

    fn invitation_of(
        &self,
        recipients: Vec<ProposedRecipient>,
        acceptance: AcceptanceMode,
        wanted_end: Option<DateTime<Utc>>,
    ) -> Result<ProposedInvitation> {
        let datasets = self.datasets()?;
        if datasets.is_empty() {
            let message = format!("The share '{}' has no dataset yet.", self.row.name);
            return Err(AppError::invalid(message).hint("Add what you want to share, then invite."));
        }
        let (policy, now, terms) = (self.app.policy()?, self.app.now(), self.terms()?);
        policy.allows_invitation(&recipients, acceptance, terms.is_some())?;
        let expires_at = policy.invitation_end(wanted_end, OPEN_FOR, now)?;
        if expires_at <= now {
            return Err(AppError::invalid("The invitation would be over before it is sent.")
                .hint("Choose a later date."));
        }
        Ok(ProposedInvitation {
            recipients,
            acceptance,
            expires_at,
            access_days: policy.longest_access_days,
            terms: terms.map(OfferedTerms::from),
            datasets: datasets.iter().map(|row| self.proposed(row)).collect::<Result<_>>()?,
        })
    }

    fn proposed(&self, row: &DatasetRow) -> Result<ProposedDataset> {
        let connection = self.app.connection(row.connection_id.as_str())?;
        Ok(ProposedDataset {
            dataset_id: row.id.clone(),
            name: row.name.clone(),
            dataset_kind: row.kind,
            delivery: row.delivery,
            connection: connection.name,
            place: connection.settings.address(),
            path: row.path.clone(),
            files: row.files,
            bytes: row.bytes,
            sensitive: row.sensitive,
        })
    }

    /// A dataset to add, as it lies there now.
    pub(crate) async fn propose_dataset(&self, request: &DatasetAdd) -> Result<ProposedDataset> {
        self.dataset_of(request, DatasetId::from_random(random()?)).await
    }

    async fn dataset_of(&self, request: &DatasetAdd, dataset_id: DatasetId) -> Result<ProposedDataset> {
        let connection = self.app.connection(&request.connection)?;
        let store = self.app.store(connection.id.as_str()).await?;
        let path = request.path.trim_matches('/').to_owned();
        self.must_not_contain_exchange(&connection, &path)?;
        let dataset_kind = kind_of(&store, &path).await?;
        let name = dataset_name(request.name.as_deref(), &path, &connection.name)?;
        if self.datasets()?.iter().any(|row| row.name.eq_ignore_ascii_case(&name)) {
            let message = format!("The share '{}' has a dataset '{name}' already.", self.row.name);
            return Err(AppError::invalid(message).hint("Give this one another name."));
        }
        let delivery =
            if store.capabilities().delegates_access { Delivery::Direct } else { Delivery::Published };
        let listing = count(&source_of(&store, dataset_kind, &path)).await?;
        Ok(ProposedDataset {
            dataset_id,
            name,
            dataset_kind,
            delivery,
            place: connection.settings.address(),
            connection: connection.name,
            path,
            files: Some(listing.files),
            bytes: Some(listing.bytes),
            sensitive: request.sensitive,
        })
    }

    /// The same change as it would be made now; what is allowed no more is an error. Ids stay, so that both can be compared.
    pub(crate) async fn proposed_anew(&self, change: &ProposedChange) -> Result<ProposedChange> {
        Ok(match change {
            ProposedChange::Invitation(before) => {
                let end = Some(before.expires_at);
                let anew = self.invitation_of(before.recipients.clone(), before.acceptance, end)?;
                ProposedChange::Invitation(Box::new(anew))
            }
            ProposedChange::Dataset(before) => {
                let request = DatasetAdd {
                    share: self.row.id.to_string(),
                    connection: before.connection.clone(),
                    path: before.path.clone(),
                    name: Some(before.name.clone()),
                    sensitive: before.sensitive,
                };
                let anew = self.dataset_of(&request, before.dataset_id.clone()).await?;
                ProposedChange::Dataset(Box::new(anew))
            }
        })
    }

    /// Sends every invitation of a proposal that was not sent before. What was never published is published first, so that
    /// an acceptance finds data.
    pub(crate) async fn send(&self, proposal: &ProposedInvitation) -> Result<Vec<(MailboxRow, Ticket)>> {
        self.publish_missing().await?;
        let sent = self.mailboxes()?;
        let mut invited = Vec::new();
        for recipient in &proposal.recipients {
            if sent.iter().all(|row| row.id != recipient.mailbox_id) {
                invited.push(self.invite_one(recipient, proposal.expires_at, proposal.acceptance).await?);
            }
        }
        Ok(invited)
    }

    /// Adds a proposed dataset. Its id serves once, also after it was taken out.
    pub(crate) async fn add(&self, proposal: &ProposedDataset) -> Result<DatasetRow> {
        let row = DatasetRow {
            id: proposal.dataset_id.clone(),
            share_id: self.row.id.clone(),
            name: proposal.name.clone(),
            kind: proposal.dataset_kind,
            delivery: proposal.delivery,
            connection_id: self.app.connection(&proposal.connection)?.id,
            path: proposal.path.clone(),
            sensitive: proposal.sensitive,
            files: proposal.files,
            bytes: proposal.bytes,
            listing: None,
            publication: None,
            published_at: None,
            created_at: self.app.now(),
        };
        self.app.database().write(|transaction| shares::insert_dataset(transaction, &row))?;
        self.datasets_changed().await?;
        Ok(row)
    }
}

fn dataset_name(name: Option<&str>, path: &str, connection: &str) -> Result<String> {
    let last = path.rsplit('/').next().filter(|last| !last.is_empty()).unwrap_or(connection);
    let name = name.unwrap_or(last).trim().to_owned();
    check_name(&name).map_err(|problem| {
        AppError::invalid(problem.to_string()).hint("Give the dataset a name of its own.")
    })?;
    Ok(name)
}
